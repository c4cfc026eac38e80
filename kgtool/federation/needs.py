"""What the query around a pattern wants of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kgtool.federation.services import names
from kgtool.plan.inspection import variables_of
from kgtool.sparql import algebra as a


@dataclass(frozen=True, slots=True)
class Needs:
    """What the query around a pattern wants of it.

    ``variables`` are read outside (None: all); ``conditions`` are filters on its solutions.
    """

    variables: frozenset[str] | None = None
    conditions: tuple[a.Expression, ...] = ()

    def reading(self, more: Iterable[str]) -> Needs:
        """The same, and some variables more."""
        if self.variables is None:
            return self
        return replace(self, variables=self.variables | frozenset(more))

    def beside(self, part: a.Pattern, operands: Sequence[a.Pattern]) -> Needs:
        """What is read of one part of a join: by the query around, and by the other parts."""
        return self.reading(n for other in operands if other is not part for n in names(other))

    def inside(self, variables: Sequence[a.Variable]) -> Needs:
        """What is read in a subquery with these variables; others of it are not those outside."""
        visible = frozenset(v.name for v in variables)
        kept = tuple(c for c in self.conditions if variables_of(c) <= visible)
        return Needs(visible, kept)


ALL = Needs()


def read_by(condition: a.Expression | None) -> set[str]:
    """The variables of a condition that may be missing."""
    return set() if condition is None else variables_of(condition)


def read_by_group(group: a.Group) -> Needs:
    """What GROUP BY reads of its solutions."""
    read = {key.name for key in group.keys}
    if any(each.operand is None and each.distinct for _, each in group.aggregates):
        return ALL  # COUNT(DISTINCT *)
    for _, each in group.aggregates:
        read |= read_by(each.operand)
    return Needs(frozenset(read))
