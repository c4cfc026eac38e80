"""What rules entail is the same on Spark, table by table."""

from __future__ import annotations

from pathlib import Path

import pytest

from kgtool.engine.parquet import ParquetStore, write_parquet
from kgtool.engine.spark.load import InputFile, load_on_spark
from kgtool.engine.spark.session import Spark
from kgtool.engine.store import Store
from kgtool.errors import InconsistencyError, StoreError
from kgtool.project.folder import INFERRED_GRAPH
from kgtool.project.load import load_files
from kgtool.rdf.files import Format
from kgtool.rdf.terms import IRI
from kgtool.reason import PROFILES, Entailment

pytestmark = pytest.mark.spark

_HEAD = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_GRAPH = """
:partOf a owl:TransitiveProperty ; rdfs:domain :Part ; owl:inverseOf :has .
:knows a owl:SymmetricProperty ; rdfs:subPropertyOf :met .
:id a owl:InverseFunctionalProperty .
:Battle rdfs:subClassOf :Event . :Event rdfs:subClassOf :Thing .
:Named owl:onProperty :name ; owl:someValuesFrom xsd:string .
:uncle owl:propertyChainAxiom _:chain .
_:chain rdf:first :parent ; rdf:rest _:end . _:end rdf:first :brother ; rdf:rest rdf:nil .
:a :partOf :b . :b :partOf :c . :c :partOf :d . :d :partOf :a .
:x a :Battle ; :knows :y ; :id "1" ; :name "X" .
:z :id "1" ; :met :a ; :parent :p . :p :brother :q .
:y owl:sameAs :w . :w :partOf :c .
"""
_TABLES = ("terms", "pso", "pos", "op", "predicates", "graphs")


def _load(spark: Spark, source: Path, to: Path, regime: str) -> None:
    derivation = Entailment(IRI(INFERRED_GRAPH), PROFILES[regime], reflexive=True)
    file = InputFile(str(source), Format.TURTLE, source.as_uri())
    load_on_spark(spark, [file], str(to), derivation=derivation)


@pytest.mark.parametrize("regime", ["owl-rl", "rdfs"])
def test_entailed_triples_are_the_same(spark: Spark, tmp_path: Path, regime: str) -> None:
    source = tmp_path / "graph.ttl"
    source.write_text(_HEAD + _GRAPH, encoding="utf-8")
    _load(spark, source, tmp_path / "spark", regime)
    load_files([source], tmp_path / "store.duckdb", entailment=regime)
    with Store.open(tmp_path / "store.duckdb") as store:
        write_parquet(store, tmp_path / "duckdb")
        assert any(g.kind == "inferred" and g.triples > 10 for g in store.statistics.graphs)
    ours, theirs = (ParquetStore.open(tmp_path / name) for name in ("spark", "duckdb"))
    for table in _TABLES:
        rows = [s.connection.execute(f"FROM {table} ORDER BY ALL").fetchall()
                for s in (ours, theirs)]  # fmt: skip
        assert rows[0] == rows[1], table


def test_contradictions_are_found(spark: Spark, tmp_path: Path) -> None:
    source = tmp_path / "graph.ttl"
    source.write_text(
        _HEAD + ":A owl:disjointWith :B . :C rdfs:subClassOf :A . :x a :C, :B .", encoding="utf-8"
    )
    with pytest.raises(InconsistencyError, match="two disjoint classes"):
        _load(spark, source, tmp_path / "spark", "owl-rl")
    with pytest.raises(StoreError, match="not whole"):
        ParquetStore.open(tmp_path / "spark")
