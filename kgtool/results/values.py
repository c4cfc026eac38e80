"""RDF literals as plain Python values."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.rdf.terms import Literal, Term, make_term
from kgtool.results._flat import FlatRow

Value: TypeAlias = int | Decimal | float | bool | date | datetime | str | Term | None

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,6})0*)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def value_of(type_: str | None, lexical: str | None) -> Value:
    """A Python value for a term given by its type and lexical form.

    Numbers, booleans, strings (with or without a language), xsd:date without a zone and
    xsd:dateTime become Python's own; an IRI becomes a str; unbound is None. What Python
    has no type for (blank nodes, gYear, a date with a zone, an ill-formed lexical form)
    stays a Term, so nothing is lost.
    """
    if type_ is None or lexical is None:
        return None
    if type_ in ("iri", XSD.string) or type_.startswith("@"):
        return lexical
    convert = _CONVERTERS.get(type_)
    value = convert(lexical) if convert else None
    return make_term(type_, lexical) if value is None else value


def row_values(row: FlatRow) -> tuple[Value, ...]:
    """The same for all cells of a flat row."""
    return tuple(map(value_of, row[::2], row[1::2]))


def literal_value(literal: Literal) -> Value:
    """The same for a Literal."""
    type_ = f"@{literal.language}" if literal.language else literal.datatype
    return value_of(type_, literal.lexical)


def _integer(text: str) -> int | None:
    # Python refuses to convert more than 4,300 digits; the Term stays then.
    return int(text) if _INTEGER.fullmatch(text) and len(text) < 4300 else None


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def _double(text: str) -> float | None:
    return float(text) if _DOUBLE.fullmatch(text) else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _datetime(text: str) -> datetime | None:
    match = _DATETIME.fullmatch(text)
    if match is None:
        return None
    seconds, fraction, zone = match.groups()
    midnight = seconds.endswith("T24:00:00") and not (fraction or "").strip("0")
    plain = seconds.replace("T24:", "T00:") if midnight else seconds
    try:
        value = datetime.fromisoformat(plain + f".{(fraction or '0'):0<6}" + (zone or ""))
        return value + timedelta(days=midnight)
    except (ValueError, OverflowError):
        return None


_CONVERTERS: dict[str, Callable[[str], Value]] = {
    **dict.fromkeys((XSD.integer, *INTEGER_RANGES), _integer),
    XSD.decimal: _decimal,
    XSD.float: _double,
    XSD.double: _double,
    XSD.boolean: _BOOLEANS.get,
    XSD.date: _date,
    XSD.dateTime: _datetime,
}
