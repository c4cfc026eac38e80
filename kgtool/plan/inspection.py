"""Questions about the algebra that its compilation asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.sparql.algebra import (
    And,
    Exists,
    Expression,
    FunctionCall,
    Graph,
    Lookup,
    NegatedPropertySet,
    Node,
    Path,
    PathPattern,
    Pattern,
    Service,
    TriplePattern,
    Variable,
    ZeroOrMore,
    ZeroOrOne,
)

#: A hidden column with a value of its own for each solution (BNODE(label) needs it).
SOLUTION_ID = "_:solution"

_VOLATILE = frozenset({"RAND", "UUID", "STRUUID", "BNODE"})
#: Functions whose macros are so long that the engine takes a tenth of a second to bind each.
_LONG = frozenset({"SHA384", "SHA512"})


def walk(node: Any, without: type[Any] | tuple[()] = ()) -> Iterator[Any]:
    """All algebra nodes and terms below ``node``, itself first, but for those of a kind."""
    if isinstance(node, without):
        return
    yield node
    if isinstance(node, tuple):
        for child in node:
            yield from walk(child, without)
    elif is_dataclass(node) and not isinstance(node, IRI | BlankNode | Literal | Variable):
        for each in fields(node):
            child = getattr(node, each.name)
            if isinstance(child, tuple) or is_dataclass(child):
                yield from walk(child, without)


def constants(node: Any) -> set[Term]:
    """All constant terms of a query."""
    return {n for n in walk(node) if isinstance(n, IRI | Literal)}


def properties_in(node: Any) -> set[IRI]:
    """The properties that a pattern, a template or a query names, but for those that it asks
    another endpoint for."""
    found: set[IRI] = set()
    for each in walk(node, Service):
        if isinstance(each, PathPattern):
            found |= {n for n in walk(each.path) if isinstance(n, IRI)}
        elif isinstance(each, TriplePattern) and isinstance(each.predicate, IRI):
            found.add(each.predicate)
    return found


def vocabulary(pattern: Any) -> set[IRI]:
    """The properties and classes that a pattern names."""
    return properties_in(pattern) | {
        each.object
        for each in walk(pattern, Service)
        if isinstance(each, TriplePattern)
        and each.predicate == IRI(RDF.type)
        and isinstance(each.object, IRI)
    }


def predicates_read(pattern: Pattern, given: Node | None = None) -> frozenset[IRI] | None:
    """The predicates of all triples that decide what the solutions are; None if any may.

    ``given`` is a variable that has a value from elsewhere.
    """
    found: set[IRI] = set()
    for node in walk(pattern):
        match node:
            case TriplePattern(_, IRI() as predicate):
                found.add(predicate)
            case TriplePattern() | Graph() | NegatedPropertySet():
                return None
            case PathPattern(subject, path, object_):
                # A path of length zero from anywhere is at every node of the graph.
                known = [n == given or not isinstance(n, Variable) for n in (subject, object_)]
                if _may_be_empty(path) and not any(known):
                    return None
                found |= {n for n in walk(path) if isinstance(n, IRI)}
    return frozenset(found)


def _may_be_empty(path: Path) -> bool:
    return any(isinstance(n, ZeroOrMore | ZeroOrOne) for n in walk(path))


def variables_of(expression: Expression) -> set[str]:
    """The variables an expression reads, those inside EXISTS too."""
    return {n.name for n in walk(expression) if isinstance(n, Variable)}


def has_subquery(expression: Expression) -> bool:
    """Whether the expression asks the graph."""
    return any(isinstance(n, Exists | Lookup) for n in walk(expression))


def is_once(expression: Expression) -> bool:
    """Whether the expression may stand in a statement only once.

    Evaluating it twice would give two values, or cost much: EXISTS a join each time.
    """
    return has_subquery(expression) or any(
        isinstance(n, FunctionCall) and n.function in _VOLATILE | _LONG for n in walk(expression)
    )


def needs_solution_id(expression: Expression) -> bool:
    return any(
        isinstance(n, FunctionCall) and n.function == "BNODE" and n.arguments
        for n in walk(expression)
    )


def conjuncts(condition: Expression) -> Iterator[Expression]:
    """The parts that a condition asks for all of."""
    if isinstance(condition, And):
        yield from conjuncts(condition.left)
        yield from conjuncts(condition.right)
    else:
        yield condition
