"""The translation of a group graph pattern, element by element (section 18.2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from kgtool.sparql import algebra as a
from kgtool.sparql._paths import PatternPart

EMPTY = a.BGP(())


class GroupTranslation:
    """Takes the elements of a group in order and keeps the algebra of those so far.

    Filters are collected to the end of the group; triples that only filters separate are
    one basic graph pattern.
    """

    def __init__(self) -> None:
        self._pattern: a.Pattern = EMPTY
        self._filters: list[a.Expression] = []
        self._triples: list[PatternPart] = []

    @property
    def pattern(self) -> a.Pattern:
        """The algebra of the elements so far, without the filters."""
        if self._triples:
            for part in _adjacent(self._triples):
                self._pattern = join(self._pattern, part)
            self._triples = []
        return self._pattern

    @property
    def condition(self) -> a.Expression | None:
        """All the filters as one condition."""
        return conjunction(self._filters)

    def triples(self, parts: Iterable[PatternPart]) -> None:
        self._triples.extend(parts)

    def filter(self, condition: a.Expression) -> None:
        self._filters.append(condition)

    def join(self, pattern: a.Pattern) -> None:
        self._pattern = join(self.pattern, pattern)

    def optional(self, group: GroupTranslation) -> None:
        """OPTIONAL: the filters of its own group are the condition of the left join."""
        self._pattern = a.LeftJoin(self.pattern, group.pattern, group.condition)

    def minus(self, pattern: a.Pattern) -> None:
        self._pattern = a.Minus(self.pattern, pattern)

    def bind(self, variable: a.Variable, expression: a.Expression) -> None:
        self._pattern = a.Extend(self.pattern, variable, expression)

    def finish(self) -> a.Pattern:
        return filtered(self.pattern, self.condition)


def join(left: a.Pattern, right: a.Pattern) -> a.Pattern:
    """Join, simplified as in section 18.2.2.8."""
    if left == EMPTY:
        return right
    return left if right == EMPTY else a.Join(left, right)


def conjunction(conditions: list[a.Expression]) -> a.Expression | None:
    return reduce(a.And, conditions) if conditions else None


def filtered(pattern: a.Pattern, condition: a.Expression | None) -> a.Pattern:
    return pattern if condition is None else a.Filter(condition, pattern)


def _adjacent(parts: list[PatternPart]) -> Iterable[a.Pattern]:
    """Each run of triple patterns as one BGP, and the path patterns between them."""
    run: list[a.TriplePattern] = []
    for part in parts:
        if isinstance(part, a.TriplePattern):
            run.append(part)
            continue
        if run:
            yield a.BGP(tuple(run))
            run = []
        yield part
    if run:
        yield a.BGP(tuple(run))
