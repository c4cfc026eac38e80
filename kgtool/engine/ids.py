"""Term ids: 64-bit integers, equal exactly where the RDF terms are equal.

An id is ``tag << 56 | payload``. Tags below ``INLINE_TAG`` point into the dictionary
(table ``terms``); the others hold the value itself:

    tag                 payload (56 bits)
    INTEGER_INLINE      value + 2**55
    DECIMAL_INLINE      (unscaled value + 2**51) << 4 | number of fraction digits
    BOOLEAN_INLINE      0 or 1
    DATE_INLINE         (days since 1970-01-01 + 2**31) << 12 | zone code
    DATETIME_INLINE     microseconds since 1970-01-01T00:00:00 + 2**55, no zone
    DATETIME_Z_INLINE   the same, zone Z

A literal is held inline only where its lexical form can be written again from the
payload, character for character; so "1.50" has an id of its own beside "1.5", and
"01"^^xsd:integer lives in the dictionary. A date's zone code is 0 for no zone, else the
offset in minutes + 841; Z is offset 0 ("+00:00" is in the dictionary).

The payload of a dictionary id is ``type code << 44 | row``. The code is that of the term's
type in table ``term_types`` (the last code stands for all types beyond), so a language or a
datatype is tested without a look into the dictionary; the row is that of table ``terms``,
which is sorted by tag, type and lexical form: among the terms of one type the order of ids
is the codepoint order of lexical forms. Ids with ``LOCAL_BIT`` belong to constants of a
query that the store does not hold; they live as long as the plan.
"""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from kgtool.rdf.namespaces import INTEGER_RANGES, RDF, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgtool.rdf.terms import Literal, Term

PAYLOAD_BITS = 56
PAYLOAD_MASK = (1 << PAYLOAD_BITS) - 1
ROW_BITS = 44
ROW_MASK = (1 << ROW_BITS) - 1
LOCAL_BIT = 1 << 55
#: The type code of all types for which there is no code of their own.
LAST_TYPE = (LOCAL_BIT >> ROW_BITS) - 1
#: The graph column's value for the default graph; no term has it.
DEFAULT_GRAPH = 0

BNODE = 1
IRI_TAG = 2
STRING = 3
LANG_STRING = 4
OTHER = 5
INTEGER = 6
DECIMAL = 7
FLOAT = 8
DOUBLE = 9
BOOLEAN = 10
DATETIME = 11
DATE = 12
INLINE_TAG = 16
INTEGER_INLINE = 16
DECIMAL_INLINE = 17
BOOLEAN_INLINE = 18
DATE_INLINE = 19
DATETIME_INLINE = 20
DATETIME_Z_INLINE = 21

INTEGER_OFFSET = 1 << 55
DECIMAL_OFFSET = 1 << 51
DECIMAL_MAX_DIGITS = 15
DATE_OFFSET = 1 << 25
ZONE_BITS = 12
ZONE_OFFSET = 841
DATETIME_OFFSET = 1 << 55

#: Lexical forms that can be written again from a payload. The engine's SQL uses the same
#: patterns (RE2 and Python agree on all that they use).
INTEGER_PATTERN = r"(?:0|-?[1-9][0-9]{0,15})"
DECIMAL_PATTERN = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
DATE_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})?"
DATETIME_PATTERN = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:\.[0-9]{0,5}[1-9])?Z?"
)

_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()

_TERM_TAGS = {"iri": IRI_TAG, "bnode": BNODE}
_DATATYPE_TAGS = {
    XSD.string: STRING,
    RDF.langString: LANG_STRING,
    XSD.integer: INTEGER,
    XSD.decimal: DECIMAL,
    XSD.float: FLOAT,
    XSD.double: DOUBLE,
    XSD.boolean: BOOLEAN,
    XSD.dateTime: DATETIME,
    XSD.date: DATE,
} | dict.fromkeys(INTEGER_RANGES, INTEGER)

_LEXICAL_SPACES = {
    INTEGER: r"[+-]?[0-9]+",
    DECIMAL: r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    FLOAT: r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    BOOLEAN: r"true|false|0|1",
    DATETIME: (
        r"-?(?:[1-9][0-9]{4,}|[0-9]{4})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
        r"(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
    ),
    DATE: r"-?(?:[1-9][0-9]{4,}|[0-9]{4})-[0-9]{2}-[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})?",
}
_LEXICAL_SPACES[DOUBLE] = _LEXICAL_SPACES[FLOAT]


def tag_of(id_: int) -> int:
    return id_ >> PAYLOAD_BITS


def make_id(tag: int, payload: int) -> int:
    return tag << PAYLOAD_BITS | payload


def tag_of_type(type_: str) -> int:
    """The tag of the well-formed terms of a type (see rdf.terms.term_type)."""
    if type_.startswith("@"):
        return LANG_STRING
    return _TERM_TAGS.get(type_) or _DATATYPE_TAGS.get(type_, OTHER)


def first_of_type(tag: int, code: int) -> int:
    """The least id that a dictionary term of a tag and a type can have."""
    return make_id(tag, code << ROW_BITS)


def inline_id(term: Term) -> int | None:
    """The id of a term whose value fits into it, or None where the dictionary has it."""
    from kgtool.rdf.terms import Literal

    if not isinstance(term, Literal):
        return None
    encode = _INLINE_ENCODERS.get(term.datatype)
    return encode(term.lexical) if encode else None


def held_inline(terms: Iterable[Term]) -> tuple[dict[Term, int], list[Term]]:
    """The ids of those terms that have one inline, and the terms that have none."""
    found: dict[Term, int] = {}
    others: list[Term] = []
    for term in terms:
        inline = inline_id(term)
        if inline is None:
            others.append(term)
        else:
            found[term] = inline
    return found, others


def dictionary_tag(term: Term) -> int:
    """The tag of a term that is not held inline.

    A literal outside its datatype's lexical space ("abc"^^xsd:integer) is OTHER: it has
    no value, so no operator of the datatype applies to it.
    """
    from kgtool.rdf.terms import IRI, BlankNode

    if isinstance(term, IRI):
        return IRI_TAG
    if isinstance(term, BlankNode):
        return BNODE
    tag = _DATATYPE_TAGS.get(term.datatype, OTHER)
    space = _LEXICAL_SPACES.get(tag)
    if space is not None and not re.fullmatch(space, term.lexical):
        return OTHER
    if tag == INTEGER and not _in_range(term):
        return OTHER
    if tag in (DATETIME, DATE) and not _is_calendar_date(term.lexical):
        return OTHER
    return tag


def decode_inline(id_: int) -> Literal:
    """The literal that an inline id holds."""
    from kgtool.rdf.terms import Literal

    datatype, lexical = inline_text(id_)
    return Literal(lexical, datatype)


def inline_text(id_: int) -> tuple[str, str]:
    """Datatype and lexical form of the literal that an inline id holds."""
    tag, payload = id_ >> PAYLOAD_BITS, id_ & PAYLOAD_MASK
    if tag == INTEGER_INLINE:
        return XSD.integer, str(payload - INTEGER_OFFSET)
    if tag == DECIMAL_INLINE:
        return XSD.decimal, _decimal_text((payload >> 4) - DECIMAL_OFFSET, payload & 15)
    if tag == BOOLEAN_INLINE:
        return XSD.boolean, "true" if payload else "false"
    if tag == DATE_INLINE:
        days, zone = (payload >> ZONE_BITS) - DATE_OFFSET, payload & ((1 << ZONE_BITS) - 1)
        date = datetime.date.fromordinal(days + _EPOCH_DAY)
        return XSD.date, date.isoformat() + _zone_text(zone)
    moment = _EPOCH + datetime.timedelta(microseconds=payload - DATETIME_OFFSET)
    text = moment.isoformat()
    if "." in text:
        text = text.rstrip("0")
    return XSD.dateTime, text + ("Z" if tag == DATETIME_Z_INLINE else "")


def _encode_integer(lexical: str) -> int | None:
    if not re.fullmatch(INTEGER_PATTERN, lexical):
        return None
    return make_id(INTEGER_INLINE, int(lexical) + INTEGER_OFFSET)


def _encode_decimal(lexical: str) -> int | None:
    if not re.fullmatch(DECIMAL_PATTERN, lexical):
        return None
    whole, _, fraction = lexical.partition(".")
    unscaled = int(whole + fraction)
    if len(fraction) > DECIMAL_MAX_DIGITS or abs(unscaled) >= DECIMAL_OFFSET:
        return None
    if unscaled == 0 and lexical.startswith("-"):
        return None
    return make_id(DECIMAL_INLINE, (unscaled + DECIMAL_OFFSET) << 4 | len(fraction))


def _encode_boolean(lexical: str) -> int | None:
    return make_id(BOOLEAN_INLINE, lexical == "true") if lexical in ("true", "false") else None


def _encode_date(lexical: str) -> int | None:
    if not re.fullmatch(DATE_PATTERN, lexical):
        return None
    zone = 0
    if lexical.endswith("Z"):
        zone = ZONE_OFFSET
    elif len(lexical) > 10:
        hours, minutes = int(lexical[11:13]), int(lexical[14:16])
        offset = hours * 60 + minutes
        if offset == 0 or offset > 840 or minutes > 59:
            return None
        zone = ZONE_OFFSET + (offset if lexical[10] == "+" else -offset)
    try:
        days = datetime.date.fromisoformat(lexical[:10]).toordinal() - _EPOCH_DAY
    except ValueError:
        return None
    return make_id(DATE_INLINE, (days + DATE_OFFSET) << ZONE_BITS | zone)


def _encode_datetime(lexical: str) -> int | None:
    if not re.fullmatch(DATETIME_PATTERN, lexical):
        return None
    try:
        moment = datetime.datetime.fromisoformat(lexical.removesuffix("Z"))
    except ValueError:
        return None
    micros = (moment - _EPOCH) // datetime.timedelta(microseconds=1)
    if abs(micros) >= DATETIME_OFFSET:
        return None
    tag = DATETIME_Z_INLINE if lexical.endswith("Z") else DATETIME_INLINE
    return make_id(tag, micros + DATETIME_OFFSET)


_INLINE_ENCODERS = {
    XSD.integer: _encode_integer,
    XSD.decimal: _encode_decimal,
    XSD.boolean: _encode_boolean,
    XSD.date: _encode_date,
    XSD.dateTime: _encode_datetime,
}


def _decimal_text(unscaled: int, digits: int) -> str:
    if not digits:
        return str(unscaled)
    text = str(abs(unscaled)).rjust(digits + 1, "0")
    return ("-" if unscaled < 0 else "") + f"{text[:-digits]}.{text[-digits:]}"


def _zone_text(code: int) -> str:
    if code == 0:
        return ""
    offset = code - ZONE_OFFSET
    if offset == 0:
        return "Z"
    hours, minutes = divmod(abs(offset), 60)
    return f"{'+' if offset > 0 else '-'}{hours:02}:{minutes:02}"


def _in_range(literal: Literal) -> bool:
    low, high = INTEGER_RANGES.get(literal.datatype, (None, None))
    value = int(literal.lexical)
    return (low is None or value >= low) and (high is None or value <= high)


def _is_calendar_date(lexical: str) -> bool:
    """Whether the fields after the year are those of a real day and time of day."""
    found = re.match(
        r"-?(\d{4,})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(\.\d+)?)?(?:Z|[+-](\d\d):(\d\d))?$",
        lexical,
    )
    if found is None:
        return False
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    hour, minute, second = (int(found[i] or 0) for i in (4, 5, 6))
    zone_hour, zone_minute = int(found[8] or 0), int(found[9] or 0)
    # The Gregorian calendar repeats every 400 years, and datetime knows 1 to 9999.
    try:
        datetime.date(year % 400 + 400, month, day)
    except ValueError:
        return False
    midnight = hour == 24 and minute == 0 and second == 0 and not (found[7] or "").strip(".0")
    in_day = (hour < 24 and minute < 60 and second < 60) or midnight
    return in_day and zone_minute < 60 and zone_hour * 60 + zone_minute <= 840
