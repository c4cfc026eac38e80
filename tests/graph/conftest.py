"""The files of the graph, parsed once, and what pyshacl finds in data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyshacl
from rdflib import RDF, RDFS, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.term import Node

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"
WW2 = "https://w3id.org/ww2-kg/ontology#"
ID = "https://w3id.org/ww2-kg/id/"
PREFIXES = f"""
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix id:      <{ID}> .
@prefix owl:     <http://www.w3.org/2002/07/owl#> .
@prefix rdf:     <{RDF}> .
@prefix rdfs:    <{RDFS}> .
@prefix schema:  <https://schema.org/> .
@prefix ww2:     <{WW2}> .
@prefix xsd:     <http://www.w3.org/2001/XMLSchema#> .
"""


@cache
def parsed(*paths: Path) -> Graph:
    graph = Graph(bind_namespaces="none")
    for path in paths:
        graph.parse(path)
    return graph


def ontology() -> Graph:
    return parsed(ROOT / "ontology" / "ww2.ttl")


def shapes() -> Graph:
    return parsed(ROOT / "ontology" / "shapes.ttl")


def facts() -> Graph:
    return parsed(*sorted((ROOT / "triples").glob("*.ttl")))


def snippet(text: str) -> Graph:
    return Graph(bind_namespaces="none").parse(data=PREFIXES + text, format="turtle")


@cache
def prepared(query: str) -> Query:
    return prepareQuery(query)


class QuickGraph(Graph):
    """Parses a query once: pyshacl sends the text again for each focus node."""

    def query(self, query_object, *args, **kwargs):
        if isinstance(query_object, str):
            query_object = prepared(query_object)
        return super().query(query_object, *args, **kwargs)


def union(*graphs: Graph) -> Graph:
    whole = QuickGraph(bind_namespaces="none")
    for graph in graphs:
        for triple in graph:
            whole.add(triple)
    return whole


def local(node: Node) -> str:
    """What follows the last # or / of an IRI; other terms as they are."""
    return str(node).replace("#", "/").rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Finding:
    shape: str
    constraint: str
    path: str
    focus: str
    value: str
    severity: str
    message: str


def findings(data: Graph) -> list[Finding]:
    """What the shapes say about data, taken together with the ontology."""
    _, report, _ = pyshacl.validate(
        union(data, ontology()),
        shacl_graph=shapes(),
        inference="none",
        advanced=False,
        inplace=True,
    )
    assert isinstance(report, Graph), report
    details = set(report.objects(None, SH.detail))
    results = set(report.subjects(RDF.type, SH.ValidationResult)) - details
    return [_finding(report, result) for result in results]


def _finding(report: Graph, result: Node) -> Finding:
    def text(predicate: URIRef) -> str:
        node = report.value(result, predicate)
        return "" if node is None else local(node)

    source = report.value(result, SH.sourceShape)
    path = report.value(result, SH.resultPath)
    assert source is not None
    return Finding(
        shape=local(shapes().value(None, SH.property, source) or source),
        constraint=constraint_name(text(SH.sourceConstraintComponent)),
        path="" if path is None else path_text(report, path),
        focus=text(SH.focusNode),
        value=text(SH.value),
        severity=text(SH.resultSeverity),
        message=" ".join(str(m) for m in report.objects(result, SH.resultMessage)),
    )


def constraint_name(component: str) -> str:
    name = component.removesuffix("ConstraintComponent")
    return "sparql" if name == "SPARQL" else name[:1].lower() + name[1:]


def path_text(graph: Graph, path: Node) -> str:
    """A SHACL path in the notation of SPARQL, with local names."""
    if not isinstance(path, BNode):
        return local(path)
    if (choice := graph.value(path, SH.alternativePath)) is not None:
        return "|".join(path_text(graph, step) for step in Collection(graph, choice))
    if (repeated := graph.value(path, SH.zeroOrMorePath)) is not None:
        return f"({path_text(graph, repeated)})*"
    return "/".join(path_text(graph, step) for step in Collection(graph, path))
