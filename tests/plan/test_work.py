"""How much of a store a plan touches: rows read, rows between operators, tables.

Counted by the engine, so the same on every machine: a change that loses a good plan fails
here, whatever it costs in time. The data are those of the benchmark, small, with row groups
and tables of predicates as small in proportion.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from unittest import mock

import pytest

from benchmarks import generate
from kgtool.engine import statistics, store, writer
from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.plan.query import compile_query
from kgtool.sparql import parse_query

PREFIXES = """
PREFIX ww2: <https://w3id.org/ww2-kg/ontology#>
PREFIX id: <https://w3id.org/ww2-kg/id/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
TRIPLES = 60_000
GROUP = 2048


class Work(NamedTuple):
    """What one run of a statement did. ``read`` are rows that scans looked at, by table."""

    read: dict[str, int]
    between: int
    operators: int


Measure = Callable[[str], Work]


@pytest.fixture(scope="module")
def measure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measure]:
    folder = tmp_path_factory.mktemp("work")
    data, path = folder / "war.nt", folder / "war.duckdb"
    generate.main(["--triples", str(TRIPLES), "--format", "ntriples", "-o", str(data)])
    with (
        mock.patch.object(statistics, "OWN_TRIPLES", 500),
        mock.patch.object(writer, "ROW_GROUP", GROUP),
        mock.patch.object(store, "ROW_GROUP", GROUP),
        StoreWriter(path, threads=1) as target,
    ):
        target.add(Source(data))
        target.commit({})
    with Store.open(path, threads=1) as opened:
        yield lambda query: _work(opened, query)


def _work(opened: Store, query: str) -> Work:
    plan = compile_query(parse_query(PREFIXES + query), opened)
    cursor = opened.connection.cursor()
    ((_, text),) = cursor.execute(f"EXPLAIN (ANALYZE, FORMAT json) {plan.sql}").fetchall()
    read: dict[str, int] = {}
    between = operators = 0
    waiting: list[dict[str, Any]] = json.loads(text)["operator"]
    while waiting:
        operator = waiting.pop()
        waiting += operator.get("children", [])
        operators += 1
        between = max(between, operator.get("intermediate_rows", 0))
        if "rows_scanned" in operator:
            table = operator["extra_info"]["Table"].rpartition(".")[2]
            read[table] = read.get(table, 0) + operator["rows_scanned"]
    return Work(read, between, operators)


def names_of(work: Work) -> set[str]:
    """The tables read, those of single predicates under one name."""
    return {table.partition("_")[0] if table.startswith("pos") else table for table in work.read}


def test_a_subject_and_a_predicate_are_one_block(measure: Measure) -> None:
    work = measure("SELECT ?o { id:unit-17 rdfs:label ?o }")
    assert work.read.keys() == {"pso"}
    assert work.read["pso"] <= 2 * GROUP


def test_a_subject_is_a_block_of_each_predicate(measure: Measure) -> None:
    work = measure("SELECT ?p ?o { id:unit-17 ?p ?o }")
    assert work.read.keys() == {"pso"}
    assert work.read["pso"] <= TRIPLES // 2
    assert work.operators <= 4


def test_an_object_is_looked_for_where_it_occurs(measure: Measure) -> None:
    work = measure("SELECT ?s ?p { ?s ?p id:place-2 }")
    assert names_of(work) <= {"pos"}
    assert sum(work.read.values()) <= 12 * GROUP


def test_a_language_and_a_datatype_read_no_dictionary(measure: Measure) -> None:
    for test in ('LANG(?o) = "de"', 'LANGMATCHES(LANG(?o), "de")', 'LANG(?o) IN ("de", "fr")'):
        work = measure(f"SELECT ?s {{ ?s rdfs:label ?o FILTER({test}) }}")
        assert names_of(work) == {"pos"}
        # The labels of one language stand together.
        assert sum(work.read.values()) <= TRIPLES // 15
    work = measure("SELECT ?s { ?s ww2:date ?o FILTER(DATATYPE(?o) = xsd:gYearMonth) }")
    assert names_of(work) == {"pos"}
    assert sum(work.read.values()) <= 2 * GROUP


def test_a_range_of_dates_leaves_the_rest_to_the_scan(measure: Measure) -> None:
    everything = measure("SELECT ?s { ?s ww2:date ?o }")
    year = measure(
        'SELECT ?s ?o { ?s ww2:date ?o FILTER(?o >= "1943-01-01"^^xsd:date && '
        '?o < "1944-01-01"^^xsd:date) } ORDER BY ?o'
    )
    assert names_of(year) == {"pos"}
    assert 0 < year.between * 3 <= everything.between


def test_a_star_reads_each_table_once_and_no_text(measure: Measure) -> None:
    work = measure(
        "SELECT ?e ?name ?date ?length { ?e ww2:atPlace id:place-2 ; a ww2:Landing ; "
        "rdfs:label ?name OPTIONAL { ?e ww2:date ?date } OPTIONAL { ?e ww2:duration ?length } }"
    )
    assert names_of(work) == {"pos"}
    assert len(work.read) == 5
    assert work.between <= 200
    assert work.operators <= 16


def test_a_filter_on_texts_reads_those_of_its_solutions(measure: Measure) -> None:
    every = measure('SELECT ?s { ?s rdfs:label ?o FILTER(CONTAINS(?o, "zan")) }')
    some = measure('SELECT ?s { ?s a ww2:City ; rdfs:label ?o FILTER(CONTAINS(?o, "zan")) }')
    assert some.read["terms"] <= every.read["terms"]
    assert some.between <= every.between


def test_joins_begin_where_there_is_least(measure: Measure) -> None:
    work = measure(
        "SELECT ?campaign (SUM(?count) AS ?all) { ?figure a ww2:CasualtyFigure ; "
        "ww2:inEvent ?battle ; ww2:count ?count . ?battle ww2:partOf ?campaign . "
        "?campaign a ww2:Campaign } GROUP BY ?campaign"
    )
    figures = measure("SELECT ?f { ?f a ww2:CasualtyFigure }").between
    assert work.between <= 2 * figures


def test_a_closure_follows_what_it_reaches(measure: Measure) -> None:
    below = measure("SELECT ?u { ?u ww2:subordinateTo+ id:unit-0 }")
    units = measure("SELECT ?u { ?u ww2:subordinateTo ?v }").between
    assert below.between <= units + 1


def test_a_closure_inside_not_exists_finds_each_node_once(measure: Measure) -> None:
    work = measure(
        "SELECT ?d { ?d ww2:echelon ww2:echelon-division FILTER NOT EXISTS { "
        "?d ^ww2:subordinateTo*/^ww2:participant/ww2:inEvent ?e . ?e a ww2:Battle } }"
    )
    engaged = measure("SELECT ?u { ?x ww2:participant ?u ; ww2:inEvent ?e . ?e a ww2:Battle }")
    assert work.between <= max(engaged.between, TRIPLES // 40) + 1


def test_the_triples_of_a_property_are_counted_without_their_terms(measure: Measure) -> None:
    work = measure("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")
    assert names_of(work) == {"pso"}
    assert work.operators <= 8


def test_what_only_a_closure_connects_is_not_paired_before(measure: Measure) -> None:
    """Neither by the compiler nor by the engine, which expects little of a closure."""
    for query in (
        "SELECT ?e ?name { ?e ww2:atPlace/ww2:locatedIn* ?place . ?place rdfs:label ?name }",
        "SELECT ?u ?name { ?u ww2:subordinateTo+ ?v . ?u ww2:echelon ?e . ?v rdfs:label ?name }",
        "SELECT ?e ?w { ?e ww2:partOf* ?w . ?w a ww2:Campaign . "
        "?e ww2:atPlace ?x . ?x ww2:locatedIn* ?y . ?y a ww2:Capital }",
    ):
        assert measure(query).between <= TRIPLES
