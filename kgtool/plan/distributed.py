"""Queries on Spark: the plan of a query, in Spark's SQL, and its rows as a result."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast

from kgtool.errors import LimitError
from kgtool.plan.context import Context
from kgtool.plan.execution import RowReader, result_of
from kgtool.plan.query import compile_tree, unknown_names
from kgtool.plan.run import DefaultGraph, errors_in, parsed
from kgtool.plan.session import BATCH, Session
from kgtool.results.result import AskResult, Result

if TYPE_CHECKING:
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
        # The plan decodes: its layout has no ids, so the reader asks for none.
        reader = RowReader(layout, store.decoder, {})
        flat = chain.from_iterable(map(reader.rows, _batched(rows)))
        shown = None if form == "graph" else variables
        result = result_of(flat, shown, dict(query.prefixes), max_rows, rows.close)
    result.unknown_names, result.notes = unknown_names(query, context), query.notes
    return result


def _rows(
    store: SparkStore, tree: Any, timeout: float | None
) -> Generator[tuple[Any, ...], None, None]:
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


def _batched(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


class SparkSession(Session):
    """Statements that share tables of ids, on Spark."""

    def batches(self, table: str, where: str = "TRUE") -> Iterator[list[tuple[Any, ...]]]:
        tables = cast("SparkTables", self._cursor)
        return _batched(tables.stream(f"SELECT * FROM {table} WHERE {where}"))
