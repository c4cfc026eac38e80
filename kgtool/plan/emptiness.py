"""Why a query has no solution: the smallest part of it that has none, and what is near to it.

The algebra is evaluated from the bottom (SPARQL 1.1, section 18.6), so a part has the same
solutions wherever it stands, and parts can be asked one by one. A part without a solution is
searched until nothing inside it is empty by itself: a few triple patterns, a filter, a join.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from kgtool.plan.inspection import conjuncts, variables_of, walk
from kgtool.plan.run import DefaultGraph, run_algebra
from kgtool.rdf.terms import IRI, Term
from kgtool.results import AskResult, SelectResult
from kgtool.sparql.algebra import (
    BGP,
    Aggregate,
    And,
    AskQuery,
    Distinct,
    Expression,
    Extend,
    Filter,
    Graph,
    Group,
    Join,
    LeftJoin,
    Minus,
    OrderBy,
    OrderCondition,
    PathPattern,
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
    from kgtool.engine.store import Store

Part: TypeAlias = Pattern | TriplePattern
#: Subsets of patterns are tried one by one up to this size; greater ones are cut down to one.
_TRIED = 3
#: Values that are read at most to find the nearest.
_MOST_VALUES = 20_000


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A constant of a pattern that would match with another term there, one of ``values``.

    ``position`` is subject, predicate or object; None is any. ``known`` says whether anything
    has the constant at that position.
    """

    position: str | None
    constant: Term
    known: bool
    values: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """One triple pattern or path that matches nothing."""

    pattern: TriplePattern | PathPattern
    mismatches: tuple[Mismatch, ...]
    graph: IRI | Variable | None = None


@dataclass(frozen=True, slots=True)
class NoJoin:
    """Parts that have solutions, but none together.

    ``seen`` has for each variable that the last part shares with the others some of its values
    there, and in the last part; ``unknown`` the constants that no triple has, which a path of
    no length still matches.
    """

    parts: tuple[Part, ...]
    seen: tuple[tuple[Variable, tuple[Term, ...], tuple[Term, ...]], ...]
    unknown: tuple[Mismatch, ...] = ()
    graph: IRI | Variable | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """Values that a filter saw, and what it made of them; None is an error."""

    values: tuple[tuple[Variable, Term | None], ...]
    verdict: bool | None


@dataclass(frozen=True, slots=True)
class Filtered:
    """Conditions that together let none of ``solutions`` pass."""

    conditions: tuple[Expression, ...]
    inner: Pattern
    solutions: int
    seen: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """A MINUS that takes all of ``solutions`` away."""

    pattern: Minus
    solutions: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """OFFSET and LIMIT leave nothing of ``solutions``."""

    pattern: Slice
    solutions: int


@dataclass(frozen=True, slots=True)
class NoGraph:
    """GRAPH names a graph that the dataset lacks; ``graphs`` are those it has."""

    name: IRI
    graphs: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class NoRows:
    """VALUES without a row."""

    pattern: Values


Loss: TypeAlias = NoMatch | NoJoin | Filtered | Removed | Skipped | NoGraph | NoRows


def find_losses(
    store: Store,
    query: Query,
    *,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
) -> tuple[Loss, ...]:
    """What leaves a query without a solution; nothing where it has one.

    Each branch of a UNION has a loss of its own. ``timeout`` is in seconds, for each part.
    """
    prober = _Prober(store, query, default_graph, timeout)
    if prober.has(query.pattern):
        return ()
    return tuple(prober.losses(query.pattern))


class _Prober:
    def __init__(
        self, store: Store, query: Query, default_graph: DefaultGraph, timeout: float | None
    ) -> None:
        self._store = store
        self._dataset = query.dataset
        self._options: dict[str, object] = {"default_graph": default_graph, "timeout": timeout}
        self._graph: IRI | Variable | None = None

    # Asking -----------------------------------------------------------------------------

    def has(self, pattern: Pattern) -> bool:
        query = AskQuery(pattern=self._inside(pattern), dataset=self._dataset)
        result = run_algebra(self._store, query, **self._options)  # type: ignore[arg-type]
        assert isinstance(result, AskResult)
        return bool(result)

    def _rows(self, pattern: Pattern, limit: int | None = None) -> list[tuple[Term | None, ...]]:
        """The rows of a Project, perhaps under a Distinct or an OrderBy."""
        limited = pattern if limit is None else Slice(pattern, 0, limit)
        query = SelectQuery(pattern=limited, dataset=self._dataset)
        result = run_algebra(self._store, query, **self._options)  # type: ignore[arg-type]
        assert isinstance(result, SelectResult)
        return [tuple(row) for row in result]

    def _count(self, pattern: Pattern) -> int:
        number = Variable("n")
        group = Group(self._inside(pattern), (), ((number, Aggregate("COUNT", None)),))
        ((count,),) = self._rows(Project(group, (number,)))
        return int(count.lexical)  # type: ignore[union-attr]

    def _values(self, pattern: Pattern, variable: Variable, limit: int) -> tuple[Term, ...]:
        """Some of the values of a variable, in order."""
        ordered = OrderBy(self._inside(pattern), (OrderCondition(variable),))
        rows = self._rows(Distinct(Project(ordered, (variable,))), limit)
        return tuple(term for (term,) in rows if term is not None)

    def _inside(self, pattern: Pattern) -> Pattern:
        return pattern if self._graph is None else Graph(self._graph, pattern)

    # Searching --------------------------------------------------------------------------

    def losses(self, pattern: Pattern) -> Iterator[Loss]:
        """The losses of a pattern that has no solution."""
        match pattern:
            case BGP() | PathPattern() | Join():
                yield from self._of_join(tuple(_operands(pattern)))
            case Filter(condition, inner):
                yield from self._within(inner) or [self._filtered(condition, inner)]
            case Union(left, right):
                yield from self.losses(left)
                yield from self.losses(right)
            case Minus(left, _):
                yield from self._within(left) or [Removed(pattern, self._count(left))]
            case Slice(inner, _, _):
                yield from self._within(inner) or [Skipped(pattern, self._count(inner))]
            case Graph(name, inner):
                yield from self._of_graph(name, inner)
            case Values():
                yield NoRows(pattern)
            case LeftJoin(left, _, _):
                yield from self.losses(left)
            case Extend() | OrderBy() | Project() | Distinct() | Reduced() | Group():
                yield from self.losses(pattern.pattern)
            case _:
                raise AssertionError(f"no part of a query: {type(pattern).__name__}")

    def _within(self, pattern: Pattern) -> list[Loss]:
        return [] if self.has(pattern) else list(self.losses(pattern))

    def _of_graph(self, name: IRI | Variable, inner: Pattern) -> Iterator[Loss]:
        outer, self._graph = self._graph, None
        if isinstance(name, IRI) and not self.has(Graph(name, BGP(()))):
            graph = Variable("g")
            found = self._values(Graph(graph, BGP(())), graph, _MOST_VALUES)
            yield NoGraph(name, found)
        else:
            self._graph = name
            yield from self.losses(inner)
        self._graph = outer

    def _of_join(self, parts: tuple[Part, ...]) -> Iterator[Loss]:
        for part in parts:
            if not self.has(_pattern([part])):
                if isinstance(part, TriplePattern | PathPattern):
                    yield NoMatch(part, _telling(self._mismatches(part)), self._graph)
                else:
                    yield from self.losses(part)
                return
        yield self._no_join(self._smallest(parts))

    def _smallest(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """A smallest subset without a solution; beyond three parts one that cannot be less."""
        for size in range(2, min(_TRIED, len(parts) - 1) + 1):
            for some in combinations(parts, size):
                if _is_connected(some) and not self.has(_pattern(some)):
                    return some
        left = list(parts)
        for part in parts:
            without = [other for other in left if other is not part]
            if without and not self.has(_pattern(without)):
                left = without
        return tuple(left)

    def _no_join(self, parts: tuple[Part, ...]) -> NoJoin:
        *others, last = parts
        shared = _names(_pattern(others)) & _names(_pattern([last]))
        seen = []
        for name in sorted(shared):
            variable = Variable(name)
            there = self._values(_pattern(others), variable, 3)
            here = self._values(_pattern([last]), variable, 3)
            seen.append((variable, there, here))
        return NoJoin(parts, tuple(seen), tuple(self._unknown(parts)), self._graph)

    def _unknown(self, parts: Sequence[Part]) -> Iterator[Mismatch]:
        names = dict.fromkeys(n for part in parts for n in walk(part) if isinstance(n, IRI))
        stored = self._store.ids(names)
        subject, predicate, object_ = map(Variable, "spo")
        for name in names:
            if name not in stored:
                everything = BGP((TriplePattern(subject, predicate, object_),))
                yield Mismatch(None, name, False, self._values(everything, subject, _MOST_VALUES))

    def _mismatches(self, part: TriplePattern | PathPattern) -> Iterator[Mismatch]:
        """The constants without which the pattern would match."""
        for position in ("subject", "predicate", "object"):
            constant = getattr(part, position, None)
            if constant is None or isinstance(constant, Variable):
                continue
            free = Variable("free")
            relaxed = _pattern([_with(part, position, free)])
            values = self._values(relaxed, free, _MOST_VALUES)
            alone = _with(
                TriplePattern(Variable("s"), Variable("p"), Variable("o")), position, constant
            )
            known = self.has(_pattern([alone]))
            if values or not known:
                yield Mismatch(position, constant, known, values)

    def _filtered(self, condition: Expression, inner: Pattern) -> Filtered:
        conditions = self._guilty(tuple(conjuncts(condition)), inner)
        count = self._count(inner)
        seen: list[Judged] = []
        if len(conditions) == 1:
            seen = self._judged(conditions[0], inner)
        return Filtered(conditions, inner, count, tuple(seen))

    def _guilty(self, conditions: tuple[Expression, ...], inner: Pattern) -> tuple[Expression, ...]:
        """The conditions that suffice to let nothing pass, one if one does."""
        for one in conditions:
            if not self.has(Filter(one, inner)):
                return (one,)
        left = list(conditions)
        for one in conditions:
            without = [other for other in left if other is not one]
            if without and not self.has(Filter(reduce(And, without), inner)):
                left = without
        return tuple(left)

    def _judged(self, condition: Expression, inner: Pattern) -> list[Judged]:
        """The least and the greatest of what a condition saw."""
        bound = _names(inner)
        variables = tuple(Variable(n) for n in sorted(variables_of(condition)) if n in bound)
        verdict = Variable("_:verdict")
        found: dict[Judged, None] = {}
        for descending in (False, True):
            order = tuple(OrderCondition(v, descending) for v in variables)
            ordered = OrderBy(self._inside(inner), order)
            kept = Distinct(Project(ordered, variables))
            judged = Extend(Slice(kept, 0, 3), verdict, condition)
            rows = self._rows(Project(judged, (*variables, verdict)))
            for *values, said in reversed(rows) if descending else rows:
                known = None if said is None else _is_true(said)
                found[Judged(tuple(zip(variables, values, strict=True)), known)] = None
        return list(found)


def _telling(mismatches: Iterable[Mismatch]) -> tuple[Mismatch, ...]:
    """Those that tell the most: constants that nothing has, else those that are no predicate."""
    found = tuple(mismatches)
    unknown = tuple(each for each in found if not each.known)
    return unknown or tuple(m for m in found if m.position != "predicate") or found


def _is_true(term: Term) -> bool:
    return getattr(term, "lexical", "") in ("true", "1")


def _operands(pattern: Pattern) -> Iterator[Part]:
    """The parts of a join: triple patterns, paths and everything else."""
    match pattern:
        case BGP(triples):
            yield from triples
        case Join(left, right):
            yield from _operands(left)
            yield from _operands(right)
        case _:
            yield pattern


def _pattern(parts: Sequence[Part]) -> Pattern:
    """The join of the parts."""
    triples = tuple(part for part in parts if isinstance(part, TriplePattern))
    pattern: Pattern = BGP(triples)
    for part in parts:
        if not isinstance(part, TriplePattern):
            pattern = Join(pattern, part) if pattern != BGP(()) else part
    return pattern


def _with(
    part: TriplePattern | PathPattern, position: str, node: Term | Variable
) -> TriplePattern | PathPattern:
    fields = {"subject": part.subject, "object": part.object} | {position: node}
    if isinstance(part, PathPattern):
        return PathPattern(fields["subject"], part.path, fields["object"])
    predicate = fields.pop("predicate", part.predicate)
    return TriplePattern(fields["subject"], predicate, fields["object"])  # type: ignore[arg-type]


def _names(pattern: Pattern) -> set[str]:
    """The variables that stand in a pattern; for a subquery those that it selects."""
    match pattern:
        case Project(_, variables):
            return {v.name for v in variables}
        case Distinct() | Reduced() | Slice() | OrderBy():
            return _names(pattern.pattern)
    return {node.name for node in walk(pattern) if isinstance(node, Variable)}


def _is_connected(parts: Sequence[Part]) -> bool:
    """Whether each part shares a variable with those before; a product is empty by itself."""
    names = [_names(_pattern([part])) for part in parts]
    reached, rest = names[0], names[1:]
    while rest:
        near = next((each for each in rest if each & reached), None)
        if near is None:
            return False
        reached = reached | near
        rest.remove(near)
    return True
