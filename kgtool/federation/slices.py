"""A whole query that is one service: its endpoint sorts and cuts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from kgtool.federation.services import Request, may_be_sent, names
from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a


@dataclass(frozen=True, slots=True)
class Cut:
    """The one service under ORDER BY and LIMIT, what it is asked, and what is still done with its
    solutions here: the order of an answer is not that of a table."""

    service: a.Service
    request: Request
    around: Callable[[a.Pattern], a.Pattern]


def cut_of(pattern: a.Slice) -> Cut | None:
    """The service that may do all of a query's work, or None."""
    order: tuple[a.OrderCondition, ...] = ()
    inner = pattern.pattern
    if distinct := isinstance(inner, a.Distinct):
        inner = inner.pattern
    if not isinstance(inner, a.Project):
        return None
    variables, inner = inner.variables, inner.pattern
    if isinstance(inner, a.OrderBy):
        order, inner = inner.conditions, inner.pattern
    if pattern.limit is None or not isinstance(inner, a.Service):
        return None
    bound = names(inner.pattern)
    if not isinstance(inner.endpoint, IRI) or {v.name for v in variables} - bound:
        return None
    if not all(may_be_sent(c.expression, bound) for c in order):
        return None

    def around(table: a.Pattern) -> a.Pattern:
        found: a.Pattern = a.Project(a.OrderBy(table, order) if order else table, variables)
        return replace(pattern, pattern=a.Distinct(found) if distinct else found)

    limit = pattern.offset + pattern.limit
    return Cut(inner, Request(inner.pattern, variables, (), order, limit, distinct), around)
