"""A store as a folder of Parquet has the same answers as the file that it was written from."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from kgtool.engine import schema, statistics
from kgtool.engine.parquet import ParquetStore, write_parquet
from kgtool.engine.store import Store
from kgtool.errors import NotFoundError, StoreError
from kgtool.project.graph import Graph, open_store
from kgtool.project.load import load_files
from kgtool.rdf.terms import IRI, Literal

_DATA = """
@prefix : <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a :p :b, :c ; :name "A"@en, "A"@de ; :size 1.50, 7, "0007"^^xsd:integer .
:b :p :c ; :seen "1944-06-06"^^xsd:date .
:c :p [ :name "nameless" ] .
"""
_QUERIES = (
    "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o",
    "SELECT ?s (STR(?o) AS ?text) { ?s ?p ?o FILTER isLiteral(?o) } ORDER BY ?text ?s",
    "SELECT ?p { ?s ?p <https://example.org/c> } ORDER BY ?p",
    "SELECT ?end { <https://example.org/a> <https://example.org/p>+ ?end } ORDER BY ?end",
    'SELECT ?s { ?s <https://example.org/name> "A"@de }',
    "SELECT (SUM(?n) AS ?sum) { ?s <https://example.org/size> ?n }",
    "DESCRIBE <https://example.org/c>",
)


def _stores(folder: Path) -> tuple[Store, ParquetStore]:
    source = folder / "data.ttl"
    source.write_text(_DATA, encoding="utf-8")
    load_files([source], folder / "store.duckdb")
    store = Store.open(folder / "store.duckdb")
    write_parquet(store, folder / "store")
    return store, ParquetStore.open(folder / "store")


@pytest.fixture(scope="module", params=["pos", "own tables"])
def stores(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Store, ParquetStore]:
    with pytest.MonkeyPatch.context() as patched:
        if request.param == "own tables":
            patched.setattr(statistics, "OWN_TRIPLES", 1)
        return _stores(tmp_path_factory.mktemp("parquet"))


@pytest.mark.parametrize("query", _QUERIES)
def test_answers_are_the_same(stores: tuple[Store, ParquetStore], query: str) -> None:
    texts = [sorted(Graph(store).query(query).serialize("nt" if "DESC" in query else "csv"))
             for store in stores]  # fmt: skip
    assert texts[0] == texts[1]
    assert len(texts[0]) > 1


def test_tables_are_the_same(stores: tuple[Store, ParquetStore]) -> None:
    for table in ("terms", "pso", "pos", "op", "sp", "predicates", "graphs", "term_types"):
        rows = [s.connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for s in stores]
        assert rows[0] == rows[1], table


def test_terms_are_found_by_text_and_by_id(stores: tuple[Store, ParquetStore]) -> None:
    terms = [IRI("https://example.org/a"), Literal.tagged("A", "en"), IRI("https://example.org/no")]
    found = [store.ids(terms) for store in stores]
    assert found[0] == found[1]
    assert [s.terms(found[0].values()) for s in stores] == [{i: t for t, i in found[0].items()}] * 2


def test_it_is_loaded_and_opened_by_name(tmp_path: Path) -> None:
    source = tmp_path / "data.ttl"
    source.write_text(_DATA, encoding="utf-8")
    report = load_files([source], f"parquet:{tmp_path / 'out'}")
    with open_store(f"parquet:{tmp_path / 'out'}") as graph:
        assert graph.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").scalar() == report.triples
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data.ttl", "out"]


def test_a_folder_with_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letters.txt").write_text("dear")
    source = tmp_path / "data.ttl"
    source.write_text(_DATA, encoding="utf-8")
    with pytest.raises(StoreError, match="something else"):
        load_files([source], f"parquet:{tmp_path / 'out'}")
    assert (tmp_path / "out" / "letters.txt").read_text() == "dear"


def test_what_is_no_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no store"):
        ParquetStore.open(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="no store in Parquet"):
        ParquetStore.open(tmp_path)
    with pytest.raises(NotFoundError, match="is a folder"):
        Store.open(tmp_path)


def test_another_format_is_refused(tmp_path: Path) -> None:
    _stores(tmp_path)
    meta = tmp_path / "store" / "meta"
    later = schema.STORE_FORMAT + 1
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE m AS FROM '{meta}/*.parquet'")
        connection.execute(f"UPDATE m SET value = '{later}' WHERE key = 'format'")
        for file in meta.iterdir():
            file.unlink()
        connection.execute(f"COPY m TO '{meta}/data_0.parquet' (FORMAT parquet)")
    with pytest.raises(StoreError, match=f"format {later}"):
        ParquetStore.open(tmp_path / "store")


def test_it_cannot_be_changed(stores: tuple[Store, ParquetStore]) -> None:
    with pytest.raises(StoreError, match="cannot be changed"):
        Graph(stores[1]).update("INSERT DATA { <a:a> <a:a> <a:a> }")
