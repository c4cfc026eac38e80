"""Literals as a person reads them: dates, numbers, lengths of time, points on the earth."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from kgtool.rdf.namespaces import INTEGER_RANGES, XSD

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
#: From here on the digits of a number are grouped; a year has four.
_GROUPED = 10_000
_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_YEAR = r"(-?\d{4,9})"
_TIME = r"(\d\d):(\d\d):(\d\d)(\.\d+)?"
_FORMS = {
    XSD.date: re.compile(rf"{_YEAR}-(\d\d)-(\d\d){_ZONE}"),
    XSD.dateTime: re.compile(rf"{_YEAR}-(\d\d)-(\d\d)T{_TIME}{_ZONE}"),
    XSD.base + "dateTimeStamp": re.compile(rf"{_YEAR}-(\d\d)-(\d\d)T{_TIME}{_ZONE}"),
    XSD.time: re.compile(rf"{_TIME}{_ZONE}"),
    XSD.gYear: re.compile(rf"{_YEAR}{_ZONE}"),
    XSD.gYearMonth: re.compile(rf"{_YEAR}-(\d\d){_ZONE}"),
    XSD.base + "gMonth": re.compile(rf"--(\d\d){_ZONE}"),
    XSD.base + "gMonthDay": re.compile(rf"--(\d\d)-(\d\d){_ZONE}"),
    XSD.base + "gDay": re.compile(rf"---(\d\d){_ZONE}"),
}
_DURATIONS = {XSD.duration, XSD.dayTimeDuration, XSD.yearMonthDuration}
_DURATION = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_UNITS = ("year", "month", "day", "hour", "minute", "second")
_NUMBERS = {XSD.integer, XSD.decimal, XSD.float, XSD.double, *INTEGER_RANGES}
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_POINT = re.compile(
    r"\s*(?:<[^>]*CRS84>\s*)?POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)\s*",
    re.IGNORECASE,
)


def readable(lexical: str, datatype: str) -> str | None:
    """A literal's value in words; None where it is best read as it is written."""
    if datatype in _FORMS:
        found = _FORMS[datatype].fullmatch(lexical)
        return _moment(datatype, found.groups()) if found else None
    if datatype in _DURATIONS:
        return _duration(lexical)
    if datatype in _NUMBERS:
        return _number(lexical)
    if datatype == XSD.boolean:
        return {"true": "yes", "1": "yes", "false": "no", "0": "no"}.get(lexical)
    return None


def is_moment(datatype: str) -> bool:
    """Whether values of a datatype are dates or times."""
    return datatype in _FORMS


def is_number(datatype: str) -> bool:
    return datatype in _NUMBERS


def point(lexical: str) -> tuple[str, str] | None:
    """Latitude and longitude of a point in well-known text, longitude first as CRS84 has it."""
    found = _POINT.fullmatch(lexical)
    return (found[2], found[1]) if found else None


def _moment(datatype: str, parts: tuple[str | None, ...]) -> str | None:
    *numbers, zone = parts
    kind = datatype.removeprefix(XSD.base)
    texts = [text or "" for text in numbers]
    try:
        match kind:
            case "gYear":
                said = _year(texts[0])
            case "gYearMonth":
                said = f"{_month(texts[1])} {_year(texts[0])}"
            case "gMonth":
                said = _month(texts[0])
            case "gMonthDay":
                said = f"{int(texts[1])} {_month(texts[0])}"
            case "gDay":
                said = f"day {int(texts[0])} of a month"
            case "time":
                said = _clock(texts)
            case "date":
                said = _day(texts)
            case _:
                said = f"{_day(texts)}, {_clock(texts[3:])}"
    except IndexError:  # there is no such month
        return None
    return f"{said} {_zone(zone)}" if zone else said


def _day(texts: list[str]) -> str:
    return f"{int(texts[2])} {_month(texts[1])} {_year(texts[0])}"


def _year(text: str) -> str:
    """XSD 1.1 has a year 0, which is 1 BC."""
    year = int(text)
    return str(year) if year > 0 else f"{1 - year} BC"


def _month(text: str) -> str:
    number = int(text)
    if number < 1:
        raise IndexError(text)
    return MONTHS[number - 1]


def _clock(texts: list[str]) -> str:
    hours, minutes, seconds, fraction = texts[:4]
    has_seconds = seconds != "00" or fraction.strip(".0")
    return f"{hours}:{minutes}" + (f":{seconds}{fraction}" if has_seconds else "")


def _zone(zone: str) -> str:
    offset = "" if zone in ("Z", "+00:00") else zone.replace("-", "\N{MINUS SIGN}")
    return f"UTC{offset}"


def _duration(lexical: str) -> str | None:
    found = _DURATION.fullmatch(lexical)
    if not found or not any(found.groups()[1:]):
        return None
    parts = [
        f"{number} {unit}" + ("" if number == "1" else "s")
        for number, unit in zip(found.groups()[1:], _UNITS, strict=True)
        if number is not None
    ]
    return ("minus " if found[1] else "") + " ".join(parts)


def _number(lexical: str) -> str | None:
    if not _NUMBER.fullmatch(lexical) or len(lexical) > 60:
        return None
    try:
        value = Decimal(lexical)
    except InvalidOperation:
        return None
    return f"{value:,}" if abs(value) >= _GROUPED else f"{value}"
