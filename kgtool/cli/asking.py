"""Turns the arguments of query and explain into a graph and a query."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from kgtool.cli.options import find, open_graph
from kgtool.errors import NotFoundError, UsageError, did_you_mean

if TYPE_CHECKING:
    from kgtool.cli.console import Console
    from kgtool.cli.engines import EngineOptions
    from kgtool.project.graph import Graph
    from kgtool.project.stored import StoredQuery


def asked(
    name: str | None,
    expression: str | None,
    folder: Path | None,
    store: Path | str | None,
    given: Collection[str],
    console: Console,
    memory_limit: str | None = None,
    running: EngineOptions | None = None,
) -> tuple[Graph, StoredQuery]:
    """The open graph and the query that is asked of it.

    The query is read, and its header and the names of the parameters given are checked,
    before a store is opened or built.
    """
    query = _query(name, expression, folder)
    query.check_given(given)
    if running is not None and running.is_spark:
        from kgtool.project.on_spark import open_on_spark

        if store is None:
            raise UsageError("Spark asks a store in Parquet", expected="--store URI")
        return open_on_spark(running.session(), str(store)), query
    return open_graph(folder, store, console, memory_limit), query


def _query(name: str | None, expression: str | None, folder: Path | None) -> StoredQuery:
    from kgtool.project.stored import StoredQueries, loose_query, read_query_text

    if (name is None) == (expression is None):
        raise UsageError(
            "there is no query" if name is None else f"there are two queries, {name!r} and -e",
            expected="one of a NAME, a FILE.rq, - for standard input, and -e 'SPARQL'",
            hint="`kgtool queries` lists the stored queries.",
        )
    if expression is not None:
        return loose_query(expression, "query")
    if name == "-":
        return loose_query(_standard_input(), "standard input")
    path = Path(str(name))
    if _is_file(path):
        return loose_query(read_query_text(path, str(path)), str(path))
    stored = StoredQueries(find(folder))
    if path.suffix == ".rq" and path.with_suffix("").as_posix() not in stored:
        raise NotFoundError(
            f"there is no file {path}, and no stored query of that name",
            hint=did_you_mean(path.stem, stored.names()) or "`kgtool queries` lists them.",
        )
    return stored.get(str(name))


def request_text(file: str | None, expression: str | None) -> tuple[str, str]:
    """The text of an update request, and its name in errors."""
    from kgtool.project.stored import read_query_text

    if (file is None) == (expression is None):
        raise UsageError(
            "there is no request" if file is None else f"there are two requests, {file!r} and -e",
            expected="one of a FILE.ru, - for standard input, and -e 'SPARQL'",
        )
    if expression is not None:
        return expression, "request"
    if file == "-":
        return _standard_input(), "standard input"
    if not Path(str(file)).is_file():
        raise NotFoundError(
            f"there is no file {file}", hint="A request as text is given with -e 'INSERT …'."
        )
    return read_query_text(Path(str(file)), str(file)), str(file)


def _is_file(path: Path) -> bool:
    """Whether the argument is a path; a name alone is a stored query."""
    if path.suffix != ".rq":
        return False
    if path.is_file():
        return True
    if len(path.parts) > 1:
        raise NotFoundError(f"there is no file {path}")
    return False


def _standard_input() -> str:
    if sys.stdin.isatty():
        raise UsageError("standard input is a terminal", expected="a query through a pipe")
    return sys.stdin.read()
