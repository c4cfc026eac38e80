"""The values of literals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgtool.rdf.namespaces import INTEGER_RANGES, RDF, XSD
from kgtool.rdf.terms import Literal
from kgtool.reason.datatypes import (
    DATATYPES,
    LITERAL,
    PLAIN_LITERAL,
    XML_LITERAL,
    implied,
    includes,
    is_in,
    is_known,
    value_of,
)

X = XSD.base
INTEGERS = {XSD.integer, *INTEGER_RANGES}
WELL = [
    (XSD.integer, ["0", "-0", "+12", "007", "123456789012345678901234567890"]),
    (XSD.decimal, ["1.", ".5", "-1.50", "+0", "12"]),
    (XSD.double, ["1", "1.5e3", "-.5E-3", "INF", "-INF", "+INF", "NaN", "1.0E+310", "1.0E-330"]),
    (XSD.float, ["1", "1.0E+40", "1.0E-50"]),
    (XSD.boolean, ["true", "false", "1", "0"]),
    (XSD.string, ["", " a\n"]),
    (X + "normalizedString", ["", " a "]),
    (X + "token", ["", "a b"]),
    (X + "language", ["en", "de-AT", "x-1"]),
    (X + "NMTOKEN", ["1a", "a:b"]),
    (X + "Name", ["a:b", "_a"]),
    (X + "NCName", ["a", "_a-1", "ä"]),
    (X + "byte", ["-128", "127"]),
    (X + "unsignedLong", ["18446744073709551615"]),
    (X + "negativeInteger", ["-1"]),
    (
        XSD.dateTime,
        ["1944-06-04T08:00:00", "1944-06-04T24:00:00Z", "-0044-03-15T12:00:00.5+01:00",
         "12044-02-29T00:00:00Z", "2000-02-29T00:00:00-14:00", "0000-01-01T00:00:00"],
    ),
    (X + "dateTimeStamp", ["1944-06-04T08:00:00Z"]),
    (X + "hexBinary", ["", "0aFF"]),
    (X + "base64Binary", ["", "YQ=="]),
    (X + "anyURI", ["", "a/b?c#d", "http://example.org/%20", "../x", "urn:x:y"]),
    (XML_LITERAL, ["", "a <b>c</b>", "&amp;"]),
    (PLAIN_LITERAL, ["a@", "a@en", "a@b@en-GB"]),
]  # fmt: skip
ILL = [
    (XSD.integer, ["", "1.0", " 1", "1 ", "a", "--1", "\u0661"]),
    (XSD.decimal, ["", ".", "1e3", "INF", "1,5"]),
    (XSD.double, ["", "e3", "inf", "nan", "1e", "Infinity"]),
    (XSD.boolean, ["", "TRUE", "yes", "2"]),
    (X + "normalizedString", ["a\n", "\t"]),
    (X + "token", [" a", "a  b", "a "]),
    (X + "language", ["", "toolonglanguage", "en_GB"]),
    (X + "NMTOKEN", ["", "a b"]),
    (X + "Name", ["", "1a"]),
    (X + "NCName", ["", "a:b", "-a"]),
    (X + "byte", ["-129", "128"]),
    (X + "unsignedLong", ["-1", "18446744073709551616"]),
    (X + "negativeInteger", ["0"]),
    (
        XSD.dateTime,
        ["", "1944-06-04", "1944-02-30T00:00:00", "1944-06-04T24:00:01", "1944-06-04T08:60:00",
         "1944-06-04T08:00:00+15:00", "1900-02-29T00:00:00", "44-01-01T00:00:00"],
    ),
    (X + "dateTimeStamp", ["1944-06-04T08:00:00"]),
    (X + "hexBinary", ["a", "0g"]),
    (X + "base64Binary", ["Y", "?"]),
    (X + "anyURI", ["a b", "%zz", "<"]),
    (XML_LITERAL, ["<a>", "&"]),
    (PLAIN_LITERAL, ["a", "a@12345678901"]),
]  # fmt: skip


def literals(table: list[tuple[str, list[str]]]) -> list[Literal]:
    return [Literal(text, datatype) for datatype, texts in table for text in texts]


@pytest.mark.parametrize("literal", literals(WELL), ids=str)
def test_a_well_formed_literal_is_in_its_datatype(literal: Literal) -> None:
    value = value_of(literal)
    assert value is not None
    assert is_in(value, literal.datatype)
    assert is_in(value, LITERAL)


@pytest.mark.parametrize("literal", literals(ILL), ids=str)
def test_an_ill_typed_literal_has_no_value(literal: Literal) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is what the parser was given
        value_of(literal)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Literal("1", XSD.integer), Literal("1.00", XSD.decimal)),
        (Literal("01", XSD.integer), Literal("1", X + "byte")),
        (Literal("a"), Literal("a", X + "token")),
        (Literal("a"), Literal("a@", PLAIN_LITERAL)),
        (Literal.tagged("a", "en-GB"), Literal("a@EN-gb", PLAIN_LITERAL)),
        (Literal("true", XSD.boolean), Literal("1", XSD.boolean)),
        (Literal("0A", X + "hexBinary"), Literal("0a", X + "hexBinary")),
        (
            Literal("1944-06-04T24:00:00Z", XSD.dateTime),
            Literal("1944-06-05T02:00:00+02:00", X + "dateTimeStamp"),
        ),
        (Literal("1.0E+310", XSD.double), Literal("INF", XSD.double)),
        (Literal("1e-50", XSD.float), Literal("0", XSD.float)),
        (Literal("16777217", XSD.float), Literal("16777216", XSD.float)),
    ],
)
def test_equal(one: Literal, other: Literal) -> None:
    assert value_of(one) == value_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Literal("1", XSD.integer), Literal("1", XSD.double)),
        (Literal("1", XSD.float), Literal("1", XSD.double)),
        (Literal("1", XSD.integer), Literal("1")),
        (Literal("a"), Literal.tagged("a", "en")),
        (Literal("0", XSD.double), Literal("-0", XSD.double)),
        (Literal("a", X + "anyURI"), Literal("a")),
        (Literal("00", X + "hexBinary"), Literal("AA==", X + "base64Binary")),
        (
            Literal("1944-06-04T08:00:00", XSD.dateTime),
            Literal("1944-06-04T08:00:00Z", XSD.dateTime),
        ),
    ],
)
def test_different(one: Literal, other: Literal) -> None:
    assert value_of(one) != value_of(other)


def test_of_a_datatype_that_is_not_known_there_is_no_value() -> None:
    assert value_of(Literal("x", "urn:x:datatype")) is None
    assert not is_known("urn:x:datatype")
    assert not implied({"urn:x:datatype"}, XSD.string)


@pytest.mark.parametrize("narrower", DATATYPES)
def test_inclusion_is_that_of_values(narrower: str) -> None:
    """Every value that is at hand is in all datatypes that include one that it is in."""
    values = [value_of(literal) for literal in (*literals(WELL), Literal.tagged("a", "en"))]
    members = [value for value in values if value and is_in(value, narrower)]
    assert members
    for wider in DATATYPES:
        inside = all(is_in(value, wider) for value in members)
        if includes(wider, narrower):
            assert inside, wider
            assert implied({narrower}, wider)
        elif not {wider, narrower} <= INTEGERS:
            # But for the bounds of integers, the examples tell the two apart.
            assert not inside, wider


@given(st.integers(-(2**70), 2**70), st.sampled_from(sorted(INTEGER_RANGES)))
def test_integers_are_in_their_ranges(number: int, datatype: str) -> None:
    low, high = INTEGER_RANGES[datatype]
    inside = (low is None or number >= low) and (high is None or number <= high)
    value = value_of(Literal(str(number), XSD.integer))
    assert value is not None
    assert is_in(value, datatype) == inside
    if inside:
        assert value_of(Literal(str(number), datatype)) == value
    else:
        with pytest.raises(ValueError, match=str(number)):
            value_of(Literal(str(number), datatype))


@given(st.sets(st.sampled_from(sorted(INTEGER_RANGES)), min_size=1), st.integers(-300, 70_000))
def test_what_ranges_imply_is_so(known: set[str], number: int) -> None:
    value = value_of(Literal(str(number), XSD.integer))
    assert value is not None
    if all(is_in(value, name) for name in known):
        for datatype in INTEGER_RANGES:
            assert not implied(known, datatype) or is_in(value, datatype)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5))
def test_decimals_are_equal_as_numbers(number: Decimal) -> None:
    value = value_of(Literal(f"{number:f}", XSD.decimal))
    assert value == value_of(Literal(f"{number:f}000", XSD.decimal))
    assert value is not None
    assert is_in(value, XSD.integer) == (number == number.to_integral_value())


@given(st.floats())
def test_doubles_are_read_as_python_reads_them(number: float) -> None:
    text = str(number).replace("inf", "INF").replace("nan", "NaN")
    value = value_of(Literal(text, XSD.double))
    assert value is not None
    assert value.content == ("NaN" if number != number else number.hex())


@given(st.datetimes())
def test_date_times_are_the_same_in_every_zone(moment: object) -> None:
    text = f"{moment:%Y-%m-%dT%H:%M:%S}".rjust(19, "0")
    values = {value_of(Literal(f"{text}{zone}", XSD.dateTime)) for zone in ("Z", "+00:00")}
    assert len(values) == 1
    assert value_of(Literal(text, XSD.dateTime)) not in values


def test_language_strings_are_plain() -> None:
    value = value_of(Literal.tagged("a", "en"))
    assert value is not None
    assert is_in(value, PLAIN_LITERAL)
    assert includes(PLAIN_LITERAL, RDF.langString)
    assert not is_in(value, XSD.string)
