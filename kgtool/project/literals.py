"""Finds literals that their datatype does not have, such as the date 1944-02-30.

RDF allows them, but in a project they are mistakes that would drop out of every
comparison without a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from kgtool.engine.ids import OTHER, dictionary_tag
from kgtool.errors import Location, RdfSyntaxError
from kgtool.rdf.lexical import PATTERNS
from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.rdf.terms import Literal, Term

Triple: TypeAlias = tuple[Term, Term, Term]

_PATTERNS = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}
_ENGINE_TYPES = {
    XSD.boolean,
    XSD.integer,
    XSD.decimal,
    XSD.float,
    XSD.double,
    XSD.date,
    XSD.dateTime,
    *INTEGER_RANGES,
}
_EXPECTED = {
    XSD.date: "a day of the calendar, such as 1944-06-04",
    XSD.dateTime: "a moment, such as 1944-06-04T19:15:00Z",
    XSD.gYear: "a year, such as 1944",
    XSD.gYearMonth: "a year and month, such as 1944-06",
    XSD.boolean: "true or false",
    XSD.duration: "a duration, such as P1M or PT45S",
}


def check_literals(triples: Iterable[Triple], place: Callable[[Triple], Location]) -> None:
    """Raises RdfSyntaxError for the first literal without a value; ``place`` says where it is."""
    for triple in triples:
        term = triple[2]
        if isinstance(term, Literal) and not has_value(term):
            raise without_value(term, place(triple))


def has_value(literal: Literal) -> bool:
    """Whether the literal's text is one that its datatype has; unknown datatypes pass."""
    if literal.datatype in _ENGINE_TYPES:
        return dictionary_tag(literal) != OTHER
    pattern = _PATTERNS.get(literal.datatype)
    return pattern is None or pattern.fullmatch(literal.lexical) is not None


def without_value(literal: Literal, location: Location) -> RdfSyntaxError:
    """The error for a literal that has no value."""
    name = "xsd:" + literal.datatype.removeprefix(XSD.base)
    return RdfSyntaxError(
        f'"{literal.lexical}" is not a value of {name}',
        location=location,
        expected=_EXPECTED.get(literal.datatype),
    )
