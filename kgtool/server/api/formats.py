"""The formats of the API: those of SPARQL, plain JSON before them, and a page behind them."""

from __future__ import annotations

from functools import cache

from kgtool.results.formats import FORMATS, Format, Kind
from kgtool.server.api.plain import PLAIN
from kgtool.server.negotiation import Chosen, offers_of

#: A page for people, which kgtool writes no file as.
PAGE = Format("page", "text/html", "html", FORMATS["table"].kinds)

_JSON = "application/json"


@cache
def api_offers(kind: Kind) -> tuple[Chosen, ...]:
    """What there is, in the order of what is chosen among equals.

    A graph as JSON is JSON-LD.
    """
    others = [offer for offer in offers_of(kind) if offer.media_type != _JSON]
    page = Chosen(PAGE, PAGE.media_type)
    if kind == "graph":
        return (*others, Chosen(FORMATS["jsonld"], _JSON), page)
    return (Chosen(PLAIN, _JSON), *others, page)


@cache
def by_extension(kind: Kind) -> dict[str, Chosen]:
    """The same by the ending of a file in that format, each once."""
    found: dict[str, Chosen] = {}
    for offer in api_offers(kind):
        found.setdefault(offer.format.extension, offer)
    if kind == "graph":
        found["json"] = Chosen(FORMATS["jsonld"], _JSON)
    return found
