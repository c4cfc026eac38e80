from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from kgtool.errors import ParameterError
from kgtool.project.arguments import TYPES, guess_value, parse_value, to_term
from kgtool.project.parameters import Parameter
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, Literal

PREFIXES = {"ex": "https://example.org/", "": "https://example.org/#"}

GOOD = [
    ("iri", "ex:a", IRI("https://example.org/a")),
    ("iri", ":a", IRI("https://example.org/#a")),
    ("iri", "https://example.org/b", IRI("https://example.org/b")),
    ("iri", "<https://example.org/b>", IRI("https://example.org/b")),
    ("iri", "urn:x:y", IRI("urn:x:y")),
    ("string", "", Literal("")),
    ("string", 'a "b"\n} DROP ALL', Literal('a "b"\n} DROP ALL')),
    ("langString", "chat@fr", Literal.tagged("chat", "fr")),
    ("langString", '"a@b"@en-GB', Literal.tagged("a@b", "en-GB")),
    ("integer", "-12", Literal("-12", XSD.integer)),
    ("decimal", "1.50", Literal("1.50", XSD.decimal)),
    ("double", "1e3", Literal("1e3", XSD.double)),
    ("boolean", "true", Literal("true", XSD.boolean)),
    ("date", "1944-02-29", Literal("1944-02-29", XSD.date)),
    ("date", "1944-06-04Z", Literal("1944-06-04Z", XSD.date)),
    ("dateTime", "1944-06-04T19:15:00Z", Literal("1944-06-04T19:15:00Z", XSD.dateTime)),
    ("gYear", "1944", Literal("1944", XSD.gYear)),
    ("gYearMonth", "1944-06", Literal("1944-06", XSD.gYearMonth)),
]
BAD = [
    ("iri", "a"),
    ("iri", "no:a"),
    ("iri", "ex:a b"),
    ("iri", "<a>"),
    ("iri", "https://a/> <x"),
    ("langString", "chat"),
    ("integer", "1.5"),
    ("integer", ""),
    ("decimal", "1e3"),
    ("double", "x"),
    ("boolean", "yes"),
    ("date", "1943-02-29"),
    ("date", "4 June 1944"),
    ("date", "1944-06"),
    ("dateTime", "1944-06-04"),
    ("dateTime", "1944-06-31T00:00:00"),
    ("gYear", "44"),
    ("gYearMonth", "1944-13"),
]


@pytest.mark.parametrize(("type_", "text", "term"), GOOD)
def test_text_becomes_a_term(type_, text, term):
    assert parse_value(text, Parameter("x", type_), PREFIXES) == term


@pytest.mark.parametrize(("type_", "text"), BAD)
def test_text_of_the_wrong_type_is_an_error_that_says_what_was_expected(type_, text):
    with pytest.raises(ParameterError) as caught:
        parse_value(text, Parameter("x", type_), PREFIXES)
    assert "'x'" in caught.value.message
    assert caught.value.expected


def test_every_type_has_a_good_case():
    assert {type_ for type_, _, _ in GOOD} == set(TYPES)


def test_a_misspelt_prefix_names_the_nearest():
    with pytest.raises(ParameterError, match="Did you mean 'ww2'"):
        parse_value("ww:a", Parameter("x", "iri"), {"ww2": "https://example.org/"})


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("<urn:a>", IRI("urn:a")),
        ("ex:a", IRI("https://example.org/a")),
        ("no:a", Literal("no:a")),
        ("5", Literal("5", XSD.integer)),
        ("5.0", Literal("5.0", XSD.decimal)),
        ("true", Literal("true", XSD.boolean)),
        ("1944-06-04", Literal("1944-06-04", XSD.date)),
        ("1944-02-30", Literal("1944-02-30")),
        ('"5"', Literal("5")),
        ('"a"@en', Literal.tagged("a", "en")),
        ("some words", Literal("some words")),
    ],
)
def test_a_value_without_a_type_is_what_it_looks_like(text, term):
    assert guess_value(text, "x", PREFIXES) == term


@pytest.mark.parametrize(
    ("value", "type_", "term"),
    [
        ("1944", "gYear", Literal("1944", XSD.gYear)),
        (5, "integer", Literal("5", XSD.integer)),
        (5, "decimal", Literal("5", XSD.decimal)),
        (5, "double", Literal("5", XSD.double)),
        (1.5, None, Literal("1.5", XSD.double)),
        (float("inf"), None, Literal("INF", XSD.double)),
        (Decimal("1.10"), None, Literal("1.10", XSD.decimal)),
        (True, "boolean", Literal("true", XSD.boolean)),
        (datetime.date(1944, 6, 4), "date", Literal("1944-06-04", XSD.date)),
        (
            datetime.datetime(1944, 6, 4, tzinfo=datetime.UTC),
            "dateTime",
            Literal("1944-06-04T00:00:00Z", XSD.dateTime),
        ),
        (IRI("urn:a"), "iri", IRI("urn:a")),
        ("ex:a", None, Literal("ex:a")),
    ],
)
def test_python_values_become_terms(value, type_, term):
    assert to_term(value, Parameter("x", type_) if type_ else None, PREFIXES) == term


@pytest.mark.parametrize(
    ("value", "type_"), [(5, "iri"), (True, "integer"), (IRI("urn:a"), "string"), ([], None)]
)
def test_python_values_of_the_wrong_type_are_refused(value, type_):
    with pytest.raises(ParameterError):
        to_term(value, Parameter("x", type_) if type_ else None, PREFIXES)
