"""Times in Extended Date/Time Format (ISO 8601-2:2019) as Wikibase has them."""

from __future__ import annotations

from kgtool.extras import missing_extra
from kgtool.rdf.namespaces import EDTF
from kgtool.rdf.terms import Literal, Term
from kgtool.rdf.timevalues import DECADE, TimeValue

_DIGITS = 4


def is_edtf(term: Term) -> bool:
    """Whether a term is a literal with a datatype of EDTF."""
    return isinstance(term, Literal) and term.datatype.startswith(EDTF)


def is_approximate(term: Term) -> bool:
    """Whether a term is an EDTF literal with the mark ``~``."""
    return is_edtf(term) and isinstance(term, Literal) and term.lexical.endswith("~")


def time_of(literal: Literal) -> TimeValue:
    """The time that an EDTF literal names: a day, a month, a year or a decade.

    Raises ValueError with the reason for any other, and UsageError without the package.
    """
    try:
        from edtf import EDTFParseException, parse_edtf
        from edtf.parser import parser_classes as forms
    except ImportError as error:
        raise missing_extra("EDTF in exports", "wikidata", error) from error

    text = literal.lexical.removesuffix("~")
    try:
        parsed = parse_edtf(text)
    except EDTFParseException:
        raise ValueError("is no EDTF") from None
    decade = text.removesuffix("X")
    if isinstance(parsed, forms.Unspecified) and len(decade) == _DIGITS - 1 and decade.isdecimal():
        return TimeValue(int(decade) * 10, 0, 0, DECADE)
    if type(parsed) is not forms.Date:
        raise ValueError("is EDTF of a kind that Wikibase has no time for")
    value = TimeValue.of_parts(text)
    if value is None:
        raise ValueError("is no date that Wikibase has")
    return value
