"""Running a plan: its rows from the engine, ids turned into texts, within its bounds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any

from kgtool.engine.driver import duckdb
from kgtool.errors import LimitError
from kgtool.results.result import AskResult, GraphResult, Result, SelectResult

if TYPE_CHECKING:
    from kgtool.engine.decoding import Decoder
    from kgtool.engine.store import Store
    from kgtool.plan.cache import KeptPlan, Text
    from kgtool.plan.stop import Stop

#: Rows fetched at first, so that the first ones come soon, and then at a time.
_FIRST_BATCH = 2_000
_BATCH = 100_000


def execute(
    store: Store,
    plan: KeptPlan,
    timeout: float | None,
    max_rows: int | None,
    cursor: duckdb.DuckDBPyConnection | None = None,
    stop: Stop | None = None,
) -> Result:
    """Runs a plan; see run_query for the bounds and the errors.

    ``cursor`` is one with temporary tables that the plan reads; it is closed with the result.
    """
    statement = Statement(store, timeout, cursor, stop)
    statement.run(plan.sql)
    if plan.form == "ask":
        ((answer,),) = statement.batches()
        return AskResult(bool(answer[0]))
    reader = RowReader(plan.layout, store.decoder, plan.constants)
    rows = chain.from_iterable(map(reader.rows, statement.batches()))
    variables = None if plan.form == "graph" else plan.variables
    return result_of(rows, variables, plan.prefixes, max_rows, statement.close)


def result_of(
    rows: Iterator[tuple[Any, ...]],
    variables: tuple[str, ...] | None,
    prefixes: Mapping[str, str],
    max_rows: int | None,
    close: Callable[[], None],
) -> Result:
    """The result that flat rows are: solutions of ``variables``, or triples where they are None.

    LimitError follows after ``max_rows`` rows.
    """
    if max_rows is not None:
        rows = _bounded(rows, max_rows)
    if variables is None:
        return GraphResult(rows, prefixes, close=close)
    return SelectResult(variables, rows, prefixes, close=close)


class Statement:
    """One statement on a cursor of the store, interrupted when its time is up.

    Where it is ``profiled``, what the engine tells of it is in ``profile``, as JSON, behind its
    last row.
    """

    profile = ""

    def __init__(
        self,
        store: Store,
        timeout: float | None,
        cursor: duckdb.DuckDBPyConnection | None = None,
        stop: Stop | None = None,
        *,
        profiled: bool = False,
    ) -> None:
        self._store = store
        self._timeout = timeout
        self._profiled = profiled
        self._is_lent = cursor is None and not profiled
        if cursor is None:
            cursor = store.connection.cursor() if profiled else store.take_cursor()
        if profiled:
            cursor.execute("PRAGMA enable_profiling = 'no_output'")
        self._cursor: duckdb.DuckDBPyConnection | None = cursor
        self._timer = threading.Timer(timeout, cursor.interrupt) if timeout is not None else None
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        self._stop = stop
        if stop is not None:
            stop.attach(cursor.interrupt)

    def run(self, sql: str) -> None:
        assert self._cursor is not None
        try:
            if self._stop is not None and self._stop.is_set:
                raise duckdb.InterruptException("stopped before it began")
            self._cursor.execute(sql)
        except (duckdb.Error, RuntimeError) as error:
            self.close()
            raise self._error(error) from error

    def batches(self) -> Iterator[list[tuple[Any, ...]]]:
        """The rows, some thousands at a time; behind the last the cursor serves others."""
        size = _FIRST_BATCH
        try:
            while self._cursor is not None and (batch := self._cursor.fetchmany(size)):
                yield batch
                size = _BATCH
        except (duckdb.Error, RuntimeError) as error:
            raise self._error(error) from error
        finally:
            self._stop_timer()
        cursor, self._cursor = self._cursor, None
        if cursor is not None and self._profiled:
            self.profile = cursor.get_profiling_information()
        if cursor is not None and self._is_lent:
            self._store.return_cursor(cursor)
        elif cursor is not None:
            cursor.close()

    def arrow(self, sql: str) -> Any:
        """All rows as a pyarrow.Table, where duckdb's own package and pyarrow are loaded."""
        assert self._cursor is not None
        try:
            return self._cursor.sql(sql).to_arrow_table()
        except (duckdb.Error, RuntimeError) as error:
            raise self._error(error) from error
        finally:
            self.close()

    def close(self) -> None:
        """Give up what has not been read."""
        self._stop_timer()
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._stop is not None:
            self._stop.detach()

    def _error(self, error: Exception) -> BaseException:
        """The error as the caller should see it."""
        if not isinstance(error, duckdb.Error):  # what DuckDB makes of Ctrl-C
            return KeyboardInterrupt() if str(error) == "Query interrupted" else error
        if self._stop is not None and self._stop.is_set:
            return LimitError("the query was stopped: nobody waits for its answer")
        if isinstance(error, duckdb.InterruptException) and self._timeout is not None:
            return LimitError(
                f"the query was stopped after {self._timeout:g} seconds",
                hint="Give it more time with --timeout, or narrow the query.",
            )
        if isinstance(error, duckdb.OutOfMemoryException):
            return LimitError(
                "the query needs more memory than it may use",
                hint="Give it more with --memory-limit, or narrow the query.",
            )
        return error


def _bounded(rows: Iterator[tuple[Any, ...]], most: int) -> Iterator[tuple[Any, ...]]:
    yield from islice(rows, most)
    if next(rows, None) is not None:
        raise LimitError(
            f"the answer has more than {most:,} rows; these are the first of them",
            hint="Allow more with --max-rows, or narrow the query.",
        )


class RowReader:
    """Turns batches of the engine's rows into flat rows (type, lex, …), column by column."""

    def __init__(self, layout: Sequence[str], decoder: Decoder, constants: dict[int, Text]) -> None:
        self._layout = layout
        self._decoder = decoder
        self._constants = constants

    def rows(self, batch: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        if not self._layout:
            return repeat((), len(batch))
        fetched = list(zip(*batch, strict=True))
        types, lexes = self._texts(fetched)
        columns = iter(fetched)
        flat: list[Iterable[Any]] = []
        for kind in self._layout:
            column = next(columns)
            if kind == "id":
                flat += [map(types.__getitem__, column), map(lexes.__getitem__, column)]
            elif kind == "term":
                flat += [column, next(columns)]
            else:
                bound = None not in column
                known = repeat(kind) if bound else [None if t is None else kind for t in column]
                flat += [known, column]
        return zip(*flat, strict=False)

    def _texts(
        self, fetched: list[tuple[Any, ...]]
    ) -> tuple[dict[int | None, str | None], dict[int | None, str | None]]:
        """Types and lexical forms of all ids of a batch, read in one go."""
        wanted: set[int | None] = set()
        columns = iter(fetched)
        for kind in self._layout:
            column = next(columns)
            if kind == "id":
                wanted.update(column)
            elif kind == "term":
                next(columns)
        decoder = self._decoder
        if not self._constants:
            return decoder.read(wanted)
        # Other queries have other constants under the same ids.
        stored = wanted - self._constants.keys()
        known_types, known_lexes = decoder.read(stored)
        types = {id_: known_types[id_] for id_ in stored}
        lexes = {id_: known_lexes[id_] for id_ in stored}
        for id_, (type_, lex) in self._constants.items():
            types[id_], lexes[id_] = type_, lex
        return types, lexes
