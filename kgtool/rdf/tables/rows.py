"""The rows of a CSV or TSV file, with the places of their cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, TypedDict

from kgtool.errors import Location, RdfSyntaxError
from kgtool.rdf.files import invalid_utf8, merge_conflict, open_bytes
from kgtool.rdf.tables.model import Dialect


@dataclass(slots=True)
class Record:
    """The cells of a row, and the lines that it stands in, from number ``line`` on."""

    cells: list[str]
    line: int
    lines: list[str]

    def place(self, name: str, number: int, dialect: Dialect) -> Location:
        """Where the cell of that number (from 0) begins; the end of the row if it has none."""
        row = column = 0
        count, quoted = 0, False
        for row, line in enumerate(self.lines):
            for column, sign in enumerate(line):
                if count == number:
                    return Location(name, self.line + row, column + 1, line.rstrip("\r\n"))
                if sign == dialect.quote:
                    quoted = not quoted
                elif sign == dialect.delimiter and not quoted:
                    count += 1
            if count == number:
                break
        text = self.lines[row].rstrip("\r\n")
        return Location(name, self.line + row, len(text) + 1, text)


@dataclass(slots=True)
class _Lines:
    """Lines handed to the library, which tells nothing of those that it has read."""

    stream: Iterator[str]
    taken: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.stream)
        self.taken.append(line)
        return line


#: The library's own bound on the characters of a cell is for untrusted forms, and low.
_LONGEST = 1 << 30


class _Options(TypedDict):
    delimiter: str
    quotechar: str | None
    doublequote: bool
    escapechar: str | None
    quoting: Literal[0, 3]
    strict: bool


def records(path: Path, dialect: Dialect) -> Iterator[Record]:
    """The rows of a table, its head first; blank lines and comments are passed over.

    Raises RdfSyntaxError, with line and column, and NotFoundError.
    """
    options: _Options = {
        "delimiter": dialect.delimiter,
        "quotechar": dialect.quote,
        "doublequote": dialect.double_quote,
        "escapechar": None if dialect.double_quote else "\\",
        "quoting": csv.QUOTE_NONE if dialect.quote is None else csv.QUOTE_MINIMAL,
        "strict": True,
    }
    csv.field_size_limit(_LONGEST)
    with open_bytes(path) as stream, _text(stream, path, dialect) as text:
        lines = _Lines(text)
        number = 1
        try:
            while number <= dialect.skip_rows and next(lines, None) is not None:
                number += 1
            lines.taken.clear()
            for cells in csv.reader(lines, **options):
                taken = lines.taken[:]
                lines.taken.clear()
                if cells and not _is_comment(taken[0], dialect):
                    yield Record(_trimmed(cells, dialect), number, taken)
                number += len(taken)
        except csv.Error as error:
            raise _refused(path, error, number, lines.taken) from None
        except UnicodeError:
            raise _undecoded(path, dialect) from None


def _text(stream: IO[bytes], path: Path, dialect: Dialect) -> io.TextIOWrapper:
    encoding = "utf-8-sig" if dialect.encoding.lower() in ("utf-8", "utf8") else dialect.encoding
    try:
        return io.TextIOWrapper(stream, encoding, newline="")
    except (LookupError, ValueError):
        raise RdfSyntaxError(
            f"there is no encoding {dialect.encoding!r}", location=Location(str(path))
        ) from None


def _is_comment(line: str, dialect: Dialect) -> bool:
    return bool(dialect.comment) and line.startswith(str(dialect.comment))


def _trimmed(cells: list[str], dialect: Dialect) -> list[str]:
    trim = {"true": str.strip, "start": str.lstrip, "end": str.rstrip}.get(dialect.trim)
    return [trim(cell) for cell in cells] if trim else cells


def _refused(path: Path, error: csv.Error, line: int, taken: list[str]) -> RdfSyntaxError:
    conflict = merge_conflict("".join(taken), str(path))
    if conflict is not None and conflict.location is not None:
        inside = (conflict.location.line or 1) - 1
        conflict.location = conflict.location._replace(line=line + inside)
        return conflict
    text = taken[0].rstrip("\r\n") if taken else None
    return RdfSyntaxError(
        f"the row cannot be read: {error}",
        location=Location(str(path), line, None, text),
        expected="cells as RFC 4180 has them",
        hint='A quotation mark in a cell is written twice: "so ""quoted"" words".',
    )


def _undecoded(path: Path, dialect: Dialect) -> RdfSyntaxError:
    found = invalid_utf8(path) if dialect.encoding.lower() in ("utf-8", "utf8") else None
    return found or RdfSyntaxError(
        f"the file is not in the encoding {dialect.encoding}", location=Location(str(path))
    )
