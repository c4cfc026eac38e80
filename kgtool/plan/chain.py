"""A way along a property path, as the triples that it takes.

A path has no columns for the nodes in between (SPARQL 1.1, section 18.4, ALP only says which
ends are reached), so a way is looked for when a person asks for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from kgtool.rdf.terms import IRI, Term
from kgtool.sparql.algebra import (
    Alternative,
    Inverse,
    NegatedPropertySet,
    OneOrMore,
    Path,
    Sequence,
    ZeroOrMore,
    ZeroOrOne,
)

if TYPE_CHECKING:
    from kgtool.engine.store import Store

Triple: TypeAlias = tuple[Term, Term, Term]
_Ids: TypeAlias = tuple[int, int, int]
_Chain: TypeAlias = tuple[_Ids, ...]

#: Nodes that are looked at before a search is given up.
MOST_NODES = 20_000


def find_chain(
    store: Store, start: Term, path: Path, end: Term, graph: Term | None = None
) -> tuple[Triple, ...] | None:
    """The triples of a shortest way; None where there is none, or it is too far to look for.

    A way of no length has no triples.
    """
    if start == end and isinstance(path, ZeroOrMore | ZeroOrOne):
        return ()
    known = store.ids(t for t in (start, end, graph) if t is not None)
    if start not in known or end not in known:
        return None
    walker = _Walker(store, None if graph is None else known.get(graph))
    try:
        found = next((c for node, c in walker.ways(path, known[start]) if node == known[end]), None)
    except _TooFarError:
        return None
    if found is None:
        return None
    terms = store.terms(id_ for triple in found for id_ in triple)
    return tuple((terms[s], terms[p], terms[o]) for s, p, o in found)


class _TooFarError(Exception):
    pass


class _Walker:
    def __init__(self, store: Store, graph: int | None) -> None:
        self._store = store
        self._cursor = store.connection.cursor()
        self._graph = "" if graph is None else f" AND g = {graph}"
        self._left = MOST_NODES

    def ways(self, path: Path, start: int) -> Iterator[tuple[int, _Chain]]:
        """The nodes that a path leads to, each with a way there; nearer ones first."""
        match path:
            case IRI():
                yield from self._edges(f"p = {self._id(path)}", start)
            case Inverse(IRI() as inner):
                yield from self._edges(f"p = {self._id(inner)}", start, "o")
            case Inverse(inner):
                yield from self.ways(_turned(inner), start)
            case NegatedPropertySet(forward, inverse):
                if forward or not inverse:
                    yield from self._edges(self._none_of(forward), start)
                if inverse:
                    yield from self._edges(self._none_of(inverse), start, "o")
            case Alternative(left, right):
                yield from self.ways(left, start)
                yield from self.ways(right, start)
            case Sequence(left, right):
                for middle, first in self.ways(left, start):
                    for node, second in self.ways(right, middle):
                        yield node, first + second
            case ZeroOrOne(inner):
                yield start, ()
                yield from self.ways(inner, start)
            case ZeroOrMore(inner):
                yield start, ()
                yield from self._closure(inner, start)
            case OneOrMore(inner):
                yield from self._closure(inner, start)

    def _closure(self, path: Path, start: int) -> Iterator[tuple[int, _Chain]]:
        seen: set[int] = set()
        queue: deque[tuple[int, _Chain]] = deque([(start, ())])
        while queue:
            node, chain = queue.popleft()
            for next_, step in self.ways(path, node):
                if next_ not in seen:
                    seen.add(next_)
                    yield next_, chain + step
                    queue.append((next_, chain + step))

    def _edges(self, condition: str, node: int, here: str = "s") -> Iterator[tuple[int, _Chain]]:
        self._left -= 1
        if not self._left:
            raise _TooFarError
        there = "o" if here == "s" else "s"
        rows = self._cursor.execute(
            f"SELECT DISTINCT s, p, o FROM pso WHERE {condition} AND {here} = {node}{self._graph} "
            f"ORDER BY {there}"
        ).fetchall()
        for s, p, o in rows:
            yield (o if here == "s" else s), ((s, p, o),)

    def _none_of(self, properties: tuple[IRI, ...]) -> str:
        return f"p NOT IN ({', '.join(str(self._id(p)) for p in properties) or 'NULL'})"

    def _id(self, iri: IRI) -> int:
        """The id of a property; one that no triple has where the store lacks it."""
        return self._store.ids([iri]).get(iri, -1)


def _turned(path: Path) -> Path:
    """The path that leads the other way."""
    match path:
        case IRI():
            return Inverse(path)
        case Inverse(inner):
            return inner
        case Sequence(left, right):
            return Sequence(_turned(right), _turned(left))
        case Alternative(left, right):
            return Alternative(_turned(left), _turned(right))
        case NegatedPropertySet(forward, inverse):
            return NegatedPropertySet(inverse, forward)
        case ZeroOrMore(inner) | OneOrMore(inner) | ZeroOrOne(inner):
            return type(path)(_turned(inner))
