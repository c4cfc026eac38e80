"""Why queries have no solution: the smallest part, what is near, what filters saw."""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random

import pytest

from kgtool.engine.store import Store
from kgtool.plan.emptiness import (
    Filtered,
    Loss,
    NoGraph,
    NoJoin,
    NoMatch,
    NoRows,
    Removed,
    Skipped,
    find_losses,
)
from kgtool.plan.run import run_algebra
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.terms import IRI, Literal
from kgtool.sparql import algebra as a
from kgtool.sparql import parse_query
from tests.plan.conftest import SPARQL_PREFIXES
from tests.plan.test_differential import DATASETS, QueryGenerator

CASES = int(os.environ.get("KGTOOL_FUZZ", "150"))
GROUP = 25
Stores = Callable[[str], Store]
DATA = """
:a a :A ; :p 1 ; :q :b ; :label "Rome"@en .
:b a :B ; :p 5 ; :q :c .
:c a :C ; :r :a .
GRAPH :g { :a :p 1 . :b :p 2 }
GRAPH :h { :a :q 1 }
"""


def e(name: str) -> IRI:
    return IRI(f"http://e/{name}")


def losses(store_of: Stores, text: str) -> tuple[Loss, ...]:
    return find_losses(store_of(DATA), parse_query(f"{SPARQL_PREFIXES} {text}"))


def test_a_query_with_solutions_has_no_loss(store_of: Stores) -> None:
    assert losses(store_of, "SELECT * { ?x :p ?n }") == ()
    assert losses(store_of, "SELECT (COUNT(*) AS ?n) { ?x :none ?y }") == ()


def test_the_pattern_that_matches_nothing(store_of: Stores) -> None:
    (loss,) = losses(store_of, "SELECT * { ?x :p ?n ; :q :d . ?y a :C }")
    assert isinstance(loss, NoMatch)
    assert loss.pattern == a.TriplePattern(a.Variable("x"), e("q"), e("d"))
    (mismatch,) = loss.mismatches
    assert (mismatch.position, mismatch.constant, mismatch.known) == ("object", e("d"), False)
    assert set(mismatch.values) == {e("b"), e("c"), Literal("1", XSD.integer)}


def test_a_constant_that_is_there_but_not_with_the_others(store_of: Stores) -> None:
    (loss,) = losses(store_of, "SELECT * { :b :p 1 }")
    assert isinstance(loss, NoMatch)
    assert [(m.position, m.known) for m in loss.mismatches] == [("subject", True), ("object", True)]
    assert e("a") in loss.mismatches[0].values


def test_an_unknown_property(store_of: Stores) -> None:
    (loss,) = losses(store_of, "SELECT * { ?x :pp 1 }")
    assert isinstance(loss, NoMatch)
    assert [(m.position, m.constant) for m in loss.mismatches] == [("predicate", e("pp"))]
    assert loss.mismatches[0].values == (e("p"), e("q"))


def test_the_smallest_join_that_has_no_solution(store_of: Stores) -> None:
    (loss,) = losses(store_of, "SELECT * { ?z :r ?w . ?x a :B . ?x :p ?n . ?x :q ?y . ?y :p ?m }")
    assert isinstance(loss, NoJoin)
    assert loss.parts == (
        a.TriplePattern(a.Variable("x"), IRI(RDF.type), e("B")),
        a.TriplePattern(a.Variable("x"), e("q"), a.Variable("y")),
        a.TriplePattern(a.Variable("y"), e("p"), a.Variable("m")),
    )
    ((variable, others, last),) = loss.seen
    assert (variable.name, others, last) == ("y", (e("c"),), (e("a"), e("b")))


def test_a_join_of_many_parts_is_cut_down(store_of: Stores) -> None:
    data = ":n0 :first 1 . :n0 :p :n1 . :n1 :p :n2 . :n2 :p :n3 . :n3 :p :n4 . :n4 :last 1 ."
    steps = "?a :p ?b . ?b :p ?c . ?c :p ?d"  # one too few, though any four parts match
    text = f"SELECT * {{ ?a :first ?x . {steps} . ?d :last ?y . ?o :p ?u . ?o :first ?v }}"
    (loss,) = find_losses(store_of(data), parse_query(f"{SPARQL_PREFIXES} {text}"))
    assert isinstance(loss, NoJoin)
    assert {str(part.predicate) for part in loss.parts} == {  # type: ignore[union-attr]
        f"<http://e/{name}>" for name in ("first", "p", "last")
    }
    assert len(loss.parts) == 5
    assert all("o" not in str(part.subject.name) for part in loss.parts)  # type: ignore[union-attr]


def test_a_constant_that_only_a_path_of_no_length_matches(store_of: Stores) -> None:
    (loss,) = losses(store_of, "SELECT * { ?x :r ?y . ?y :q* :z }")
    assert isinstance(loss, NoJoin)
    assert [(m.position, m.constant) for m in loss.unknown] == [(None, e("z"))]


@pytest.mark.parametrize(
    ("conditions", "guilty", "verdicts"),
    [
        ("?n > 0 && ?n > 10", ["?n > 10"], {False}),
        ("?n > ?x", ["?n > ?x"], {None}),
        ("?n < 2 && ?n > 2", ["?n < 2", "?n > 2"], set()),
        ("NOT EXISTS { ?x :q ?y }", ["NOT EXISTS"], {False}),
    ],
)
def test_a_filter_says_what_it_saw(
    conditions: str, guilty: list[str], verdicts: set[bool | None], store_of: Stores
) -> None:
    (loss,) = losses(store_of, f"SELECT * {{ ?x a ?c ; :p ?n FILTER({conditions}) }}")
    assert isinstance(loss, Filtered)
    assert len(loss.conditions) == len(guilty)
    assert loss.solutions == 3
    assert {judged.verdict for judged in loss.seen} == verdicts


def test_modifiers_graphs_values_and_minus(store_of: Stores) -> None:
    (loss,) = losses(store_of, "SELECT * { ?x a ?c } OFFSET 5")
    assert isinstance(loss, Skipped)
    assert loss.solutions == 3
    (loss,) = losses(store_of, "SELECT * { ?x a ?c MINUS { ?x ?p ?y } }")
    assert isinstance(loss, Removed)
    (loss,) = losses(store_of, "SELECT * { GRAPH :i { ?x :p ?y } }")
    assert loss == NoGraph(e("i"), (e("g"), e("h")))
    (loss,) = losses(store_of, "SELECT * { VALUES ?x {} }")
    assert isinstance(loss, NoRows)


def test_parts_are_asked_inside_their_graph(store_of: Stores) -> None:
    (loss,) = losses(store_of, "SELECT * { GRAPH ?g { ?x :p ?n ; :q ?m } }")
    assert isinstance(loss, NoJoin)
    assert loss.graph == a.Variable("g")
    (loss,) = losses(store_of, "SELECT * { GRAPH :g { ?x :q ?n } }")
    assert isinstance(loss, NoMatch)
    assert loss.graph == e("g")


def test_each_branch_of_a_union_has_its_loss(store_of: Stores) -> None:
    found = losses(store_of, "SELECT * { { ?x :p 7 } UNION { ?x a ?c FILTER(?c = :D) } }")
    assert [type(loss) for loss in found] == [NoMatch, Filtered]


@pytest.mark.parametrize("first", range(0, CASES, GROUP))
def test_what_is_found_for_random_queries_is_empty_and_minimal(
    first: int, store_of: Stores
) -> None:
    for seed in range(first, min(first + GROUP, CASES)):
        store = store_of(DATASETS[seed % len(DATASETS)])
        text = QueryGenerator(Random(seed)).query()
        query = parse_query(text)

        def has(pattern: a.Pattern, query: a.Query = query, store: Store = store) -> bool:
            ask = a.AskQuery(pattern=pattern, dataset=query.dataset)
            return bool(run_algebra(store, ask, default_graph="strict"))

        found = find_losses(store, query, default_graph="strict")
        assert bool(found) != has(query.pattern), f"seed {seed}\n{text}"
        for loss in found:
            if isinstance(loss, NoMatch):
                assert not has(inside(loss.graph, [loss.pattern])), f"seed {seed}\n{text}"
            elif isinstance(loss, NoJoin):
                assert not has(inside(loss.graph, loss.parts)), f"seed {seed}\n{text}"
                for part in loss.parts:
                    rest = [other for other in loss.parts if other is not part]
                    assert has(inside(loss.graph, rest)), f"seed {seed}\n{text}\n{part}"
            elif isinstance(loss, Filtered):
                assert not any(judged.verdict for judged in loss.seen), f"seed {seed}\n{text}"
                assert loss.solutions, f"seed {seed}\n{text}"


def inside(graph: IRI | a.Variable | None, parts: object) -> a.Pattern:
    pattern: a.Pattern = a.BGP(())
    for part in parts:  # type: ignore[attr-defined]
        each = a.BGP((part,)) if isinstance(part, a.TriplePattern) else part
        pattern = a.Join(pattern, each)
    return pattern if graph is None else a.Graph(graph, pattern)
