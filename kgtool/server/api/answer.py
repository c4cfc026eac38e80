"""The answer to a stored query: as for any query, but with pages, plain JSON and HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kgtool.results import AskResult, GraphResult, Result, SelectResult
from kgtool.results.formats import Format, Kind
from kgtool.server.api.calls import Call
from kgtool.server.api.plain import PLAIN, answer_text, rows_text
from kgtool.server.api.table_page import table_page
from kgtool.server.negotiation import Chosen
from kgtool.server.pages.rendering import look
from kgtool.server.pages.site import Sites
from kgtool.server.pieces import text_of
from kgtool.server.queries import Answer
from kgtool.server.stores import Version


@dataclass(slots=True, kw_only=True)
class StoredAnswer(Answer):
    call: Call
    sites: Sites

    def at_once(self) -> bytes | None:
        # A page is not made beside other requests.
        return None if self.call.is_html else Answer.at_once(self)

    def _choice(self, kind: Kind) -> Chosen:
        return self.call.chosen

    def _variant(self) -> str:
        media_type = self.call.chosen.media_type
        return f"{media_type} {look()}" if self.call.is_html else media_type

    def _text(self, result: Result, format_: Format, version: Version) -> Iterator[str]:
        links: dict[str, str] = {}
        if self.call.number is not None and not isinstance(result, AskResult):
            result, has_more = _first_rows(result, self.call.size)
            links = self.call.links(has_more)
            self.links = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())
        if self.call.is_html:
            site = self.sites.of(version)
            return iter((table_page(site, self.call, result, links, self.warnings),))
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
