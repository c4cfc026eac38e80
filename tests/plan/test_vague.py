"""Times that are known in part: bounds held against the package edtf, and relations against all
beginnings and ends that there may be."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from edtf import parse_edtf

from kgtool.errors import UnsupportedError
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Literal

PREFIXES = f"""
PREFIX kg: <urn:x-kgtool:function:> PREFIX xsd: <{XSD.base}>
PREFIX edtf: <http://id.loc.gov/datatypes/edtf/>
"""
TIMES = [
    "1944-06-04", "1944-06-05", "1944-06", "1944-05", "1944", "1943", "1944-06-XX", "1944-XX",
    "1944-XX-XX", "194X", "19XX", "1XXX", "1944-21", "1944-22", "1944-23", "1944-02-29",
    "1900-02", "0000", "0033", "-0044-03-15", "-0044",
]  # fmt: skip
INTERVALS = [
    "1943-09/1943-12", "1944-05-23/1944-06-04", "1944/1945", "1944-06/1944-06",
    "1943-12/1944-06-04", "194X/1944-06-04",
]  # fmt: skip
RELATIONS = ["Before", "During", "Overlaps"]


@pytest.fixture
def one(ask):
    """The value of an expression, or None for an error."""

    def asked(expression):
        ((value,),) = ask("", f"{PREFIXES} SELECT ?x {{ BIND ({expression} AS ?x) }}")
        return value

    return asked


def text(moment, clock):
    year, month, day = tuple(moment)[:3]
    return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}T{clock}"


def bounds(time):
    parsed = parse_edtf(time)
    return text(parsed.lower_strict(), "00:00:00"), text(parsed.upper_strict(), "23:59:59")


@pytest.mark.parametrize("time", [*TIMES, *INTERVALS])
def test_bounds_are_those_of_the_package_edtf(one, time):
    found = one(f'kg:earliest("{time}")'), one(f'kg:latest("{time}")')
    assert found == tuple(Literal(each, XSD.dateTime) for each in bounds(time))


@pytest.mark.parametrize(
    ("time", "earliest", "latest"),
    [
        ("1944-06-04T08:00:00.5Z", "1944-06-04T08:00:00.5Z", "1944-06-04T08:00:00.5Z"),
        ("1944-06-04T08:00:00+02:00~", "1944-06-04T00:00:00+02:00", "1944-06-04T23:59:59+02:00"),
        ("1944-06-04T08:00:00Z?", "1944-06-04T00:00:00Z", "1944-06-04T23:59:59Z"),
        ("1944-06-04%", "1944-06-03T00:00:00", "1944-06-05T23:59:59"),
        ("1944-06~", "1944-05-01T00:00:00", "1944-07-31T23:59:59"),
        ("1944-22~", "1944-03-01T00:00:00", "1944-11-30T23:59:59"),
        ("1944-24", "1944-12-01T00:00:00", "1945-02-28T23:59:59"),
        ("1944?", "1943-01-01T00:00:00", "1945-12-31T23:59:59"),
        ("1943-09/..", "1943-09-01T00:00:00", None),
        ("1943-09/", "1943-09-01T00:00:00", None),
        ("../1944-06", None, "1944-06-30T23:59:59"),
        ("/1944-06", None, "1944-06-30T23:59:59"),
        ("Y17000", "17000-01-01T00:00:00", "17000-12-31T23:59:59"),
    ],
)  # fmt: skip
def test_bounds_of_marks_clocks_and_open_ends(one, time, earliest, latest):
    found = [one(f'kg:{bound}("{time}"^^edtf:EDTF)') for bound in ("earliest", "latest")]
    assert found == [each and Literal(each, XSD.dateTime) for each in (earliest, latest)]


@pytest.mark.parametrize(
    ("literal", "latest"),
    [
        ('"1944-06-04"^^xsd:date', "1944-06-04T23:59:59"),
        ('"1944-06-04Z"^^xsd:date', "1944-06-04T23:59:59Z"),
        ('"1944-06"^^xsd:gYearMonth', "1944-06-30T23:59:59"),
        ('"1944-05:00"^^xsd:gYear', "1944-12-31T23:59:59-05:00"),
        ('"12000"^^xsd:gYear', "12000-12-31T23:59:59"),
        ('"1944-06-04T08:00:00+02:00"^^xsd:dateTime', "1944-06-04T08:00:00+02:00"),
    ],
)
def test_bounds_of_dates_of_xml_schema(one, literal, latest):
    assert one(f"kg:latest({literal})") == Literal(latest, XSD.dateTime)


@pytest.mark.parametrize(
    "literal",
    [
        '"1944-02-30"', '"1944-13"', '"1944-XX-05"', '"1944-06-XXT08:00:00"', '"44"', '"soon"',
        '""', '"/"', '"../.."', '"1945/1944"', '"soon/1944-06-04Z"', '"1943/1944/1945"', '"Y1944"',
        '"1944-22-01"', "1944",
        '"1944"@en', '"194X"^^xsd:gYear', '"1944-06-04~"^^xsd:date', '"--06-04"^^xsd:gMonthDay',
        "<urn:1944>",
    ],
)  # fmt: skip
def test_what_is_no_time_has_no_bounds_and_no_relations(one, literal):
    assert one(f"kg:earliest({literal})") is None
    assert one(f'kg:possiblyBefore("1944", {literal})') is None
    assert one(f'kg:possiblyBefore({literal}, "1944")') is None


@dataclass
class Span:
    """The first and the last moment at which it may have begun, and those of its end."""

    begin: tuple[str, str]
    end: tuple[str, str]

    def choices(self, marks):
        """Every beginning and end that there may be, of so many moments."""
        begins = [each for each in marks if self.begin[0] <= each <= self.begin[1]]
        ends = [each for each in marks if self.end[0] <= each <= self.end[1]]
        return [(b, e) for b in begins for e in ends if b <= e]


def span(time):
    first, _, last = time.partition("/")
    return Span(bounds(first), bounds(last or first))


HOLDS = {
    "Before": lambda a, b: a[1] < b[0],
    "During": lambda a, b: b[0] <= a[0] and a[1] <= b[1],
    "Overlaps": lambda a, b: a[0] <= b[1] and b[0] <= a[1],
}


@pytest.mark.parametrize("relation", RELATIONS)
def test_relations_are_those_of_all_beginnings_and_ends(ask, relation):
    recent = [each for each in (*TIMES, *INTERVALS) if each.startswith("19")]
    data = "".join(f'<urn:t> <urn:is> "{each}" .' for each in recent)
    query = f"""{PREFIXES} SELECT ?a ?b (kg:certainly{relation}(?a, ?b) AS ?c)
        (kg:possibly{relation}(?a, ?b) AS ?p) {{ ?t <urn:is> ?a, ?b }}"""
    rows = {(a.lexical, b.lexical): (c.lexical, p.lexical) for a, b, c, p in ask(data, query)}
    assert len(rows) == len(recent) ** 2
    for a, b in itertools.product(recent, recent):
        left, right = span(a), span(b)
        marks = sorted({*left.begin, *left.end, *right.begin, *right.end})
        holding = [
            HOLDS[relation](one, other)
            for one in left.choices(marks)
            for other in right.choices(marks)
        ]
        expected = str(all(holding)).lower(), str(any(holding)).lower()
        assert rows[a, b] == expected, (a, relation, b)


def test_zones_are_compared_where_both_are_known(one):
    assert one('kg:certainlyBefore("1944-06-04T09:00:00+02:00", "1944-06-04T08:00:00Z")')
    for zone, expected in (("Z", "true"), ("", "false")):
        earlier = f'"1944-06-04T08:30:00+02:00", "1944-06-04T08:00:00{zone}"'
        assert one(f"kg:certainlyBefore({earlier})").lexical == expected


def test_open_ends_are_before_and_after_all(one):
    assert one('kg:certainlyOverlaps("1943/..", "2000")').lexical == "true"
    assert one('kg:certainlyOverlaps("1943/", "2000")').lexical == "false"
    assert one('kg:possiblyOverlaps("1943/", "2000")').lexical == "true"
    assert one('kg:possiblyBefore("1943/..", "2000")').lexical == "false"


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ('certainlyDuring("1944-06-01", "1944-06")', "false"),
        ('certainlyDuring("1944-06-01", kg:period("1944-06"))', "true"),
        ('certainlyDuring("1944-06", kg:period("1944-06"))', "true"),
        ('certainlyDuring("1944-06~", kg:period("1944-06"))', "false"),
        ('possiblyDuring("1944-06~", kg:period("1944-06"))', "true"),
        ('possiblyDuring("1944-07", kg:period("1944-06"))', "false"),
        ('certainlyOverlaps("1944-06-03/1944-07", kg:period("1944-06-01/1944-06-30"))', "true"),
        ('certainlyDuring("2000", kg:period("1943/.."))', "true"),
    ],
)
def test_a_period_is_all_of_it(one, relation, expected):
    assert one(f"kg:{relation}").lexical == expected


def test_a_period_is_edtf(one):
    found = one('kg:period("1944-05/1944-06-04T08:00:00+02:00")')
    edtf = "http://id.loc.gov/datatypes/edtf/EDTF"
    assert found == Literal("1944-05-01T00:00:00/1944-06-04T08:00:00+02:00", edtf)
    assert one('kg:period("1944/..")').lexical == "1944-01-01T00:00:00/.."


def test_another_number_of_arguments_is_an_error(one):
    with pytest.raises(UnsupportedError, match="does not take 1 arguments"):
        one('kg:certainlyBefore("1944")')
