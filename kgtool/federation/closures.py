"""Property paths of any length whose steps are at several sources (SPARQL 1.1, section 18.4).

The steps are asked for one round after the other, from the nodes that are new, and the ways put
together here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from kgtool.errors import UnsupportedError
from kgtool.rdf.terms import Term
from kgtool.sparql import algebra as a

#: The nodes on which a step begins and ends, in the pattern of a step.
START, END = a.Variable("_:start"), a.Variable("_:end")
#: Asks for steps from nodes, or all there are; backwards, for steps to nodes.
Ask: TypeAlias = Callable[[a.Pattern, frozenset[Term] | None, bool], Iterable[tuple[Term, Term]]]


@dataclass(frozen=True, slots=True)
class Closure:
    """A path of any length, and the pattern of one step between START and END."""

    path: a.ZeroOrMore | a.OneOrMore | a.ZeroOrOne
    step: a.Pattern

    def pairs(
        self,
        starts: frozenset[Term] | None,
        ends: frozenset[Term] | None,
        ask: Ask,
    ) -> set[tuple[Term, Term]]:
        """The ends of all ways from the starts, or to the ends, whichever are known.

        Raises UnsupportedError where neither is, and a way may have no length: every node of
        every source would be one.
        """
        if starts is None and ends is None:
            if not isinstance(self.path, a.OneOrMore):
                raise UnsupportedError(
                    "a path that may have no length needs one of its ends over several sources",
                    hint="Bind one of its ends, or ask one endpoint for it with SERVICE.",
                )
            edges = _by_first(ask(self.step, None, False))
            return _reached(edges.keys(), edges, False)
        if starts is not None:
            return self._from(starts, ask, backwards=False)
        assert ends is not None
        return {(start, end) for end, start in self._from(ends, ask, backwards=True)}

    def _from(self, starts: frozenset[Term], ask: Ask, backwards: bool) -> set[tuple[Term, Term]]:
        edges: dict[Term, set[Term]] = {}
        frontier = starts
        while frontier:
            found = _by_first(ask(self.step, frontier, backwards))
            for node in frontier:
                edges[node] = found.get(node, set())
            frontier = frozenset(n for node in frontier for n in edges[node]) - edges.keys()
            if isinstance(self.path, a.ZeroOrOne):
                once = {(start, end) for start in starts for end in edges[start]}
                return once | {(start, start) for start in starts}
        return _reached(starts, edges, isinstance(self.path, a.ZeroOrMore))


def _by_first(pairs: Iterable[tuple[Term, Term]]) -> dict[Term, set[Term]]:
    found: dict[Term, set[Term]] = {}
    for first, second in pairs:
        found.setdefault(first, set()).add(second)
    return found


def _reached(
    starts: Iterable[Term], edges: Mapping[Term, set[Term]], itself: bool
) -> set[tuple[Term, Term]]:
    pairs: set[tuple[Term, Term]] = set()
    for start in starts:
        seen = {start} if itself else set()
        queue = [start]
        while queue:
            for node in edges.get(queue.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    queue.append(node)
        pairs |= {(start, node) for node in seen}
    return pairs
