"""Times with a precision and a calendar, to and from literals."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.rdf.edtf import is_edtf, time_of
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Literal
from kgtool.rdf.timevalues import DAY, JULIAN, MONTH, YEAR, TimeValue, is_finer
from tests.wikibase.strategies import time_values

KINDS = {"gYear": XSD.gYear, "gYearMonth": XSD.gYearMonth, "date": XSD.date}


def literal(kind: str, text: str) -> Literal:
    return Literal(text, KINDS.get(kind, XSD.dateTime))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("gYear", "1944", TimeValue(1944, 0, 0, YEAR)),
        ("gYear", "12000", TimeValue(12000, 0, 0, YEAR)),
        ("gYear", "0000", TimeValue(-1, 0, 0, YEAR)),
        ("gYear", "-0001", TimeValue(-2, 0, 0, YEAR)),
        ("gYearMonth", "1944-06", TimeValue(1944, 6, 0, MONTH)),
        ("date", "1944-06-04", TimeValue(1944, 6, 4)),
        ("date", "0000-02-29", TimeValue(-1, 2, 29)),
    ],
)
def test_dates_of_xsd(kind: str, text: str, value: TimeValue) -> None:
    assert TimeValue.of(literal(kind, text)) == value
    assert value.literal() == literal(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("gYear", "1944-06"), ("gYearMonth", "1944"), ("date", "1944-02-30"), ("gYear", "44"),
        ("gYearMonth", "1944-13"), ("date", "1944"), ("dateTime", "1944-06-04"),
        ("date", "1900-02-29"), ("date", "1944-06-04T08:00:00"),
    ],
)  # fmt: skip
def test_no_dates_of_xsd(kind: str, text: str) -> None:
    assert TimeValue.of(literal(kind, text)) is None


def test_of_a_date_time_it_is_the_day() -> None:
    hour = literal("dateTime", "1944-06-04T08:00:00+02:00")
    assert TimeValue.of(hour) == TimeValue(1944, 6, 4)
    assert is_finer(hour)
    assert is_finer(literal("date", "1944-06-04Z"))
    assert not is_finer(literal("date", "1944-06-04"))


@pytest.mark.parametrize(
    ("text", "precision", "calendar", "flaw"),
    [
        ("+0000-00-00T00:00:00Z", YEAR, None, "there is no year 0"),
        ("+1900-00-00T00:00:00Z", 7, None, "XSD has no date with the precision of a century"),
        ("+1944-06-04T00:00:00Z", 12, None, "XSD has no date with the precision of an hour"),
        ("+1944-02-31T00:00:00Z", DAY, None, "there is no day 31 in month 2 of that year"),
        ("+1944-00-00T00:00:00Z", MONTH, None, "there is no month 0"),
        ("+1944-06-00T00:00:00Z", DAY, None, "there is no day 0 in month 6 of that year"),
        ("+1500-06-00T00:00:00Z", MONTH, JULIAN,
            "a month of the Julian calendar is none of the Gregorian"),
        ("+1501-02-29T00:00:00Z", DAY, JULIAN, "there is no day 29 in month 2 of that year"),
    ],
)  # fmt: skip
def test_what_wikibase_has_and_xsd_has_not(
    text: str, precision: int, calendar: str | None, flaw: str
) -> None:
    value = TimeValue.parse(text, precision, *([calendar] if calendar else []))
    assert value.flaw() == flaw
    with pytest.raises(ValueError, match=re.escape(flaw)):
        value.literal()


@pytest.mark.parametrize(
    "text", ["1944-06-04", "+1944-06-04T00:00:00+01:00", "", "+1944-6-4T00:00:00Z"]
)
def test_no_times(text: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        TimeValue.parse(text, DAY)


def test_no_precision() -> None:
    with pytest.raises(ValueError, match="is no precision"):
        TimeValue.parse("+1944-06-04T00:00:00Z", 15)


@pytest.mark.parametrize(
    ("julian", "gregorian"),
    [  # days that are known from the reform, Caesar's death, the October Revolution, and of old
        ((1582, 10, 4), "1582-10-14"),
        ((1582, 10, 5), "1582-10-15"),
        ((-44, 3, 15), "-0043-03-13"),
        ((1917, 10, 25), "1917-11-07"),
        ((1500, 2, 29), "1500-03-10"),
        ((-4713, 1, 1), "-4713-11-24"),
    ],
)
def test_days_of_the_julian_calendar(julian: tuple[int, int, int], gregorian: str) -> None:
    value = TimeValue(*julian, DAY, JULIAN)
    assert value.literal() == Literal(gregorian, XSD.date)
    assert TimeValue.of_date_time(value.date_time(), DAY, JULIAN) == value


@given(st.dates(min_value=date(1583, 1, 1), max_value=date(9000, 1, 1)))
def test_the_calendars_go_on_by_the_same_day(day: date) -> None:
    """Python counts the days between Gregorian dates; the Julian ones have to be as many apart."""
    next_day = day + timedelta(1)
    one, other = (
        TimeValue.of_date_time(f"{each.isoformat()}T00:00:00Z", DAY, JULIAN)
        for each in (day, next_day)
    )
    assert one.literal() == Literal(day.isoformat(), XSD.date)
    follows = (other.month, other.day) == (one.month, one.day + 1)
    assert follows or other.day == 1


@given(time_values())
def test_texts_and_date_times_come_back(value: TimeValue) -> None:
    assert TimeValue.parse(value.text, value.precision, value.calendar) == value
    back = TimeValue.of_date_time(value.date_time(), value.precision, value.calendar)
    assert back == value


@settings(deadline=None)  # the package edtf is slow to be imported
@given(time_values())
def test_literals_come_back(value: TimeValue) -> None:
    literal = value.literal()
    back = time_of(literal) if is_edtf(literal) else TimeValue.of(literal)
    assert back is not None
    assert back.literal() == literal
    assert back.precision == value.precision
