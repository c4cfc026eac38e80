"""Formats of numbers and dates (Metadata Vocabulary for Tabular Data, 6.4.2 and 6.4.4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kgtool.rdf.namespaces import XSD

_FIELDS = {
    "yyyy": r"(?P<year>-?\d{4,})",
    "MM": r"(?P<month>\d\d)",
    "M": r"(?P<month>\d\d?)",
    "dd": r"(?P<day>\d\d)",
    "d": r"(?P<day>\d\d?)",
    "HH": r"(?P<hour>\d\d)",
    "mm": r"(?P<minute>\d\d)",
    "ss": r"(?P<second>\d\d)",
    "X": r"(?P<zone>Z|[+-]\d\d(?:\d\d)?)",
    "XX": r"(?P<zone>Z|[+-]\d{4})",
    "XXX": r"(?P<zone>Z|[+-]\d\d:\d\d)",
    "x": r"(?P<zone>[+-]\d\d(?:\d\d)?)",
    "xx": r"(?P<zone>[+-]\d{4})",
    "xxx": r"(?P<zone>[+-]\d\d:\d\d)",
}
_FIELD = re.compile(r"yyyy|MM?|dd?|HH|mm|ss|\.S+|[xX]{1,3}|T|[-/.: ]")
_DAY, _TIME = ("year", "month", "day"), ("hour", "minute")
_NEEDED = {XSD.date: _DAY, XSD.time: _TIME}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN")
#: Signs of a hundredth and a thousandth, with the digits that they shift a number by.
_PARTS = {"%": 2, "‰": 3}
_NUMBER_KEYS = {"decimalChar", "groupChar", "pattern"}


class FormatError(ValueError):
    """A format that nothing can be read by; the message says why."""


def moment_reader(format_: str, base: str) -> Callable[[str], str]:
    """Reads texts in a format of dates and times, such as d.M.yyyy, as XML Schema has them.

    Raises FormatError.
    """
    pattern = _moment_pattern(format_)
    names = set(pattern.groupindex)
    if not names.issuperset(_NEEDED.get(base, _DAY + _TIME)):
        raise FormatError(f"{format_!r} lacks a part of the date or the time")

    def read(text: str) -> str:
        found = pattern.fullmatch(text)
        if found is None:
            raise ValueError(text)
        parts = found.groupdict()
        day = "-".join(parts[name].zfill(2) for name in _DAY) if base != XSD.time else ""
        time = _time(parts) if base != XSD.date else ""
        return day + ("T" if day and time else "") + time + _zone(parts.get("zone"))

    return read


def _moment_pattern(format_: str) -> re.Pattern[str]:
    found, at = "", 0
    while at < len(format_):
        field = _FIELD.match(format_, at)
        if field is None:
            raise FormatError(f"{format_[at:]!r} in {format_!r} is no field of a date or time")
        at = field.end()
        if field[0].startswith(".S"):
            found += rf"(?:\.(?P<fraction>\d{{1,{len(field[0]) - 1}}}))?"
        else:
            found += _FIELDS.get(field[0]) or re.escape(field[0])
    try:
        return re.compile(found)
    except re.error:
        raise FormatError(f"{format_!r} has a field twice") from None


def _time(parts: dict[str, str | None]) -> str:
    fraction = (parts.get("fraction") or "").rstrip("0")
    second = parts.get("second") or "00"
    return f"{parts['hour']}:{parts['minute']}:{second}" + (f".{fraction}" if fraction else "")


def _zone(text: str | None) -> str:
    if not text or text == "Z":
        return text or ""
    digits = text[1:].replace(":", "").ljust(4, "0")
    return f"{text[0]}{digits[:2]}:{digits[2:]}"


def number_reader(format_: Any) -> Callable[[str], str]:
    """Reads numbers with their own decimal and group characters, and per cent and per mille.

    A pattern only says which characters stand in the numbers, not how many digits.
    Raises FormatError.
    """
    described = {"pattern": format_} if isinstance(format_, str) else format_
    if not isinstance(described, dict) or not described.keys() <= _NUMBER_KEYS:
        raise FormatError("the format is neither a pattern nor an object with decimalChar")
    pattern = str(described.get("pattern", ""))
    decimal = str(described.get("decimalChar", "."))
    group = str(described.get("groupChar", "," if "," in pattern else ""))
    signs = re.escape(decimal + group)
    if not re.fullmatch(rf"[0#,.;+%‰E{signs}-]*", pattern):
        raise FormatError(f"{pattern!r} is no pattern of numbers")

    def read(text: str) -> str:
        scale = max((digits for sign, digits in _PARTS.items() if sign in text), default=0)
        plain = text.strip("%‰")
        if group and (group * 2 in plain or not plain.strip(group) == plain):
            raise ValueError(text)
        plain = (plain.replace(group, "") if group else plain).replace(decimal, ".")
        if not _NUMBER.fullmatch(plain):
            raise ValueError(text)
        return _scaled(plain, scale) if scale else plain

    return read


def _scaled(text: str, digits: int) -> str:
    from decimal import Decimal

    return format(Decimal(text).scaleb(-digits), "f")
