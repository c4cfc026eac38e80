"""rdflib on a store of kgtool does what rdflib does on its own memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

pytest.importorskip("rdflib", reason="rdflib is not installed")

import rdflib
from rdflib import RDF, XSD, BNode, Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.plugins.sparql import prepareQuery, prepareUpdate
from rdflib.store import NO_STORE, VALID_STORE

from kgtool.engine.store import Store
from kgtool.errors import DataError, QuerySyntaxError, UsageError
from kgtool.plan import run_query

#: rdflib calls what it has deprecated itself.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

E = rdflib.Namespace("http://e/")
TRIG = """
@prefix : <http://e/> .
:a :p :b , 1 , "x"@en ; :q [ :r 2.50 ] .
:g { :a :p :b . :c :p "d" . }
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "graph.duckdb"


@pytest.fixture
def dataset(path: Path) -> Iterator[Dataset]:
    dataset = Dataset(store="kgtool")
    assert dataset.open(str(path), create=True) == VALID_STORE
    dataset.parse(data=TRIG, format="trig")
    yield dataset
    dataset.close()


@pytest.fixture
def memory() -> Dataset:
    dataset = Dataset()
    dataset.parse(data=TRIG, format="trig")
    return dataset


def asks(path: Path, pattern: str) -> bool:
    with Store.open(path) as store:
        return bool(run_query(store, f"PREFIX : <http://e/> ASK {{ {pattern} }}"))


# Triples and graphs ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        (None, None, None),
        (E.a, None, None),
        (None, E.p, None),
        (None, None, E.b),
        (E.a, E.p, Literal(1)),
        (E.a, E.p, Literal("1", datatype=XSD.decimal)),
        (None, E.p, Literal("x", lang="en")),
        (E.none, None, None),
    ],
)
def test_triples(dataset: Dataset, memory: Dataset, pattern: Any) -> None:
    for name in (None, E.g):
        ours, theirs = (d.graph(name) if name else d.default_graph for d in (dataset, memory))
        got, expected = Graph(), Graph()
        for triple in ours.triples(pattern):
            got.add(triple)
        for triple in theirs.triples(pattern):
            expected.add(triple)
        assert isomorphic(got, expected)
        assert len(ours) == len(theirs)
        assert (pattern in ours) == (pattern in theirs)


def test_the_union_of_graphs(path: Path, dataset: Dataset) -> None:
    dataset.commit()
    union = Dataset(store="kgtool", default_union=True)
    union.open(str(path))
    assert len(list(union.triples((E.a, E.p, E.b)))) == 1
    assert len(union) == 6
    graphs = {g for _, _, _, g in union.quads((E.a, E.p, E.b, None))}
    assert graphs == {DATASET_DEFAULT_GRAPH_ID, E.g}
    union.close()


def test_random_edits_are_those_of_memory(dataset: Dataset, memory: Dataset) -> None:
    random = Random(7)
    names = [E.a, E.b, E.c, BNode("n")]
    objects = [*names, Literal(1), Literal("x"), Literal("x", lang="en"), Literal(True)]
    for _ in range(120):
        triple = (random.choice(names), random.choice([E.p, E.q]), random.choice(objects))
        pattern = tuple(t if random.random() < 0.7 else None for t in triple)
        graph = random.choice([None, E.g, E.h])
        adds = random.random() < 0.7
        for each in (dataset, memory):
            target = each.graph(graph) if graph else each.default_graph
            if adds:
                target.add(triple)
            else:
                target.remove(pattern)
        if random.random() < 0.2:
            assert isomorphic(dataset.default_graph, memory.default_graph)
            assert isomorphic(dataset.graph(E.g), memory.graph(E.g))
    assert {g.identifier for g in dataset.graphs()} == {g.identifier for g in memory.graphs()}


def test_graphs(dataset: Dataset) -> None:
    dataset.add_graph(E.empty)
    names = {graph.identifier for graph in dataset.graphs()}
    assert {E.g, E.empty} <= names
    assert {graph.identifier for graph in dataset.graphs((E.c, None, None))} >= {E.g}
    dataset.remove_graph(E.empty)
    dataset.remove_graph(E.g)
    assert {graph.identifier for graph in dataset.graphs()} & {E.g, E.empty} == set()
    assert len(dataset.default_graph) == 5


def test_a_graph_named_by_a_blank_node(path: Path) -> None:
    graph = Graph(store="kgtool")
    graph.open(str(path), create=True)
    graph.add((E.a, E.p, E.b))
    assert list(graph) == [(E.a, E.p, E.b)]
    assert [tuple(row) for row in graph.query("SELECT * { ?s ?p ?o }")] == [(E.a, E.p, E.b)]
    graph.update("DELETE WHERE { ?s ?p ?o }")
    assert len(graph) == 0
    graph.close()


def test_literals_stay_as_they_are(dataset: Dataset) -> None:
    literals = [
        Literal("2.50", datatype=XSD.decimal, normalize=False),
        Literal("01", datatype=XSD.integer, normalize=False),
        Literal("abc", datatype=XSD.integer),
        Literal('line\nbreak "quoted" \\ \u00e9\U0001f600'),
        Literal("", lang="en-gb"),
        Literal("1944-06-04", datatype=XSD.date),
    ]
    graph = dataset.graph(E.literals)
    for literal in literals:
        graph.add((E.a, E.p, literal))
    assert set(graph.objects(E.a, E.p)) == set(literals)
    assert {str(o) for o in graph.objects()} == {str(literal) for literal in literals}


def test_only_rdf_terms(dataset: Dataset) -> None:
    with pytest.raises(DataError):
        dataset.default_graph.add((E.a, E.p, rdflib.Variable("x")))


# SPARQL ---------------------------------------------------------------------------------


def test_query_goes_to_the_compiler(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("rdflib's evaluator was asked")

    monkeypatch.setattr("rdflib.plugins.sparql.processor.evalQuery", refuse)
    result = dataset.query("SELECT ?o { <http://e/a> <http://e/p> ?o } ORDER BY ?o")
    assert result.type == "SELECT"
    assert [str(v) for v in result.vars or []] == ["o"]
    assert [row.o for row in result] == [E.b, Literal(1), Literal("x", lang="en")]
    assert dataset.query("ASK { ?s ?p 1 }").askAnswer is True
    graph = dataset.query("PREFIX e: <http://e/> CONSTRUCT { ?o e:of ?s } { ?s e:p ?o }").graph
    assert graph is not None
    assert (E.b, E.of, E.a) in graph


QUERIES = [
    "SELECT * { ?s ?p ?o }",
    "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ORDER BY ?n",
    "SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?s ?x { ?s :p ?o OPTIONAL { ?s :q ?x } }",
    "ASK { :a :p :none }",
    "CONSTRUCT { ?o :of ?s } { ?s :p ?o FILTER(isIRI(?o)) }",
]


@pytest.mark.parametrize("text", QUERIES)
def test_queries_answer_as_rdflib_does(dataset: Dataset, memory: Dataset, text: str) -> None:
    prefixes = {"": E}
    got, expected = (d.query(text, initNs=prefixes) for d in (dataset, memory))
    assert got.type == expected.type
    if got.type == "CONSTRUCT":
        assert got.graph is not None
        assert expected.graph is not None
        assert isomorphic(got.graph, expected.graph)
        return
    assert got.askAnswer == expected.askAnswer
    if got.type == "SELECT":
        assert sorted(map(_row, got.bindings)) == sorted(map(_row, expected.bindings))


def _row(row: Any) -> list[tuple[str, str]]:
    return sorted((str(v), "_" if isinstance(t, BNode) else repr(t)) for v, t in row.items())


def test_a_graph_is_asked_alone(dataset: Dataset) -> None:
    text = "SELECT ?o { ?s <http://e/p> ?o }"
    assert {row.o for row in dataset.graph(E.g).query(text)} == {E.b, Literal("d")}
    assert {row.o for row in dataset.graph(E.none).query(text)} == set()


def test_bindings(dataset: Dataset) -> None:
    text = "SELECT ?s ?o { ?s ?p ?o FILTER(?o = ?wanted) }"
    bindings = {"p": E.p, "wanted": Literal(1)}
    assert [tuple(row) for row in dataset.query(text, initBindings=bindings)] == [(E.a, Literal(1))]
    chosen = dataset.query("SELECT ?s ?o { ?s ?p ?o }", initBindings={"o": E.b})
    assert [tuple(row) for row in chosen] == [(E.a, E.b)]


def test_prepared_requests(dataset: Dataset) -> None:
    query = prepareQuery("SELECT ?o { e:a e:p ?o FILTER(isIRI(?o)) }", initNs={"e": E})
    assert [row.o for row in dataset.query(query)] == [E.b]
    dataset.update(prepareUpdate("INSERT DATA { e:n e:p 1 }", initNs={"e": E}))
    assert (E.n, E.p, Literal(1)) in dataset.default_graph


def test_a_bound_prefix_needs_no_declaration(dataset: Dataset) -> None:
    dataset.bind("bound", E)
    # rdflib hands over the prefixes that are bound only where the caller names none.
    answer = dataset.query(
        "SELECT ?o { bound:a given:p ?o FILTER(isIRI(?o)) }", initNs={"given": E}
    )
    assert [row.o for row in answer] == [E.b]
    dataset.update("INSERT DATA { bound:n given:p 1 }", initNs={"given": E})
    assert (E.n, E.p, Literal(1)) in dataset.default_graph


def test_a_base_iri(dataset: Dataset) -> None:
    answer = dataset.query("SELECT (<../x> AS ?iri) {}", base="http://e/a/b")
    assert [row.iri for row in answer] == [E.x]
    dataset.update("INSERT DATA { <n> <p> 1 }", base=str(E))
    assert (E.n, E.p, Literal(1)) in dataset.default_graph


def test_load_reads_where_it_may(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "more.ttl").write_text("<http://e/n> <http://e/p> 1 .")
    load = f"LOAD <{(tmp_path / 'more.ttl').as_uri()}>"
    with pytest.raises(UsageError, match="is not allowed here"):
        dataset.update(load)
    dataset.update(load, load_from=[tmp_path])
    assert (E.n, E.p, Literal(1)) in dataset.default_graph


def test_update(dataset: Dataset, path: Path) -> None:
    dataset.default_graph.add((E.z, E.p, E.a))
    dataset.update(
        "PREFIX : <http://e/> DELETE { ?s :p ?o } INSERT { ?o :of ?s } WHERE { ?s :p ?o }"
    )
    assert set(dataset.default_graph.subjects(E.of)) >= {E.a, E.b}
    dataset.graph(E.g).update("PREFIX : <http://e/> INSERT { ?s :seen 1 } WHERE { ?s :p ?o }")
    assert set(dataset.graph(E.g).subjects(E.seen)) == {E.a, E.c}
    assert (E.a, E.seen, None) not in dataset.default_graph
    dataset.commit()
    assert asks(path, "GRAPH :g { :c :seen 1 }")


def test_errors_are_those_of_kgtool(dataset: Dataset) -> None:
    with pytest.raises(QuerySyntaxError, match="column 8"):
        dataset.query("SELECT WHERE { ?s ?p ?o }")


# Files and transactions -----------------------------------------------------------------


def test_commit_and_rollback(dataset: Dataset, path: Path) -> None:
    dataset.commit()
    dataset.default_graph.add((E.later, E.p, E.b))
    assert (E.later, E.p, E.b) in dataset.default_graph
    assert not asks(path, ":later ?p ?o")
    dataset.rollback()
    assert (E.later, E.p, E.b) not in dataset.default_graph
    dataset.default_graph.add((E.later, E.p, E.b))
    dataset.commit()
    assert asks(path, ":later ?p ?o")


def test_close_keeps_what_was_added(path: Path) -> None:
    for number in range(2):
        graph = Graph(store="kgtool", identifier=E.g)
        graph.open(str(path), create=True)
        graph.bind("mine", E)
        assert len(graph) == number
        graph.add((E.a, E.p, Literal(number)))
        graph.close()
    with Store.open(path) as store:
        assert store.prefixes["mine"] == str(E)


def test_open_says_where_there_is_no_store(tmp_path: Path) -> None:
    assert Dataset(store="kgtool").open(str(tmp_path / "none.duckdb")) == NO_STORE
    dataset = Dataset(store="kgtool")
    assert dataset.open(str(tmp_path), create=True) == VALID_STORE
    assert (tmp_path / "store.duckdb").is_file()
    dataset.close()
    dataset.destroy(str(tmp_path))
    assert not (tmp_path / "store.duckdb").exists()


def test_two_stores_of_a_process_share_a_file(dataset: Dataset, path: Path) -> None:
    other = Dataset(store="kgtool")
    other.open(str(path))
    other.default_graph.add((E.other, RDF.type, E.Thing))
    assert (E.other, RDF.type, E.Thing) in dataset.default_graph
    other.close()
    assert asks(path, ":other a :Thing")


def test_without_open_it_lives_as_long_as_its_object() -> None:
    graph = Graph(store="kgtool")
    graph.add((E.a, E.p, E.b))
    assert [row.o for row in graph.query("SELECT ?o { ?s ?p ?o }")] == [URIRef("http://e/b")]
    graph.close()
