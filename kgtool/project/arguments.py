"""The types of parameters, and how text and Python values become RDF terms.

A parameter's value reaches a query as a term, never as text, so that nothing in it can
change what the query means.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping

from kgtool.errors import ParameterError, did_you_mean
from kgtool.project.parameters import Parameter
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term

_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_DATE = r"-?\d{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?"

#: name → datatype, lexical forms, an example.
_LITERAL_TYPES: dict[str, tuple[str, str, str]] = {
    "string": (XSD.string, r"(?s:.*)", '"text"'),
    "integer": (XSD.integer, r"[+-]?\d+", "1944"),
    "decimal": (XSD.decimal, _NUMBER, "1.5"),
    "double": (XSD.double, _NUMBER + r"(?:[eE][+-]?\d+)?|[+-]?INF|NaN", "1.5e3"),
    "boolean": (XSD.boolean, "true|false", "true or false"),
    "date": (XSD.date, _DATE + _ZONE, "1944-06-04"),
    "dateTime": (XSD.dateTime, f"{_DATE}T{_TIME}{_ZONE}", "1944-06-04T19:15:00Z"),
    "gYear": (XSD.gYear, r"-?\d{4,}" + _ZONE, "1944"),
    "gYearMonth": (XSD.gYearMonth, r"-?\d{4,}-(?:0[1-9]|1[0-2])" + _ZONE, "1944-06"),
    "langString": (RDF.langString, r'(?s:"?.*"?)@[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*', "text@en"),
}
TYPES = ("iri", *_LITERAL_TYPES)
#: Schemes whose IRIs are written without ``//``.
PLAIN_SCHEMES = ("data", "doi", "geo", "info", "mailto", "tag", "tel", "urn")
_ABSOLUTE = re.compile(r'([A-Za-z][A-Za-z0-9+.-]*):[^\x00-\x20<>"{}|^`\\]*')
_BAD_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
#: What a value without a declared type may be, first match wins.
_GUESSES = ("integer", "decimal", "double", "boolean", "dateTime", "date")


def parse_value(text: str, parameter: Parameter, prefixes: Mapping[str, str]) -> Term:
    """The term that ``text`` is as a value of the parameter."""
    if parameter.type == "iri":
        return _parse_iri(text, parameter.name, prefixes)
    datatype, pattern, example = _LITERAL_TYPES[parameter.type]
    valid = re.fullmatch(pattern, text, re.ASCII) and not _impossible_date(parameter.type, text)
    if not valid:
        raise _wrong_type(parameter, repr(text), example)
    if parameter.type == "langString":
        lexical, _, language = text.rpartition("@")
        return Literal.tagged(_unquoted(lexical), language)
    return Literal(text, datatype)


def guess_value(text: str, name: str, prefixes: Mapping[str, str]) -> Term:
    """The term that ``text`` is where no header declares a type.

    ``<…>``, a prefixed name with a known prefix, a number, a boolean, a date or a
    quoted, possibly tagged string is what it looks like; anything else is a string.
    """
    if text.startswith("<") and text.endswith(">"):
        return _parse_iri(text, name, prefixes)
    prefix, colon, _ = text.partition(":")
    if colon and prefix in prefixes and not re.search(r"\s", text):
        return _parse_iri(text, name, prefixes)
    for type_ in _GUESSES:
        datatype, pattern, _ = _LITERAL_TYPES[type_]
        if re.fullmatch(pattern, text, re.ASCII) and not _impossible_date(type_, text):
            return Literal(text, datatype)
    tagged = re.fullmatch(r'(".*")@([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)', text, re.DOTALL)
    if tagged:
        return Literal.tagged(_unquoted(tagged[1]), tagged[2])
    return Literal(_unquoted(text))


def to_term(value: object, parameter: Parameter | None, prefixes: Mapping[str, str]) -> Term:
    """The term of a Python value, checked against the parameter's type where it has one.

    Text is read as the command line reads it: by the declared type, else as a string.
    """
    if isinstance(value, str) and parameter:
        return parse_value(value, parameter, prefixes)
    from decimal import Decimal

    term = _plain_term(value)
    if parameter is None:
        return term
    if parameter.type == "double" and isinstance(value, int | Decimal):
        return Literal(str(value), XSD.double)
    if parameter.type == "decimal" and type(value) is int:
        return Literal(str(value), XSD.decimal)
    if _type_of(term) != parameter.type:
        raise _wrong_type(parameter, str(term), example_of(parameter.type))
    return term


def example_of(type_: str) -> str:
    return "ex:thing or <https://…>" if type_ == "iri" else _LITERAL_TYPES[type_][2]


def _parse_iri(text: str, name: str, prefixes: Mapping[str, str]) -> IRI:
    bare = text[1:-1] if text.startswith("<") and text.endswith(">") else None
    iri = bare if bare is not None else _expanded(text, name, prefixes)
    if not _ABSOLUTE.fullmatch(iri) or _BAD_IN_IRI.search(iri):
        raise ParameterError(
            f"parameter {name!r}: {text!r} is not an IRI",
            expected="a prefixed name such as ex:thing, or a full IRI",
        )
    return IRI(iri)


def _expanded(text: str, name: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, local = text.partition(":")
    if not colon:
        return text
    if prefix in prefixes and not local.startswith("//"):
        return prefixes[prefix] + local
    if local.startswith("//") or prefix.lower() in PLAIN_SCHEMES:
        return text
    raise ParameterError(
        f"parameter {name!r}: the prefix {prefix + ':'!r} of {text!r} is not known",
        expected="one of: " + (", ".join(f"{p}:" for p in sorted(prefixes)) or "a full IRI"),
        hint=did_you_mean(prefix, prefixes),
    )


def _wrong_type(parameter: Parameter, value: str, example: str) -> ParameterError:
    return ParameterError(
        f"parameter {parameter.name!r}: {value} is not of type {parameter.type}",
        expected=f"{parameter.type}, such as {example}",
    )


def _impossible_date(type_: str, text: str) -> bool:
    """Whether the text has the form of a date that no calendar has, such as 30 February."""
    if type_ not in ("date", "dateTime"):
        return False
    found = re.match(r"-?(\d{4,})-(\d\d)-(\d\d)", text)
    if not found:
        return True
    try:  # the Gregorian calendar repeats every 400 years
        datetime.date(int(found[1]) % 400 + 400, int(found[2]), int(found[3]))
    except ValueError:
        return True
    return False


def _unquoted(text: str) -> str:
    quoted = len(text) >= 2 and text[0] == text[-1] == '"'
    return text[1:-1] if quoted else text


def _plain_term(value: object) -> Term:
    from decimal import Decimal

    match value:
        case IRI() | BlankNode() | Literal():
            return value
        case str():
            return Literal(value)
        case bool():
            return Literal("true" if value else "false", XSD.boolean)
        case int():
            return Literal(str(value), XSD.integer)
        case Decimal():
            return Literal(f"{value:f}", XSD.decimal)
        case float():
            return Literal(_double_text(value), XSD.double)
        case datetime.datetime():
            return Literal(value.isoformat().replace("+00:00", "Z"), XSD.dateTime)
        case datetime.date():
            return Literal(value.isoformat(), XSD.date)
    raise ParameterError(
        f"a {type(value).__name__} cannot be a parameter",
        expected="a term, str, bool, int, float, Decimal, date or datetime",
    )


def _double_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    return repr(value)


def _type_of(term: Term) -> str | None:
    if isinstance(term, IRI):
        return "iri"
    if isinstance(term, Literal):
        if term.language:
            return "langString"
        return next((n for n, (d, _, _) in _LITERAL_TYPES.items() if d == term.datatype), None)
    return None
