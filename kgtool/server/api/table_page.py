"""An answer as a page that a browser shows."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from kgtool.results import AskResult, GraphResult, Result
from kgtool.server.api.calls import Call
from kgtool.server.pages.addresses import QUERY
from kgtool.server.pages.rendering import render
from kgtool.server.pages.site import Site
from kgtool.server.pages.tables import table_of
from kgtool.server.pages.views import Views


def table_page(
    site: Site, call: Call, result: Result, links: Mapping[str, str], warnings: tuple[str, ...]
) -> str:
    """A page with an answer; ``links`` go to other pages of it, by their relation."""
    table = answer = None
    if isinstance(result, AskResult):
        answer = result.answer
    else:
        rows = result.as_rows() if isinstance(result, GraphResult) else result
        views = Views(site.addresses, {**site.store.prefixes, **result.prefixes}, {})
        table = table_of(views, rows.variables, rows)
    query = call.entry.query
    form = f"{QUERY}/{quote(query.name)}?{urlencode(call.values)}".rstrip("?")
    return render(
        "call", site=site, query=query, table=table, answer=answer, links=links,
        formats=call.formats(), form=form, warnings=warnings,
    )  # fmt: skip
