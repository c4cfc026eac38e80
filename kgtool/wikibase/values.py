"""RDF terms as values of a Wikibase, by the datatype of the property, and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from kgtool.rdf.edtf import is_edtf, time_of
from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.rdf.timevalues import TimeValue, is_finer
from kgtool.wikibase.model import (
    EARTH,
    NO_UNIT,
    CoordinatesValue,
    ItemValue,
    MonolingualValue,
    NoValue,
    QuantityValue,
    StringValue,
    Value,
)
from kgtool.wikibase.vocabulary import WKT

#: The longest text that Wikibase takes as a value.
LONGEST = 1500
#: The digits of degrees behind the point: far more than any device gives.
_MOST_DIGITS = 30
_POINT = re.compile(
    r"\s*POINT\s*\(\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s+([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*\)\s*", re.I
)
_UNSAID = re.compile(r"[\t\n\r\x00-\x1f]|^\s|\s$")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
#: The shape of a value, by the datatype of its property.
_KINDS: dict[str, type[Value]] = {
    "wikibase-item": ItemValue,
    "string": StringValue,
    "external-id": StringValue,
    "url": StringValue,
    "time": TimeValue,
    "quantity": QuantityValue,
    "globe-coordinate": CoordinatesValue,
    "monolingualtext": MonolingualValue,
}


class Inexpressible(Exception):
    """The other side has no such value; the text says why, ``kind`` what it is counted as."""

    def __init__(self, reason: str, kind: str = "value") -> None:
        super().__init__(reason)
        self.kind = kind


def value_of(
    term: Term, datatype: str, id_of: Callable[[str], str | None], unit: str = NO_UNIT
) -> Value:
    """The value that a term is; ``id_of`` knows the items of IRIs. Raises Inexpressible."""
    if datatype == "wikibase-item":
        id_ = id_of(term.value) if isinstance(term, IRI) else None
        if id_ is None:
            raise Inexpressible("has no item")
        return ItemValue(id_)
    if datatype == "url":
        return StringValue(_said(term.value if isinstance(term, IRI) else _text(term, "anyURI")))
    if not isinstance(term, Literal):
        raise Inexpressible(f"is no {datatype}")
    match datatype:
        case "monolingualtext":
            if not term.language:
                raise Inexpressible("has no language")
            return MonolingualValue(_said(term.lexical), term.language.lower())
        case "time":
            return _time(term)
        case "quantity":
            return _quantity(term, unit)
        case "globe-coordinate":
            return _coordinates(term)
    return StringValue(_said(_text(term, "string")))


def is_rounded(term: Term, datatype: str) -> bool:
    """Whether the value of a term says less than the term: a day, of an hour."""
    return datatype == "time" and isinstance(term, Literal) and is_finer(term)


def term_of(value: Value, datatype: str, iri_of: Callable[[str], str], unit: str = NO_UNIT) -> Term:
    """The term that a value is; ``iri_of`` knows our names of items. Raises Inexpressible."""
    if isinstance(value, NoValue):
        raise Inexpressible("no known value" if value is NoValue.UNKNOWN else "no value")
    if not isinstance(value, _KINDS[datatype]):
        reason = f"the value is no {datatype}, which the mapping says"
        raise Inexpressible(reason, "another datatype")
    match value:
        case ItemValue(id_):
            return IRI(iri_of(id_))
        case MonolingualValue(text, language):
            return Literal.tagged(text, language)
        case TimeValue():
            try:
                return value.literal()
            except ValueError as error:
                raise Inexpressible(f"{value.text}: {error}", "date") from None
        case QuantityValue():
            if value.unit != unit:
                raise Inexpressible(f"the unit is {value.unit}, the mapping says {unit}", "unit")
            datatype = XSD.decimal if "." in value.amount else XSD.integer
            return Literal(value.amount.removeprefix("+"), datatype)
        case CoordinatesValue():
            if value.globe != EARTH:
                raise Inexpressible("the point is not on the Earth")
            return Literal(f"POINT({value.longitude} {value.latitude})", WKT)
        case StringValue(text):
            if datatype != "url":
                return Literal(text)
            if re.search(r'[\x00-\x20<>"{}|^`\\]', text) or ":" not in text:
                raise Inexpressible("the URL is no IRI")
            return IRI(text)


def decimal_text(number: Decimal) -> str:
    """A decimal without an exponent and without zeros at its end."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def degrees(text: str) -> Decimal:
    """The degrees in a text. Raises ValueError for another, and for more digits than make sense."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > 360 or _digits(found) > _MOST_DIGITS:
        raise ValueError(f"{text!r} is no number of degrees")
    return found


def amount(text: str) -> str:
    """A number as quantities have it, with its sign. Raises ValueError for another text."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is no number")
    return text if text[:1] in ("+", "-") else f"+{text}"


def _text(term: Term, datatype: str) -> str:
    if isinstance(term, Literal) and term.datatype in (XSD.string, XSD.base + datatype):
        return term.lexical
    raise Inexpressible("is no plain text")


def _said(text: str) -> str:
    if not text or len(text) > LONGEST:
        raise Inexpressible("is empty, or too long for a value" if text else "is empty")
    if _UNSAID.search(text):
        raise Inexpressible("has line breaks, tabs, or spaces at its ends")
    return text


def _time(literal: Literal) -> TimeValue:
    if is_edtf(literal):
        try:
            return time_of(literal)
        except ValueError as error:
            raise Inexpressible(str(error)) from None
    time = TimeValue.of(literal)
    if time is None:
        raise Inexpressible("is no date that Wikibase has")
    return time


def _quantity(literal: Literal, unit: str) -> QuantityValue:
    text = literal.lexical.strip()
    is_number = literal.datatype in (XSD.integer, XSD.decimal, *INTEGER_RANGES)
    if not is_number or not _NUMBER.fullmatch(text):
        raise Inexpressible("is no decimal number")
    sign = "-" if text.startswith("-") else "+"
    whole, point, fraction = text.lstrip("+-").partition(".")
    return QuantityValue(f"{sign}{whole.lstrip('0') or '0'}{point}{fraction}", unit)


def _coordinates(literal: Literal) -> CoordinatesValue:
    found = _POINT.fullmatch(literal.lexical)
    if literal.datatype != WKT or found is None:
        raise Inexpressible("is no point as WKT in degrees")
    try:
        longitude, latitude = degrees(found[1]), degrees(found[2])
    except ValueError:
        raise Inexpressible("is no point as WKT in degrees") from None
    if abs(latitude) > 90:
        raise Inexpressible("is no point on a globe")
    digits = max(_digits(longitude), _digits(latitude))
    precision = decimal_text(Decimal(1).scaleb(-digits))
    return CoordinatesValue(decimal_text(latitude), decimal_text(longitude), precision)


def _digits(number: Decimal) -> int:
    """The digits behind the point."""
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
