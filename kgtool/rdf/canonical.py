"""An order of blank nodes that depends on the graph and not on their labels.

Colour refinement: a blank node's colour is the hash of the statements around it, with
the colours of the other blank nodes in them; it is hashed again until no colour splits.
What still looks alike is told apart by choosing one and refining again. Blank nodes that
differ in any way this sees get the same order in every copy of the graph; a tie that
only trying all choices could break (RDF Dataset Canonicalization, section 4.9) is broken
after one step of looking ahead, and beyond a bound of work by the labels.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TypeAlias

from kgtool.rdf.lines import Quad
from kgtool.rdf.syntax import ntriples_term
from kgtool.rdf.terms import BlankNode, Term

#: Blank nodes hashed at most while breaking ties; some seconds of work.
MOST_WORK = 500_000

#: Members of one tied class that are tried.
MOST_CHOICES = 16

_SELF = b"self"

#: A statement: its terms hashed or to be hashed.
_Pattern: TypeAlias = tuple[bytes | BlankNode, ...]


def _digest(parts: Iterable[bytes]) -> bytes:
    return hashlib.blake2b(b"\x00".join(parts), digest_size=16).digest()


class Colours:
    """The colours of a dataset's blank nodes; ``self[node]`` is one.

    ``most_work`` bounds the blank nodes that are hashed; colours then tell less apart, but still
    depend on the graph alone.
    """

    def __init__(self, quads: Iterable[Quad], most_work: float = math.inf) -> None:
        self._around: defaultdict[BlankNode, list[_Pattern]]
        self._around = defaultdict(list)
        touching = [quad for quad in quads if any(isinstance(term, BlankNode) for term in quad)]
        for quad in touching:
            self._add(quad)
        self._colour = dict.fromkeys(self._around, b"")
        self._work = 0
        self._sweep(touching, 0, 2)
        self._sweep(touching, 2, 0)
        self._refine(self._colour, most_work)
        self._before, self._work = self._work, 0
        self._most_work = min(most_work, MOST_WORK)
        self._alike = set(self._unresolved(self._colour))

    @property
    def work(self) -> int:
        """The blank nodes that have been hashed."""
        return self._before + self._work

    @property
    def tied(self) -> bool:
        """Whether some nodes look alike, so that their order takes a choice."""
        return bool(self._alike)

    def _add(self, quad: Quad) -> None:
        pattern = tuple(map(_pattern, quad))
        for node in {term for term in quad if isinstance(term, BlankNode)}:
            self._around[node].append(pattern)

    def _sweep(self, quads: Iterable[Quad], here: int, there: int) -> None:
        """Hash each node once those at the other end of its statements are hashed.

        One pass where refinement needs a round a step: along lists and chains. What is on
        a cycle, or leads to one, is left out. ``here`` and ``there`` are the positions of
        subject and object, for the way up, or the other way round.
        """
        statements: defaultdict[BlankNode, list[_Pattern]]
        statements, followers = defaultdict(list), defaultdict(list)
        missing: Counter[BlankNode] = Counter()
        for quad in quads:
            node, other = quad[here], quad[there]
            if isinstance(node, BlankNode):
                # Without the graph, whose colour would depend on the order of the sweep.
                statements[node].append(tuple(map(_pattern, quad[:3])))
                if isinstance(other, BlankNode) and other != node:
                    missing[node] += 1
                    followers[other].append(node)
        ready = [node for node in self._colour if not missing[node]]
        while ready:
            done = ready.pop()
            self._colour[done] = self._hash(done, statements[done], self._colour)
            for node in followers[done]:
                missing[node] -= 1
                if not missing[node]:
                    ready.append(node)

    def __getitem__(self, node: BlankNode) -> bytes:
        return self._colour[node]

    def ordered(self, nodes: Iterable[BlankNode]) -> list[BlankNode]:
        """The nodes in the order of their colours, ties among them broken."""
        wanted = set(nodes)
        while tied := self._first_tie(wanted):
            self._colour = self._split(tied)
            self._alike = set(self._unresolved(self._colour))
        return sorted(wanted, key=lambda node: (self._colour[node], node.label))

    def _first_tie(self, wanted: set[BlankNode]) -> list[BlankNode]:
        """The members of the tied class with the smallest colour, if any is wanted."""
        tied = wanted & self._alike
        if not tied or self._work > self._most_work:
            return []
        colour = min(self._colour[node] for node in tied)
        return sorted(
            (node for node in self._alike if self._colour[node] == colour),
            key=lambda node: node.label,
        )

    def _split(self, tied: list[BlankNode]) -> dict[BlankNode, bytes]:
        """The colours after one of the tied nodes is singled out: the best choice."""
        best: dict[BlankNode, bytes] | None = None
        best_rank: list[bytes] = []
        for node in tied[:MOST_CHOICES]:
            self._work += len(self._colour)
            colours = dict(self._colour)
            colours[node] = _digest((b"chosen", colours[node]))
            self._refine(colours, self._most_work)
            rank = sorted(colours.values())
            if best is None or rank < best_rank:
                best, best_rank = colours, rank
        return best or self._colour

    def _refine(self, colours: dict[BlankNode, bytes], most_work: float) -> None:
        """Hash the neighbourhoods again until the classes stay as they are."""
        active = self._unresolved(colours)
        classes = len({colours[node] for node in active})
        while active and self._work <= most_work:
            self._work += len(active)
            colours.update({node: self._hash(node, self._around[node], colours) for node in active})
            now = len({colours[node] for node in active})
            if now == classes:
                return
            # A node alone in its class is told apart already and keeps its colour.
            active = self._unresolved({node: colours[node] for node in active})
            classes = len({colours[node] for node in active})

    @staticmethod
    def _hash(
        node: BlankNode,
        patterns: Iterable[_Pattern],
        colours: dict[BlankNode, bytes],
    ) -> bytes:
        statements = sorted(
            _digest(
                part if isinstance(part, bytes) else _SELF if part == node else colours[part]
                for part in pattern
            )
            for pattern in patterns
        )
        return _digest((colours[node], *statements))

    @staticmethod
    def _unresolved(colours: dict[BlankNode, bytes]) -> list[BlankNode]:
        sizes = Counter(colours.values())
        return [node for node, colour in colours.items() if sizes[colour] > 1 or not colour]


def _pattern(term: Term | None) -> bytes | BlankNode:
    if isinstance(term, BlankNode):
        return term
    return b"" if term is None else ntriples_term(term).encode()
