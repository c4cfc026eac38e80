"""Lineage: a query whose rows also carry the triples that they rest on.

The answers stay those of the query; behind them each row has columns with the terms of every
triple pattern that took part in it (why-provenance: Buneman, Khanna, Tan: Why and Where, 2001).
So one plan finds rows and reasons together. Where solutions are merged (aggregates, DISTINCT)
the columns are those of the first of them, and another has their number.

What is absent (MINUS, NOT EXISTS) and what only a condition asks for (EXISTS) has no columns.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from kgtool.plan.run import DefaultGraph, run_algebra
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.results import SelectResult
from kgtool.sparql.algebra import (
    BGP,
    AskQuery,
    Distinct,
    Extend,
    Filter,
    Graph,
    Group,
    Join,
    LeftJoin,
    Minus,
    Node,
    OrderBy,
    Path,
    PathPattern,
    Pattern,
    Project,
    Reduced,
    SelectQuery,
    Slice,
    Union,
    Variable,
    Witness,
)

if TYPE_CHECKING:
    from kgtool.engine.store import Store

_TRUE = Literal("true", XSD.boolean)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A triple pattern or a path pattern; ``marker`` is bound where an optional one took part."""

    subject: Node
    predicate: Path | Variable
    object: Node
    graph: IRI | Variable | None = None
    marker: Variable | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The parts of the first of ``count`` solutions that became one."""

    count: Variable
    parts: tuple[Part, ...]


Part: TypeAlias = Leaf | Merged


@dataclass(frozen=True, slots=True)
class Edge:
    """A triple that a row rests on, or the two ends of a path."""

    subject: Term
    predicate: Path
    object: Term
    graph: Term | None = None


@dataclass(frozen=True, slots=True)
class Merging:
    """How many solutions became one, and what the first of them rests on."""

    count: int
    support: tuple[Support, ...]


Support: TypeAlias = Edge | Merging


@dataclass(frozen=True, slots=True)
class TracedRow:
    """A solution, and what it rests on, each triple once, in the order of the query."""

    solution: dict[str, Term | None]
    support: tuple[Support, ...]


def run_traced(
    store: Store,
    query: SelectQuery | AskQuery,
    *,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
) -> Iterator[TracedRow]:
    """The rows of a query with their lineage, as they are read; see run_query for the errors.

    ASK has a row without variables where its answer is yes.
    """
    if isinstance(query, AskQuery):
        query = SelectQuery(
            pattern=Slice(Project(query.pattern, ()), 0, 1),
            dataset=query.dataset,
            prefixes=query.prefixes,
            base=query.base,
        )
    variables = [v.name for v in _projected(query.pattern)]
    pattern, parts = with_lineage(query.pattern)
    result = run_algebra(
        store, replace(query, pattern=pattern), default_graph=default_graph, timeout=timeout
    )
    assert isinstance(result, SelectResult)
    return (_traced(row.asdict(), variables, parts) for row in result)


def _traced(
    terms: dict[str, Term | None], variables: Iterable[str], parts: Iterable[Part]
) -> TracedRow:
    support = tuple(dict.fromkeys(_supports(parts, terms)))
    return TracedRow({name: terms[name] for name in variables}, support)


def with_lineage(pattern: Pattern) -> tuple[Pattern, tuple[Part, ...]]:
    """A pattern with the same solutions, and columns for what each of them rests on."""
    return _Tracer().trace(pattern)


def _projected(pattern: Pattern) -> tuple[Variable, ...]:
    while not isinstance(pattern, Project):
        assert isinstance(pattern, Distinct | Reduced | Slice | OrderBy)
        pattern = pattern.pattern
    return pattern.variables


class _Tracer:
    """Puts the columns in, from the innermost pattern outwards."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def trace(self, pattern: Pattern) -> tuple[Pattern, tuple[Part, ...]]:
        match pattern:
            case BGP(triples):
                return pattern, tuple(Leaf(t.subject, t.predicate, t.object) for t in triples)
            case PathPattern(subject, path, object_):
                return pattern, (Leaf(subject, path, object_),)
            case Join(left, right):
                first, parts = self.trace(left)
                second, more = self.trace(right)
                return Join(first, second), parts + more
            case LeftJoin(left, right, condition):
                first, parts = self.trace(left)
                second, more = self._marked(right)
                return LeftJoin(first, second, condition), parts + more
            case Union(left, right):
                first, parts = self._marked(left)
                second, more = self._marked(right)
                return Union(first, second), parts + more
            case Minus(left, right):
                first, parts = self.trace(left)
                return Minus(first, right), parts
            case Graph(name, inner):
                traced_, parts = self.trace(inner)
                return Graph(name, traced_), _in_graph(parts, name)
            case Filter() | Extend() | OrderBy() | Slice():
                inner, parts = self.trace(pattern.pattern)
                return replace(pattern, pattern=inner), parts
            case Group() | Distinct() | Reduced() | Project():
                return self._solutions(pattern)
            case _:  # inline data and tables rest on no triples
                return pattern, ()

    def _marked(self, pattern: Pattern) -> tuple[Pattern, tuple[Part, ...]]:
        """A pattern that not every solution comes from, with the mark of those that do."""
        inner, parts = self.trace(pattern)
        if not parts:
            return inner, ()
        marker = self._fresh()
        return Extend(inner, marker, _TRUE), tuple(_with_marker(p, marker) for p in parts)

    def _solutions(self, pattern: Pattern) -> tuple[Pattern, tuple[Part, ...]]:
        match pattern:
            case Project(inner, variables):
                traced_, parts = self.trace(inner)
                copies = self._copies(parts)
                kept = (*variables, *copies.values())
                return Project(_extended(traced_, copies), kept), _renamed(parts, copies)
            case Group(inner, keys, aggregates):
                traced_, parts = self.trace(inner)
                witness, merged = self._witness(parts)
                return Group(traced_, keys, aggregates, witness), merged
            case Distinct(inner):
                traced_, parts = self.trace(inner)
                witness, merged = self._witness(parts)
                return Distinct(traced_, witness), merged
            case Reduced(inner):  # may keep what DISTINCT would merge, but the engine merges it
                return self._solutions(Distinct(inner))
        raise AssertionError(type(pattern).__name__)

    def _witness(self, parts: tuple[Part, ...]) -> tuple[Witness, tuple[Part, ...]]:
        copies = self._copies(parts)
        count = self._fresh()
        return Witness(count, tuple(copies.items())), (Merged(count, _renamed(parts, copies)),)

    def _copies(self, parts: Iterable[Part]) -> dict[Variable, Variable]:
        """A name of our own for each variable that parts have, since a subquery hides it."""
        return {v: self._fresh() for v in dict.fromkeys(_variables(parts))}

    def _fresh(self) -> Variable:
        return Variable(f"_:why{next(self._numbers)}")


def _extended(pattern: Pattern, copies: Mapping[Variable, Variable]) -> Pattern:
    if isinstance(pattern, OrderBy):
        return replace(pattern, pattern=_extended(pattern.pattern, copies))
    for variable, copy in copies.items():
        pattern = Extend(pattern, copy, variable)
    return pattern


def _variables(parts: Iterable[Part]) -> Iterator[Variable]:
    for part in parts:
        if isinstance(part, Merged):
            yield part.count
            yield from _variables(part.parts)
        else:
            nodes = (part.subject, part.predicate, part.object, part.graph, part.marker)
            yield from (n for n in nodes if isinstance(n, Variable))


def _renamed(parts: Iterable[Part], names: Mapping[Variable, Variable]) -> tuple[Part, ...]:
    def new(node: Any) -> Any:
        return names.get(node, node) if isinstance(node, Variable) else node

    return tuple(
        Merged(new(p.count), _renamed(p.parts, names))
        if isinstance(p, Merged)
        else Leaf(new(p.subject), new(p.predicate), new(p.object), new(p.graph), new(p.marker))
        for p in parts
    )


def _mapped(parts: Iterable[Part], change: Callable[[Leaf], Leaf]) -> tuple[Part, ...]:
    return tuple(
        replace(p, parts=_mapped(p.parts, change)) if isinstance(p, Merged) else change(p)
        for p in parts
    )


def _in_graph(parts: Iterable[Part], graph: IRI | Variable) -> tuple[Part, ...]:
    return _mapped(parts, lambda leaf: leaf if leaf.graph else replace(leaf, graph=graph))


def _with_marker(part: Part, marker: Variable) -> Part:
    """The mark of the innermost pattern tells the most."""
    if isinstance(part, Merged) or part.marker is not None:
        return part
    return replace(part, marker=marker)


def _supports(parts: Iterable[Part], terms: Mapping[str, Term | None]) -> Iterator[Support]:
    def value(node: Any) -> Any:
        return terms[node.name] if isinstance(node, Variable) else node

    for part in parts:
        if isinstance(part, Merged):
            count = value(part.count)
            if isinstance(count, Literal) and int(count.lexical):
                inner = tuple(dict.fromkeys(_supports(part.parts, terms)))
                yield Merging(int(count.lexical), inner)
            continue
        if part.marker is not None and value(part.marker) is None:
            continue
        ends = value(part.subject), value(part.predicate), value(part.object)
        if None not in ends:
            yield Edge(*ends, value(part.graph))
