"""Tables on a terminal, through rich where it is installed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from itertools import chain, islice
from typing import IO, cast

from kgtool.rdf.sink import Output, write_chunks
from kgtool.results._flat import FlatRow
from kgtool.results._shorten import Shortener, numeric_columns
from kgtool.results.table_format import rows_text

#: Longer tables are printed as plain text: rich needs about a millisecond a row.
MOST_ROWS = 1000
#: What a column takes beside its text.
_GAP = 3


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
    if len(head) > MOST_ROWS or not variables or find_spec("rich") is None:
        write_chunks(rows_text(variables, chain(head, iterator), prefixes), out)
        return
    _print_rich(variables, head, prefixes, cast("IO[str]", out))


def _print_rich(
    variables: tuple[str, ...], rows: list[FlatRow], prefixes: Mapping[str, str], out: IO[str]
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shorten = Shortener(prefixes)
    cells = [list(shorten.cells(row)) for row in rows]
    console = Console(file=out)
    if _narrowest(variables, cells) > console.width:
        write_chunks(_records(variables, cells), out)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name, number in zip(variables, numeric_columns(rows, len(variables)), strict=True):
        table.add_column(Text(name), justify="right" if number else "left", overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _narrowest(variables: tuple[str, ...], rows: list[list[str]]) -> int:
    """The width of a table that cuts no word."""
    from rich.cells import cell_len

    widths = [
        max((cell_len(word) for text in column for word in text.split()), default=0)
        for column in zip(variables, *rows, strict=True)
    ]
    return sum(widths) + _GAP * len(widths)


def _records(variables: tuple[str, ...], rows: list[list[str]]) -> Iterator[str]:
    """Each row as lines of name and cell; cells that are empty are left out."""
    width = max(map(len, variables))
    for number, row in enumerate(rows):
        yield "\n" if number else ""
        for name, text in zip(variables, row, strict=True):
            if text:
                yield f"{name:<{width}}  {text}\n"
