"""Which of the formats of a result a client wants (RFC 9110, section 12.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from kgtool.results.formats import FORMATS, Format, Kind
from kgtool.server.refusals import Refusal

#: What is sent where a client has no wish, and first among equals.
_FIRST: dict[Kind, str] = {"select": "json", "ask": "json", "graph": "turtle"}
_PAGES = {"text/html", "application/xhtml+xml"}


class Chosen(NamedTuple):
    """A format, and the media type that the client calls it by."""

    format: Format
    media_type: str

    @property
    def content_type(self) -> str:
        """The value of Content-Type; all formats are in UTF-8."""
        is_text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if is_text else self.media_type


@lru_cache(maxsize=64)
def chosen_format(accept: str | None, kind: Kind) -> Chosen:
    """The format of that kind of result that an Accept header asks for.

    Raises Refusal (406), which lists what there is.
    """
    return chosen_of(accept, offers_of(kind))


def chosen_of(accept: str | None, offers: Sequence[Chosen]) -> Chosen:
    """The same, of these; the first among equals."""
    if not accept or not accept.strip():
        return offers[0]
    ranges = list(weighted(accept))
    best = max(offers, key=lambda offer: _quality(ranges, offer.media_type))
    if _quality(ranges, best.media_type) == 0:
        listed = "".join(f"  {offer.media_type}\n" for offer in offers)
        raise Refusal(406, f"none of what Accept names is there; there are:\n{listed}")
    return best


@lru_cache(maxsize=64)
def accepts_gzip(header: str | None) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    weights = dict(weighted(header or ""))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def wants_page(accept: str | None) -> bool:
    """Whether an Accept header asks for a page rather than for data.

    Only one that names HTML does: who takes anything is a program.
    """
    ranges = list(weighted(accept or ""))
    named = {name for name, _ in ranges} & _PAGES
    page = max((_quality(ranges, name) for name in named), default=0.0)
    data = max(_quality(ranges, offer.media_type) for offer in _offers("graph"))
    return page > 0 and page >= data


def media_types(kind: Kind) -> list[str]:
    """The media types of all formats of a kind of result."""
    return [f.media_type for f in FORMATS.values() if kind in f.kinds]


def offers_of(kind: Kind) -> list[Chosen]:
    """What there is, in the order of what is chosen among equals."""
    return list(_offers(kind))


def quality(accept: str | None, media_type: str) -> float:
    """How much an Accept header wants a media type; without one, all are wanted alike."""
    return _quality(list(weighted(accept)), media_type) if accept and accept.strip() else 1.0


def _offers(kind: Kind) -> Iterator[Chosen]:
    formats = [f for f in FORMATS.values() if kind in f.kinds]
    formats.sort(key=lambda f: (f.name != _FIRST[kind], f.name in ("table", "markdown")))
    for format_ in formats:
        yield Chosen(format_, format_.media_type)
    for format_ in formats:
        for alias in format_.aliases:
            if alias.startswith(("application/", "text/")):
                yield Chosen(format_, alias)


def weighted(header: str) -> Iterator[tuple[str, float]]:
    """The members of a header with their q-values; what cannot be read counts for nothing."""
    for member in header.split(","):
        name, *parameters = (part.strip().lower() for part in member.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = min(1.0, max(0.0, float(parameter[2:])))
                except ValueError:
                    weight = 0.0
        if name:
            yield name, weight if weight == weight else 0.0


def _quality(ranges: list[tuple[str, float]], media_type: str) -> float:
    """The weight of the most specific range that a media type falls into."""
    weights = dict(ranges)
    family = media_type.partition("/")[0]
    for name in (media_type, f"{family}/*", "*/*"):
        if name in weights:
            return weights[name]
    return 0.0
