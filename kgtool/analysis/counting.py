"""How many solutions each part of a query has by itself, and how many the engine expects.

The engine does not compute the parts as they stand in the algebra, so each is compiled again
and counted, from the one that is expected to have the fewest solutions on. That is bounded in
time: what is not counted says so.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgtool.analysis.operators import Operator, Operators
from kgtool.analysis.profile import expected_rows, planned
from kgtool.errors import LimitError, UnsupportedError
from kgtool.plan import sql
from kgtool.plan.context import ActiveGraph, Context
from kgtool.plan.execution import Statement
from kgtool.plan.patterns import compile_exists, compile_pattern
from kgtool.plan.scan import Frame
from kgtool.plan.trace import Record
from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a

if TYPE_CHECKING:
    from kgtool.engine.store import Store

#: These have as many solutions as the pattern in them.
_AS_MANY = ("Project", "Extend", "OrderBy")
_OUTSIDE = "depends on the solution around it"
_LATE = "not counted in the time there is"


@dataclass(frozen=True, slots=True)
class Count:
    """Solutions of one part; ``note`` says why there is no number."""

    estimate: int | None = None
    rows: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """The statement that gives a row for each solution of a part."""

    operator: Operator
    statement: str
    estimate: int


def counted(
    store: Store,
    operators: Operators,
    context: Context,
    record: Record,
    graph: ActiveGraph,
    seconds: float,
) -> Mapping[int, Count]:
    """The solutions of each operator but the root, by its number, within so many seconds.

    ``context`` and ``record`` are those of the whole query's compilation.
    """
    found: dict[int, Count] = {}
    parts: list[_Part] = []
    deadline = time.perf_counter() + seconds
    for operator in operators:
        pattern = _pattern(operator)
        if pattern is None or operator.kind in _AS_MANY:
            continue
        if id(operator.node) in record.correlated:
            found[operator.number] = Count(note=_OUTSIDE)
            continue
        try:
            statement = _statement(_in_graph(operator, pattern, context), context, graph)
        except UnsupportedError:
            found[operator.number] = Count(note="cannot be compiled by itself")
            continue
        parts.append(_Part(operator, statement, expected_rows(planned(store, statement))))
    for part in sorted(parts, key=lambda part: part.estimate):
        rows = _rows(store, part.statement, deadline - time.perf_counter())
        found[part.operator.number] = Count(part.estimate, rows, _LATE if rows is None else "")
    for operator in reversed([*operators]):
        if operator.kind in _AS_MANY:
            found[operator.number] = found[operator.children[0].number]
    return found


def _pattern(operator: Operator) -> a.Pattern | None:
    if operator.parent is None or isinstance(operator.node, a.Exists):
        return None
    node = operator.node
    return a.BGP((node,)) if isinstance(node, a.TriplePattern) else node


def _in_graph(operator: Operator, pattern: a.Pattern, context: Context) -> a.Pattern:
    """The pattern in the GRAPH that it stands in, of any name that GRAPH may have."""
    around = (o.node.name for o in operator.above() if o is not operator and o.kind == "Graph")
    name = next(around, None)
    if name is None:
        return pattern
    return a.Graph(name if isinstance(name, IRI) else context.fresh_variable(), pattern)


def _statement(pattern: a.Pattern, context: Context, graph: ActiveGraph) -> str:
    own = Context(context.store, context.base, context.known_ids, context.local_ids)
    relation = compile_pattern(pattern, Frame(own, graph, compile_exists))
    return sql.to_text(own.finish(relation.select([sql.alias(sql.number(1), "solution")])))


def _rows(store: Store, statement: str, seconds: float) -> int | None:
    if seconds <= 0:
        return None
    counting = Statement(store, seconds)
    try:
        counting.run(f"SELECT count(*) FROM ({statement})")
        (((rows,),),) = counting.batches()
    except LimitError:
        return None
    return int(rows)
