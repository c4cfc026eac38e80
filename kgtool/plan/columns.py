"""The answer of a SELECT as columns of values, which never become Python objects.

A term is its value here: an integer, a date, the text of an IRI. Where the terms of a variable
are of several kinds, or of one that the engine has no type for, it is their lexical form.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgtool.engine.sqltext import quote
from kgtool.errors import UsageError
from kgtool.plan.execution import Statement
from kgtool.plan.run import DefaultGraph, parsed

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.rdf.terms import Term


def query_columns(
    store: Store,
    text: str,
    *,
    parameters: Mapping[str, Term] | None = None,
    prefixes: Mapping[str, str] | None = None,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
    file: str | None = None,
) -> Columns:
    """The columns of a SELECT query; see run_query for the arguments and what is raised."""
    from kgtool.plan.query import compile_query

    query = parsed(text, parameters, prefixes, file)
    plan = compile_query(query, store, default_graph=default_graph, output="values")
    if plan.form != "select":
        raise UsageError("columns are those of a SELECT query", expected="SELECT")
    return Columns(store, plan.sql, timeout)


class Columns:
    """The answer as typed columns, one for each variable; made anew each time it is asked for."""

    def __init__(self, store: Store, sql: str, timeout: float | None) -> None:
        self._store = store
        self._sql = sql
        self._timeout = timeout

    def write_parquet(self, path: Path) -> None:
        """Write a Parquet file, compressed with Zstandard. Raises LimitError."""
        copied = f"COPY ({self._sql}) TO {quote(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        statement = Statement(self._store, self._timeout)
        statement.run(copied)
        for _ in statement.batches():
            pass

    def arrow(self) -> Any:
        """A pyarrow.Table. Raises UsageError without the package pyarrow, LimitError."""
        if find_spec("pyarrow") is None:
            raise UsageError("Arrow needs the package pyarrow", hint="pip install pyarrow")
        import_module("duckdb")  # gives connections their methods for Arrow
        return Statement(self._store, self._timeout).arrow(self._sql)
