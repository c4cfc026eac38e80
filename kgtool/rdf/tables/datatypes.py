"""Texts of cells as literals (Metadata Vocabulary for Tabular Data, 5.11.2 and 6.4)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kgtool.rdf.namespaces import INTEGER_RANGES, RDF, XSD
from kgtool.rdf.tables.formats import FormatError, moment_reader, number_reader
from kgtool.rdf.tables.lexical import has_value
from kgtool.rdf.terms import Literal

_SAME_NAMES = (
    "anyAtomicType", "anyURI", "base64Binary", "boolean", "byte", "date", "dateTime",
    "dateTimeStamp", "dayTimeDuration", "decimal", "double", "duration", "float", "gDay",
    "gMonth", "gMonthDay", "gYear", "gYearMonth", "hexBinary", "int", "integer", "language",
    "long", "Name", "negativeInteger", "NMTOKEN", "nonNegativeInteger", "nonPositiveInteger",
    "normalizedString", "positiveInteger", "QName", "short", "string", "time", "token",
    "unsignedByte", "unsignedInt", "unsignedLong", "unsignedShort", "yearMonthDuration",
)  # fmt: skip
#: The datatypes by the names that metadata have.
DATATYPES = {
    **{name: XSD.base + name for name in _SAME_NAMES},
    "number": XSD.double,
    "binary": XSD.base + "base64Binary",
    "datetime": XSD.dateTime,
    "any": XSD.base + "anyAtomicType",
    "xml": RDF.base + "XMLLiteral",
    "html": RDF.base + "HTML",
    "json": "http://www.w3.org/ns/csvw#JSON",
}
_NUMBERS = {XSD.integer, *INTEGER_RANGES, XSD.decimal, XSD.double, XSD.float}
_MOMENTS = {XSD.date, XSD.dateTime, XSD.time, XSD.base + "dateTimeStamp"}
#: Datatypes of which white space is kept as it is.
_TEXTS = {XSD.string, *(DATATYPES[name] for name in ("json", "xml", "html", "any"))}

#: Datatypes whose texts are in the order of their values.
_ORDERED = {*_MOMENTS, XSD.gYear, XSD.gYearMonth}
_Compare = Callable[[Any, Any], bool]
_LENGTHS: dict[str, _Compare] = {
    "length": operator.eq,
    "minLength": operator.ge,
    "maxLength": operator.le,
}
_VALUES: dict[str, _Compare] = {
    "minimum": operator.ge,
    "minInclusive": operator.ge,
    "maximum": operator.le,
    "maxInclusive": operator.le,
    "minExclusive": operator.gt,
    "maxExclusive": operator.lt,
}
#: The keys of a datatype that is described.
KEYS = ("@id", "base", "format", *_LENGTHS, *_VALUES)


@dataclass(frozen=True, slots=True)
class Datatype:
    """How texts of cells become literals. ``expected`` says in words which texts can.

    ``base`` is the datatype of XML Schema that the texts have, ``iri`` that of the literals.
    """

    iri: str
    base: str
    read: Callable[[str], str]
    expected: str
    bounds: tuple[tuple[str, float | str], ...] = ()

    @property
    def keeps_space(self) -> bool:
        """Whether white space is a part of the value as it stands."""
        return self.base in _TEXTS

    def literal(self, text: str) -> Literal:
        """The literal of a text. Raises ValueError, which says what was expected."""
        return Literal(self.lexical(text), self.iri)

    def lexical(self, text: str) -> str:
        """The lexical form of a text's literal. Raises ValueError."""
        given = text if self.keeps_space else " ".join(text.split())
        try:
            lexical = self.read(given)
        except ValueError:
            raise ValueError(self.expected) from None
        if not has_value(lexical, self.base):
            raise ValueError(self.expected)
        for name, bound in self.bounds:
            measured = _length(lexical, self.base) if name in _LENGTHS else type(bound)(lexical)
            if not {**_LENGTHS, **_VALUES}[name](measured, bound):
                shown = bound if isinstance(bound, str) else f"{bound:g}"
                raise ValueError(f"{self.expected} with {name} {shown}")
        return lexical


def datatype_of(given: str | Mapping[str, Any]) -> Datatype:
    """The datatype that metadata name or describe.

    Raises KeyError for a name that is no datatype's, FormatError for what cannot be used.
    """
    described = {"base": given} if isinstance(given, str) else given
    name = str(described.get("base", "string"))
    base = DATATYPES[name]
    read, expected = _reader(base, name, described.get("format"))
    bounds = [(k, _bound(k, v, base)) for k, v in described.items() if k in _LENGTHS | _VALUES]
    return Datatype(str(described.get("@id", base)), base, read, expected, tuple(bounds))


def _bound(key: str, value: Any, base: str) -> float | str:
    """What values are compared with."""
    if key in _VALUES and base in _ORDERED:
        return str(value)
    if key in _VALUES and base not in _NUMBERS:
        raise FormatError(f"{key} is for numbers and dates")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise FormatError(f"{value!r} is no number") from None


def _length(text: str, base: str) -> int:
    """The number of characters, or of bytes that are written as characters."""
    if base == DATATYPES["binary"]:
        return len(text.rstrip("=")) * 3 // 4
    return len(text) // 2 if base == XSD.base + "hexBinary" else len(text)


def _reader(base: str, name: str, format_: Any) -> tuple[Callable[[str], str], str]:
    """The reader of a datatype with a format, and what it expects."""
    if format_ is None:
        return _same, f"a value of {name}"
    if base in _NUMBERS:
        return number_reader(format_), f"a number in the format {format_}"
    if not isinstance(format_, str):
        raise FormatError("the format is no text")
    if base == XSD.boolean:
        return _truth_reader(format_), f"one of {format_}"
    if base in _MOMENTS:
        return moment_reader(format_, base), f"a {name} like {format_}"
    return _pattern_reader(format_), f"a text that matches {format_}"


def _same(text: str) -> str:
    return text


def _truth_reader(format_: str) -> Callable[[str], str]:
    yes, bar, no = format_.partition("|")
    if not bar or not yes or not no:
        raise FormatError(f"{format_!r} is not of the form yes|no")
    values = {yes: "true", no: "false"}

    def read(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return values[text]

    return read


def _pattern_reader(format_: str) -> Callable[[str], str]:
    try:
        pattern = re.compile(format_)
    except re.error as error:
        raise FormatError(f"{format_!r} is no regular expression: {error}") from None

    def read(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise ValueError(text)
        return text

    return read
