"""SPARQL 1.1 Query Results CSV (section 3 of CSV and TSV Formats).

CSV keeps lexical forms only: what is read back are strings and blank nodes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from kgtool.errors import DataError, Location
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.sink import batches
from kgtool.results._flat import FlatRow


class _Lines(list[str]):
    """Takes the lines that csv.writer writes."""

    write = list.append


def rows_text(
    variables: tuple[str, ...], rows: Iterable[FlatRow], prefixes: Mapping[str, str]
) -> Iterator[str]:
    """The rows as CSV; CR LF ends a line, as RFC 4180 has it."""
    yield _csv([variables])
    for batch in batches(rows):
        yield _csv([_cells(row) if "bnode" in row else row[1::2] for row in batch])


def answer_text(answer: bool) -> str:
    """``true`` or ``false``: the specification leaves ASK out, other tools do this."""
    return "true\r\n" if answer else "false\r\n"


def _csv(rows: Iterable[tuple[str | None, ...]]) -> str:
    lines = _Lines()
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return "".join(lines)


def _cells(row: FlatRow) -> tuple[str | None, ...]:
    pairs = zip(row[::2], row[1::2], strict=True)
    return tuple(f"_:{lexical}" if type_ == "bnode" else lexical for type_, lexical in pairs)


def read_rows(stream: TextIO) -> tuple[tuple[str, ...], Iterator[FlatRow]] | bool:
    """The variables and rows of a CSV file, or the answer when it holds only that.

    An empty cell is unbound, ``_:x`` a blank node, everything else a string.
    """
    reader = csv.reader(stream, strict=True)
    try:
        header = next(reader, None)
    except csv.Error as error:
        raise _bad(reader.line_num, str(error)) from error
    if header is None:
        raise DataError("an empty file is not a CSV result", expected="a line of variables")
    variables = tuple(name.removeprefix("?") for name in header)
    rows = _rows(reader, len(variables))
    if header in (["true"], ["false"]):
        return header == ["true"]
    return variables, rows


def _rows(reader: Iterator[list[str]], width: int) -> Iterator[FlatRow]:
    line = 1
    try:
        for line, cells in enumerate(reader, 2):
            # An empty line is a row whose only variable is unbound, or that has none.
            row = cells or [""] * min(width, 1)
            if len(row) != width:
                raise _bad(line, f"{len(row)} cells where the header has {width}")
            yield tuple(part for cell in row for part in _term(cell))
    except csv.Error as error:
        raise _bad(line + 1, str(error)) from error


def _term(cell: str) -> tuple[str | None, str | None]:
    if not cell:
        return None, None
    return ("bnode", cell[2:]) if cell.startswith("_:") and cell[2:] else (XSD.string, cell)


def _bad(line: int, what: str) -> DataError:
    return DataError(f"not a CSV result: {what}", location=Location(line=line))
