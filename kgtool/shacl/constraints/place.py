"""Where a constraint is compiled: its focus nodes, its value nodes, and the tables at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.sparql import algebra as a

#: The one empty solution.
UNIT = a.BGP(())
TRUE = Literal("true", XSD.boolean)
FALSE = Literal("false", XSD.boolean)

#: The instances of the classes that shapes name: class, node.
INSTANCES = "kg_instances"
#: The members of sh:in: number of the list, term.
MEMBERS = "kg_members"


class Names:
    """Variables that no query can name."""

    def __init__(self) -> None:
        self._number = 0

    def fresh(self) -> a.Variable:
        self._number += 1
        return a.Variable(f"_:s{self._number}")


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that tests look into; ``lists`` numbers the lists of sh:in."""

    lists: Mapping[tuple[Term, ...], int] = field(default_factory=dict)

    def is_instance(self, value: a.Variable, cls: IRI) -> a.Expression:
        return a.Exists(a.Table(INSTANCES, (cls, value)))

    def is_member(self, value: a.Variable, values: tuple[Term, ...]) -> a.Expression:
        return a.Exists(a.Table(MEMBERS, (number(self.lists[values]), value)))


@dataclass(frozen=True, slots=True)
class Place:
    """A shape's focus nodes and value nodes.

    ``focus`` binds ``this``; in a test of one node, which the pattern around it binds, it is
    the unit. ``path`` is None in a node shape: then each focus node is its own value.
    ``values`` is a table (focus node, value) where the values are at hand.
    """

    this: a.Variable
    focus: a.Pattern
    path: a.Path | None
    names: Names
    tables: Tables
    values: str | None = None

    def reach(self, value: a.Node) -> a.Pattern:
        """Binds ``value`` to each value node of ``this``, or asks whether it is one."""
        if self.values is not None:
            return a.Table(self.values, (self.this, value))
        if self.path is None:
            return _same(self.this, value)
        if isinstance(self.path, IRI):
            return a.BGP((a.TriplePattern(self.this, self.path, value),))
        return a.PathPattern(self.this, self.path, value)

    def each_value(self, value: a.Variable) -> a.Pattern:
        """The focus nodes with each of their value nodes, no pair twice."""
        if self.path is None:
            return self.focus
        found = joined(self.focus, self.reach(value))
        if self.is_set:
            return found
        return a.Distinct(a.Project(found, (self.this, value)))

    @property
    def is_set(self) -> bool:
        """Whether no value of a focus node is reached twice."""
        path = self.path.path if isinstance(self.path, a.Inverse) else self.path
        return self.values is not None or path is None or isinstance(path, IRI)

    def value(self) -> a.Variable:
        """The variable of value nodes: in a node shape that of the focus nodes."""
        return self.this if self.path is None else self.names.fresh()


def _same(this: a.Variable, value: a.Node) -> a.Pattern:
    if value == this:
        return UNIT
    return a.Filter(same_term(this, value), UNIT)


def same_term(left: a.Node, right: a.Node) -> a.Expression:
    return a.FunctionCall("SAMETERM", (left, right))  # type: ignore[arg-type]


def joined(*patterns: a.Pattern) -> a.Pattern:
    kept = [p for p in patterns if p != UNIT] or [UNIT]
    result = kept[0]
    for pattern in kept[1:]:
        result = a.Join(result, pattern)
    return result


def fails(test: a.Expression) -> a.Expression:
    """Whether a test is not true: an error breaks a constraint as false does."""
    if isinstance(test, a.Exists):
        return a.Not(test)
    if isinstance(test, a.Not) and isinstance(test.operand, a.Exists):
        return test.operand
    return a.Not(a.Coalesce((test, FALSE)))


def all_of(tests: list[a.Expression]) -> a.Expression:
    result = tests[0] if tests else TRUE
    for test in tests[1:]:
        result = a.And(result, test)
    return result


def any_of(tests: list[a.Expression]) -> a.Expression:
    result = tests[0] if tests else FALSE
    for test in tests[1:]:
        result = a.Or(result, test)
    return result


def number(value: int) -> Literal:
    return Literal(str(value), XSD.integer)


def call(function: str, *arguments: a.Expression) -> a.Expression:
    return a.FunctionCall(function, arguments)
