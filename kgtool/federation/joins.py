"""Parts of joins and unions: which are asked for first, and which share variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kgtool.federation.services import NARROW, endpoint_variables, names, selectivity
from kgtool.sparql import algebra as a

UNIT = a.BGP(())


def operands(pattern: a.Pattern) -> Iterator[a.Pattern]:
    """What a pattern joins, however it is nested."""
    if isinstance(pattern, a.Join):
        yield from operands(pattern.left)
        yield from operands(pattern.right)
    elif pattern != UNIT:
        yield pattern


def branches(pattern: a.Pattern) -> Iterator[a.Pattern]:
    """What a pattern is the union of, however it is nested."""
    if isinstance(pattern, a.Union):
        yield from branches(pattern.left)
        yield from branches(pattern.right)
    else:
        yield pattern


def joined(left: a.Pattern | None, right: a.Pattern | None) -> a.Pattern | None:
    """The join of two patterns, either of which may be missing."""
    if left is None or right is None:
        return right if left is None else left
    return a.Join(left, right)


def projected(pattern: a.Pattern, visible: frozenset[str]) -> a.Pattern | None:
    """The part of a pattern's solutions that is visible elsewhere; None where nothing is."""
    shared = sorted(names(pattern) & visible)
    return a.Project(pattern, tuple(map(a.Variable, shared))) if shared else None


def next_parts(parts: Sequence[a.Pattern], known: frozenset[str]) -> list[a.Pattern]:
    """The parts to ask for now: those that what is known binds, else those that need no other.

    Among parts that share a variable which is not known yet, the one whose constants say the most
    goes first, and the others get its bindings. So do those that are joined to it by way of others,
    unless they have a constant of their own that narrows them.
    """
    ready = [p for p in parts if endpoint_variables(p) <= known] or list(parts)
    bound = [p for p in ready if names(p) & known]
    chosen: list[a.Pattern] = []
    taken: set[str] = set()
    reached: frozenset[str] = frozenset()
    for part in sorted(bound or ready, key=lambda p: -selectivity(p)):
        fresh = names(part) - known
        waits = not bound and fresh & reached and selectivity(part) < NARROW
        if not fresh & taken and not waits:
            chosen.append(part)
            taken |= fresh
            reached |= next(n for n in connected(map(names, parts)) if names(part) <= n)
    return chosen


def connected(groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Sets of variables, those that have one in common put together."""
    found: list[frozenset[str]] = []
    for group in groups:
        near = [other for other in found if other & group]
        found = [other for other in found if not other & group]
        found.append(group.union(*near))
    return found
