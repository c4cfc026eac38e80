"""Opening stores, good and bad, and looking terms up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from kgtool.engine import ids, lookup
from kgtool.engine.schema import INDEX_STEP
from kgtool.engine.store import Store
from kgtool.errors import NotFoundError, StoreError
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, Literal, Term
from tests.engine.loading import load

MANY = "".join(
    f'<http://e.example/{i:04}> <http://e.example/p> "text {i % 2500}"@en .\n'
    f'<http://e.example/{i:04}> <http://e.example/p> "text {i % 2500}" .\n'
    for i in range(3000)
)


@pytest.mark.parametrize("many", [0, 10**9])
def test_lookup(many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "_MANY", many)
    present: list[Term] = [IRI(f"http://e.example/{i:04}") for i in range(0, 3000, 37)]
    present += [Literal(f"text {i}") for i in range(0, 2500, 41)]
    present += [Literal.tagged(f"text {i}", "en") for i in range(0, 2500, 43)]
    absent: list[Term] = [
        IRI("http://a.example/"),
        IRI("http://e.example/12345"),
        IRI("http://z.example/"),
        Literal("text 1", XSD.base + "token"),
        Literal.tagged("text 1", "de"),
        Literal("\U0010ffff"),
    ]
    with load(tmp_path, MANY) as store:
        assert store.statistics.terms > 5 * INDEX_STEP
        found = store.ids([*present, *absent, Literal("5", XSD.integer)])
        assert found.pop(Literal("5", XSD.integer)) == ids.inline_id(Literal("5", XSD.integer))
        assert set(found) == set(present)
        assert store.terms(found.values()) == {id_: term for term, id_ in found.items()}
        assert store.terms([ids.make_id(ids.IRI_TAG, 10**9), 0]) == {}


def test_empty_store(tmp_path: Path) -> None:
    with load(tmp_path, "# nothing\n") as store:
        assert (store.statistics.triples, store.statistics.terms) == (0, 0)
        assert store.ids([IRI("http://e.example/s")]) == {}


def test_statistics(tmp_path: Path) -> None:
    text = '<urn:s:1> <urn:p> 1 .\n<urn:s:2> <urn:p> "x" .\n<urn:s:2> <urn:q> 1 .\n'.replace(
        " 1 .", f' "1"^^<{XSD.integer}> .'
    )
    with load(tmp_path, text) as store:
        p = store.ids([IRI("urn:p")])[IRI("urn:p")]
        found = store.statistics.predicates[p]
        assert (found.triples, found.subjects, found.objects) == (2, 2, 2)
        assert found.subject_tags == 1 << ids.IRI_TAG
        assert found.object_tags == 1 << ids.INTEGER_INLINE | 1 << ids.STRING
        assert not store.statistics.has_duplicates


def test_cursors_use_the_store(tmp_path: Path) -> None:
    with load(tmp_path, MANY) as store:
        assert store.connection.cursor().execute("SELECT count(*) FROM pso").fetchall() == [(6000,)]


def test_a_query_that_outgrows_its_memory_spills_beside_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    folder = tmp_path / "stores"
    folder.mkdir()
    with load(folder, "<http://e/s> <http://e/p> <http://e/o> .") as store:
        query = "SELECT current_setting('temp_directory')"
        spill = store.connection.cursor().execute(query).fetchall()[0][0]
    assert Path(spill).parent == folder


def test_two_processes_and_a_rebuild_while_open(tmp_path: Path) -> None:
    with load(tmp_path, MANY) as old:
        code = (
            f"from kgtool.engine.store import Store; s = Store.open({str(old.path)!r});"
            "print(s.statistics.triples)"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert int(run.stdout) == 6000
        with load(tmp_path, "<urn:s> <urn:p> <urn:o> .") as new:
            assert new.fingerprint != old.fingerprint
            assert new.statistics.triples == 1
            assert old.connection.execute("SELECT count(*) FROM pso").fetchall() == [(6000,)]
        with Store.open(old.path, threads=1, memory_limit="1GB") as limited:
            assert limited.statistics.triples == 1


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no store"):
        Store.open(tmp_path / "none.db")


@pytest.mark.parametrize("content", [b"", b"not a database", b"x" * 100_000])
def test_not_a_store(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=str(path)):
        Store.open(path)


def test_another_database(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t(x INTEGER)")
    with pytest.raises(StoreError, match="not a kgtool store"):
        Store.open(path)


def test_damaged(tmp_path: Path) -> None:
    load(tmp_path, MANY).close()
    path = tmp_path / "graph.db"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StoreError):
        Store.open(path)


def test_newer_format(tmp_path: Path) -> None:
    load(tmp_path, MANY).close()
    path = tmp_path / "graph.db"
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
        connection.execute("UPDATE meta SET value = '7.1' WHERE key = 'kgtool'")
    with pytest.raises(StoreError, match=r"kgtool 7\.1 in format 99") as caught:
        Store.open(path)
    assert "Build or load it again" in str(caught.value.hint)


def test_import_is_light() -> None:
    code = (
        "import sys, kgtool.engine.store; "
        "print([m for m in ('pyoxigraph', 'sqlglot', 'rdflib', 'numpy') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert run.stdout.strip() == "[]"
