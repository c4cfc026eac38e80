"""What is said of blank nodes, and what they hang on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Way(NamedTuple, Generic[T]):
    """What a node hangs on in the end, and the predicates that lead from there to it.

    That is the node itself where no statement points to it, or more than one, or where it is on a
    circle or hangs on one, and then it is not ``rooted``.
    """

    root: T
    path: tuple[T, ...] = ()
    rooted: bool = True


class Around(Generic[T]):
    """The statements of blank nodes, ``out``, and to them, ``into``.

    ``cell`` are rdf:first and rdf:rest: a list is one step, however long.
    """

    def __init__(
        self,
        triples: Iterable[tuple[T, T, T]] = (),
        is_blank: Callable[[T], bool] = lambda node: True,
        cell: Collection[T] = (),
    ) -> None:
        self.out: dict[T, list[tuple[T, T]]] = {}
        self.into: dict[T, list[tuple[T, T]]] = {}
        self._cell = cell
        for s, p, o in triples:
            if is_blank(s):
                self.out.setdefault(s, []).append((p, o))
            if is_blank(o):
                self.into.setdefault(o, []).append((s, p))
        self._ways: dict[T, Way[T]] = {}
        self._heads: dict[T, T] = {}

    def way(self, node: T) -> Way[T]:
        """The way to a node."""
        climbed: list[T] = []
        at = node
        while at not in self._ways:
            above = self.into.get(at, ())
            # What is met again before its way is known is on a circle.
            self._ways[at] = Way(at, rooted=len(above) != 1)
            if len(above) == 1:
                climbed.append(at)
                at = above[0][0]
        for each in reversed(climbed):
            s, p = self.into[each][0]
            above_it = self._ways[s]
            if above_it.rooted:
                path = above_it.path if p in self._cell else (*above_it.path, p)
                self._ways[each] = Way(above_it.root, path)
        return self._ways[node]

    def is_nested(self, node: T) -> bool:
        """Whether a node can be written where the one statement is that points to it."""
        return len(self.into.get(node, ())) == 1 and self.way(node).rooted

    def head(self, node: T) -> T:
        """The first cell of the list that a cell is in."""
        climbed: list[T] = []
        while node not in self._heads and self.is_nested(node):
            s, p = self.into[node][0]
            if p not in self._cell or s not in self.out:
                break
            climbed.append(node)
            node = s
        head = self._heads.get(node, node)
        self._heads.update(dict.fromkeys(climbed, head))
        return head

    def triples(self, nodes: Iterable[T]) -> list[tuple[T, T, T]]:
        """The statements of nodes, of what hangs on them, and of what they hang on."""
        above: dict[T, None] = {}
        for node in nodes:
            while node not in above and (node in self.out or node in self.into):
                above[node] = None
                if len(self.into.get(node, ())) == 1:
                    node = self.into[node][0][0]
        waiting, found = list(above), dict.fromkeys(above)
        while waiting:
            for _, o in self.out.get(waiting.pop(), ()):
                if o not in found and (o in self.out or o in self.into):
                    found[o] = None
                    waiting.append(o)
        said = [(node, p, o) for node in found for p, o in self.out.get(node, ())]
        pointing = [(s, p, node) for node in found for s, p in self.into.get(node, ())]
        return list(dict.fromkeys([*said, *pointing]))
