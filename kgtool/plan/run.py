"""Runs queries on a store: plan from the cache or the compiler, rows from the engine."""

from __future__ import annotations

import json
import os
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache as cached
from itertools import islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from typing import Literal as Choice

from kgtool.engine.driver import duckdb
from kgtool.engine.functions import library_version
from kgtool.errors import KgtoolError, LimitError
from kgtool.results.result import AskResult, GraphResult, Result, SelectResult
from kgtool.version import __version__

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.rdf.terms import IRI, BlankNode, Term
    from kgtool.sparql.algebra import Query

#: What patterns outside GRAPH match: the union of all graphs, the unnamed graph, or one graph.
DefaultGraph: TypeAlias = "Choice['union', 'strict'] | IRI | BlankNode"
_BATCH = 10_000


class Explanation(NamedTuple):
    """What a query becomes: its algebra, the SQL, and the engine's own plan, all as text."""

    algebra: str
    sql: str
    plan: str


def run_query(
    store: Store,
    text: str,
    *,
    parameters: Mapping[str, Term] | None = None,
    prefixes: Mapping[str, str] | None = None,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
    max_rows: int | None = None,
    file: str | None = None,
    cache: Path | None = None,
) -> Result:
    """Runs a SPARQL query and gives its result, whose rows are read as they are asked for.

    ``parameters`` replaces variables by terms. ``prefixes`` are those the text need not
    declare. ``timeout`` is in seconds and covers compiling, running and reading; an answer
    of more than ``max_rows`` rows ends with LimitError after these. With a ``cache`` folder,
    plans are kept there: a query seen before is neither parsed nor
    compiled. Raises QuerySyntaxError, UnsupportedError, LimitError.
    """
    key = _key(store, text, parameters, prefixes, default_graph) if cache else ""
    kept = _kept_plan(cache, key) if cache else None
    if kept is None:
        kept = _compiled(store, text, parameters, prefixes, default_graph, file)
        if cache:
            _keep_plan(cache, key, kept)
    result = _execute(store, kept, timeout, max_rows)
    result.unknown_names = tuple(kept["unknown_names"])
    return result


def explain(
    store: Store,
    text: str,
    *,
    parameters: Mapping[str, Term] | None = None,
    prefixes: Mapping[str, str] | None = None,
    default_graph: DefaultGraph = "union",
    file: str | None = None,
    analyze: bool = False,
) -> Explanation:
    """The stages of a query; with ``analyze`` it runs, and the engine's plan has timings."""
    from kgtool.plan.context import Context
    from kgtool.plan.query import compile_tree
    from kgtool.sparql.printing import to_text

    query = _parsed(text, parameters, prefixes, file)
    tree, *_ = compile_tree(query, Context(store, query.base), default_graph)
    statement = tree.sql(dialect="duckdb", pretty=True, normalize_functions=False)
    explained = "EXPLAIN ANALYZE " if analyze else "EXPLAIN "
    rows = store.connection.cursor().execute(explained + statement).fetchall()
    return Explanation(to_text(query), statement, "\n".join(row[-1] for row in rows))


def _parsed(
    text: str,
    parameters: Mapping[str, Term] | None,
    prefixes: Mapping[str, str] | None,
    file: str | None,
) -> Query:
    from kgtool.plan.substitute import substitute
    from kgtool.sparql import parse_query

    return substitute(parse_query(text, prefixes=prefixes, file=file), parameters or {})


def _compiled(
    store: Store,
    text: str,
    parameters: Mapping[str, Term] | None,
    prefixes: Mapping[str, str] | None,
    default_graph: DefaultGraph,
    file: str | None,
) -> dict[str, Any]:
    from kgtool.plan.query import compile_query

    query = _parsed(text, parameters, prefixes, file)
    try:
        plan = compile_query(query, store, default_graph=default_graph)
    except KgtoolError as error:
        if error.location is not None:
            error.location = error.location._replace(file=file or "query")
        raise
    return {
        "form": plan.form,
        "sql": plan.sql,
        "variables": list(plan.variables),
        "layout": list(plan.layout),
        "prefixes": dict(plan.prefixes),
        "unknown_names": list(plan.unknown_names),
    }


# The cache ------------------------------------------------------------------------------


def _key(
    store: Store,
    text: str,
    parameters: Mapping[str, Term] | None,
    prefixes: Mapping[str, str] | None,
    default_graph: DefaultGraph,
) -> str:
    bound = sorted((name, str(term)) for name, term in (parameters or {}).items())
    parts = [
        _compiler_version(),
        store.fingerprint,
        text,
        bound,
        sorted((prefixes or {}).items()),
        str(default_graph),
    ]
    return json.dumps(parts)


@cached
def _compiler_version() -> str:
    """Changes with the code that plans come from, between releases too."""
    package = Path(__file__).parent
    folders = (package, package / "functions", package.parent / "sparql")
    newest = max(e.stat().st_mtime_ns for folder in folders for e in os.scandir(folder))
    return f"{__version__} {library_version()} {newest}"


def _kept_plan(cache: Path, key: str) -> dict[str, Any] | None:
    try:
        kept = json.loads(_plan_path(cache, key).read_text(encoding="utf-8"))
        # Names are short enough for two keys to have the same.
        plan: dict[str, Any] | None = kept["plan"] if kept["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return plan


def _keep_plan(cache: Path, key: str, plan: dict[str, Any]) -> None:
    # A cache that cannot be written costs time, no more.
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        path = _plan_path(cache, key)
        partial = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        partial.write_text(json.dumps({"key": key, "plan": plan}), encoding="utf-8")
        partial.replace(path)


def _plan_path(cache: Path, key: str) -> Path:
    # Not hashlib, which loads OpenSSL.
    data = key.encode()
    return cache / f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}.json"


# Running --------------------------------------------------------------------------------


class _Clock:
    """Interrupts a query when its time is up."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, timeout: float | None) -> None:
        self.timeout = timeout
        self._timer = threading.Timer(timeout, cursor.interrupt) if timeout is not None else None
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def error(self, error: Exception) -> BaseException:
        """The error as the caller should see it."""
        if not isinstance(error, duckdb.Error):  # what DuckDB makes of Ctrl-C
            return KeyboardInterrupt() if str(error) == "Query interrupted" else error
        if isinstance(error, duckdb.InterruptException) and self.timeout is not None:
            return LimitError(
                f"the query was stopped after {self.timeout:g} seconds",
                hint="Give it more time with --timeout, or narrow the query.",
            )
        if isinstance(error, duckdb.OutOfMemoryException):
            return LimitError(
                "the query needs more memory than it may use",
                hint="Give it more with --memory-limit, or narrow the query.",
            )
        return error


def _execute(
    store: Store, plan: dict[str, Any], timeout: float | None, max_rows: int | None
) -> Result:
    cursor = store.connection.cursor()
    clock = _Clock(cursor, timeout)

    def close() -> None:
        clock.stop()
        cursor.close()

    try:
        cursor.execute(plan["sql"])
    except (duckdb.Error, RuntimeError) as error:
        close()
        raise clock.error(error) from error
    if plan["form"] == "ask":
        answer = bool(cursor.fetchall()[0][0])
        close()
        return AskResult(answer)
    rows = _rows(cursor, clock, plan["layout"])
    if max_rows is not None:
        rows = _bounded(rows, max_rows)
    if plan["form"] == "graph":
        return GraphResult(rows, plan["prefixes"], close=close)
    return SelectResult(tuple(plan["variables"]), rows, plan["prefixes"], close=close)


def _rows(
    cursor: duckdb.DuckDBPyConnection, clock: _Clock, layout: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    reader = _Reader(layout)
    try:
        while batch := cursor.fetchmany(_BATCH):
            if layout:
                yield from reader.rows(batch)
            else:
                yield from repeat((), len(batch))
    except (duckdb.Error, RuntimeError) as error:
        raise clock.error(error) from error
    finally:
        clock.stop()


def _bounded(rows: Iterator[tuple[Any, ...]], most: int) -> Iterator[tuple[Any, ...]]:
    yield from islice(rows, most)
    if next(rows, None) is not None:
        raise LimitError(
            f"the answer has more than {most:,} rows; these are the first of them",
            hint="Allow more with --max-rows, or narrow the query.",
        )


class _InlineTerms(dict[int, tuple[str, str]]):
    """Type and lexical form of inline ids; the same few come again and again."""

    def __missing__(self, id_: int) -> tuple[str, str]:
        from kgtool.engine.ids import inline_text

        self[id_] = result = inline_text(id_)
        return result


class _Reader:
    """Turns batches of the engine's rows into flat rows (type, lex, …), column by column."""

    def __init__(self, layout: Sequence[str]) -> None:
        self._layout = layout
        self._inline = _InlineTerms()

    def rows(self, batch: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        columns = iter(zip(*batch, strict=True))
        flat: list[Iterable[Any]] = []
        for kind in self._layout:
            if kind == "term":
                flat += [next(columns), next(columns)]
            elif kind == "id":
                flat += self._decoded(next(columns), next(columns), next(columns))
            else:
                texts = next(columns)
                bound = None not in texts
                types = repeat(kind) if bound else [None if t is None else kind for t in texts]
                flat += [types, texts]
        return zip(*flat, strict=False)

    def _decoded(
        self, ids: Sequence[int | None], types: Sequence[str | None], texts: Sequence[str | None]
    ) -> list[Iterable[Any]]:
        inline = self._inline
        pairs = [
            inline[id_] if text is None and id_ is not None else (type_, text)
            for id_, type_, text in zip(ids, types, texts, strict=True)
        ]
        return list(zip(*pairs, strict=True))
