"""How many solutions each part of a query has by itself, and how many the engine expects.

The engine does not compute the parts as they stand in the algebra, so each is compiled again
and counted, from the smallest on. That is bounded in time: a part gets half of what is left of
it, and none where a part of it took too long. What is not counted says so.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgtool.analysis.operators import Operator, Operators
from kgtool.analysis.profile import expected_rows, planned, read_profile
from kgtool.engine.driver import duckdb
from kgtool.errors import LimitError
from kgtool.plan import sql
from kgtool.plan.context import ActiveGraph, Context
from kgtool.plan.execution import Statement
from kgtool.plan.patterns import compile_pattern, compile_subquery
from kgtool.plan.scan import Frame
from kgtool.plan.trace import Record
from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a

if TYPE_CHECKING:
    from kgtool.engine.store import Store

#: These have as many solutions as the pattern in them.
_AS_MANY = ("Project", "Extend", "OrderBy")
#: The step that counts what is below it.
_COUNTING = "UNGROUPED_AGGREGATE"
_OUTSIDE = "depends on the solution around it"
_LATE = "not counted: it takes too long or too much"


@dataclass(frozen=True, slots=True)
class Count:
    """Solutions of one part; ``note`` says why there is no number."""

    estimate: int | None = None
    rows: int | None = None
    note: str = ""


def counted(
    store: Store,
    operators: Operators,
    context: Context,
    record: Record,
    graph: ActiveGraph,
    answer: int | None,
    seconds: float,
) -> Mapping[int, Count]:
    """The solutions of each operator but the root, by its number, within so many seconds.

    ``context`` and ``record`` are those of the whole query's compilation; ``answer`` is how
    many rows it gave, None where it was stopped.
    """
    found: dict[int, Count] = {}
    known = _known(operators.root, answer)
    late: set[int] = set()
    deadline = time.perf_counter() + seconds
    sizes = {operator.number: sum(1 for _ in operator.walk()) for operator in operators}
    for operator in sorted(operators, key=lambda operator: sizes[operator.number]):
        pattern = _pattern(operator)
        if pattern is None or operator.kind in _AS_MANY:
            continue
        if id(operator.node) in record.correlated:
            found[operator.number] = Count(note=_OUTSIDE)
            continue
        left = deadline - time.perf_counter()
        is_late = any(below.number in late for below in operator.walk())
        count = Count(note=_LATE)
        if left > 0 or operator.number in known:
            statement = _statement(_in_graph(operator, pattern, context), context, graph)
            count = _count(
                store, statement, 0.0 if is_late else left / 2, known.get(operator.number)
            )
        if count.rows is None:
            late.add(operator.number)
        found[operator.number] = count
    for operator in reversed([*operators]):
        if operator.kind in _AS_MANY:
            found[operator.number] = found[operator.children[0].number]
    return found


def _known(root: Operator, answer: int | None) -> dict[int, int]:
    """What the answer to a SELECT tells: how many solutions its outermost operator has."""
    if answer is None or not isinstance(root.node, a.SelectQuery):
        return {}
    (operator,) = root.children
    while operator.kind in _AS_MANY:
        operator = operator.children[0]
    return {operator.number: answer}


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
    relation = compile_pattern(pattern, Frame(own, graph, compile_subquery))
    return sql.to_text(own.finish(relation.select([sql.alias(sql.number(1), "solution")])))


def _count(store: Store, statement: str, seconds: float, rows: int | None) -> Count:
    """The rows of a statement, counted in so many ``seconds`` or known before, and expected."""
    plan = None
    if rows is None and seconds > 0:
        counting = Statement(store, seconds, profiled=True)
        # It may run out of time, memory or room on the disk.
        with suppress(LimitError, duckdb.Error):
            counting.run(f"SELECT count(*) FROM ({statement})")
            (((rows,),),) = counting.batches()
            profile = read_profile(counting.profile)
            steps = profile.root.walk() if profile else ()
            plan = next((each.inputs[0] for each in steps if each.kind == _COUNTING), None)
    estimate = expected_rows(plan or planned(store, statement))
    return Count(estimate, rows, _LATE if rows is None else "")
