"""Times as Wikibase has them: a date with a precision and a calendar; to and from RDF literals.

https://www.mediawiki.org/wiki/Wikibase/DataModel/JSON#time. Years count as historians do, so that
there is no year 0; XSD 1.1 has one, which is 1 BCE.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from typing import TypeAlias

from kgtool.rdf.namespaces import EDTF, XSD
from kgtool.rdf.terms import Literal

#: The calendars; every Wikibase names them by the items of Wikidata.
GREGORIAN = "http://www.wikidata.org/entity/Q1985727"
JULIAN = "http://www.wikidata.org/entity/Q1985786"

#: The precisions that have a datatype: a decade one of EDTF, the others those of XSD. Below are
#: centuries (7) and so on.
DECADE, YEAR, MONTH, DAY = 8, 9, 10, 11
PRECISIONS = {
    0: "a billion years", 1: "100 million years", 2: "10 million years", 3: "a million years",
    4: "100,000 years", 5: "10,000 years", 6: "a millennium", 7: "a century", DECADE: "a decade",
    YEAR: "a year", MONTH: "a month", DAY: "a day", 12: "an hour", 13: "a minute", 14: "a second",
}  # fmt: skip

_TEXT = re.compile(r"([+-])(\d{1,16})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)Z")
_XSD = re.compile(r"(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?(T[\d:.]+)?(Z|[+-]\d\d:\d\d)?")
_DATATYPES = {YEAR: XSD.gYear, MONTH: XSD.gYearMonth, DAY: XSD.date}
_PARTS = {XSD.gYear: (False, False), XSD.gYearMonth: (True, False), XSD.date: (True, True)}

#: The years of EDTF have four digits, unless they are marked.
_LAST_YEAR = 10_000

_Date: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True, order=True)
class TimeValue:
    """A time. ``year`` is negative before the common era; a month or day that is open is 0."""

    year: int
    month: int
    day: int
    precision: int = DAY
    calendar: str = GREGORIAN

    @classmethod
    def parse(cls, text: str, precision: int, calendar: str = GREGORIAN) -> TimeValue:
        """From a text such as +1944-06-04T00:00:00Z. Raises ValueError for another text."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no time")
        if type(precision) is not int or precision not in PRECISIONS:
            raise ValueError(f"{precision!r} is no precision")
        sign, year, month, day, _ = found.groups()
        return cls(int(sign + year), int(month), int(day), precision, calendar)

    @classmethod
    def of(cls, literal: Literal) -> TimeValue | None:
        """The time that a literal of XSD says, of a dateTime its day; None for no such literal."""
        found = _XSD.fullmatch(literal.lexical)
        if found is None:
            return None
        year, month, day, clock, _ = found.groups()
        parts = _PARTS.get(XSD.date if literal.datatype == XSD.dateTime else literal.datatype)
        has_clock = literal.datatype == XSD.dateTime
        if parts != (month is not None, day is not None) or has_clock != (clock is not None):
            return None
        precision = DAY if day else MONTH if month else YEAR
        value = cls(_historical(int(year)), int(month or 0), int(day or 0), precision)
        return None if value.flaw() else value

    @classmethod
    def of_parts(cls, text: str) -> TimeValue | None:
        """The time of a text such as 1944, 1944-06 or 1944-06-04; None for any other."""
        parts = text.lstrip("-").split("-")
        datatype = {1: XSD.gYear, 2: XSD.gYearMonth, 3: XSD.date}.get(len(parts))
        return None if datatype is None else cls.of(Literal(text, datatype))

    @property
    def text(self) -> str:
        """As in Wikibase JSON."""
        sign = "-" if self.year < 0 else "+"
        return f"{sign}{abs(self.year):04}-{self.month:02}-{self.day:02}T00:00:00Z"

    def flaw(self) -> str | None:
        """Why no literal says this time; None where one does."""
        if self.calendar not in (GREGORIAN, JULIAN):
            return f"{self.calendar} is no calendar that kgtool knows"
        if self.year == 0:
            return "there is no year 0"
        if self.precision == DECADE:
            is_named = 0 < self.year < _LAST_YEAR
            return None if is_named else "EDTF has no name for that decade"
        if self.precision not in _DATATYPES:
            return f"XSD has no date with the precision of {PRECISIONS[self.precision]}"
        if self.precision >= MONTH and not 1 <= self.month <= 12:
            return f"there is no month {self.month}"
        if self.precision == MONTH and self.calendar == JULIAN:
            return "a month of the Julian calendar is none of the Gregorian"
        if self.precision >= DAY and not 1 <= self.day <= self._days():
            return f"there is no day {self.day} in month {self.month} of that year"
        return None

    def literal(self) -> Literal:
        """As xsd:date, xsd:gYearMonth, xsd:gYear or, of a decade, EDTF, by the precision.

        A day of the Julian calendar becomes that of the Gregorian; a year stays what it is. Raises
        ValueError where there is no such literal.
        """
        if flaw := self.flaw():
            raise ValueError(flaw)
        if self.precision == DECADE:
            return Literal(f"{self.year // 10:03}X", EDTF)
        date = (_astronomical(self.year), self.month, self.day)
        if self.calendar == JULIAN and self.precision == DAY:
            date = _gregorian(_julian_number(*date))
        year = f"{'-' if date[0] < 0 else ''}{abs(date[0]):04}"
        parts = [year, *(f"{part:02}" for part in date[1 : self.precision - YEAR + 1])]
        return Literal("-".join(parts), _DATATYPES[self.precision])

    def date_time(self) -> str:
        """The xsd:dateTime of Wikibase RDF: Gregorian, what is open at its first.

        Raises ValueError where there is no such date.
        """
        date = (_astronomical(self.year), self.month or 1, self.day or 1)
        if self.year == 0 or not 1 <= date[1] <= 12 or date[2] > self._days():
            raise ValueError(f"{self.text} is no date")
        if self.calendar == JULIAN and self.precision >= DAY:
            date = _gregorian(_julian_number(*date))
        year = f"{'-' if date[0] < 0 else ''}{abs(date[0]):04}"
        return f"{year}-{date[1]:02}-{date[2]:02}T00:00:00Z"

    @classmethod
    def of_date_time(cls, text: str, precision: int, calendar: str = GREGORIAN) -> TimeValue:
        """The reverse of ``date_time``. Raises ValueError."""
        found = _XSD.fullmatch(text)
        if found is None or found[3] is None or precision not in PRECISIONS:
            raise ValueError(f"{text!r} is no time")
        date = (int(found[1]), int(found[2]), int(found[3]))
        if calendar == JULIAN and precision >= DAY:
            date = _julian(_gregorian_number(*date))
        month, day = date[1] * (precision >= MONTH), date[2] * (precision >= DAY)
        return cls(_historical(date[0]), month, day, precision, calendar)

    def _days(self) -> int:
        """The days of the month in its calendar."""
        year = _astronomical(self.year)
        if self.month == 2 and self.calendar == JULIAN:
            return 29 if year % 4 == 0 else 28
        # Python's calendar begins with year 1; leap years come again every 400.
        return monthrange(year % 400 + 400, self.month or 1)[1]


def is_finer(literal: Literal) -> bool:
    """Whether a literal of XSD says more than Wikibase can: an hour, or a zone."""
    found = _XSD.fullmatch(literal.lexical)
    return found is not None and (found[4] is not None or found[5] is not None)


def _historical(year: int) -> int:
    return year if year > 0 else year - 1


def _astronomical(year: int) -> int:
    return year if year > 0 else year + 1


# Days are counted as astronomers do (the Julian day number). Years are taken to begin in March, so
# that the day of a leap year is its last; // rounds down, so all holds for early years, too.


def _gregorian_number(year: int, month: int, day: int) -> int:
    early = (14 - month) // 12
    y, m = year + 4800 - early, month + 12 * early - 3
    return day + (153 * m + 2) // 5 + 365 * y + y // 4 - y // 100 + y // 400 - 32045


def _julian_number(year: int, month: int, day: int) -> int:
    early = (14 - month) // 12
    y, m = year + 4800 - early, month + 12 * early - 3
    return day + (153 * m + 2) // 5 + 365 * y + y // 4 - 32083


def _gregorian(number: int) -> _Date:
    a = number + 32044
    b = (4 * a + 3) // 146097
    return _of_march(b * 100 - 4800, a - 146097 * b // 4)


def _julian(number: int) -> _Date:
    return _of_march(-4800, number + 32082)


def _of_march(year: int, days: int) -> _Date:
    """The date so many days after the first of March of a year, in a calendar of leap years."""
    d = (4 * days + 3) // 1461
    e = days - 1461 * d // 4
    m = (5 * e + 2) // 153
    return year + d + m // 10, m + 3 - 12 * (m // 10), e - (153 * m + 2) // 5 + 1
