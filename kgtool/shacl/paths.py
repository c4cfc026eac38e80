"""Property paths of shapes (SHACL, section 2.3.1): from RDF, as text, and back to RDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.shacl.source import ShapesGraph
from kgtool.shacl.vocabulary import FIRST, NIL, sh
from kgtool.sparql.algebra import (
    Alternative,
    Inverse,
    NegatedPropertySet,
    OneOrMore,
    Path,
    Sequence,
    ZeroOrMore,
    ZeroOrOne,
)

_PATH = sh("path")
_INVERSE = sh("inversePath")
_ALTERNATIVE = sh("alternativePath")
_REPEATED: dict[IRI, type[ZeroOrMore] | type[OneOrMore] | type[ZeroOrOne]] = {
    sh("zeroOrMorePath"): ZeroOrMore,
    sh("oneOrMorePath"): OneOrMore,
    sh("zeroOrOnePath"): ZeroOrOne,
}
_SUFFIXES = {ZeroOrMore: "*", OneOrMore: "+", ZeroOrOne: "?"}
_EXPECTED = (
    "an IRI, a list, or one of sh:inversePath, sh:alternativePath, sh:zeroOrMorePath, "
    "sh:oneOrMorePath and sh:zeroOrOnePath"
)


def parse_path(graph: ShapesGraph, shape: Term, node: Term) -> Path:
    """The path that ``node`` describes. Raises ShapeError where it is none."""
    return _parse(graph, shape, node, ())


def _parse(graph: ShapesGraph, shape: Term, node: Term, above: tuple[Term, ...]) -> Path:
    if isinstance(node, IRI) and node != NIL:
        return node
    if isinstance(node, Literal) or node == NIL or node in above:
        raise graph.error("the value of sh:path is no path", shape, _PATH, node, _EXPECTED)
    inside = (*above, node)
    if graph.objects(node, FIRST):
        # Other triples of a list node do not count: the list is the path.
        return _folded(graph, shape, node, Sequence, inside)
    if inverse := graph.one(node, _INVERSE):
        return Inverse(_parse(graph, shape, inverse, inside))
    if choices := graph.one(node, _ALTERNATIVE):
        return _folded(graph, shape, choices, Alternative, inside)
    for predicate, kind in _REPEATED.items():
        if inner := graph.one(node, predicate):
            return kind(_parse(graph, shape, inner, inside))
    raise graph.error("the value of sh:path is no path", shape, _PATH, node, _EXPECTED)


def _folded(
    graph: ShapesGraph,
    shape: Term,
    head: Term,
    kind: type[Sequence] | type[Alternative],
    above: tuple[Term, ...],
) -> Path:
    members = graph.members(shape, _PATH, head)
    if len(members) < 2:
        raise graph.error(
            "a path has a list of fewer than two steps", shape, _PATH, head, "two or more"
        )
    *first, last = (_parse(graph, shape, member, above) for member in members)
    return reduce(lambda rest, step: kind(step, rest), reversed(first), last)


def path_text(path: Path) -> str:
    """The path as SPARQL writes it, with full IRIs."""
    match path:
        case IRI():
            return str(path)
        case Inverse(inner):
            return "^" + path_text(inner)
        case Sequence():
            return "/".join(map(path_text, _steps(path, Sequence)))
        case Alternative():
            return "(" + "|".join(map(path_text, _steps(path, Alternative))) + ")"
        case ZeroOrMore(inner) | OneOrMore(inner) | ZeroOrOne(inner):
            return f"({path_text(inner)}){_SUFFIXES[type(path)]}"
        case NegatedPropertySet():
            raise AssertionError("shapes have no negated property sets")


def path_turtle(path: Path, name: Callable[[Term], str]) -> str:
    """The path as RDF, in Turtle; ``name`` writes a term."""

    def listed(kind: type[Sequence] | type[Alternative]) -> str:
        return "( " + " ".join(path_turtle(step, name) for step in _steps(path, kind)) + " )"

    match path:
        case Inverse(inner):
            return f"[ {name(_INVERSE)} {path_turtle(inner, name)} ]"
        case Sequence():
            return listed(Sequence)
        case Alternative():
            return f"[ {name(_ALTERNATIVE)} {listed(Alternative)} ]"
        case ZeroOrMore(inner) | OneOrMore(inner) | ZeroOrOne(inner):
            predicate = next(p for p, kind in _REPEATED.items() if isinstance(path, kind))
            return f"[ {name(predicate)} {path_turtle(inner, name)} ]"
        case NegatedPropertySet():
            raise AssertionError("shapes have no negated property sets")
    return name(path)


def _steps(path: Path, kind: type[Sequence] | type[Alternative]) -> Iterator[Path]:
    """The members of the list that was folded to the right."""
    while isinstance(path, Sequence | Alternative) and isinstance(path, kind):
        yield path.left
        path = path.right
    yield path


def predicates_of(path: Path) -> frozenset[IRI]:
    """The predicates that a path follows."""
    match path:
        case IRI():
            return frozenset([path])
        case Sequence(left, right) | Alternative(left, right):
            return predicates_of(left) | predicates_of(right)
        case Inverse(inner) | ZeroOrMore(inner) | OneOrMore(inner) | ZeroOrOne(inner):
            return predicates_of(inner)
        case NegatedPropertySet():
            raise AssertionError("shapes have no negated property sets")
