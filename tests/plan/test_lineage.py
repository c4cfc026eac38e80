"""Rows with what they rest on: the same rows, from triples that suffice for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from random import Random
from typing import Any

import pyoxigraph
import pytest

from kgtool.engine.store import Store
from kgtool.plan import run_query
from kgtool.plan.chain import find_chain
from kgtool.plan.lineage import Edge, Merging, Support, TracedRow, run_traced
from kgtool.rdf.convert import from_oxigraph, to_oxigraph
from kgtool.rdf.terms import IRI, Term
from kgtool.sparql import algebra as a
from kgtool.sparql import parse_query
from tests.plan.answers import Answer, answer_of, by_value, difference
from tests.plan.conftest import PREFIXES, SPARQL_PREFIXES
from tests.plan.test_differential import DATASETS, QueryGenerator

CASES = int(os.environ.get("KGTOOL_FUZZ", "300"))
GROUP = 25
#: What can hold because something is absent, needs all solutions, or needs no triple at all:
#: Oxigraph lets a path of no length in another path end only at nodes of the graph.
_NEEDS_ALL = (a.LeftJoin, a.Minus, a.Exists, a.Group, a.Slice, a.ZeroOrMore, a.ZeroOrOne)

Stores = Callable[[str], Store]


def edges(support: Iterable[Support]) -> Iterator[Edge]:
    for each in support:
        if isinstance(each, Merging):
            yield from edges(each.support)
        else:
            yield each


def has(node: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(node, kinds):
        return True
    if isinstance(node, tuple):
        return any(has(each, kinds) for each in node)
    inside = is_dataclass(node) and not isinstance(node, type)
    return inside and any(has(getattr(node, f.name), kinds) for f in fields(node))


def triples_of(store: Store, row: TracedRow) -> set[tuple[Term, Term, Term, Term | None]]:
    """The triples that a row rests on, those along its paths too."""
    found = set()
    for edge in edges(row.support):
        if isinstance(edge.predicate, IRI):
            found.add((edge.subject, edge.predicate, edge.object, edge.graph))
            continue
        chain = find_chain(store, edge.subject, edge.predicate, edge.object, edge.graph)
        assert chain is not None, edge
        found |= {(*triple, edge.graph) for triple in chain}
    return found


@pytest.mark.parametrize("first", range(0, CASES, GROUP))
def test_random_rows_rest_on_triples_that_suffice(first: int, store_of: Stores) -> None:
    for seed in range(first, min(first + GROUP, CASES)):
        data = DATASETS[seed % len(DATASETS)]
        text = QueryGenerator(Random(seed)).query()
        query = parse_query(text)
        if not isinstance(query, a.SelectQuery | a.AskQuery):
            continue
        store = store_of(data)
        rows = list(run_traced(store, query, default_graph="strict"))
        plain = answer_of(run_query(store, text, default_graph="strict"))
        if isinstance(query, a.AskQuery):
            assert bool(rows) == plain.truth, f"seed {seed}\n{text}"
        else:
            found = tuple(tuple(row.solution.values()) for row in rows)
            traced = Answer("rows", found, plain.variables, ordered=plain.ordered)
            wrong = difference(traced, plain, by_value)
            assert wrong is None, f"seed {seed}\n{text}\n{wrong}"
        for row in rows[:3]:
            _check(store, query, text, row, f"seed {seed}\n{text}\n{row}")


def _check(
    store: Store, query: a.SelectQuery | a.AskQuery, text: str, row: TracedRow, said: str
) -> None:
    triples = triples_of(store, row)
    smaller = pyoxigraph.Store()
    for s, p, o, g in triples:
        terms = (to_oxigraph(s), to_oxigraph(p), to_oxigraph(o))
        graph = pyoxigraph.DefaultGraph() if g is None else to_oxigraph(g)
        ids = store.ids([s, p, o])
        where = f"s = {ids[s]} AND p = {ids[p]} AND o = {ids[o]}"
        (count,) = store.connection.execute(f"SELECT count(*) FROM pso WHERE {where}").fetchone()
        assert count, said
        smaller.add(pyoxigraph.Quad(*terms, graph))  # type: ignore[arg-type]
    if has(query.pattern, _NEEDS_ALL) or query.dataset is not None:
        return
    answer = smaller.query(text)
    if isinstance(query, a.AskQuery):
        assert bool(answer), said
        return
    solutions = {
        tuple(None if term is None else from_oxigraph(term) for term in solution)
        for solution in answer
    }
    assert tuple(row.solution.values()) in solutions, said


def traced(store_of: Stores, data: str, text: str) -> list[TracedRow]:
    query = parse_query(f"{SPARQL_PREFIXES} {text}")
    assert isinstance(query, a.SelectQuery | a.AskQuery)
    return list(run_traced(store_of(data), query))


def short(support: Iterable[Support]) -> list[Any]:
    def name(term: Any) -> str:
        return str(getattr(term, "value", getattr(term, "lexical", term))).removeprefix("http://e/")

    return [
        (each.count, short(each.support))
        if isinstance(each, Merging)
        else " ".join(map(name, (each.subject, each.predicate, each.object)))
        for each in support
    ]


DATA = ":a :p 1 , 2 ; :q :b . :b :p 3 ; :q :c . :c :r 'x' . :d :p 4 ."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?x { ?x :p 3 }", [["b p 3"]]),
        ("SELECT ?z { ?x :p 1 ; :q [ :q ?z ] }", [["a p 1", "b q c", "a q b"]]),
        # An optional part counts where it took part, though it binds nothing new.
        (
            "SELECT ?x { ?x :p ?n OPTIONAL { ?x :q :b } FILTER(?n > 1) } ORDER BY ?x",
            [["a p 2", "a q b"], ["b p 3"], ["d p 4"]],
        ),
        (
            "SELECT ?n { { :a :p ?n } UNION { :b :p ?n } } ORDER BY ?n",
            [["a p 1"], ["a p 2"], ["b p 3"]],
        ),
        ("SELECT ?x { ?x :p 4 MINUS { ?x :q ?y } }", [["d p 4"]]),
        ("SELECT ?x { ?x :p 4 FILTER NOT EXISTS { ?x :q ?y } }", [["d p 4"]]),
        ("SELECT ?x { VALUES ?x { :a } }", [[]]),
        # What is merged shows the number, and the first.
        (
            "SELECT ?x (SUM(?n) AS ?s) { ?x :p ?n } GROUP BY ?x ORDER BY ?x",
            [[(2, ["a p 1"])], [(1, ["b p 3"])], [(1, ["d p 4"])]],
        ),
        ("SELECT DISTINCT ?x { ?x :p ?n . ?x :q ?y } ORDER BY DESC(?x)",
         [[(1, ["b p 3", "b q c"])], [(2, ["a p 1", "a q b"])]]),
        ("SELECT (COUNT(*) AS ?n) { ?x :none ?y }", [[]]),
        # A subquery's own variable is another than that outside of it.
        (
            "SELECT ?n { { SELECT ?x { ?x :q ?n } } ?x :p ?n } ORDER BY ?n",
            [["a q b", "a p 1"], ["a q b", "a p 2"], ["b q c", "b p 3"]],
        ),
        (
            "SELECT ?x { { SELECT ?x (MAX(?n) AS ?m) { ?x :p ?n } GROUP BY ?x } ?x :q ?y "
            "FILTER(?m > 2) }",
            [[(1, ["b p 3"]), "b q c"]],
        ),
        ("ASK { ?x :r ?y }", [["c r x"]]),
        ("ASK { ?x :r 5 }", []),
        ("SELECT ?x { ?x :p ?n } ORDER BY DESC(?n) LIMIT 1", [["d p 4"]]),
    ],
)  # fmt: skip
def test_what_rows_rest_on(text: str, expected: list[Any], store_of: Stores) -> None:
    assert [short(row.support) for row in traced(store_of, DATA, text)] == expected


def test_graphs_are_told(store_of: Stores) -> None:
    data = "GRAPH :g { :a :p 1 } GRAPH :h { :a :p 2 }"
    rows = traced(store_of, data, "SELECT ?n { GRAPH ?g { ?x :p ?n } } ORDER BY ?n")
    graphs = [edge.graph for row in rows for edge in edges(row.support)]
    assert graphs == [IRI("http://e/g"), IRI("http://e/h")]
    rows = traced(
        store_of, data, "SELECT ?g ?n { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?x :p ?m } } }"
    )
    assert sorted(str(edge.graph) for row in rows for edge in edges(row.support)) == [
        "<http://e/g>",
        "<http://e/h>",
    ]


PATHS = [":p+", ":p*", ":p?", "(:p/:q)+", "(:p|^:q)+", "^(:p/:q)", "(^:p)+", "!(:p)", "!(^:p|:q)"]


@pytest.mark.parametrize("path", PATHS)
def test_ways_are_found_where_the_path_leads(path: str, store_of: Stores) -> None:
    random = Random(path)
    nodes = [f":n{i}" for i in range(7)]
    data = " ".join(
        f"{random.choice(nodes)} {random.choice([':p', ':q', ':r'])} {random.choice(nodes)} ."
        for _ in range(18)
    )
    store = store_of(data)
    query = parse_query(f"{SPARQL_PREFIXES} ASK {{ ?a {path}|{path} ?b }}")
    assert isinstance(query, a.AskQuery)
    assert isinstance(query.pattern, a.PathPattern)
    assert isinstance(query.pattern.path, a.Alternative)
    parsed = query.pattern.path.left
    oracle = pyoxigraph.Store()
    turtle = "".join(f"@prefix {p}: <{n}> . " for p, n in PREFIXES.items()) + data
    oracle.load(turtle.encode(), pyoxigraph.RdfFormat.TURTLE)
    reached = 0
    for start in nodes:
        for end in nodes:
            leads = bool(oracle.query(f"{SPARQL_PREFIXES} ASK {{ {start} {path} {end} }}"))
            ends = (IRI("http://e/" + n[1:]) for n in (start, end))
            chain = find_chain(store, next(ends), parsed, next(ends))
            assert (chain is not None) == leads, (start, end)
            reached += leads
            for triple in chain or ():
                assert pyoxigraph.Quad(*map(to_oxigraph, triple)) in oracle  # type: ignore[arg-type]
            if chain:
                joined = {chain[0][0], chain[0][2]} & {chain[-1][0], chain[-1][2]}
                assert len(chain) > 2 or joined or path.startswith("!")
    assert reached
