"""Reads a store's triples back, for export: all of them, or only what was asserted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias, cast

from kgtool.project.folder import INFERRED_GRAPH
from kgtool.project.graph import Graph
from kgtool.rdf.sink import Output, write_chunks
from kgtool.rdf.terms import IRI, BlankNode, Term
from kgtool.results import SelectResult

Selection: TypeAlias = Literal["asserted", "inferred", "all"]

#: Syntaxes in which the named graphs can be told apart.
WITH_GRAPHS = ("trig", "nquads")

_CONDITIONS: dict[Selection, str] = {
    "asserted": f"FILTER(?g != <{INFERRED_GRAPH}>)",
    "inferred": f"FILTER(?g = <{INFERRED_GRAPH}>)",
    "all": "",
}


def write_graph(graph: Graph, out: Output, format: str, selection: Selection) -> None:
    """Writes the selected triples; TriG and N-Quads keep the named graphs."""
    from kgtool.rdf.writing import quads_text, triples_text

    if format in WITH_GRAPHS:
        chunks = quads_text(_quads(graph, selection), format, graph.prefixes)
    else:
        chunks = triples_text(_triples(graph, selection), format, graph.prefixes)
    write_chunks(chunks, out)


def _quads(
    graph: Graph, selection: Selection
) -> Iterator[tuple[Term, Term, Term, IRI | BlankNode | None]]:
    if selection != "inferred":
        for subject, predicate, object_ in _rows(graph, "SELECT * { ?s ?p ?o }", strict=True):
            yield subject, predicate, object_, None
    condition = _CONDITIONS[selection]
    text = f"SELECT ?s ?p ?o ?g {{ GRAPH ?g {{ ?s ?p ?o }} {condition} }}"
    for subject, predicate, object_, name in _rows(graph, text):
        yield subject, predicate, object_, cast("IRI | BlankNode", name)


def _triples(graph: Graph, selection: Selection) -> Iterator[tuple[Term, Term, Term]]:
    pattern = f"{{ GRAPH ?g {{ ?s ?p ?o }} {_CONDITIONS[selection]} }}"
    if selection != "inferred":
        pattern += " UNION { ?s ?p ?o }"
    text = f"SELECT DISTINCT ?s ?p ?o {{ {pattern} }}"
    yield from cast("Iterator[tuple[Term, Term, Term]]", _rows(graph, text, strict=True))


def _rows(graph: Graph, text: str, *, strict: bool = False) -> Iterator[tuple[Term, ...]]:
    result = graph.query(text, default_graph="strict" if strict else "union")
    assert isinstance(result, SelectResult)
    return (cast("tuple[Term, ...]", tuple(row)) for row in result)
