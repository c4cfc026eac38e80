"""Parts of a graph that Spark takes out: the triples that the CONSTRUCT makes on DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from kgtool.engine.parquet import write_parquet
from kgtool.engine.spark.session import Spark
from kgtool.engine.store import Store
from kgtool.errors import NotFoundError, UsageError
from kgtool.project.graph import Graph, open_store
from kgtool.project.load import load_files
from kgtool.project.on_spark import SparkGraph, open_on_spark
from kgtool.project.slice import write_slice
from kgtool.project.stored import loose_query
from kgtool.rdf.terms import IRI
from tests.spark.sessions import OnSpark

pytestmark = pytest.mark.spark

_DATA = """
PREFIX : <http://e/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
:a a :Battle ; :n 9223372036854775807, 5, 1.50, 1e3 ; :part :b, [ :says "x\\ny\\"\u00e9"@en ] .
:b a :Battle ; :n "01"^^xsd:integer, "abc"^^xsd:integer ; :on "2020-02-03"^^xsd:date ; :part :c .
:c :n 3 ; :part <http://e/\u00fc>, "" .
"""
_PART = """
PREFIX : <http://e/>
CONSTRUCT { ?s ?p ?o . ?s :whole $whole ; :sum ?sum . [] :of ?s } {
  ?s a :Battle ; ?p ?o . ?whole :part* ?s
  OPTIONAL { SELECT ?s (SUM(?n) AS ?sum) { ?s :n ?n } GROUP BY ?s }
}
"""
_GIVEN = {"whole": IRI("http://e/a")}
_ALL = "CONSTRUCT WHERE { ?s ?p ?o }"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    (folder / "data.ttl").write_text(_DATA, encoding="utf-8")
    load_files([folder / "data.ttl"], folder / "whole.duckdb")
    return folder / "whole.duckdb"


def _triples(
    graph: Graph, query: str, parameters: Mapping[str, object] | None = None
) -> ox.Dataset:
    """What a query makes, with names for blank nodes that do not depend on who made them."""
    with graph.query(query, parameters) as result:
        text = result.serialize("ntriples")
    found = ox.Dataset(ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES))
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return found


@pytest.mark.parametrize("target", ["slice.duckdb", "parquet:{}/slice"])
def test_a_slice_has_what_the_query_makes(
    target: str, whole: Path, on_spark: OnSpark, tmp_path: Path
) -> None:
    place = target.format(tmp_path) if ":" in target else tmp_path / target
    with Store.open(whole) as store:
        expected = _triples(Graph(store), _PART, _GIVEN)
        graph = SparkGraph(on_spark.open(store))
        for _ in range(2):  # one that exists is replaced
            report = write_slice(graph, loose_query(_PART, "part"), _GIVEN, place)
    assert report.quads == len(expected) > 15
    with open_store(place) as slice_:
        assert _triples(slice_, _ALL) == expected


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o }", "ASK { ?s ?p ?o }"])
def test_what_makes_no_triples_is_not_asked(
    query: str, whole: Path, on_spark: OnSpark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(whole) as store:
        graph = SparkGraph(on_spark.open(store))
    monkeypatch.setattr(SparkGraph, "query", None)
    with pytest.raises(UsageError, match="part makes no triples"):
        write_slice(graph, loose_query(query, "part"), {}, tmp_path / "slice.duckdb")
    assert not (tmp_path / "slice.duckdb").exists()


def test_a_relative_path_is_that_of_the_command(
    whole: Path, spark: Spark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files in between are taken from there, and nothing is left below the store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Spark, "close", lambda self: None)  # other tests go on with it
    with Store.open(whole) as store:
        write_parquet(store, tmp_path / "store")
        expected = _triples(Graph(store), _ALL)
    before = sorted(tmp_path.rglob("*.parquet"))
    with monkeypatch.context() as patch:
        patch.delattr("pyspark.sql.DataFrame.toLocalIterator")
        assert _triples(open_on_spark(spark, "parquet:store"), _ALL) == expected
    assert sorted(tmp_path.rglob("*.parquet")) == before
    with pytest.raises(NotFoundError, match="there is no store"):
        open_on_spark(spark, "nowhere")
