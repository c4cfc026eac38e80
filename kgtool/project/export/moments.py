"""Dates of any precision: the first and the last of them, as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Literal, Term

_DATED = {XSD.gYear, XSD.gYearMonth, XSD.date, XSD.dateTime, XSD.base + "dateTimeStamp"}
_PARTS = re.compile(
    r"(?P<year>-?\d{4,})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T(?P<time>[\d:.]+))?)?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?"
)


def first(values: Iterable[Term]) -> str | None:
    """The date that begins before all others; of those that begin together the most precise."""
    found = _dates(values)
    return min(found, key=lambda text: (_key(text, "01", "00"), -len(text)), default=None)


def last(values: Iterable[Term]) -> str | None:
    """The date that ends after all others; of those that end together the most precise."""
    found = _dates(values)
    return max(found, key=lambda text: (_key(text, "99", "99"), len(text)), default=None)


def _dates(values: Iterable[Term]) -> list[str]:
    return sorted(
        v.lexical
        for v in values
        if isinstance(v, Literal) and v.datatype in _DATED and _PARTS.fullmatch(v.lexical)
    )


def _key(text: str, day: str, hour: str) -> tuple[int, str, str, str]:
    """By its local time; what is not said is the first or the last that it may be."""
    parts = _PARTS.fullmatch(text)
    assert parts is not None
    time = parts["time"] or f"{hour}:00:00"
    return int(parts["year"]), parts["month"] or day, parts["day"] or day, time
