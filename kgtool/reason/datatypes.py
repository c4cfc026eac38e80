"""The values of literals: which datatypes a literal is in, and which are equal.

The datatypes are those of OWL 2 RL (OWL 2 Profiles, 4.2), with xsd:float and xsd:double, as
XML Schema 1.1 part 2 defines their lexical and value spaces; RDF does not process white space
before (RDF 1.1 Concepts, 5.1). A number beyond what an xsd:float or xsd:double holds is infinite.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import re
import struct
from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from typing import NamedTuple
from xml.etree import ElementTree

from kgtool.rdf.namespaces import INTEGER_RANGES, RDF, RDFS, XSD
from kgtool.rdf.terms import Literal

PLAIN_LITERAL = RDF.base + "PlainLiteral"
XML_LITERAL = RDF.base + "XMLLiteral"
LITERAL = RDFS.base + "Literal"


class Value(NamedTuple):
    """A value and the primitive value space that it is in; those of two spaces differ."""

    space: str
    content: Hashable


_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_FLOATING = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_DATETIME = re.compile(
    r"(-?(?:[1-9][0-9]{4,}|[0-9]{4}))-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*")
_START = r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d" + (
    r"\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MORE = _START + r"\-.0-9\u00b7\u0300-\u036f\u203f\u2040"
#: A scheme first, or no colon in the first segment (RFC 3986, 4.2).
_URI = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.-]*:|(?![^/?#]*:))(?:%[0-9a-fA-F]{2}|[^%\s<>\"{}|\\^`])*"
)

#: Strings by datatype: the pattern that all of them match.
_STRINGS: dict[str, re.Pattern[str]] = {
    XSD.string: re.compile(r"(?s).*"),
    XSD.base + "normalizedString": re.compile(r"[^\t\n\r]*"),
    XSD.base + "token": re.compile(r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?"),
    XSD.base + "language": _LANGUAGE,
    XSD.base + "NMTOKEN": re.compile(f"[:{_MORE}]+"),
    XSD.base + "Name": re.compile(f"[:{_START}][:{_MORE}]*"),
    XSD.base + "NCName": re.compile(f"[{_START}][{_MORE}]*"),
}


def value_of(literal: Literal) -> Value | None:
    """The value of a literal; None where its datatype is not one of those known here.

    Raises ValueError where the lexical form is none of the datatype.
    """
    if literal.language:
        return Value("plain", (literal.lexical, literal.language.lower()))
    if literal.datatype in INTEGER_RANGES or literal.datatype == XSD.integer:
        return _integer(literal.lexical, literal.datatype)
    read = _READERS.get(literal.datatype)
    return read(literal.lexical) if read else None


def is_known(datatype: str) -> bool:
    return datatype in DATATYPES


def is_in(value: Value, datatype: str) -> bool:
    """Whether a value belongs to one of ``DATATYPES``."""
    space, content = value
    if datatype == LITERAL:
        return True
    if datatype == PLAIN_LITERAL:
        return space in ("string", "plain")
    if datatype in _STRINGS:
        return space == "string" and bool(_STRINGS[datatype].fullmatch(str(content)))
    if datatype == XSD.decimal:
        return space == "decimal"
    if datatype == XSD.integer or datatype in INTEGER_RANGES:
        low, high = INTEGER_RANGES.get(datatype, (None, None))
        return (
            isinstance(content, Decimal)
            and content == content.to_integral_value()
            and (low is None or content >= low)
            and (high is None or content <= high)
        )
    if datatype == _STAMP:
        return space == "dateTime" and isinstance(content, tuple) and content[1]
    return space == _SPACES.get(datatype)


_STAMP = XSD.base + "dateTimeStamp"
_SPACES = {
    XSD.boolean: "boolean",
    XSD.float: "float",
    XSD.double: "double",
    XSD.dateTime: "dateTime",
    XSD.base + "anyURI": "anyURI",
    XSD.base + "hexBinary": "hexBinary",
    XSD.base + "base64Binary": "base64Binary",
    XML_LITERAL: "xml",
}


def _string(datatype: str) -> Callable[[str], Value]:
    def read(text: str) -> Value:
        if not _STRINGS[datatype].fullmatch(text):
            raise ValueError(text)
        return Value("string", text)

    return read


def _integer(text: str, datatype: str) -> Value:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(text)
    value = Value("decimal", Decimal(text))
    if not is_in(value, datatype):
        raise ValueError(text)
    return value


def _decimal(text: str) -> Value:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Value("decimal", Decimal(text))


def _floating(space: str) -> Callable[[str], Value]:
    def read(text: str) -> Value:
        if not _FLOATING.fullmatch(text):
            raise ValueError(text)
        number = float(text.replace("INF", "inf"))
        if space == "float":
            try:
                number = struct.unpack("f", struct.pack("f", number))[0]
            except OverflowError:
                number = float("inf") if number > 0 else float("-inf")
        return Value(space, "NaN" if number != number else number.hex())

    return read


def _boolean(text: str) -> Value:
    if text not in ("true", "false", "1", "0"):
        raise ValueError(text)
    return Value("boolean", text in ("true", "1"))


def _datetime(stamped: bool) -> Callable[[str], Value]:
    def read(text: str) -> Value:
        match = _DATETIME.fullmatch(text)
        if match is None or (stamped and not match[8]):
            raise ValueError(text)
        year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
        fraction = Decimal(match[7] or 0)
        # Four hundred years repeat the calendar; datetime knows the years from 1 on.
        cycles, within = divmod(year - 1, 400)
        midnight = hour == 24 and minute == second == 0 and not fraction
        moment = datetime.datetime(within + 1, month, day, 0 if midnight else hour, minute, second)
        days = moment.toordinal() + cycles * 146_097 + midnight
        seconds = days * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second
        zone = match[8]
        offset = 0
        if zone and zone != "Z":
            hours, minutes = int(zone[1:3]), int(zone[4:])
            if hours * 60 + minutes > 840 or minutes > 59:
                raise ValueError(text)
            offset = (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)
        return Value("dateTime", (seconds - offset + fraction, bool(zone)))

    return read


def _hex(text: str) -> Value:
    if not re.fullmatch(r"(?:[0-9a-fA-F]{2})*", text):
        raise ValueError(text)
    return Value("hexBinary", bytes.fromhex(text))


def _base64(text: str) -> Value:
    try:
        return Value("base64Binary", base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise ValueError(text) from error


def _uri(text: str) -> Value:
    if not _URI.fullmatch(text):
        raise ValueError(text)
    return Value("anyURI", text)


def _xml(text: str) -> Value:
    try:
        ElementTree.fromstring(f"<x>{text}</x>")
    except ElementTree.ParseError as error:
        raise ValueError(text) from error
    return Value("xml", text)


def _plain(text: str) -> Value:
    """``text@tag``, where an empty tag makes a string (rdf:PlainLiteral, 3)."""
    form, at, language = text.rpartition("@")
    if not at or (language and not _LANGUAGE.fullmatch(language)):
        raise ValueError(text)
    return Value("plain", (form, language.lower())) if language else Value("string", form)


_READERS: dict[str, Callable[[str], Value]] = {
    **{datatype: _string(datatype) for datatype in _STRINGS},
    XSD.decimal: _decimal,
    XSD.float: _floating("float"),
    XSD.double: _floating("double"),
    XSD.boolean: _boolean,
    XSD.dateTime: _datetime(stamped=False),
    _STAMP: _datetime(stamped=True),
    XSD.base + "hexBinary": _hex,
    XSD.base + "base64Binary": _base64,
    XSD.base + "anyURI": _uri,
    XML_LITERAL: _xml,
    PLAIN_LITERAL: _plain,
}

#: All the datatypes that have their values here.
DATATYPES: tuple[str, ...] = (
    *_READERS,
    XSD.integer,
    *INTEGER_RANGES,
    LITERAL,
)


def includes(wider: str, narrower: str) -> bool:
    """Whether every value of one of ``DATATYPES`` is one of another, by their definitions."""
    if wider in (narrower, LITERAL):
        return True
    if wider == PLAIN_LITERAL:
        return narrower in _STRINGS or narrower == RDF.langString
    if wider in _STRINGS:
        return narrower in _BELOW.get(wider, ())
    whole = narrower == XSD.integer or narrower in INTEGER_RANGES
    if wider in (XSD.decimal, XSD.integer):
        return whole
    if wider in INTEGER_RANGES and whole:
        low, high = INTEGER_RANGES[wider]
        least, most = INTEGER_RANGES.get(narrower, (None, None))
        return (low is None or (least is not None and least >= low)) and (
            high is None or (most is not None and most <= high)
        )
    return wider == XSD.dateTime and narrower == _STAMP


_CHAIN = (XSD.string, XSD.base + "normalizedString", XSD.base + "token")
_BELOW: dict[str, tuple[str, ...]] = {
    **{name: (*_CHAIN[i:], *list(_STRINGS)[3:]) for i, name in enumerate(_CHAIN)},
    XSD.base + "NMTOKEN": (XSD.base + "NCName", XSD.base + "Name", XSD.base + "language"),
    XSD.base + "Name": (XSD.base + "NCName", XSD.base + "language"),
    XSD.base + "NCName": (XSD.base + "language",),
}


def implied(known: Iterable[str], datatype: str) -> bool:
    """Whether what is in all of the ``known`` datatypes is in another one."""
    names = {name for name in known if name in DATATYPES}
    if any(is_known(datatype) and includes(datatype, name) for name in names):
        return True
    ranges = [INTEGER_RANGES[name] for name in names if name in INTEGER_RANGES]
    if datatype not in INTEGER_RANGES or not ranges:
        return False
    least = max((low for low, _ in ranges if low is not None), default=None)
    most = min((high for _, high in ranges if high is not None), default=None)
    low, high = INTEGER_RANGES[datatype]
    return (low is None or (least is not None and least >= low)) and (
        high is None or (most is not None and most <= high)
    )
