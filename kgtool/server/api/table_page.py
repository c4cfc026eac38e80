"""An answer as a table that a browser shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from kgtool.rdf.sink import batches
from kgtool.results import AskResult, GraphResult, Result
from kgtool.results._flat import FlatRow
from kgtool.results.formats import FORMATS, Format

TABLE_PAGE = Format("page", "text/html", "html", FORMATS["table"].kinds)


def table_page(
    title: str, description: str, result: Result, links: Mapping[str, str]
) -> Iterator[str]:
    """A page of HTML with an answer; ``links`` go to other pages of it, by their relation."""
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
    )
    if description:
        yield f"<p>{escape(description)}</p>\n"
    if isinstance(result, AskResult):
        yield f"<p>{'yes' if result else 'no'}</p>\n"
    else:
        rows = result.as_rows() if isinstance(result, GraphResult) else result
        yield from _table(rows.variables, rows.raw())
    if links:
        shown = (f'<a rel="{rel}" href="{escape(url)}">{rel}</a>' for rel, url in links.items())
        yield f"<nav>{' '.join(shown)}</nav>\n"
    yield "</main>\n</body>\n</html>\n"


def _table(variables: tuple[str, ...], rows: Iterable[FlatRow]) -> Iterator[str]:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in variables)
    yield f"<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n"
    for batch in batches(rows):
        yield "".join(_row(row) for row in batch)
    yield "</tbody>\n</table>\n"


def _row(row: FlatRow) -> str:
    cells = (_cell(*cell) for cell in zip(row[::2], row[1::2], strict=True))
    return f"<tr>{''.join(cells)}</tr>\n"


def _cell(type_: str | None, lexical: str | None) -> str:
    """A term; only what is surely an address of the web is a link."""
    if type_ is None or lexical is None:
        return "<td></td>"
    text = escape(lexical)
    if type_ == "iri" and lexical.startswith(("http://", "https://")):
        return f'<td><a href="{text}">{text}</a></td>'
    if type_ == "bnode":
        return f"<td>_:{text}</td>"
    if type_.startswith("@"):
        return f'<td lang="{escape(type_[1:])}">{text}</td>'
    return f"<td>{text}</td>"
