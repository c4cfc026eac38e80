"""Counts what is in a graph: triples, terms, classes and predicates, also as VoID."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kgtool.project.graph import Graph
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.results import SelectResult

VOID = "http://rdfs.org/ns/void#"
DATASET = IRI("urn:x-kgtool:dataset")


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts; classes and predicates are pairs of IRI and count, largest first."""

    triples: int
    subjects: int
    objects: int
    terms: int
    graphs: tuple[tuple[str, int], ...]
    classes: tuple[tuple[str, int], ...]
    predicates: tuple[tuple[str, int], ...]


def summarise(graph: Graph) -> Summary:
    """The counts of all that the default graph of queries holds."""
    totals = _first(
        graph,
        "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?ns) (COUNT(DISTINCT ?o) AS ?no)"
        " { ?s ?p ?o }",
    )
    terms = _first(
        graph,
        "SELECT (COUNT(DISTINCT ?t) AS ?n) { { ?t ?p ?o } UNION { ?s ?t ?o } UNION { ?s ?p ?t } }",
    )
    return Summary(
        triples=totals[0],
        subjects=totals[1],
        objects=totals[2],
        terms=terms[0],
        graphs=_counts(graph, "GRAPH ?key { ?s ?p ?o }", "*"),
        classes=_counts(graph, "?s a ?key", "DISTINCT ?s"),
        predicates=_counts(graph, "?s ?key ?o", "*"),
    )


def summary_json(summary: Summary) -> dict[str, Any]:
    return {
        "triples": summary.triples,
        "subjects": summary.subjects,
        "objects": summary.objects,
        "terms": summary.terms,
        "graphs": dict(summary.graphs),
        "classes": dict(summary.classes),
        "predicates": dict(summary.predicates),
    }


def void_triples(summary: Summary) -> Iterator[tuple[Term, Term, Term]]:
    """A VoID description (https://www.w3.org/TR/void/) of the graph."""
    yield DATASET, IRI(RDF.type), IRI(VOID + "Dataset")
    numbers = {
        "triples": summary.triples,
        "distinctSubjects": summary.subjects,
        "distinctObjects": summary.objects,
        "classes": len(summary.classes),
        "properties": len(summary.predicates),
    }
    for name, number in numbers.items():
        yield DATASET, IRI(VOID + name), _integer(number)
    yield from _partitions("class", "entities", summary.classes)
    yield from _partitions("property", "triples", summary.predicates)


def _partitions(
    kind: str, count: str, counted: tuple[tuple[str, int], ...]
) -> Iterator[tuple[Term, Term, Term]]:
    for index, (iri, number) in enumerate(counted):
        node = BlankNode(f"{kind}{index}")
        yield DATASET, IRI(f"{VOID}{kind}Partition"), node
        yield node, IRI(VOID + kind), IRI(iri)
        yield node, IRI(VOID + count), _integer(number)


def _counts(graph: Graph, pattern: str, counted: str) -> tuple[tuple[str, int], ...]:
    result = graph.query(
        f"SELECT ?key (COUNT({counted}) AS ?n) {{ {pattern} FILTER(isIRI(?key)) }} GROUP BY ?key"
    )
    assert isinstance(result, SelectResult)
    rows: list[Any] = list(result.values())
    return tuple(sorted(((key, n) for key, n in rows), key=lambda row: (-row[1], row[0])))


def _first(graph: Graph, text: str) -> tuple[int, ...]:
    result = graph.query(text)
    assert isinstance(result, SelectResult)
    rows: Any = next(iter(result.values()))
    result.close()
    return tuple(rows)


def _integer(number: int) -> Literal:
    return Literal(str(number), XSD.integer)
