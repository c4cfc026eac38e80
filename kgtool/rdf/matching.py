"""Which blank nodes of two graphs are the same, so that little changes where little has changed.

A graph falls into parts that its blank nodes hold together. Two parts are the same where they
differ in nothing but labels (RDF 1.1 Concepts, section 3.6), and then have the same canonical
form: their statements, with each blank node as its number in an order that depends on the part
alone. Equal forms are proof. What is left has changed; ``alike`` matches it as far as it goes.

A form by RDFC-1.0 is no help, though it tells equal parts: libraries give out the form without
which node became which label, and take minutes for some hundred nodes that look alike. The order
of ``canonical`` takes bounded work. Where that is not enough, nodes go without a match: then more
is shown as changed than has, never less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

from kgtool.rdf.alike import Node, Statement, match_alike
from kgtool.rdf.canonical import MOST_WORK, Colours
from kgtool.rdf.lines import Quad
from kgtool.rdf.terms import IRI, BlankNode, Term

#: Blank nodes that may be hashed for one part: so many, and so many for each of its own.
_WORK = 200_000
_WORK_EACH = 10

#: What parts are compared by, and their nodes in the order that belongs to it.
_Form: TypeAlias = tuple[object, Sequence[str]]


class Matching(NamedTuple):
    """``pairs`` are labels of the first graph with those of the second. So many nodes of the
    first are ``undecided``: they look like others, and whether they are the same was given up."""

    pairs: dict[str, str]
    undecided: int


def match_blank_nodes(
    old: Iterable[Statement], new: Iterable[Statement], most_work: int = MOST_WORK
) -> Matching:
    """The blank nodes of two graphs that are the same, by their statements with blank nodes.

    ``most_work`` bounds the nodes that are hashed, beyond a few times each.
    """
    pairs: dict[str, str] = {}
    rest = _match_parts(_parts(old), _parts(new), _as_is, pairs)
    forms = _Forms(most_work)
    rest = _match_parts(*rest, forms.canonical, pairs)
    undecided = forms.undecided(*rest)
    olds, news = (chain.from_iterable(part.statements for part in parts) for parts in rest)
    pairs |= match_alike(olds, news)
    return Matching(pairs, undecided)


class _Part:
    """Statements whose blank nodes no other statement has."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []

    @property
    def nodes(self) -> list[str]:
        found = (node for s, _, o in self.statements for node in (s, o) if isinstance(node, str))
        return list(dict.fromkeys(found))


def _parts(statements: Iterable[Statement]) -> list[_Part]:
    above: dict[str, str] = {}

    def top(node: str) -> str:
        while (parent := above.setdefault(node, node)) != node:
            above[node] = node = above[parent]
        return node

    known = list(statements)
    for s, _, o in known:
        if isinstance(s, str) and isinstance(o, str):
            above[top(s)] = top(o)
    parts: defaultdict[str, _Part] = defaultdict(_Part)
    for s, p, o in known:
        node = s if isinstance(s, str) else o
        assert isinstance(node, str), "each statement has a blank node"
        parts[top(node)].statements.append((s, p, o))
    return list(parts.values())


def _match_parts(
    old: Iterable[_Part],
    new: Iterable[_Part],
    form: Callable[[_Part], _Form],
    pairs: dict[str, str],
) -> tuple[list[_Part], list[_Part]]:
    """Adds the nodes of parts with equal forms to ``pairs``; gives the parts that are left."""
    waiting: defaultdict[object, list[tuple[_Part, Sequence[str]]]] = defaultdict(list)
    for part in new:
        key, nodes = form(part)
        waiting[key].append((part, nodes))
    rest: list[_Part] = []
    for part in old:
        key, nodes = form(part)
        if equal := waiting.get(key):
            pairs.update(zip(nodes, equal.pop()[1], strict=True))
        else:
            rest.append(part)
    return rest, [part for found in waiting.values() for part, _ in found]


def _as_is(part: _Part) -> _Form:
    """A form with labels in it: what stands in a file that has not changed has the same ones."""
    return frozenset(part.statements), sorted(part.nodes)


class _Forms:
    """Makes canonical forms for as long as there is work left."""

    def __init__(self, most_work: int) -> None:
        self._left = most_work
        #: The colours of parts with nodes that look alike; None where they are not known.
        self._tied: dict[_Part, object] = {}

    def canonical(self, part: _Part) -> _Form:
        """The canonical form of a part.

        Where nodes look alike, an equal part may have another: their order took a choice.
        """
        nodes = part.nodes
        if len(nodes) > 1:
            nodes = self._ordered(part, nodes)
        numbers = {node: str(number) for number, node in enumerate(nodes)}
        renamed = ((numbers.get(s, s), p, numbers.get(o, o)) for s, p, o in part.statements)  # type: ignore[arg-type]
        return frozenset(renamed), nodes

    def _ordered(self, part: _Part, nodes: Sequence[str]) -> list[str]:
        if self._left <= 0:
            self._tied[part] = None
            return list(nodes)
        free = _WORK_EACH * len(nodes)
        colours = Colours(map(_quad, part.statements), free + _WORK)
        if colours.tied:
            self._tied[part] = tuple(sorted(colours[BlankNode(node)] for node in nodes))
        ordered = colours.ordered(map(BlankNode, nodes))
        self._left -= max(colours.work - free, 0)
        return [term.label for term in ordered]

    def undecided(self, old: Iterable[_Part], new: Iterable[_Part]) -> int:
        """How many nodes of unmatched parts may be the same as those of others."""
        others = [self._tied[part] for part in new if part in self._tied]
        return sum(
            len(part.nodes)
            for part in old
            if part in self._tied
            and (None in others or self._tied[part] in (others if self._tied[part] else [None]))
        )


def _quad(statement: Statement) -> Quad:
    s, p, o = map(_term, statement)
    return s, p, o, None


def _term(node: Node) -> Term:
    return BlankNode(node) if isinstance(node, str) else IRI(str(node))
