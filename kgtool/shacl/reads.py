"""Which predicates a check reads: what a change to the data can make a difference to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from kgtool.plan.inspection import predicates_read
from kgtool.rdf.terms import IRI
from kgtool.shacl import shapes as s
from kgtool.shacl.checks import Check, Plan, shapes_in
from kgtool.shacl.paths import predicates_of
from kgtool.shacl.rewriting import THIS
from kgtool.shacl.vocabulary import SUBCLASS, TYPE

#: Predicates; None stands for all of them.
Reads: TypeAlias = frozenset[IRI] | None

_NONE: Reads = frozenset()
_CLASS: Reads = frozenset([TYPE, SUBCLASS])


def reads_of(check: Check, plan: Plan) -> Reads:
    """The predicates that decide what a check finds."""
    path = _NONE if check.shape.path is None else predicates_of(check.shape.path)
    return _all([_focus(check.focus, plan), path, _constraint(check.constraint)])


def is_touched(reads: Reads, changed: frozenset[IRI]) -> bool:
    """Whether a change to triples of some predicates can make a difference."""
    return bool(changed if reads is None else reads & changed)


def _all(parts: Iterable[Reads]) -> Reads:
    found: frozenset[IRI] = frozenset()
    for part in parts:
        if part is None:
            return None
        found |= part
    return found


def _focus(focus: int, plan: Plan) -> Reads:
    if focus in plan.derived:
        parent, path = plan.derived[focus]
        return _all([_focus(parent, plan), predicates_of(path)])
    return _all(map(_target, plan.targets[focus]))


def _target(target: s.Target) -> Reads:
    match target:
        case s.TargetNode():
            return _NONE
        case s.TargetClass():
            return _CLASS
        case s.TargetSubjectsOf(property_) | s.TargetObjectsOf(property_):
            return frozenset([property_])
        case s.TargetSelect(query):
            return predicates_read(query.pattern, THIS)


def _constraint(constraint: s.Constraint) -> Reads:
    match constraint:
        case s.Class():
            return _CLASS
        case s.Equals(property_) | s.Disjoint(property_):
            return frozenset([property_])
        case s.LessThan(property_) | s.LessThanOrEquals(property_):
            return frozenset([property_])
        case s.Closed():
            return None
        case s.Select(query) | s.Ask(query):
            return predicates_read(query.pattern, THIS)
    return _all(map(_shape, shapes_in(constraint)))


def _shape(shape: s.Shape) -> Reads:
    path = _NONE if shape.path is None else predicates_of(shape.path)
    return _all([path, *map(_constraint, shape.constraints)])
