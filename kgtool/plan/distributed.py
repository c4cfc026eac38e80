"""Queries on Spark: the plan of a query, in Spark's SQL, and its rows as a result."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from kgtool.errors import LimitError
from kgtool.plan.context import Context
from kgtool.plan.execution import bounded
from kgtool.plan.inspection import vocabulary
from kgtool.plan.query import compile_tree
from kgtool.plan.run import DefaultGraph, errors_in, parsed
from kgtool.plan.session import BATCH, Session
from kgtool.results.result import AskResult, GraphResult, Result, SelectResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgtool.engine.spark.store import SparkStore
    from kgtool.engine.spark.tables import SparkTables
    from kgtool.rdf.terms import Term
    from kgtool.sparql.algebra import Dataset

#: Seconds between interrupts.
_AGAIN = 0.5


def run_on_spark(
    store: SparkStore,
    text: str,
    *,
    parameters: Mapping[str, Term] | None = None,
    prefixes: Mapping[str, str] | None = None,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
    max_rows: int | None = None,
    file: str | None = None,
    base: str | None = None,
    dataset: Dataset | None = None,
) -> Result:
    """As plan.run_query, on a store that Spark has open; no plan is kept.

    The workers join texts to ids, so that the driver needs memory for a part of the rows only.
    Raises QuerySyntaxError, UnsupportedError, LimitError, ServiceError.
    """
    query = parsed(text, parameters, prefixes, file, base)
    if dataset is not None:
        query = replace(query, dataset=dataset)
    context = Context(store, query.base)
    with errors_in(text, file):
        tree, form, variables, layout = compile_tree(query, context, default_graph, "terms")
    rows = _rows(store, tree, timeout)
    result: Result
    if form == "ask":
        result = AskResult(any(answer for (answer,) in rows))
    else:
        flat: Iterator[tuple[Any, ...]] = _flat(rows, layout)
        if max_rows is not None:
            flat = bounded(flat, max_rows)
        prefixes_ = dict(query.prefixes)
        result = (
            GraphResult(flat, prefixes_) if form == "graph"
            else SelectResult(variables, flat, prefixes_)
        )  # fmt: skip
    missing = (n.value for n in vocabulary(query.pattern) if context.stored_id(n) is None)
    result.unknown_names, result.notes = tuple(sorted(missing)), query.notes
    return result


def _rows(store: SparkStore, tree: Any, timeout: float | None) -> Iterator[tuple[Any, ...]]:
    """The rows of a plan, interrupted when its time is up."""
    if timeout is None:
        yield from store.stream(tree)
        return
    with store.spark.tagged() as tag:
        ended, late = threading.Event(), threading.Event()

        def stop() -> None:
            # An interrupt meets what runs just then, and a plan may be several statements.
            wait = timeout
            while not ended.wait(wait):
                late.set()
                store.spark.interrupt(tag)
                wait = _AGAIN

        threading.Thread(target=stop, daemon=True).start()
        try:
            yield from store.stream(tree)
        except Exception as error:
            if late.is_set():
                raise LimitError(
                    f"the query was stopped after {timeout:g} seconds",
                    hint="Give it more time with --timeout, or narrow the query.",
                ) from error
            raise
        finally:
            ended.set()


def _flat(rows: Iterable[tuple[Any, ...]], layout: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Rows as type and lexical form of each variable (see plan.query.Plan)."""
    if not layout:
        yield from (() for _ in rows)
        return
    kinds = tuple(layout)
    if all(kind == "term" for kind in kinds):
        yield from rows
        return
    for row in rows:
        values = iter(row)
        flat: list[Any] = []
        for kind in kinds:
            value = next(values)
            if kind == "term":
                flat += [value, next(values)]
            else:
                flat += [None if value is None else kind, value]
        yield tuple(flat)


class SparkSession(Session):
    """Statements that share tables of ids, on Spark."""

    def batches(self, table: str, where: str = "TRUE") -> Iterator[list[tuple[Any, ...]]]:
        tables = cast("SparkTables", self._cursor)
        rows = tables.stream(f"SELECT * FROM {table} WHERE {where}")
        while batch := list(islice(rows, BATCH)):
            yield batch
