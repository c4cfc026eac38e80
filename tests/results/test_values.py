"""Literals as Python values."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import BlankNode, Literal
from kgtool.results.values import literal_value, value_of


@pytest.mark.parametrize(
    ("type_", "lexical", "value"),
    [
        (XSD.integer, "+042", 42),
        (XSD.base + "unsignedByte", "7", 7),
        (XSD.decimal, "1.50", Decimal("1.50")),
        (XSD.double, "1.5E3", 1500.0),
        (XSD.float, "-INF", -math.inf),
        (XSD.boolean, "1", True),
        (XSD.boolean, "false", False),
        (XSD.date, "1944-06-06", date(1944, 6, 6)),
        (XSD.dateTime, "1944-06-06T06:30:00", datetime(1944, 6, 6, 6, 30)),
        (XSD.dateTime, "1944-06-06T06:30:00.25Z", datetime(1944, 6, 6, 6, 30, 0, 250_000, UTC)),
        (
            XSD.dateTime,
            "1944-06-06T24:00:00+02:00",
            datetime(1944, 6, 7, tzinfo=timezone(timedelta(hours=2))),
        ),
        (XSD.string, "x", "x"),
        ("@en", "x", "x"),
        ("iri", "http://ex.org/", "http://ex.org/"),
        (None, None, None),
        ("bnode", "b", BlankNode("b")),
    ],
)
def test_values(type_: str | None, lexical: str | None, value: object) -> None:
    found = value_of(type_, lexical)
    assert found == value
    assert type(found) is type(value)


def test_nan_is_nan() -> None:
    found = value_of(XSD.double, "NaN")
    assert isinstance(found, float)
    assert math.isnan(found)


@pytest.mark.parametrize(
    ("type_", "lexical"),
    [
        (XSD.gYear, "1944"),
        (XSD.date, "1944-06-06Z"),
        (XSD.date, "1944-02-30"),
        (XSD.date, "-0044-03-15"),
        (XSD.dateTime, "1944-06-06T25:00:00"),
        (XSD.dateTime, "1944-06-06T00:00:00.1234567"),
        (XSD.dateTime, "9999-12-31T24:00:00"),
        (XSD.dateTime, "yesterday"),
        (XSD.integer, "\u0661"),
        (XSD.integer, "1" * 5000),
        (XSD.integer, "1_000"),
        (XSD.decimal, "1e5"),
        (XSD.double, "nan"),
        (XSD.boolean, "TRUE"),
        ("http://ex.org/type", "x"),
    ],
)
def test_what_python_has_no_value_for_stays_a_term(type_: str, lexical: str) -> None:
    assert value_of(type_, lexical) == Literal(lexical, type_)


def test_a_literal_has_a_value() -> None:
    assert literal_value(Literal("7", XSD.integer)) == 7
    assert literal_value(Literal.tagged("x", "en")) == "x"
