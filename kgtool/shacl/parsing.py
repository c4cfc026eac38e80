"""A shapes graph to typed shapes, with every check of syntax that SHACL asks for (section A).

All shapes that the graph declares are read, those without targets too, so that a mistake
shows before anything is validated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain

from kgtool.rdf.placing import Places
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.shacl import shapes as s
from kgtool.shacl.parameters import Parameters, constraints_of
from kgtool.shacl.paths import parse_path
from kgtool.shacl.source import ShapesGraph, Triple
from kgtool.shacl.sparql import Components, parse_constraints, parse_target
from kgtool.shacl.vocabulary import CLASSES, VIOLATION, sh

_ENTAILMENT = sh("entailment")
_TARGETS = tuple(
    sh(n) for n in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target")
)
_KINDS = (sh("NodeShape"), sh("PropertyShape"))
#: What is not compiled, and what it is called (SHACL Advanced Features, SHACL JavaScript).
_UNCOMPILED = {
    "rule": "SHACL-AF rules (sh:rule)",
    "expression": "expression constraints (sh:expression)",
    "values": "node expressions (sh:values)",
    "js": "JavaScript constraints (sh:js)",
    "jsFunctionName": "JavaScript (sh:jsFunctionName)",
}
_FUNCTION = sh("SPARQLFunction")
_TARGET_TYPE = sh("SPARQLTargetType")


def parse_shapes(triples: Iterable[Triple], places: Callable[[], Places] | None = None) -> s.Shapes:
    """The shapes of a shapes graph; ``places`` are asked for where there is a mistake.

    Raises ShapeError, with file and line, for a graph that is ill-formed.
    """
    graph = ShapesGraph(triples, places)
    uncompiled = [why for name, why in _UNCOMPILED.items() if graph.having(sh(name))]
    if graph.instances(_FUNCTION):
        uncompiled.append("SPARQL functions (sh:SPARQLFunction)")
    if graph.instances(_TARGET_TYPE):
        uncompiled.append("target types (sh:SPARQLTargetType)")
    reader = _Reader(graph)
    parsed = [reader.shape(node) for node in reader.declared()]
    roots = [shape for shape in parsed if shape.targets and not shape.deactivated]
    everywhere = any(graph.objects(n, _ENTAILMENT) for n in _others(graph, reader.declared()))
    if everywhere:
        roots = [replace(shape, inferred=True) for shape in roots]
    return s.Shapes(tuple(roots), tuple(uncompiled))


def _others(graph: ShapesGraph, shapes: Iterable[Term]) -> Iterable[Term]:
    """The nodes that ask for entailment, but for the shapes that ask for themselves alone."""
    declared = set(shapes)
    return (node for node in graph.having(_ENTAILMENT) if node not in declared)


class _Reader:
    """Reads shapes, each once."""

    def __init__(self, graph: ShapesGraph) -> None:
        self._graph = graph
        self._parameters = Parameters(graph, self.shape)
        self._components = Components(graph)
        self._known: dict[Term, s.Shape] = {}
        self._open: list[Term] = []

    def declared(self) -> list[Term]:
        """The nodes that say of themselves that they are shapes, or have targets."""
        graph = self._graph
        typed = chain.from_iterable(graph.instances(kind) for kind in _KINDS)
        targeted = chain.from_iterable(graph.having(p) for p in _TARGETS)
        return list(dict.fromkeys(chain(typed, targeted)))

    def shape(self, node: Term) -> s.Shape:
        if node not in self._known:
            if isinstance(node, Literal):
                raise self._graph.error(f"{node} is no shape", node)
            if node in self._open:
                raise self._recursion(node)
            self._open.append(node)
            self._known[node] = self._read(node)
            self._open.pop()
        return self._known[node]

    def _recursion(self, node: Term) -> Exception:
        """Recursion is undefined (section 3.4.3), so it is refused."""
        circle = [*self._open[self._open.index(node) :], node]
        names = [str(n) for n in circle if isinstance(n, IRI)] or ["a shape without a name"]
        return self._graph.error(
            f"the shape refers to itself: {' → '.join(names)}", self._open[-1], None, node,
            expected="shapes without recursion",
        )  # fmt: skip

    def _read(self, node: Term) -> s.Shape:
        graph = self._graph
        path = graph.one(node, sh("path"))
        self._check_kind(node, path)
        parsed = None if path is None else parse_path(graph, node, path)
        constraints = [
            *constraints_of(self._parameters, node, parsed),
            *parse_constraints(graph, self._components, node, parsed),
        ]
        return s.Shape(
            node=node,
            owner=graph.owner(node),
            path=parsed,
            targets=self._targets(node),
            constraints=tuple(constraints),
            severity=self._severity(node),
            messages=self._parameters.messages(node),
            deactivated=self._parameters.flag(node, sh("deactivated")),
            name=_english(graph.objects(node, sh("name"))),
            order=self._order(node),
            group=graph.one(node, sh("group")),
            inferred=bool(graph.objects(node, _ENTAILMENT)),
        )

    def _check_kind(self, node: Term, path: Term | None) -> None:
        is_property = self._graph.is_instance(node, sh("PropertyShape"))
        if is_property and path is None:
            raise self._graph.error("a property shape without sh:path", node)
        if path is not None and self._graph.is_instance(node, sh("NodeShape")):
            raise self._graph.error(
                "a node shape has no sh:path", node, sh("path"), path, expected="sh:PropertyShape"
            )

    def _severity(self, node: Term) -> str:
        value = self._graph.one(node, sh("severity"))
        if value is not None and not isinstance(value, IRI):
            raise self._graph.error(
                "sh:severity is no IRI", node, sh("severity"), value, expected="sh:Warning"
            )
        return VIOLATION if value is None else value.value

    def _order(self, node: Term) -> float | None:
        value = self._graph.one(node, sh("order"))
        if value is None:
            return None
        try:
            return float(value.lexical if isinstance(value, Literal) else "")
        except ValueError:
            raise self._graph.error(
                "sh:order is no number", node, sh("order"), value, expected="a number"
            ) from None

    def _targets(self, node: Term) -> tuple[s.Target, ...]:
        graph = self._graph
        found: list[s.Target] = []
        kinds = (s.TargetClass, s.TargetSubjectsOf, s.TargetObjectsOf)
        for kind in kinds:
            name = f"t{kind.__name__[1:]}"
            for value in graph.objects(node, sh(name)):
                if not isinstance(value, IRI):
                    raise graph.error(
                        f"sh:{name} is no IRI", node, sh(name), value, expected="an IRI"
                    )
                found.append(kind(value))
        for value in graph.objects(node, sh("targetNode")):
            if isinstance(value, BlankNode):
                raise graph.error(
                    "sh:targetNode is a blank node", node, sh("targetNode"),
                    expected="an IRI or a literal",
                )  # fmt: skip
            found.append(s.TargetNode(value))
        found += [parse_target(graph, node, t) for t in graph.objects(node, sh("target"))]
        if isinstance(node, IRI) and graph.is_instance(node, *CLASSES):
            found.append(s.TargetClass(node))
        return tuple(target for i, target in enumerate(found) if target not in found[:i])


def _english(values: Iterable[Term]) -> str | None:
    """The English one of several texts, or the first."""
    literals = [v for v in values if isinstance(v, Literal)]
    literals.sort(key=lambda v: not v.language.startswith("en"))
    return literals[0].lexical if literals else None
