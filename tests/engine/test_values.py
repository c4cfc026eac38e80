"""Tags and value columns of the dictionary, against Python's own arithmetic."""

from __future__ import annotations

import datetime
import math
import struct
from decimal import ROUND_DOWN, Decimal, localcontext
from pathlib import Path

import pytest

from kgtool.engine import ids
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Literal
from tests.engine.loading import load

Row = tuple[int, Decimal | None, float | None, int | None, int | None]


def values(folder: Path, *literals: Literal) -> dict[Literal, Row]:
    """(tag, dec, dbl, micros, tz) of each literal, which is in the dictionary."""
    text = "".join(f"<http://e.example/s> <http://e.example/p> {t} .\n" for t in literals)
    with load(folder, text) as store:
        rows = store.connection.execute("SELECT id, dec, dbl, micros, tz FROM terms").fetchall()
        terms = store.terms(row[0] for row in rows)
    return {terms[row[0]]: (ids.tag_of(row[0]), *row[1:]) for row in rows}  # type: ignore[misc]


def test_numbers(tmp_path: Path) -> None:
    integers = ["+5", "007", "-00", "12345678901234567890", "-" + "9" * 20, "9" * 40]
    decimals = ["+1.0", ".5", "5.", "-0.0", "0." + "1" * 30, "1" * 20 + ".5", "1" * 21 + ".5"]
    literals = [Literal(t, XSD.integer) for t in integers] + [
        Literal(t, XSD.decimal) for t in decimals
    ]
    for literal, row in values(tmp_path, *literals).items():
        if not isinstance(literal, Literal):
            continue
        with localcontext(prec=100):
            exact = Decimal(literal.lexical)
            fits = abs(exact) < 10**20
            cut = exact.quantize(Decimal(1).scaleb(-18), ROUND_DOWN)
        tag = ids.INTEGER if literal.datatype == XSD.integer else ids.DECIMAL
        assert row == (tag, cut if fits else None, float(exact), None, None), literal


def test_floats(tmp_path: Path) -> None:
    texts = ["1", "1e3", "-.5E-3", "5.", "0.1", "INF", "+INF", "-INF", "NaN", "1e400", "-1e39"]
    literals = [Literal(t, d) for t in texts for d in (XSD.double, XSD.float)]
    found = values(tmp_path, *literals)
    for literal in literals:
        wanted = float(literal.lexical.replace("INF", "inf"))
        if literal.datatype == XSD.float:
            try:
                wanted = struct.unpack("f", struct.pack("f", wanted))[0]
            except OverflowError:
                wanted = math.copysign(math.inf, wanted)
        tag = ids.DOUBLE if literal.datatype == XSD.double else ids.FLOAT
        assert found[literal][0] == tag
        assert found[literal][2] == pytest.approx(wanted, rel=0, abs=0, nan_ok=True)


def test_booleans(tmp_path: Path) -> None:
    one, zero, bad = (Literal(t, XSD.boolean) for t in ("1", "0", "yes"))
    found = values(tmp_path, one, zero, bad)
    assert found[one] == (ids.BOOLEAN, None, 1.0, None, None)
    assert found[zero] == (ids.BOOLEAN, None, 0.0, None, None)
    assert found[bad] == (ids.OTHER, None, None, None, None)


def _micros(*fields: int, offset: int = 0) -> int:
    moment = datetime.datetime(*fields) - datetime.timedelta(minutes=offset)  # type: ignore[arg-type]
    return (moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1)


_FOUR_HUNDRED_YEARS = 146_097 * 86_400 * 10**6


@pytest.mark.parametrize(
    ("lexical", "micros", "zone"),
    [
        ("1944-06-06T06:30:00+02:00", _micros(1944, 6, 6, 6, 30, offset=120), 120),
        ("1944-06-06T06:30:00-05:30", _micros(1944, 6, 6, 6, 30, offset=-330), -330),
        ("1944-06-06T06:30:00.1234567", _micros(1944, 6, 6, 6, 30, 0, 123456), None),
        ("1944-06-06T06:30:00.50Z", _micros(1944, 6, 6, 6, 30, 0, 500000), 0),
        ("1944-06-06T24:00:00", _micros(1944, 6, 7), None),
        ("0001-01-01T00:00:00", _micros(1, 1, 1), None),
        ("0000-02-29T00:00:00", _micros(400, 2, 29) - _FOUR_HUNDRED_YEARS, None),
        ("-0400-03-01T00:00:00Z", _micros(400, 3, 1) - 2 * _FOUR_HUNDRED_YEARS, 0),
        (
            "12000-12-31T23:59:59",
            _micros(2000, 12, 31, 23, 59, 59) + 25 * _FOUR_HUNDRED_YEARS,
            None,
        ),
        ("300000-01-01T00:00:00", None, None),
        ("99999999999999999999999-01-01T00:00:00Z", None, 0),
    ],
)
def test_moments(lexical: str, micros: int | None, zone: int | None, tmp_path: Path) -> None:
    literal = Literal(lexical, XSD.dateTime)
    assert values(tmp_path, literal)[literal] == (ids.DATETIME, None, None, micros, zone)


def test_days(tmp_path: Path) -> None:
    zero, far = Literal("1944-06-06+00:00", XSD.date), Literal("-0044-03-15", XSD.date)
    found = values(tmp_path, zero, far)
    assert found[zero] == (ids.DATE, None, None, _micros(1944, 6, 6), 0)
    assert found[far][0] == ids.DATE
    assert found[far][3] == _micros(356, 3, 15) - _FOUR_HUNDRED_YEARS


@pytest.mark.parametrize(
    ("lexical", "datatype"),
    [
        ("1944-02-30", XSD.date),
        ("1943-02-29", XSD.date),
        ("6 June 1944", XSD.date),
        ("1944-06-06T25:00:00", XSD.dateTime),
        ("1.5", XSD.integer),
        ("256", XSD.base + "unsignedByte"),
        ("", XSD.decimal),
    ],
)
def test_ill_typed_literals_are_kept(lexical: str, datatype: str, tmp_path: Path) -> None:
    literal = Literal(lexical, datatype)
    assert values(tmp_path, literal)[literal] == (ids.OTHER, None, None, None, None)
