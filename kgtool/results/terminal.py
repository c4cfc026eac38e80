"""Tables on a terminal: cells are folded between words to its width."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, zip_longest

from kgtool.rdf.sink import Output, write_chunks
from kgtool.results._flat import FlatRow
from kgtool.results._shorten import Shortener, numeric_columns
from kgtool.results.table_format import GAP, line_text, rows_text, rule_text, text_width

#: Longer tables are printed as plain text, as they come.
MOST_ROWS = 1000
_WIDTH = 80


def print_rows(
    variables: tuple[str, ...],
    rows: Iterable[FlatRow],
    prefixes: Mapping[str, str],
    out: Output,
) -> None:
    """Print the rows; cells are folded between words at the terminal's width, not cut.

    Where a word would have to be cut, each row is printed as a list of its cells.
    """
    iterator = iter(rows)
    head = list(islice(iterator, MOST_ROWS + 1))
    if len(head) > MOST_ROWS or not variables:
        chunks = rows_text(variables, chain(head, iterator), prefixes)
    else:
        shorten = Shortener(prefixes)
        cells = [shorten.cells(row) for row in head]
        right = numeric_columns(head, len(variables))
        widths = _column_widths(variables, cells, _terminal_width(out))
        chunks = _folded(variables, cells, widths, right) if widths else _records(variables, cells)
    write_chunks(chunks, out)


def _column_widths(
    variables: tuple[str, ...], rows: list[list[str]], width: int
) -> list[int] | None:
    """Widths with which the table fits without cutting a word, or None where none do.

    The widest columns give way first.
    """
    columns = list(zip(variables, *rows, strict=True))
    full = [max(map(text_width, column)) for column in columns]
    least = [max((text_width(w) for text in column for w in text.split()), default=0)
             for column in columns]  # fmt: skip
    room = width - len(GAP) * (len(columns) - 1)
    if sum(least) > room:
        return None
    for most in range(max(full), 0, -1):
        widths = [max(low, min(high, most)) for low, high in zip(least, full, strict=True)]
        if sum(widths) <= room:
            return widths
    return least


def _folded(
    variables: tuple[str, ...], rows: list[list[str]], widths: list[int], right: list[bool]
) -> Iterator[str]:
    """The table, its header in bold."""
    header = line_text(variables, widths, right)
    yield header if os.environ.get("TERM") == "dumb" else f"\x1b[1m{header[:-1]}\x1b[0m\n"
    yield rule_text(widths)
    for row in rows:
        lines = zip_longest(*map(_fold, row, widths), fillvalue="")
        yield "".join(line_text(line, widths, right) for line in lines)


def _fold(text: str, width: int) -> list[str]:
    """Lines of whole words, none wider than ``width``."""
    if text_width(text) <= width:
        return [text]
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(lines[-1]) + 1 + text_width(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def _records(variables: tuple[str, ...], rows: list[list[str]]) -> Iterator[str]:
    """Each row as lines of name and cell; cells that are empty are left out."""
    width = max(map(len, variables))
    for number, row in enumerate(rows):
        yield "\n" if number else ""
        for name, text in zip(variables, row, strict=True):
            if text:
                yield f"{name:<{width}}  {text}\n"


def _terminal_width(out: Output) -> int:
    """What COLUMNS says, else the terminal itself. (shutil, which knows too, takes 2 ms.)"""
    try:
        return int(os.environ["COLUMNS"]) or _WIDTH
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size(out.fileno()).columns or _WIDTH
    except (OSError, ValueError, AttributeError):
        return _WIDTH
