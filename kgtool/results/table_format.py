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


def rows_text(
    variables: tuple[str, ...], rows: Iterable[FlatRow], prefixes: Mapping[str, str]
) -> Iterator[str]:
    """The rows as a table of plain text: a header, a rule, numbers to the right."""
    shorten = Shortener(prefixes)
    pieces = batches(rows, SAMPLE)
    sample = next(pieces, [])
    right = numeric_columns(sample, len(variables))
    cells = [shorten.cells(row) for row in sample]
    widths = [max(map(_width, column)) for column in zip(variables, *cells, strict=True)]
    yield _line(variables, widths, right) + _line(["─" * w for w in widths], widths, right)
    later = (map(shorten.cells, piece) for piece in pieces)
    for piece in chain([cells], later):
        yield "".join(_line(row, widths, right) for row in piece)


def answer_text(answer: bool) -> str:
    """``yes`` or ``no``."""
    return "yes\n" if answer else "no\n"


def _line(cells: Iterable[str], widths: list[int], right: list[bool]) -> str:
    parts = []
    for cell, width, to_right in zip(cells, widths, right, strict=True):
        space = " " * (width - _width(cell))
        parts.append(space + cell if to_right else cell + space)
    return "  ".join(parts).rstrip() + "\n"


def _width(text: str) -> int:
    """The columns a terminal gives to a text: two for East Asian wide characters."""
    if text.isascii():
        return len(text)
    import unicodedata

    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))
