"""Validation by pyshacl: the reference, and what runs the parts of SHACL that do not compile."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from kgtool.errors import DataError, ShapeError
from kgtool.extras import missing_extra
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.shacl.findings import Finding
from kgtool.shacl.paths import parse_path
from kgtool.shacl.report import ValidationReport
from kgtool.shacl.source import ShapesGraph, Triple
from kgtool.shacl.vocabulary import VIOLATION, local_name, sh

if TYPE_CHECKING:
    import rdflib


def validate_with_pyshacl(data: Iterable[Triple], shapes: Iterable[Triple]) -> ValidationReport:
    """The report of pyshacl, without inference; the ontology is part of the data.

    Raises ShapeError where pyshacl refuses the shapes, UsageError where it is not installed.
    """
    try:
        import pyshacl
    except ImportError as error:
        raise missing_extra("checking these shapes", "shacl", error) from None
    triples = tuple(shapes)
    try:
        with _silenced():
            _, graph, text = pyshacl.validate(
                _data_graph(data),
                shacl_graph=_graph(triples),
                inference="none",
                advanced=True,
                inplace=True,
            )
    except Exception as error:  # pyshacl has many kinds, and lets rdflib's through
        raise ShapeError(f"the shapes cannot be used: {_first_line(error)}") from error
    if isinstance(graph, Exception) or not hasattr(graph, "triples"):
        raise ShapeError(f"the shapes cannot be used: {_first_line(text or graph)}")
    return ValidationReport.of(_findings(graph, triples))


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


def _findings(graph: rdflib.Graph, shapes: tuple[Triple, ...]) -> list[Finding]:
    from kgtool.rdf.convert import from_rdflib

    report = ShapesGraph((from_rdflib(s), from_rdflib(p), from_rdflib(o)) for s, p, o in graph)
    source = ShapesGraph(shapes)
    # Results that stand below others (sh:detail) are no results of the report.
    nodes = [n for each in report.having(sh("result")) for n in report.objects(each, sh("result"))]
    found = [_finding(report, node, source) for node in nodes]
    return sorted(found, key=lambda f: (not f.is_violation, f.severity, str(f.shape), str(f.focus)))


def _finding(report: ShapesGraph, result: Term, source: ShapesGraph) -> Finding:
    def one(name: str) -> Term | None:
        return next(iter(report.objects(result, sh(name))), None)

    focus, shape, path = one("focusNode"), one("sourceShape"), one("resultPath")
    if focus is None or shape is None:
        raise DataError("pyshacl reported a result without a focus node or a shape")
    messages = (m for m in report.objects(result, sh("resultMessage")) if isinstance(m, Literal))
    component = one("sourceConstraintComponent")
    name = component.value if isinstance(component, IRI) else str(component)
    severity = one("resultSeverity")
    return Finding(
        focus=focus,
        path=None if path is None else parse_path(report, shape, path),
        value=one("value"),
        source=shape,
        shape=source.owner(shape),
        component=name,
        severity=severity.value if isinstance(severity, IRI) else VIOLATION,
        messages=tuple(sorted(messages, key=str)),
        expected=f"what {local_name(name)} asks for",
        constraint=one("sourceConstraint"),
    )


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
