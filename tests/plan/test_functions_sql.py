"""The macros of kgtool/engine/functions.sql against Python's own arithmetic and calendar."""

from __future__ import annotations

import datetime
import hashlib
import math
import re
import struct
from collections.abc import Callable, Iterable
from decimal import ROUND_DOWN, Context, Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kgtool.engine import ids
from kgtool.engine.store import Store
from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.rdf.terms import Literal, term_type

Run = Callable[[str, Iterable[Any]], list[Any]]

settings.register_profile(
    "macros",
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
PROFILE = settings.get_profile("macros")

#: The macro that writes the lexical form of the inline ids of a tag.
LEX = {
    ids.INTEGER_INLINE: "kg_int_lex",
    ids.DECIMAL_INLINE: "kg_decimal_lex",
    ids.BOOLEAN_INLINE: "kg_boolean_lex",
    ids.DATE_INLINE: "kg_date_lex",
    ids.DATETIME_INLINE: "kg_datetime_lex",
    ids.DATETIME_Z_INLINE: "kg_datetime_z_lex",
}


@pytest.fixture(scope="module")
def run(store_of: Callable[[str], Store]) -> Run:
    """Evaluates an expression over ``x`` (or its fields a, b) for each of some values."""
    connection = store_of(":a :p 1 .").connection

    def ran(expression: str, values: Iterable[Any]) -> list[Any]:
        given_ = list(values)
        text = f"SELECT {expression} FROM (SELECT unnest(?) AS x, unnest(?) AS i) ORDER BY i"
        rows = connection.cursor().execute(text, [given_, list(range(len(given_)))]).fetchall()
        return [row[0] for row in rows]

    return ran


# Inline ids -----------------------------------------------------------------------------

integers = st.integers(-(10**16) + 1, 10**16 - 1).map(lambda n: Literal(str(n), XSD.integer))


@st.composite
def decimals(draw: st.DrawFn) -> Literal:
    unscaled = draw(st.integers(-(2**51) + 1, 2**51 - 1))
    digits = draw(st.integers(0, 15))
    text = f"{Decimal(unscaled).scaleb(-digits, Context(prec=60)):f}"
    assume(unscaled != 0 or not text.startswith("-"))
    return Literal(text, XSD.decimal)


zones = st.integers(-840, 840).map(
    lambda m: "Z" if m == 0 else f"{'-' if m < 0 else '+'}{abs(m) // 60:02}:{abs(m) % 60:02}"
)
dates = st.builds(
    lambda day, zone: Literal(day.isoformat() + zone, XSD.date),
    st.dates(),
    st.one_of(st.just(""), zones),
)


def moment_text(moment: datetime.datetime) -> str:
    text = moment.isoformat()
    return text.rstrip("0") if "." in text else text


moments = st.builds(
    lambda moment, zone: Literal(moment_text(moment) + zone, XSD.dateTime),
    st.datetimes(datetime.datetime(900, 1, 1), datetime.datetime(3000, 1, 1)),
    st.sampled_from(["", "Z"]),
)
booleans = st.sampled_from(["true", "false"]).map(lambda text: Literal(text, XSD.boolean))
inline = st.one_of(integers, decimals(), dates, moments, booleans)


@pytest.mark.parametrize("macro", LEX.values())
def test_what_is_unbound_has_no_lexical_form(run: Run, macro: str) -> None:
    assert run(f"{macro}(x::BIGINT)", [None]) == [None]


@given(st.lists(inline, min_size=1, max_size=60))
@settings(PROFILE)
def test_an_inline_id_gives_its_literal_back(run: Run, literals: list[Literal]) -> None:
    found = [ids.inline_id(literal) for literal in literals]
    assert None not in found
    assert [ids.decode_inline(id_) for id_ in found if id_ is not None] == literals
    branches = " ".join(f"WHEN {tag} THEN {macro}(x)" for tag, macro in LEX.items())
    assert run(f"CASE kg_tag(x) {branches} END", found) == [each.lexical for each in literals]


#: What a branch of CASE may be computed for: any id at all.
every_id = st.builds(ids.make_id, st.integers(0, 34), st.integers(0, ids.PAYLOAD_MASK))


@pytest.mark.parametrize(
    "macro", [*LEX.values(), "kg_int", "kg_dec", "kg_micros", "year(kg_date", "kg_tz"]
)
@given(found=st.lists(every_id, min_size=1, max_size=60))
@settings(PROFILE)
def test_no_macro_fails_on_the_id_of_another_kind(run: Run, macro: str, found: list[int]) -> None:
    assert len(run(f"{macro}(x){')' * macro.count('(')}", found)) == len(found)


@given(st.lists(st.integers(-(10**16) + 1, 10**16 - 1), min_size=1, max_size=40))
@settings(PROFILE)
def test_integers_of_ids(run: Run, numbers: list[int]) -> None:
    found = [ids.inline_id(Literal(str(n), XSD.integer)) for n in numbers]
    assert run("kg_int(x)", found) == numbers


@given(st.lists(decimals(), min_size=1, max_size=40))
@settings(PROFILE)
def test_decimals_of_ids(run: Run, literals: list[Literal]) -> None:
    found = [ids.inline_id(literal) for literal in literals]
    assert run("kg_dec(x)", found) == [Decimal(literal.lexical) for literal in literals]


@given(st.lists(dates, min_size=1, max_size=40))
@settings(PROFILE)
def test_instants_of_dates(run: Run, literals: list[Literal]) -> None:
    found = [ids.inline_id(literal) for literal in literals]
    expected = []
    for literal in literals:
        text, zone = literal.lexical[:10], literal.lexical[10:]
        days = datetime.date.fromisoformat(text).toordinal() - 719163
        expected.append(days * 86_400_000_000 - 60_000_000 * minutes(zone))
    assert run("kg_micros(x)", found) == expected
    assert run("kg_tz(x)", found) == [
        minutes(literal.lexical[10:]) if literal.lexical[10:] else None for literal in literals
    ]


def minutes(zone: str) -> int:
    if zone in ("", "Z"):
        return 0
    return (-1 if zone[0] == "-" else 1) * (int(zone[1:3]) * 60 + int(zone[4:6]))


# Decimal arithmetic ---------------------------------------------------------------------

_WIDE = Context(prec=120)
_UNIT = Decimal("1e-18")
_LIMIT = Decimal(10) ** 20


@st.composite
def operands(draw: st.DrawFn) -> Decimal:
    """A number of any size that DECIMAL(38, 18) holds: so many digits before and behind."""
    whole, fraction = draw(st.integers(0, 19)), draw(st.integers(0, 18))
    low = 10 ** (whole + fraction - 1) if whole + fraction else 0
    unscaled = draw(st.integers(low, 10 * low))
    sign = draw(st.sampled_from([1, -1]))
    return Decimal(sign * unscaled).scaleb(-fraction, _WIDE)


def fits(exact: Decimal) -> Decimal | None:
    """The digits that DECIMAL(38, 18) holds, or None where it overflows."""
    kept = exact.quantize(_UNIT, rounding=ROUND_DOWN, context=_WIDE)
    return kept if abs(kept) < _LIMIT else None


def pairs(values: list[tuple[Decimal, Decimal]]) -> list[dict[str, str]]:
    return [{"a": f"{a:f}", "b": f"{b:f}"} for a, b in values]


def on_decimals(macro: str) -> str:
    return f"{macro}(x.a::DECIMAL(38, 18), x.b::DECIMAL(38, 18))"


@given(st.lists(st.tuples(operands(), operands()), min_size=1, max_size=30))
@settings(PROFILE)
def test_products_of_decimals(run: Run, values: list[tuple[Decimal, Decimal]]) -> None:
    expected = [fits(_WIDE.multiply(a, b)) for a, b in values]
    assert run(on_decimals("kg_dec_mul"), pairs(values)) == expected


@given(st.lists(st.tuples(operands(), operands()), min_size=1, max_size=30))
@settings(PROFILE)
def test_quotients_of_decimals(run: Run, values: list[tuple[Decimal, Decimal]]) -> None:
    expected = [None if b == 0 else fits(_WIDE.divide(a, b)) for a, b in values]
    assert run(on_decimals("kg_dec_div"), pairs(values)) == expected


def test_a_quotient_of_large_numbers(run: Run) -> None:
    values = [(Decimal("5e11"), Decimal("6e11")), (Decimal(10) ** 19, Decimal(3) * 10**18)]
    expected = [Decimal("0.833333333333333333"), Decimal("3.333333333333333333")]
    assert run(on_decimals("kg_dec_div"), pairs(values)) == expected


@given(st.lists(operands(), min_size=1, max_size=30))
@settings(PROFILE)
def test_the_text_of_a_decimal_is_canonical(run: Run, values: list[Decimal]) -> None:
    texts = run("kg_decimal_text(x::DECIMAL(38, 18))", [f"{v:f}" for v in values])
    assert [Decimal(text) for text in texts] == values
    for text in texts:
        assert re.fullmatch(r"-?(0|[1-9][0-9]*)(\.([0-9]*[1-9]|0))?", text)
        assert text not in ("-0", "-0.0")


# Doubles --------------------------------------------------------------------------------


def written(value: float) -> str:
    """An integral value of up to four digits as these digits; another one in the canonical
    form of XML Schema 1.1 part 2, E.1, from Python's shortest digits."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    if abs(value) < 10_000 and value == int(value):
        return repr(value).removesuffix(".0")
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).rstrip("0") or "0"
    shift = len(digits) - 1 + exponent if value else 0
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{shift}"


@given(st.lists(st.floats(), min_size=1, max_size=60))
@settings(PROFILE)
def test_the_text_of_a_double(run: Run, values: list[float]) -> None:
    texts = run("kg_double_text(x::DOUBLE)", values)
    assert texts == [written(value) for value in values]


@given(st.lists(st.floats(width=32), min_size=1, max_size=60))
@settings(PROFILE)
def test_the_text_of_a_float_reads_back(run: Run, values: list[float]) -> None:
    for value, text in zip(values, run("kg_float_text(x::DOUBLE)", values), strict=True):
        if math.isnan(value):
            assert text == "NaN"
        elif math.isinf(value):
            assert text == ("INF" if value > 0 else "-INF")
        else:
            form = r"-?(0|[1-9][0-9]{0,3}|[0-9]\.([0-9]*[1-9]|0)E(0|-?[1-9][0-9]*))"
            assert re.fullmatch(form, text)
            assert struct.unpack("f", struct.pack("f", float(text)))[0] == value


# Terms ----------------------------------------------------------------------------------

ODD_TEXTS = [
    "0", "-0", "00", "+1", "1", "-1", "1.", ".5", "-.5", "1.50", "+0.0", "1e3", "1E+3", "1e",
    "INF", "+INF", "-INF", "inf", "NaN", "nan", "Infinity", "true", "false", "TRUE", "", " ",
    " 1", "1 ", "127", "128", "-129", "255", "256", "65536", "4294967296", "9223372036854775808",
    "18446744073709551616", "99999999999999999999", "0.1234567890123456789", "1e400", "x",
    "1_000", "1944-06-04", "1944-06-04Z", "1944-06-04+14:00", "1944-06-04+14:01", "1944-6-4",
    "1900-02-29", "2000-02-29", "0000-01-01", "-0044-03-15", "12345-01-01", "1944-06-04+00:00",
    "1944-06-04-05:30", "1944-06-04T08:00:00", "1944-06-04T08:00:00Z", "1944-06-04T08:00:00.5",
    "1944-06-04T08:00:00.50Z", "1944-06-04T08:00:00+02:00", "1944-06-04T24:00:00",
    "1944-06-04T24:00:01", "1944-06-04T08:60:00", "1944-06-04T08:00:60", "1944-06-04 08:00:00",
    "1944-06-04T08:00", "1944-02-30T00:00:00", "1944-06-04T08:00:00.123456789Z",
    "1944-06-04T23:59:59.9999999Z", "५", "1\n",
]  # fmt: skip
DATATYPES = [
    XSD.string, XSD.integer, XSD.decimal, XSD.float, XSD.double, XSD.boolean, XSD.dateTime,
    XSD.date, *INTEGER_RANGES, "http://e/unknown",
]  # fmt: skip
ODD = [Literal(text, datatype) for text, datatype in product(ODD_TEXTS, DATATYPES)]
_KINDS = {
    ids.INTEGER_INLINE: ids.INTEGER,
    ids.DECIMAL_INLINE: ids.DECIMAL,
    ids.BOOLEAN_INLINE: ids.BOOLEAN,
    ids.DATE_INLINE: ids.DATE,
    ids.DATETIME_INLINE: ids.DATETIME,
    ids.DATETIME_Z_INLINE: ids.DATETIME,
}


def test_a_computed_term_is_of_the_kind_that_a_loaded_one_is(run: Run) -> None:
    packed = [{"type": term_type(term), "lex": term.lexical} for term in ODD]
    kinds = run("kg_term_kind(x.type, x.lex)", packed)
    wrong = {
        str(term): (kind, ids.dictionary_tag(term))
        for term, kind in zip(ODD, kinds, strict=True)
        if kind != ids.dictionary_tag(term)
    }
    assert wrong == {}


def test_a_computed_term_has_the_value_that_a_loaded_one_has(
    run: Run, store_of: Callable[[str], Store]
) -> None:
    """What kg_term_val makes of a literal is what the loader put into its dictionary row."""
    data = "\n".join(f":s :p {term} ." for term in ODD)
    cursor = store_of(data).connection.cursor()
    cursor.execute(
        "SELECT type, lex, dec, dbl, micros, tz FROM terms WHERE type NOT IN ('iri', 'bnode')"
    )
    loaded = {(type_, lex): rest for type_, lex, *rest in cursor.fetchall()}
    packed = [{"type": type_, "lex": lex} for type_, lex in loaded]
    computed = run("kg_term_val(x)", packed)
    wrong = {}
    for (key, stored), value in zip(loaded.items(), computed, strict=True):
        ours = [value[name] for name in ("dec", "dbl", "micros", "tz")]
        if repr(ours) != repr(stored):
            wrong[key] = (ours, stored)
    assert wrong == {}


@pytest.mark.parametrize("length", [0, 1, 55, 111, 112, 119, 127, 128, 129, 240, 1000])
def test_long_hashes(run: Run, length: int) -> None:
    text = ("a\u00e9\u98df\U0001f600" * length)[:length]
    assert run("kg_sha512(x)", [text]) == [hashlib.sha512(text.encode()).hexdigest()]
    assert run("kg_sha384(x)", [text]) == [hashlib.sha384(text.encode()).hexdigest()]
