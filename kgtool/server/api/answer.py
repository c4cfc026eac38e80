"""The answer to a stored query: as for any query, but with pages, plain JSON and HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kgtool.results import AskResult, GraphResult, Result, SelectResult
from kgtool.results.formats import Format, Kind
from kgtool.server.api.calls import Call
from kgtool.server.api.plain import PLAIN, answer_text, rows_text
from kgtool.server.api.table_page import TABLE_PAGE, table_page
from kgtool.server.negotiation import Chosen
from kgtool.server.pieces import text_of
from kgtool.server.queries import Answer


@dataclass(slots=True, kw_only=True)
class StoredAnswer(Answer):
    call: Call

    def _choice(self, kind: Kind) -> Chosen:
        return self.call.chosen

    def _text(self, result: Result, format_: Format) -> Iterator[str]:
        links: dict[str, str] = {}
        if self.call.number is not None and not isinstance(result, AskResult):
            result, has_more = _first_rows(result, self.call.size)
            links = self.call.links(has_more)
            self.links = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())
        if format_ is TABLE_PAGE:
            query = self.call.entry.query
            return table_page(query.summary, query.description, result, links)
        if format_ is not PLAIN:
            return text_of(result, format_)
        if isinstance(result, SelectResult):
            return rows_text(result.variables, result.raw())
        return iter((answer_text(bool(result)),))


def _first_rows(result: SelectResult | GraphResult, count: int) -> tuple[Result, bool]:
    """So many rows, which are few, and whether there are more."""
    if isinstance(result, SelectResult):
        rows = list(islice(result.raw(), count + 1))
        return SelectResult(result.variables, rows[:count], result.prefixes), len(rows) > count
    triples = list(islice(result.raw(), count + 1))
    return GraphResult(triples[:count], result.prefixes), len(triples) > count
