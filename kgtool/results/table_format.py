"""Aligned text for people. Cells are never cut; ``terminal`` is what fits a screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from kgtool.rdf.sink import batches
from kgtool.results._flat import FlatRow
from kgtool.results._shorten import Shortener, numeric_columns

#: Columns are as wide as the widest of so many rows; later ones may stick out. Aligning
#: to all rows would hold all of them in memory.
SAMPLE = 10_000
#: What stands between columns.
GAP = "  "


def rows_text(
    variables: tuple[str, ...], rows: Iterable[FlatRow], prefixes: Mapping[str, str]
) -> Iterator[str]:
    """The rows as a table of plain text: a header, a rule, numbers to the right."""
    shorten = Shortener(prefixes)
    pieces = batches(rows, SAMPLE)
    sample = next(pieces, [])
    right = numeric_columns(sample, len(variables))
    cells = [shorten.cells(row) for row in sample]
    widths = [max(map(text_width, column)) for column in zip(variables, *cells, strict=True)]
    yield line_text(variables, widths, right) + rule_text(widths)
    later = (map(shorten.cells, piece) for piece in pieces)
    for piece in chain([cells], later):
        yield "".join(line_text(row, widths, right) for row in piece)


def answer_text(answer: bool) -> str:
    """``yes`` or ``no``."""
    return "yes\n" if answer else "no\n"


def line_text(cells: Iterable[str], widths: list[int], right: list[bool]) -> str:
    """A line of the table, with its end."""
    parts = []
    for cell, width, to_right in zip(cells, widths, right, strict=True):
        space = " " * (width - text_width(cell))
        parts.append(space + cell if to_right else cell + space)
    return GAP.join(parts).rstrip() + "\n"


def rule_text(widths: Iterable[int]) -> str:
    """The line under the header."""
    return GAP.join("─" * width for width in widths).rstrip() + "\n"


def text_width(text: str) -> int:
    """The columns a terminal gives to a text: two for East Asian wide characters."""
    if text.isascii():
        return len(text)
    import unicodedata

    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))
