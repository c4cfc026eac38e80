"""Which blank nodes of two graphs are alike, where what is said of them has changed.

Nodes are the same, as far as people would say so, where

1. all that hangs below them is the same, the largest first;
2. the same node points to them by the same property, and they are the only ones that it points to
   so, or more than half of what is said of them and below them is the same, that included;
3. so much is the same, wherever they are.

Any matching is right, in that what it shows as removed and added makes the one graph from the
other. A good one shows little.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

#: An IRI or a literal by a number that is its own in both graphs, or a blank node by its label.
Node: TypeAlias = int | str
Statement: TypeAlias = tuple[Node, int, Node]
#: A statement of a node as the other graph may have it: which end, the predicate, the other end.
_Fact: TypeAlias = tuple[str, int, Node]

#: The share of what is said that nodes have to have in common.
_ENOUGH = 0.5
#: A fact that more nodes have in common tells too little to look at all of them.
_MOST_HOLDERS = 50
#: So many nodes, or facts, are enough to know what hangs below a node.
_MOST_BELOW = 30
#: How often nodes are looked for by what they have in common with those found before.
_ROUNDS = 10


def match_alike(old: Iterable[Statement], new: Iterable[Statement]) -> dict[str, str]:
    """Labels of the first graph with those of the second; no label twice."""
    matcher = _Matcher(_Graph(old), _Graph(new))
    matcher.match_trees()
    matcher.match_places()
    for _ in range(_ROUNDS):
        if not matcher.match_anywhere():
            break
    return matcher.pairs


class _Graph:
    """What is said of blank nodes: ``out`` from them, ``into`` to them."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.out: defaultdict[str, list[tuple[int, Node]]] = defaultdict(list)
        self.into: defaultdict[str, list[tuple[Node, int]]] = defaultdict(list)
        for s, p, o in statements:
            if isinstance(s, str):
                self.out[s].append((p, o))
            if isinstance(o, str):
                self.into[o].append((s, p))
        self.nodes = list(dict.fromkeys((*self.out, *self.into)))


class _Matcher:
    def __init__(self, old: _Graph, new: _Graph) -> None:
        self._old, self._new = old, new
        self.pairs: dict[str, str] = {}
        self._taken: set[str] = set()

    # What hangs below is the same -------------------------------------------------------

    def match_trees(self) -> None:
        known: dict[object, int] = {}
        old, new = _Trees(self._old, known), _Trees(self._new, known)
        same: defaultdict[object, list[str]] = defaultdict(list)
        for node in new.roots():
            same[new.key[node]].append(node)
            for place in self._new.into.get(node, ()):
                same[new.key[node], place].append(node)
        for node in old.roots():
            for s, p in self._old.into.get(node, ()):
                if isinstance(s, int):
                    self._match_tree(node, same[old.key[node], (s, p)], old, new)
        for node in old.roots():
            self._match_tree(node, same[old.key[node]], old, new)

    def _match_tree(self, node: str, same: list[str], old: _Trees, new: _Trees) -> None:
        while same and same[-1] in self._taken:
            same.pop()
        waiting = [(node, same[-1])] if same and node not in self.pairs else []
        while waiting:
            one, other = waiting.pop()
            if one not in self.pairs and other not in self._taken:
                self._match(one, other)
                waiting += zip(old.children(one), new.children(other), strict=True)

    # The same node points to them -------------------------------------------------------

    def match_places(self) -> None:
        """Match what IRIs point to, and then what the nodes so found do."""
        places: defaultdict[tuple[Node, int], tuple[list[str], list[str]]]
        places = defaultdict(lambda: ([], []))
        for side, graph in enumerate((self._old, self._new)):
            for node in graph.nodes:
                for s, p in graph.into.get(node, ()):
                    if isinstance(s, int):
                        places[s, p][side].append(node)
        for olds, news in places.values():
            self._match_below(self._match_there(olds, news))

    def _match_below(self, found: list[tuple[str, str]]) -> None:
        while found:
            one, other = found.pop()
            olds, news = _children(self._old, one), _children(self._new, other)
            for p in olds.keys() & news.keys():
                found += self._match_there(olds[p], news[p])

    def _match_there(self, olds: Sequence[str], news: Sequence[str]) -> list[tuple[str, str]]:
        """Match nodes in one place, of which some may have a match already."""
        found = self._match_up(olds, news)
        olds = [node for node in dict.fromkeys(olds) if node not in self.pairs]
        news = [node for node in dict.fromkeys(news) if node not in self._taken]
        if len(olds) == len(news) == 1:
            found.append(self._match(olds[0], news[0]))
        return found

    # Anywhere ---------------------------------------------------------------------------

    def match_anywhere(self) -> bool:
        """Match nodes by what they have in common; whether there were any."""
        found = self._match_up(self._old.nodes, self._new.nodes)
        self._match_below(list(found))
        return bool(found)

    def _match_up(self, olds: Sequence[str], news: Sequence[str]) -> list[tuple[str, str]]:
        """Match those that have most in common, if it is more than half; gives the new pairs."""
        olds = [node for node in olds if node not in self.pairs]
        news = [node for node in news if node not in self._taken]
        ranked = sorted(self._candidates(olds, news), key=lambda each: -each[0])
        return [
            self._match(one, other)
            for _, one, other in ranked
            if one not in self.pairs and other not in self._taken
        ]

    def _candidates(
        self, olds: Sequence[str], news: Sequence[str]
    ) -> Iterator[tuple[float, str, str]]:
        """Pairs with the share of what they have in common."""
        holders: defaultdict[_Fact, list[str]] = defaultdict(list)
        said = {node: self._facts(self._new, node) for node in news}
        for node, facts in said.items():
            for fact in facts:
                holders[fact].append(node)
        for one in olds:
            facts = self._facts(self._old, one)
            near: Counter[str] = Counter()
            for fact in facts:
                if len(holders.get(fact, ())) <= _MOST_HOLDERS:
                    near.update(holders.get(fact, ()))
            for other in near:
                common = len(facts & said[other])
                share = common / max(len(facts), len(said[other]))
                if share > _ENOUGH:
                    yield share, one, other

    def _facts(self, graph: _Graph, node: str) -> set[_Fact]:
        """What is said of a node, and of those below it, that can be said of one of the other
        graph."""
        into = ((self._name(graph, s), p) for s, p in graph.into.get(node, ()))
        facts: set[_Fact] = {("in", p, name) for name, p in into if name is not None}
        below = [node]
        for at in below:
            for p, o in graph.out.get(at, ()):
                name = self._name(graph, o)
                if name is not None:
                    facts.add(("out", p, name))
                elif isinstance(o, str) and o not in below:
                    below.append(o)
            if len(below) > _MOST_BELOW or len(facts) > _MOST_BELOW:
                break
        return facts

    def _name(self, graph: _Graph, node: Node) -> Node | None:
        """The name that a node has in both graphs; None where it has no match yet."""
        if isinstance(node, int):
            return node
        if graph is self._old:
            return self.pairs.get(node)
        return node if node in self._taken else None

    def _match(self, one: str, other: str) -> tuple[str, str]:
        self.pairs[one] = other
        self._taken.add(other)
        return one, other


class _Trees:
    """The nodes below which there is no cycle, with a key that says what hangs there."""

    def __init__(self, graph: _Graph, known: dict[object, int]) -> None:
        self._graph = graph
        self.key: dict[str, int] = {}
        self._size: dict[str, int] = {}
        missing = {
            node: sum(isinstance(o, str) for _, o in graph.out.get(node, ()))
            for node in graph.nodes
        }
        ready = [node for node, count in missing.items() if not count]
        while ready:
            node = ready.pop()
            below = graph.out.get(node, ())
            said = sorted((p, *self._said(o)) for p, o in below)
            self.key[node] = known.setdefault(tuple(said), len(known))
            self._size[node] = 1 + sum(self._size[o] for _, o in below if isinstance(o, str))
            for s, _ in graph.into.get(node, ()):
                if isinstance(s, str):
                    missing[s] -= 1
                    if not missing[s]:
                        ready.append(s)

    def _said(self, node: Node) -> tuple[int, int]:
        return (0, node) if isinstance(node, int) else (1, self.key[node])

    def roots(self) -> list[str]:
        """The nodes of which something is said, with the most below them first."""
        found = [node for node in self.key if self._graph.out.get(node)]
        return sorted(found, key=lambda node: -self._size[node])

    def children(self, node: str) -> list[str]:
        below = self._graph.out.get(node, ())
        found = sorted((p, self.key[o], o) for p, o in below if isinstance(o, str))
        return [o for _, _, o in found]


def _children(graph: _Graph, node: str) -> dict[int, list[str]]:
    """The blank nodes that a node points to, by predicate."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for p, o in graph.out.get(node, ()):
        if isinstance(o, str):
            found[p].append(o)
    return found
