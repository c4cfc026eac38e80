"""Tables on a terminal, through rich where it is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from itertools import chain, islice
from typing import IO, cast

from kgtool.rdf.sink import Output, write_chunks
from kgtool.results._flat import FlatRow
from kgtool.results._shorten import Shortener, numeric_columns
from kgtool.results.table_format import rows_text

#: Longer tables are printed as plain text: rich needs about a millisecond a row.
MOST_ROWS = 1000


def print_rows(
    variables: tuple[str, ...],
    rows: Iterable[FlatRow],
    prefixes: Mapping[str, str],
    out: Output,
) -> None:
    """Print the rows; long cells are folded at the terminal's width, not cut."""
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

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name, number in zip(variables, numeric_columns(rows, len(variables)), strict=True):
        table.add_column(Text(name), justify="right" if number else "left", overflow="fold")
    shorten = Shortener(prefixes)
    for row in rows:
        table.add_row(*map(Text, shorten.cells(row)))
    Console(file=out).print(table)
