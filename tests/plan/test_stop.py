"""A query that is ended from another thread, and threads that share a store."""

from __future__ import annotations

import threading

import pytest

from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.errors import LimitError
from kgtool.plan import run_query
from kgtool.plan.stop import Stop
from kgtool.results import SelectResult

ALL = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stop")
    file = folder / "data.nt"
    file.write_text("".join(f'<urn:s{i}> <urn:p> "number {i:04}" .\n' for i in range(3_000)))
    with StoreWriter(folder / "store.duckdb", threads=1) as writer:
        writer.add(Source(file))
        writer.commit({})
    with Store.open(folder / "store.duckdb") as opened:
        yield opened


def _rows(store: Store, stop: Stop | None = None, text: str = ALL) -> SelectResult:
    result = run_query(store, text, stop=stop)
    assert isinstance(result, SelectResult)
    return result


def test_a_query_that_is_stopped_before_it_begins(store):
    stop = Stop()
    stop.set()
    with pytest.raises(LimitError, match="nobody waits"):
        _rows(store, stop)


def test_a_query_that_is_stopped_while_it_runs(store):
    stop = Stop()
    patterns = " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(9))
    timer = threading.Timer(0.3, stop.set)
    timer.start()
    with pytest.raises(LimitError, match="nobody waits"):
        _rows(store, stop, f"SELECT (COUNT(*) AS ?n) {{ {patterns} FILTER (?c0 != ?c8) }}").first()
    timer.join()


def test_a_switch_that_is_thrown_late_stops_nothing(store):
    stop = Stop()
    assert len(_rows(store, stop).to_list()) == 3_000
    stop.set()
    assert len(_rows(store).to_list()) == 3_000


def test_threads_do_not_take_each_other_s_texts(store, monkeypatch):
    # So few texts are kept that each batch drops those of the others.
    monkeypatch.setattr("kgtool.engine.decoding._KEPT", 10)
    expected = [f"number {i:04}" for i in range(3_000)]
    wrong: list[object] = []

    def ask() -> None:
        try:
            for _ in range(5):
                found = [value for (value,) in _rows(store).values()]
                if found != expected:
                    wrong.append(found)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_dataset_and_a_base_from_outside(store):
    from kgtool.rdf.terms import IRI
    from kgtool.sparql.algebra import Dataset

    dataset = Dataset((IRI("urn:none"),), ())
    assert run_query(store, ALL, dataset=dataset).to_list() == []
    assert len(run_query(store, ALL).to_list()) == 3_000
    (row,) = run_query(store, "SELECT (<x> AS ?x) {}", base="http://example.org/a/").values()
    assert str(row[0]) == "http://example.org/a/x"
