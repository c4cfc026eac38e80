"""Whether a text is one of a datatype of XML Schema 1.1 (part 2)."""

from __future__ import annotations

import datetime
import re

from kgtool.rdf.lexical import PATTERNS
from kgtool.rdf.namespaces import INTEGER_RANGES, XSD

_DATE = r"(-?[0-9]{4,})-([0-9]{2})-([0-9]{2})"
_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_KNOWN = {
    name: re.compile(pattern)
    for name, pattern in {
        **PATTERNS,
        XSD.boolean: "true|false|1|0",
        XSD.integer: r"[+-]?[0-9]+",
        XSD.decimal: r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
        XSD.double: r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
        XSD.date: f"{_DATE}{_ZONE}?",
        XSD.dateTime: f"{_DATE}{_TIME}{_ZONE}?",
        XSD.base + "dateTimeStamp": f"{_DATE}{_TIME}{_ZONE}",
        XSD.base + "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    }.items()
}
_KNOWN[XSD.float] = _KNOWN[XSD.double]


def has_value(text: str, datatype: str) -> bool:
    """Whether the datatype has the text; one that is not known has all."""
    if datatype in INTEGER_RANGES:
        least, most = INTEGER_RANGES[datatype]
        if not _KNOWN[XSD.integer].fullmatch(text):
            return False
        number = int(text)
        return (least is None or number >= least) and (most is None or number <= most)
    pattern = _KNOWN.get(datatype)
    found = pattern.fullmatch(text) if pattern else None
    if pattern is None:
        return True
    return found is not None and (found.re.groups < 3 or _is_day(*found.groups()[:3]))


def _is_day(year: str, month: str, day: str) -> bool:
    """Whether the calendar has the day, in any year."""
    number = int(year)
    like = 2000 + number % 400  # the calendar repeats
    try:
        datetime.date(like, int(month), int(day))
    except ValueError:
        return False
    return True
