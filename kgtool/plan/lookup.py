"""Look-ups: queries that touch a few triples around known terms, answered without the engine.

From a term that is known, by the query or by what has been found, the adjacency of a store leads
to its triples. Patterns are matched one after the other, that with the fewest triples first. A
query that has anything else in it, or that touches more triples than it may, is none: it is
compiled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from kgtool.engine.adjacency import Adjacency, Ends, Run, Unknown
from kgtool.engine.ids import BNODE, IRI_TAG, tag_of
from kgtool.rdf.terms import IRI, BlankNode, Term
from kgtool.results import AskResult, GraphResult, Result, SelectResult
from kgtool.sparql.algebra import (
    BGP,
    AskQuery,
    ConstructQuery,
    DescribeQuery,
    Distinct,
    Join,
    LeftJoin,
    Pattern,
    Project,
    Query,
    Reduced,
    SelectQuery,
    Slice,
    TriplePattern,
    Union,
    Values,
    Variable,
)

if TYPE_CHECKING:
    from kgtool.results._flat import FlatTriple

#: Triples that may be touched, which takes about a millisecond.
_MOST = 2_000
#: The ids of variables.
Solution: TypeAlias = dict[str, int]
#: A triple pattern: ids, and the names of variables.
_Triple: TypeAlias = tuple[int | str, int | str, int | str]
_Ids: TypeAlias = tuple[int | None, ...]


class _NoLookUp(Exception):
    """The query is to be compiled."""


def look_up(
    adjacency: Adjacency,
    query: Query,
    terms: Mapping[Term, Term] = MappingProxyType({}),
    most: int = _MOST,
    most_rows: int | None = None,
) -> Result | None:
    """The answer of a query over the union of all graphs, as run_query gives it.

    ``terms`` are those that some of its IRIs stand for (see Forms).

    None where it is no look-up: a pattern cannot be reached from a term that is known, more than
    ``most`` triples are touched, it has operators that are not for here, or the answer has more
    than ``most_rows`` rows.
    """
    if query.dataset is not None:
        return None
    try:
        result = _answer(_Walk(adjacency, terms, most), query, most_rows)
    except (_NoLookUp, Unknown):
        return None
    result.notes = query.notes
    return result


def _answer(walk: _Walk, query: Query, most_rows: int | None) -> Result:
    match query:
        case SelectQuery(pattern=pattern):
            names, rows = _rows(walk, pattern)
            flat = _flat(walk, rows, most_rows)
            return SelectResult(names, flat, dict(query.prefixes))
        case AskQuery(pattern=pattern):
            return AskResult(next(walk.solutions(pattern), None) is not None)
        case ConstructQuery():
            triples = _constructed(walk, query)
        case DescribeQuery():
            triples = _described(walk, query)
    flat = _flat(walk, dict.fromkeys(triples), most_rows)
    return GraphResult(cast("list[FlatTriple]", flat), dict(query.prefixes))


def _flat(walk: _Walk, rows: Iterable[_Ids], most: int | None) -> list[tuple[str | None, ...]]:
    """The texts of rows."""
    found = list(rows)
    if most is not None and len(found) > most:
        raise _NoLookUp
    texts = walk.texts
    return [tuple([part for id_ in row for part in texts[id_]]) for row in found]


# Forms of queries -----------------------------------------------------------------------


def _rows(walk: _Walk, pattern: Pattern) -> tuple[tuple[str, ...], Iterable[_Ids]]:
    """The variables of SELECT, and the rows that its modifiers leave."""
    match pattern:
        case Slice(inner, offset, limit):
            names, rows = _rows(walk, inner)
            return names, islice(rows, offset, None if limit is None else offset + limit)
        case Distinct(inner, None) | Reduced(inner):
            names, rows = _rows(walk, inner)
            return names, dict.fromkeys(rows)
        case Project(inner, variables):
            names = tuple(v.name for v in variables)
            found = walk.solutions(inner)
            return names, (tuple([each.get(name) for name in names]) for each in found)
    raise _NoLookUp


def _constructed(walk: _Walk, query: ConstructQuery) -> Iterator[_Ids]:
    """The well-formed triples of the template (16.2)."""
    template = [walk.triple(each) for each in query.template]
    if any(BlankNode in map(type, (each.subject, each.object)) for each in query.template):
        raise _NoLookUp
    if any(id_ is None for each in template for id_ in each):
        raise _NoLookUp  # a term that the store lacks
    for solution in walk.solutions(query.pattern):
        for each in template:
            s, p, o = (solution.get(n) if isinstance(n, str) else n for n in each)
            if s is None or p is None or o is None:
                continue
            if tag_of(s) in (IRI_TAG, BNODE) and tag_of(p) == IRI_TAG:
                yield s, p, o


def _described(walk: _Walk, query: DescribeQuery) -> Iterator[_Ids]:
    """The triples of the resources, and those of their blank nodes (16.4)."""
    names = [r.name for r in query.resources if isinstance(r, Variable)]
    found = [walk.id(r) for r in query.resources if isinstance(r, IRI)]
    if names:
        found += [s.get(n) for s in walk.solutions(query.pattern) for n in names]
    elif query.pattern != BGP(()):
        raise _NoLookUp
    seen = {id_ for id_ in found if id_ is not None}
    waiting = list(seen)
    while waiting:
        subject = waiting.pop()
        for each in walk.solutions_of((subject, "p", "o")):
            object_ = each["o"]
            yield subject, each["p"], object_
            if tag_of(object_) == BNODE and object_ not in seen:
                seen.add(object_)
                waiting.append(object_)


# Patterns -------------------------------------------------------------------------------


class _Way(NamedTuple):
    """Triples by which a pattern may be matched: side by side in the order of one end."""

    size: int
    ends: Ends
    run: Run
    #: What is at the other end: an id, or a variable without a value.
    other: int | str


class _Walk:
    """Matches patterns, as long as few triples are touched."""

    def __init__(self, adjacency: Adjacency, terms: Mapping[Term, Term], most: int) -> None:
        self._adjacency = adjacency
        self._terms = terms
        self.texts = adjacency.texts
        self._left = most

    def id(self, term: Term) -> int | None:
        return self._adjacency.id(self._terms.get(term, term))

    def triple(
        self, pattern: TriplePattern
    ) -> tuple[int | str | None, int | str | None, int | str | None]:
        """The pattern with ids; None for a term that the store lacks."""
        nodes = pattern.subject, pattern.predicate, pattern.object
        s, p, o = [n.name if isinstance(n, Variable) else self.id(n) for n in nodes]
        return s, p, o

    def solutions(self, pattern: Pattern, given: Solution | None = None) -> Iterator[Solution]:
        """The solutions of a pattern that are compatible with one that is given.

        That is all of it where the pattern binds a variable in each solution or in none; what
        OPTIONAL is in gets nothing given. Raises _NoLookUp.
        """
        given = given or {}
        match pattern:
            case BGP(triples):
                known: list[_Triple] = []
                for each in triples:
                    s, p, o = self.triple(each)
                    if s is None or p is None or o is None:
                        return iter(())
                    known.append((s, p, o))
                return iter(self._matched(known, given))
            case Join(left, right):
                if not _is_plain(right):
                    left, right = right, left
                return self._joined(left, right, given)
            case LeftJoin(left, right, None) if not given:
                return self._extended(left, right)
            case Union(left, right):
                return (each for side in (left, right) for each in self.solutions(side, given))
            case Values():
                return self._inline(pattern, given)
        raise _NoLookUp

    def solutions_of(self, triple: _Triple) -> Iterable[Solution]:
        return self._matched([triple], {})

    def _joined(self, left: Pattern, right: Pattern, given: Solution) -> Iterator[Solution]:
        if not _is_plain(right):
            raise _NoLookUp
        return (found for each in self.solutions(left, given)
                for found in self.solutions(right, each))  # fmt: skip

    def _extended(self, left: Pattern, right: Pattern) -> Iterator[Solution]:
        if not _is_plain(right):
            raise _NoLookUp
        for each in self.solutions(left):
            is_alone = True
            for found in self.solutions(right, each):
                is_alone = False
                yield found
            if is_alone:
                yield each

    def _inline(self, values: Values, given: Solution) -> Iterator[Solution]:
        for row in values.rows:
            found = dict(given)
            for variable, term in zip(values.variables, row, strict=True):
                if term is None:
                    continue
                id_ = self.id(term)
                if id_ is None:
                    raise _NoLookUp  # a term that has no id
                if found.setdefault(variable.name, id_) != id_:
                    break
            else:
                yield found

    def _matched(self, triples: list[_Triple], given: Solution) -> Iterable[Solution]:
        """The solutions of triple patterns together: first that with the fewest triples."""
        if not triples:
            return (given,)
        ways = [self._way(each, given) for each in triples]
        index = 0
        for i, each in enumerate(ways):
            if each.size < ways[index].size:
                index = i
        self._left -= 1 + ways[index].size
        if self._left < 0:
            raise _NoLookUp
        found = self._followed(triples[index][1], ways[index], given)
        if len(triples) == 1:
            return found
        rest = triples[:index] + triples[index + 1 :]
        return chain.from_iterable(self._matched(rest, each) for each in found)

    def _way(self, triple: _Triple, given: Solution) -> _Way:
        """The shorter way to a pattern's triples: from its subject, or from its object."""
        s, p, o = triple
        if given:
            s, p, o = (given.get(n, n) if isinstance(n, str) else n for n in triple)
        adjacency = self._adjacency
        if isinstance(s, int):
            way = self._from(adjacency.by_subject, s, p, o)
            if way.size and isinstance(o, int):
                return min(way, self._from(adjacency.by_object, o, p, s), key=_size)
            return way
        if isinstance(o, int):
            return self._from(adjacency.by_object, o, p, s)
        return _Way(self._left + 1, adjacency.by_subject, (0, 0), o)

    def _from(self, ends: Ends, key: int, predicate: int | str, other: int | str) -> _Way:
        run = ends.run(key)
        if isinstance(predicate, int):
            number = self._adjacency.numbers.get(predicate)
            run = (0, 0) if number is None else ends.narrowed(run, number)
            if isinstance(other, int):
                run = ends.narrowed_to(run, other)
        return _Way(run[1] - run[0], ends, run, other)

    def _followed(self, predicate: int | str, way: _Way, given: Solution) -> list[Solution]:
        """What each triple of a way adds to a solution."""
        low, high = way.run
        ends, other = way.ends.others[low:high], way.other
        if isinstance(predicate, int) or predicate in given:
            # Where it is given, the way has been narrowed to it.
            if isinstance(other, int):
                return [given for end in ends if end == other]
            return [{**given, other: end} for end in ends]
        names = self._adjacency.predicates
        found = zip(map(names.__getitem__, way.ends.predicates[low:high]), ends, strict=True)
        if isinstance(other, int):
            return [{**given, predicate: name} for name, end in found if end == other]
        if other == predicate:
            return [{**given, other: end} for name, end in found if end == name]
        return [{**given, predicate: name, other: end} for name, end in found]


def _size(way: _Way) -> int:
    return way.size


def _is_plain(pattern: Pattern) -> bool:
    """Whether a pattern's solutions that are compatible with one are found from that one."""
    match pattern:
        case BGP() | Values():
            return True
        case Join(left, right) | Union(left, right):
            return _is_plain(left) and _is_plain(right)
    return False
