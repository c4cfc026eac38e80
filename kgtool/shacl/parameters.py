"""The parameters of the core constraint components (SHACL, section 4), read and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.shacl import shapes as s
from kgtool.shacl.source import ShapesGraph
from kgtool.shacl.vocabulary import SH, sh
from kgtool.sparql.algebra import Path

_NODE_KINDS = (
    "BlankNode",
    "IRI",
    "Literal",
    "BlankNodeOrIRI",
    "BlankNodeOrLiteral",
    "IRIOrLiteral",
)
_TRUE = Literal("true", XSD.boolean)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_OPERATORS = {
    "minExclusive": ">",
    "minInclusive": ">=",
    "maxExclusive": "<",
    "maxInclusive": "<=",
}
#: Parameters that only property shapes take.
_OF_PATHS = (
    "minCount",
    "maxCount",
    "uniqueLang",
    "lessThan",
    "lessThanOrEquals",
    "qualifiedValueShape",
)


class Parameters:
    """The values of a shape's parameters, in the types that components take.

    ``shape`` reads a shape that a parameter names.
    """

    def __init__(self, graph: ShapesGraph, shape: Callable[[Term], s.Shape]) -> None:
        self.graph = graph
        self.shape = shape

    def iris(self, node: Term, name: str) -> Iterator[IRI]:
        for value in self.graph.objects(node, sh(name)):
            if not isinstance(value, IRI):
                raise self._error(node, name, value, "an IRI")
            yield value

    def iri(self, node: Term, name: str) -> IRI | None:
        value = self.graph.one(node, sh(name))
        if value is not None and not isinstance(value, IRI):
            raise self._error(node, name, value, "an IRI")
        return value

    def integer(self, node: Term, name: str) -> int | None:
        value = self.graph.one(node, sh(name))
        if value is None:
            return None
        if (
            isinstance(value, Literal)
            and value.datatype == XSD.integer
            and _INTEGER.fullmatch(value.lexical)
        ):
            return int(value.lexical)
        raise self._error(node, name, value, "an integer")

    def string(self, node: Term, name: str) -> str | None:
        value = self.graph.one(node, sh(name))
        if value is None:
            return None
        if isinstance(value, Literal) and value.datatype == XSD.string:
            return value.lexical
        raise self._error(node, name, value, "a string")

    def flag(self, node: Term, predicate: IRI) -> bool:
        """Whether a parameter is true: the term true, and not "1" (4.4.4, 4.8.1)."""
        value = self.graph.one(node, predicate)
        if value is not None and not (isinstance(value, Literal) and value.datatype == XSD.boolean):
            name = predicate.value.removeprefix(SH)
            raise self._error(node, name, value, "true or false")
        return value == _TRUE

    def listed(self, node: Term, name: str) -> tuple[Term, ...] | None:
        head = self.graph.one(node, sh(name))
        return None if head is None else self.graph.members(node, sh(name), head)

    def shapes(self, node: Term, name: str) -> Iterator[tuple[s.Shape, ...]]:
        """The shapes of each list that a parameter has."""
        for head in self.graph.objects(node, sh(name)):
            members = self.graph.members(node, sh(name), head)
            yield tuple(self._shape(node, name, member) for member in members)

    def shapes_of(self, node: Term, name: str) -> Iterator[s.Shape]:
        for value in self.graph.objects(node, sh(name)):
            yield self._shape(node, name, value)

    def messages(self, node: Term) -> s.Messages:
        found = []
        for value in self.graph.objects(node, sh("message")):
            if not isinstance(value, Literal) or value.datatype not in (XSD.string, RDF.langString):
                raise self._error(node, "message", value, "a text, with a language or without")
            found.append(value)
        return tuple(found)

    def _shape(self, node: Term, name: str, value: Term) -> s.Shape:
        if isinstance(value, Literal):
            raise self._error(node, name, value, "a shape")
        return self.shape(value)

    def _error(self, node: Term, name: str, value: Term, expected: str) -> Exception:
        shown = "a blank node" if isinstance(value, BlankNode) else str(value)
        return self.graph.error(f"sh:{name} is {shown}", node, sh(name), value, expected=expected)


def constraints_of(p: Parameters, node: Term, path: Path | None) -> Iterator[s.Constraint]:
    """The core constraints of a shape, whose path is None where it is a node shape."""
    if path is None:
        for name in _OF_PATHS:
            if value := p.graph.objects(node, sh(name)):
                raise p.graph.error(
                    f"sh:{name} in a node shape", node, sh(name), value[0],
                    expected="it in a property shape, which has a sh:path",
                )  # fmt: skip
    yield from _value_tests(p, node)
    yield from _ranges(p, node)
    yield from _of_all_values(p, node)
    yield from _pairs(p, node)
    yield from _logic(p, node)
    yield from _qualified(p, node)
    yield from _closed(p, node)


def _value_tests(p: Parameters, node: Term) -> Iterator[s.Constraint]:
    yield from (s.Class(cls) for cls in p.iris(node, "class"))
    if datatype := p.iri(node, "datatype"):
        yield s.Datatype(datatype)
    if kind := p.iri(node, "nodeKind"):
        name = kind.value.removeprefix(SH)
        if name not in _NODE_KINDS:
            raise p.graph.error(
                f"sh:nodeKind is {kind}", node, sh("nodeKind"), kind,
                expected="one of " + ", ".join(f"sh:{k}" for k in _NODE_KINDS),
            )  # fmt: skip
        yield s.NodeKind(name)
    if (length := p.integer(node, "minLength")) is not None:
        yield s.MinLength(length)
    if (length := p.integer(node, "maxLength")) is not None:
        yield s.MaxLength(length)
    if (pattern := p.string(node, "pattern")) is not None:
        yield s.Pattern(pattern, p.string(node, "flags") or "")
    if (ranges := p.listed(node, "languageIn")) is not None:
        for each in ranges:
            if not isinstance(each, Literal) or each.datatype != XSD.string:
                raise p.graph.error(
                    f"sh:languageIn has {each}", node, sh("languageIn"), each,
                    expected='languages as strings, such as ( "en" "de" )',
                )  # fmt: skip
        yield s.LanguageIn(tuple(r.lexical for r in ranges if isinstance(r, Literal)))
    if (values := p.listed(node, "in")) is not None:
        yield s.In(values)


def _ranges(p: Parameters, node: Term) -> Iterator[s.Constraint]:
    for name, operator in _OPERATORS.items():
        bound = p.graph.one(node, sh(name))
        if bound is None:
            continue
        if not isinstance(bound, Literal):
            raise p.graph.error(
                f"sh:{name} is {bound}", node, sh(name), bound, expected="a literal"
            )
        yield s.Range(name, operator, bound)  # type: ignore[arg-type]


def _of_all_values(p: Parameters, node: Term) -> Iterator[s.Constraint]:
    if count := p.integer(node, "minCount"):
        yield s.MinCount(count)
    if (count := p.integer(node, "maxCount")) is not None:
        yield s.MaxCount(count)
    if p.flag(node, sh("uniqueLang")):
        yield s.UniqueLang()
    yield from (s.HasValue(value) for value in p.graph.objects(node, sh("hasValue")))


def _pairs(p: Parameters, node: Term) -> Iterator[s.Constraint]:
    yield from (s.Equals(iri) for iri in p.iris(node, "equals"))
    yield from (s.Disjoint(iri) for iri in p.iris(node, "disjoint"))
    yield from (s.LessThan(iri) for iri in p.iris(node, "lessThan"))
    yield from (s.LessThanOrEquals(iri) for iri in p.iris(node, "lessThanOrEquals"))


def _logic(p: Parameters, node: Term) -> Iterator[s.Constraint]:
    yield from (s.Not(shape) for shape in p.shapes_of(node, "not"))
    yield from (s.All(shapes) for shapes in p.shapes(node, "and"))
    yield from (s.Any(shapes) for shapes in p.shapes(node, "or"))
    yield from (s.One(shapes) for shapes in p.shapes(node, "xone"))
    for shape in p.shapes_of(node, "node"):
        if shape.path is not None:
            raise p.graph.error(
                "sh:node names a property shape", node, sh("node"), shape.node,
                expected="a node shape, which has no sh:path; or sh:property",
            )  # fmt: skip
        yield s.Node(shape)
    for shape in p.shapes_of(node, "property"):
        if shape.path is None:
            raise p.graph.error(
                "a property shape without sh:path", shape.node, sh("property"), None
            )
        yield s.Property(shape)


def _qualified(p: Parameters, node: Term) -> Iterator[s.Constraint]:
    shapes = tuple(p.shapes_of(node, "qualifiedValueShape"))
    least = p.integer(node, "qualifiedMinCount")
    most = p.integer(node, "qualifiedMaxCount")
    others: tuple[s.Shape, ...] = ()
    if shapes and p.flag(node, sh("qualifiedValueShapesDisjoint")):
        own = {shape.node for shape in shapes}
        siblings = dict.fromkeys(
            value
            for parent in p.graph.subjects(sh("property"), node)
            for sibling in p.graph.objects(parent, sh("property"))
            for value in p.graph.objects(sibling, sh("qualifiedValueShape"))
        )
        others = tuple(p.shape(value) for value in siblings if value not in own)
    for shape in shapes:
        if least:
            yield s.QualifiedMin(least, shape, others)
        if most is not None:
            yield s.QualifiedMax(most, shape, others)


def _closed(p: Parameters, node: Term) -> Iterator[s.Constraint]:
    ignored = p.listed(node, "ignoredProperties") or ()
    if not all(isinstance(each, IRI) for each in ignored):
        raise p.graph.error(
            "sh:ignoredProperties has a member that is no IRI", node, sh("ignoredProperties"), None,
            expected="a list of properties",
        )  # fmt: skip
    if p.flag(node, sh("closed")):
        paths = [p.graph.one(each, sh("path")) for each in p.graph.objects(node, sh("property"))]
        allowed = dict.fromkeys(t for t in (*paths, *ignored) if isinstance(t, IRI))
        yield s.Closed(tuple(allowed))
