"""Checks that differ only in constants: one statement for all of them.

Planning a statement takes the engine milliseconds, however few triples there are, and a
project has a hundred constraints. So the constants (set of focus nodes, predicate, class,
bound) go to a table, which is joined where they would stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kgtool.plan.session import Session
from kgtool.rdf.terms import IRI, Term
from kgtool.shacl import shapes as s
from kgtool.shacl.checks import Check
from kgtool.shacl.constraints.place import INSTANCES, number
from kgtool.shacl.focus import FOCUS
from kgtool.shacl.rewriting import THIS
from kgtool.sparql import algebra as a

CHECK = a.Variable("check")
VALUE = a.Variable("value")
_SET, _PROPERTY, _CONSTANT = a.Variable("set"), a.Variable("property"), a.Variable("constant")
#: From so many on checks share a statement.
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Checks of one kind; the solutions of ``pattern`` are (check, this, value or nothing)."""

    kind: str
    checks: tuple[Check, ...]

    def pattern(self, session: Session) -> a.Pattern:
        name = session.fresh(self.kind)
        session.create(name, [_row(check) for check in self.checks], 4)
        given = a.Table(name, (CHECK, _SET, _PROPERTY, _CONSTANT))
        return _PATTERNS[self.kind](a.Join(given, a.Table(FOCUS, (_SET, THIS))))


def grouped(checks: Iterable[Check]) -> tuple[list[Group], list[Check]]:
    """The groups, and the checks that are by themselves."""
    by_kind: defaultdict[str, list[Check]] = defaultdict(list)
    alone: list[Check] = []
    for check in checks:
        kind = _kind(check)
        (by_kind[kind] if kind else alone).append(check)
    groups = []
    for kind, members in by_kind.items():
        if len(members) >= _SEVERAL:
            groups.append(Group(kind, tuple(members)))
        else:
            alone += members
    return groups, alone


def _kind(check: Check) -> str | None:
    constraint, path = check.constraint, check.shape.path
    if isinstance(constraint, s.Class) and path is None:
        return "class_of_node"
    if not isinstance(path, IRI):
        return None
    if isinstance(constraint, s.Class):
        return "class_of_value"
    if isinstance(constraint, s.MinCount) and constraint.count == 1:
        return "at_least_one"
    if isinstance(constraint, s.MaxCount) and constraint.count > 0:
        return "at_most"
    return None


def _row(check: Check) -> Sequence[Term]:
    constraint = check.constraint
    constant: Term = number(0)
    if isinstance(constraint, s.Class):
        constant = constraint.cls
    elif isinstance(constraint, s.MaxCount):
        constant = number(constraint.count)
    path = check.shape.path
    property_ = path if isinstance(path, IRI) else number(0)
    return number(check.number), number(check.focus), property_, constant


def _triple(value: a.Variable) -> a.Pattern:
    return a.BGP((a.TriplePattern(THIS, _PROPERTY, value),))


def _instance(node: a.Variable) -> a.Expression:
    return a.Exists(a.Table(INSTANCES, (_CONSTANT, node)))


def _class_of_value(focus: a.Pattern) -> a.Pattern:
    return a.Filter(a.Not(_instance(VALUE)), a.Join(focus, _triple(VALUE)))


def _class_of_node(focus: a.Pattern) -> a.Pattern:
    return a.Extend(a.Filter(a.Not(_instance(THIS)), focus), VALUE, THIS)


def _at_least_one(focus: a.Pattern) -> a.Pattern:
    return a.Filter(a.Not(a.Exists(_triple(VALUE))), focus)


def _at_most(focus: a.Pattern) -> a.Pattern:
    count = a.Variable("count")
    keys = (CHECK, THIS, _CONSTANT)
    group = a.Group(a.Join(focus, _triple(VALUE)), keys, ((count, a.Aggregate("COUNT", None)),))
    return a.Filter(a.Compare(">", count, _CONSTANT), group)


_PATTERNS: dict[str, Callable[[a.Pattern], a.Pattern]] = {
    "class_of_value": _class_of_value,
    "class_of_node": _class_of_node,
    "at_least_one": _at_least_one,
    "at_most": _at_most,
}
