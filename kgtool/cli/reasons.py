"""The answers to why: of ``kgtool query --why`` and ``--why-empty``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgtool.cli.output import output_stream
from kgtool.errors import UsageError

if TYPE_CHECKING:
    from kgtool.project.graph import Graph
    from kgtool.project.lineage import ExplainedRow, Lineage
    from kgtool.project.stored import StoredQuery

#: Rows that are explained to people unless --max-rows asks for others.
_SHOWN = 20


def show_lineage(
    graph: Graph,
    query: StoredQuery,
    given: Mapping[str, object],
    limits: Mapping[str, Any],
    format_: str | None,
    output: Path | None,
    max_rows: int | None,
) -> int:
    """Writes the rows with their reasons, as text or JSON."""
    from kgtool.project.lineage import Lineage

    form = _form(format_, output)
    lineage = Lineage(graph)
    rows = lineage.rows(query, given, **limits)
    text = _json(rows, max_rows) if form == "json" else _text(lineage, rows, max_rows or _SHOWN)
    with output_stream(output) as out:
        for piece in text:
            out.write(piece.encode())
    return 0


def show_empty(
    graph: Graph,
    query: StoredQuery,
    given: Mapping[str, object],
    limits: Mapping[str, Any],
    format_: str | None,
    output: Path | None,
    max_rows: int | None,
) -> int:
    """Writes what leaves the query without an answer, as text or JSON."""
    from kgtool.project.emptiness import Emptiness

    form = _form(format_, output)
    found = Emptiness(graph, query, given, **limits)
    if form == "json":
        text = json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n"
    else:
        lines = found.lines() if found.losses else ["the query has solutions"]
        text = "".join(f"{line}\n" for line in lines)
    with output_stream(output) as out:
        out.write(text.encode())
    return 0


def _form(format_: str | None, output: Path | None) -> str:
    if format_ is None:
        return "json" if output is not None and output.suffix == ".json" else "text"
    if format_ not in ("json", "table"):
        raise UsageError(f"reasons are not written as {format_}", expected="text or --format json")
    return "json" if format_ == "json" else "text"


def _text(lineage: Lineage, rows: Iterator[ExplainedRow], most: int) -> Iterator[str]:
    number = 0
    for number, row in enumerate(islice(rows, most), 1):
        yield from (f"{line}\n" for line in lineage.lines(row, number))
        yield "\n"
    rest = sum(1 for _ in rows)
    if rest:
        yield f"… and {rest:,} more rows; --max-rows shows more\n"
    elif not number:
        yield "no rows; --why-empty says which part of the query has none\n"


def _json(rows: Iterable[ExplainedRow], most: int | None) -> Iterator[str]:
    """One object, a row a line."""
    separator = '{"rows": [\n  '
    for row in islice(rows, most):
        yield separator + json.dumps(row.to_json(), ensure_ascii=False)
        separator = ",\n  "
    yield '{"rows": []}\n' if separator.startswith("{") else "\n]}\n"
