"""Validation by pyshacl: all of SHACL Core, SHACL-SPARQL and SHACL-AF."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from kgtool.errors import DataError
from kgtool.extras import missing_extra
from kgtool.rdf.terms import IRI, Term
from kgtool.shacl.base import Triple
from kgtool.shacl.report import SH, VIOLATION, Finding, ValidationReport, sorted_findings

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

_PATH_SUFFIXES = {
    SH + "zeroOrMorePath": "*",
    SH + "oneOrMorePath": "+",
    SH + "zeroOrOnePath": "?",
}


class PyshaclValidator:
    """Runs pyshacl without inference; the ontology is part of the data."""

    name = "pyshacl"

    def validate(self, data: Iterable[Triple], shapes: Iterable[Triple]) -> ValidationReport:
        try:
            import pyshacl
        except ImportError as error:
            raise missing_extra("checking shapes", "shacl", error) from None
        shapes_graph = _graph(shapes)
        try:
            with _silenced():
                _, graph, text = pyshacl.validate(
                    _data_graph(data),
                    shacl_graph=shapes_graph,
                    inference="none",
                    advanced=True,
                    inplace=True,
                )
        except Exception as error:  # pyshacl has many kinds, and lets rdflib's through
            raise DataError(f"the shapes cannot be used: {_first_line(error)}") from error
        if isinstance(graph, Exception) or not hasattr(graph, "triples"):
            raise DataError(f"the shapes cannot be used: {_first_line(text or graph)}")
        return _report(graph, shapes_graph)


@contextmanager
def _silenced() -> Iterator[None]:
    """pyshacl logs to stderr what it also raises."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _data_graph(triples: Iterable[Triple]) -> rdflib.Graph:
    """The data, in a graph that reads the text of each query only once.

    pyshacl asks a constraint's query for every focus node, and rdflib needs three
    quarters of the whole validation's time to read the same text again and again.
    """
    import rdflib
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.query import Result

    class PreparingGraph(rdflib.Graph):
        prepared: ClassVar[dict[str, Any]] = {}

        def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Result:
            if isinstance(query_object, str):
                if query_object not in self.prepared:
                    names = dict(self.namespaces())
                    self.prepared[query_object] = prepareQuery(query_object, initNs=names)
                query_object = self.prepared[query_object]
            return super().query(query_object, *args, **kwargs)

    graph = PreparingGraph()
    for triple in _graph(triples):
        graph.add(triple)
    return graph


def _graph(triples: Iterable[Triple]) -> rdflib.Graph:
    import rdflib

    from kgtool.rdf.convert import to_rdflib

    graph = rdflib.Graph()
    for subject, predicate, object_ in triples:
        graph.add((to_rdflib(subject), to_rdflib(predicate), to_rdflib(object_)))
    return graph


def _report(graph: rdflib.Graph, shapes: rdflib.Graph) -> ValidationReport:
    from rdflib import URIRef
    from rdflib.namespace import RDF

    from kgtool.rdf.convert import from_rdflib

    results = graph.subjects(RDF.type, URIRef(SH + "ValidationResult"))
    findings = [_finding(graph, result, shapes) for result in results]
    triples = tuple((from_rdflib(s), from_rdflib(p), from_rdflib(o)) for s, p, o in graph)
    return ValidationReport(sorted_findings(findings), triples)


def _finding(graph: rdflib.Graph, result: Node, shapes: rdflib.Graph) -> Finding:
    from rdflib import URIRef

    from kgtool.rdf.convert import from_rdflib

    def node(name: str) -> Node | None:
        return graph.value(result, URIRef(SH + name))

    def term(name: str) -> Term | None:
        found = node(name)
        return None if found is None else from_rdflib(found)

    path = node("resultPath")
    messages = sorted(str(m) for m in graph.objects(result, URIRef(SH + "resultMessage")))
    focus = term("focusNode")
    if focus is None:
        raise DataError("the validator reported a result without a focus node")
    shape = node("sourceShape")
    return Finding(
        focus=focus,
        path=None if path is None else _path_text(graph, path),
        value=term("value"),
        shape=None if shape is None else from_rdflib(_named_owner(shapes, shape)),
        component=str(node("sourceConstraintComponent") or ""),
        severity=str(node("resultSeverity") or VIOLATION),
        message="; ".join(messages),
    )


def _named_owner(shapes: rdflib.Graph, shape: Node) -> Node:
    """The shape, or where it has no name the nearest one with a name that it belongs to."""
    from rdflib import BNode

    owner, seen = shape, {shape}
    while isinstance(owner, BNode):
        above = next((s for s in shapes.subjects(None, owner) if s not in seen), None)
        if above is None:
            return shape
        seen.add(above)
        owner = above
    return owner


def _path_text(graph: rdflib.Graph, path: Node) -> str:
    """A property path (SHACL section 2.3.1) as SPARQL writes it."""
    from rdflib import URIRef
    from rdflib.collection import Collection
    from rdflib.namespace import RDF

    if isinstance(path, URIRef):
        return str(IRI(str(path)))
    if graph.value(path, RDF.first) is not None:
        return "/".join(_path_text(graph, step) for step in Collection(graph, path))
    inverse = graph.value(path, URIRef(SH + "inversePath"))
    if inverse is not None:
        return "^" + _path_text(graph, inverse)
    choices = graph.value(path, URIRef(SH + "alternativePath"))
    if choices is not None:
        return "(" + "|".join(_path_text(graph, c) for c in Collection(graph, choices)) + ")"
    for predicate, suffix in _PATH_SUFFIXES.items():
        inner = graph.value(path, URIRef(predicate))
        if inner is not None:
            return f"({_path_text(graph, inner)}){suffix}"
    return "a path"


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
