"""What the clauses of a query were, from its algebra (sections 18.2.2 and 18.2.4 backwards)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kgtool.sparql import algebra as a


@dataclass(slots=True)
class Clauses:
    """A query or subquery: the pattern of its WHERE, and the clauses around that."""

    where: a.Pattern
    slice: a.Slice | None = None
    distinct: a.Distinct | a.Reduced | None = None
    project: a.Project | None = None
    order: a.OrderBy | None = None
    columns: list[a.Extend] = field(default_factory=list)
    values: a.Values | None = None
    having: a.Filter | None = None
    group: a.Group | None = None
    keys: dict[a.Variable, a.Extend] = field(default_factory=dict)


def clauses_of(pattern: a.Pattern, select: bool) -> Clauses:
    """The clauses of a query or subquery, from the outermost inwards (section 18.2.4).

    Without ``select`` it is one of ASK, CONSTRUCT or DESCRIBE, which has no columns.
    """
    clauses = Clauses(pattern)
    if not select and is_subquery(pattern):
        return clauses
    if isinstance(clauses.where, a.Slice):
        clauses.slice, clauses.where = clauses.where, clauses.where.pattern
    if isinstance(clauses.where, a.Distinct | a.Reduced):
        clauses.distinct, clauses.where = clauses.where, clauses.where.pattern
    if isinstance(clauses.where, a.Project) and select:
        clauses.project, clauses.where = clauses.where, clauses.where.pattern
    if isinstance(clauses.where, a.OrderBy):
        clauses.order, clauses.where = clauses.where, clauses.where.pattern
    if clauses.project is not None:
        _take_columns(clauses, clauses.project)
    _take_grouping(clauses)
    return clauses


def _take_columns(clauses: Clauses, project: a.Project) -> None:
    """The Extends that SELECT expressions may have made: those in the order of the columns."""
    places = {variable: place for place, variable in enumerate(project.variables)}
    last = len(places)
    while isinstance(clauses.where, a.Extend):
        place = places.get(clauses.where.variable, last)
        if place >= last:
            return
        clauses.columns.append(clauses.where)
        clauses.where, last = clauses.where.pattern, place


def _take_grouping(clauses: Clauses) -> None:
    pattern, values, having = clauses.where, None, None
    if isinstance(pattern, a.Join) and isinstance(pattern.right, a.Values):
        values, pattern = pattern.right, pattern.left
    if isinstance(pattern, a.Filter):
        having, pattern = pattern, pattern.pattern
    if not isinstance(pattern, a.Group):
        return
    clauses.values, clauses.having, clauses.group = values, having, pattern
    clauses.where = pattern.pattern
    while isinstance(clauses.where, a.Extend) and not clauses.where.variable.projectable:
        clauses.keys[clauses.where.variable] = clauses.where
        clauses.where = clauses.where.pattern


def is_subquery(pattern: a.Pattern) -> bool:
    while isinstance(pattern, a.Slice | a.Distinct | a.Reduced):
        pattern = pattern.pattern
    return isinstance(pattern, a.Project)


def needs_braces(left: a.Pattern, right: a.Pattern) -> bool:
    """Whether the right side of a join would become something else without a group of its own."""
    match right:
        case a.BGP(()):
            return True
        case a.BGP():
            return isinstance(_last(left), a.BGP)
        case a.PathPattern() | a.Union() | a.Graph() | a.Values() | a.Service() | a.Table():
            return False
        case _:
            return True


def _last(pattern: a.Pattern) -> a.Pattern:
    """What the last element of a group with this algebra is."""
    while isinstance(pattern, a.Join):
        pattern = pattern.right
    return pattern


def conjuncts(condition: a.Expression) -> Iterator[a.Expression]:
    """The conditions that, one after the other, are joined to this one."""
    if isinstance(condition, a.And):
        yield from conjuncts(condition.left)
        yield condition.right
    else:
        yield condition
