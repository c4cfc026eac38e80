"""Queries over several sources: the answers are those over the union of their data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from kgtool.engine.store import Store
from kgtool.errors import UnsupportedError
from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.federation.report import Report
from kgtool.federation.run import Services, run_federated
from kgtool.plan.inspection import walk
from kgtool.plan.run import run_algebra
from kgtool.results import AskResult
from kgtool.sparql import algebra as a
from kgtool.sparql import parse_query
from tests.federation.simulated import Simulated, endpoints, send
from tests.plan.answers import answer_of, by_value, difference
from tests.plan.conftest import store_of
from tests.plan.random_queries import QueryGenerator, random_turtle

__all__ = ["store_of"]

CASES = int(os.environ.get("KGTOOL_FUZZ", "150"))
GROUP = 25
Stores = Callable[[str], Store]
PREFIX = "@prefix : <http://e/> .\n"


def parts_of(seed: int) -> tuple[str, list[str]]:
    """Some triples without blank nodes, and three parts of them that have some in common."""
    random = Random(seed)
    text = random_turtle(random, 30, typed=seed % 2 == 1).replace("_:n", ":n")
    head, _, rest = text.partition("\n:")
    lines = [":" + line for line in rest.split("\n:g1 {")[0].split("\n:") if line.strip()]
    parts: list[list[str]] = [[], [], []]
    for line in lines:
        for index in random.sample(range(3), random.choice([1, 1, 2])):
            parts[index].append(line)
    return f"{head}\n" + "\n".join(lines), [f"{head}\n" + "\n".join(part) for part in parts]


PARTS = [parts_of(seed) for seed in range(3)]


@pytest.fixture(scope="module")
def remote() -> Iterator[list[list[Simulated]]]:
    with endpoints(*(part for _, parts in PARTS for part in parts[1:])) as found:
        yield [found[2 * i : 2 * i + 2] for i in range(len(PARTS))]


def services_of(remote: list[Simulated]) -> Services:
    known = {n: Endpoint(e.url, n, private=True) for n, e in zip("xy", remote, strict=True)}
    return Services(Endpoints(known), over=("x", "y"))


@pytest.mark.parametrize("first", range(0, CASES, GROUP))
def test_random_queries(first: int, store_of: Stores, remote: list[list[Simulated]]) -> None:
    asked = 0
    for seed in range(first, min(first + GROUP, CASES)):
        number = seed % len(PARTS)
        whole, parts = PARTS[number]
        query = parse_query(QueryGenerator(Random(seed)).query())
        try:
            services = services_of(remote[number])
            result, _ = run_federated(store_of(parts[0]), query, services, default_graph="strict")
        except UnsupportedError:
            continue
        asked += 1
        got = answer_of(result)
        expected = answer_of(run_algebra(store_of(whole), query, default_graph="strict"))
        wrong = difference(got, expected, by_value)
        assert wrong is None, f"seed {seed}\n{QueryGenerator(Random(seed)).query()}\n{wrong}"
    assert asked > GROUP // 5


DATA = ":a :p :b . :b :p :c . :c :q 1 ."
NEAR = ":c :p :d . :a :p :b . :d :q 2 , 3 . :d :r ':d' ."
FAR = ":d :p :a . :x :s 5 . :y :s 6 . :x :t :y ."


@pytest.fixture
def three(store_of: Stores) -> Iterator[Callable[[str], tuple[Any, Report, list[Simulated]]]]:
    with endpoints(PREFIX + NEAR, PREFIX + FAR) as found:

        def ask(text: str) -> tuple[Any, Report, list[Simulated]]:
            query = parse_query(f"PREFIX : <http://e/> {text}")
            result, report = run_federated(store_of(DATA), query, services_of(found))
            answer = bool(result) if isinstance(result, AskResult) else answer_of(result).rows
            return answer, report, found

        yield ask


def short(rows: Any) -> list[tuple[str, ...]]:
    def name(term: Any) -> str:
        return str(getattr(term, "lexical", None) or term.value.removeprefix("http://e/"))

    return sorted(tuple(map(name, row)) for row in rows)


def test_equal_triples_of_two_sources_are_one(three):
    rows, _, _ = three("SELECT ?x ?y { ?x :p ?y }")
    assert short(rows) == [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]


def test_paths_go_from_source_to_source(three):
    rows, _, _ = three("SELECT ?n { :a :p+/:q ?n }")
    assert short(rows) == [("1",), ("2",), ("3",)]
    rows, _, _ = three("SELECT ?x { ?x (:p/:p)* :a }")
    assert short(rows) == [("a",), ("c",)]
    rows, _, _ = three("SELECT ?x ?y { ?x :p+ ?y }")
    assert len(rows) == 16
    assert three("ASK { :a :p? :b }")[0] is True
    rows, _, _ = three("SELECT ?y { :d !(:q|:r) ?y }")
    assert short(rows) == [("a",)]


def test_patterns_of_one_endpoint_alone_are_asked_together(three):
    rows, report, found = three("SELECT ?n ?m { ?x :s ?n . ?x :t ?y . ?y :s ?m }")
    assert short(rows) == [("5", "6")]
    selects = [query for query in found[1].queries if query.startswith("SELECT ?m")]
    assert len(selects) == 1
    assert selects[0].count(" .\n") == 3
    assert {cost.endpoint: cost.rows for cost in report.costs if cost.rows} == {"y": 1}


def test_sources_are_found_out_once_for_patterns_of_a_shape(three):
    _, _, found = three("SELECT * { ?x :s ?n . ?y :s ?m . ?z :s ?k }")
    assert sum(query.startswith("ASK") for query in found[0].queries) == 1


def test_what_no_source_has_is_not_asked(three):
    rows, _, found = three("SELECT * { ?x :none ?n . ?x :p ?y }")
    assert rows == ()
    assert not [q for each in found for q in each.queries if q.startswith("SELECT ?x")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT * { GRAPH ?g { ?s ?p ?o } }", "GRAPH has no meaning"),
        ("SELECT * FROM <urn:g> { ?s ?p ?o }", "FROM has no meaning"),
        ("DESCRIBE :a", "DESCRIBE is not asked"),
        ("SELECT * { ?x :p* ?y }", "needs one of its ends"),
    ],
)
def test_what_has_no_meaning_over_several_sources(three, text, says):
    with pytest.raises(UnsupportedError, match=says):
        three(text)


def test_sources_of_all_patterns_are_found_out_with_one_request(three):
    rows, _, found = three("SELECT ?n ?m { ?x :s ?n . ?x :t ?y . ?y :s ?m . ?y :t :none }")
    assert rows == ()
    assert [len(each.queries) for each in found] == [1, 1]


def test_a_path_whose_steps_one_endpoint_has_is_asked_for_whole(three):
    rows, _, found = three("SELECT ?y { :x :t+ ?y . ?y :s ?n }")
    assert short(rows) == [("y",)]
    assert len([q for q in found[1].queries if ":path" not in q and "t>+" in q]) == 1
    # A way without a step may begin on the nodes of other sources.
    rows, _, _ = three("SELECT ?y { :b :t* ?y }")
    assert short(rows) == [("b",)]


def test_steps_that_no_local_graph_has_go_between_endpoints(store_of: Stores) -> None:
    parts = (":a :p :b . :c :p :d .", ":b :p :c .")
    with endpoints(*(PREFIX + part for part in parts)) as found:
        for text in ("?x { :a :p+ ?x }", "?x { ?x :p+ :d }"):
            query = parse_query(f"PREFIX : <http://e/> SELECT {text}")
            result, _ = run_federated(store_of(""), query, services_of(found))
            assert len(answer_of(result).rows) == 3


def test_a_part_waits_for_the_bindings_of_those_between(store_of: Stores) -> None:
    things = "".join(f":x{n} :in :y{n} ; :kind :k{n} . " for n in range(9))
    with endpoints(f"{PREFIX}{things}", PREFIX + ":y3 :name 'three' . :z :kind :k .") as found:
        query = parse_query(
            "PREFIX : <http://e/> SELECT ?k { ?x :kind ?k ; :in ?y . ?y :name 'three' }"
        )
        result, report = run_federated(store_of(""), query, services_of(found))
        assert short(answer_of(result).rows) == [("k3",)]
        assert sum(cost.rows for cost in report.costs) == 3


def test_an_endpoint_that_describes_itself_is_asked_less(store_of: Stores) -> None:
    void = (
        "@prefix void: <http://rdfs.org/ns/void#> . [] void:propertyPartition "
        "[ void:property <http://e/s> ] , [ void:property <http://e/t> ] ."
    )
    with endpoints(f"{PREFIX}{FAR}{void}", PREFIX + NEAR) as found:
        found[0].answer = lambda handler, query: (
            "UNION" in query and send(handler, 400, "text/plain", b"no subqueries")
        )
        query = parse_query("PREFIX : <http://e/> SELECT * { ?x :q ?n . ?x :r ?m }")
        result, _ = run_federated(store_of(DATA), query, services_of(found))
        assert len(answer_of(result).rows) == 2
        assert not [text for text in found[0].queries if text.startswith("ASK")]


def test_variables_of_steps_are_nobody_elses():
    query = parse_query("SELECT * { ?x (<urn:p>/<urn:q>)+ ?y }")
    assert not [n for n in walk(query.pattern) if isinstance(n, a.Variable) and "step" in n.name]
