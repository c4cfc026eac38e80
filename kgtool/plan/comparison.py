"""= and < between terms, by value (SPARQL 1.1, 17.3 and 17.4.1.7).

Two values compare only within one class (numbers, strings, booleans, dateTimes, dates).
Where the tags leave one class that both sides can have, only that one is compiled.
"""

from __future__ import annotations

from sqlglot import exp

from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.conversion import by_tag, inline_time, lex, number, tag_test, val
from kgtool.plan.relation import same_term
from kgtool.plan.sql import SQL
from kgtool.plan.value import (
    BNODES,
    BOOLEANS,
    DATES,
    DATETIMES,
    DECIMALS,
    INTEGERS,
    IRIS,
    LITERALS,
    NUMBERS,
    OTHERS,
    STRINGS,
    TAGGED,
    Form,
    Scope,
    Value,
    mask,
)

_NODES = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_SWAPPED = {">": "<", ">=": "<="}
_SUFFIX = {"=": "eq", "<": "lt", "<=": "le"}
CLASSES = (NUMBERS, STRINGS, BOOLEANS, DATETIMES, DATES)
#: Kinds whose terms are equal only to themselves.
_IDENTITIES = (IRIS, BNODES, TAGGED, OTHERS)
#: Inline tags under which ids have the order of their values, and equal ids equal values.
_ORDERED_INLINE = tuple(
    mask(t)
    for t in (
        ids.INTEGER_INLINE,
        ids.BOOLEAN_INLINE,
        ids.DATETIME_INLINE,
        ids.DATETIME_Z_INLINE,
    )
)
_DAY_MICROS = 86_400_000_000


def compare(
    operator: str, left: Value, right: Value, scope: Scope, *, as_filter: bool = False
) -> SQL:
    """``left operator right`` as a SQL condition, NULL where it is a type error.

    ``as_filter`` says that the caller takes an error and false for the same.
    """
    if operator == "!=":
        return sql.negate(_equal(left, right, scope, False))
    if operator == "=":
        return _equal(left, right, scope, as_filter)
    if operator in _SWAPPED:
        return _ordered(_SWAPPED[operator], right, left, scope, as_filter)
    return _ordered(operator, left, right, scope, as_filter)


def _equal(left: Value, right: Value, scope: Scope, as_filter: bool) -> SQL:
    if _equal_values_are_equal_terms(left, right):
        if left.form is Form.ID and right.form is Form.ID:
            return sql.eq(left.sql, right.sql)
        if any(left.only(kind) and right.only(kind) for kind in (IRIS, STRINGS)):
            return sql.eq(lex(left, scope), lex(right, scope))
        return same_term(left, scope, right, scope)
    shared = _shared(left, right, CLASSES)
    exact = as_filter or any(left.only(c) and right.only(c) for c in shared)
    if exact and len(shared) == 1 and not _shared(left, right, _IDENTITIES):
        return _within(shared[0], "=", left, right, scope, as_filter)
    return _general("=", left, right, scope)


def _ordered(operator: str, left: Value, right: Value, scope: Scope, as_filter: bool) -> SQL:
    shared = _shared(left, right, CLASSES)
    if not shared:
        return sql.NULL
    if len(shared) == 1:
        return _within(shared[0], operator, left, right, scope, as_filter)
    return _general(operator, left, right, scope)


def _shared(left: Value, right: Value, classes: tuple[int, ...]) -> list[int]:
    return [c for c in classes if left.may_be(c) and right.may_be(c)]


def _equal_values_are_equal_terms(left: Value, right: Value) -> bool:
    """Whether = is the same as sameTerm: no pair of values is equal under two terms, and
    none is an error."""
    if left.only(IRIS | BNODES) or right.only(IRIS | BNODES):
        return True
    if any(left.only(tag) and right.only(tag) for tag in _ORDERED_INLINE):
        return left.form is Form.ID and right.form is Form.ID
    valued = LITERALS & ~TAGGED
    if (left.may_be(OTHERS) and right.may_be(valued)) or (
        right.may_be(OTHERS) and left.may_be(valued)
    ):
        return False
    kinds = (NUMBERS, BOOLEANS, DATETIMES, DATES)
    return not any(left.may_be(kind) and right.may_be(kind) for kind in kinds)


def _within(
    kinds: int, operator: str, left: Value, right: Value, scope: Scope, as_filter: bool
) -> SQL:
    """The comparison inside one class; NULL for what is outside it, or false in a filter."""
    if left.form is Form.ID and right.form is Form.ID:
        for tag in _ORDERED_INLINE:
            if left.only(tag) and right.only(tag):
                return sql.binary(_NODES[operator], left.sql, right.sql)
            if tag & kinds and _only_within(left, kinds, tag) and _only_within(right, kinds, tag):
                return _id_range(tag, operator, left, right, as_filter)
    if kinds == NUMBERS:
        return _numeric(operator, left, right, scope)
    if kinds == STRINGS:
        texts = [_text(side, scope) for side in (left, right)]
        return sql.binary(_NODES[operator], texts[0], texts[1])
    if kinds in (DATES, DATETIMES):
        return _times(kinds, operator, left, right, scope, as_filter)
    return _general(operator, left, right, scope)


def _only_within(value: Value, kinds: int, tag: int) -> bool:
    return not value.tags & kinds & ~tag


def _id_range(tag: int, operator: str, left: Value, right: Value, as_filter: bool) -> SQL:
    """Ids of one inline tag compare as their values; other ids are ruled out by range."""
    guards = [tag_test(side.sql, tag) for side in (left, right) if not side.only(tag)]
    test = sql.binary(_NODES[operator], left.sql, right.sql)
    if as_filter:
        # The engine skips blocks by a conjunction of ranges, and not by a CASE.
        return sql.conjunction([test, *guards])
    return sql.case([(sql.conjunction(guards), test)])


def _text(value: Value, scope: Scope) -> SQL:
    text = lex(value, scope)
    if value.only(STRINGS):
        return text
    if value.form is Form.ID:
        return sql.case([(tag_test(value.sql, STRINGS), text)])
    packed = val(value, scope)
    return sql.let(
        [packed],
        lambda v: sql.case([(sql.eq(sql.field(v, "k"), sql.number(3)), sql.field(v, "lex"))]),
    )


# Numbers --------------------------------------------------------------------------------


def _numeric(operator: str, left: Value, right: Value, scope: Scope) -> SQL:
    first, second = number(left, scope), number(right, scope)
    if first is None or second is None:
        return sql.NULL
    exact = [_exact(side, n, scope) for side, n in ((left, first), (right, second))]
    if exact[0] is not None and exact[1] is not None:
        return sql.binary(_NODES[operator], exact[0], exact[1])
    if Form.VALUE in (first.form, second.form):
        return _general(operator, left, right, scope)
    sides = [sql.cast(side.sql, "DOUBLE") for side in (first, second)]
    macro = f"kg_dbl_{_SUFFIX[operator]}"
    return sql.let(sides, lambda a, b: sql.call(macro, a, b))


def _exact(value: Value, numeric: Value, scope: Scope) -> SQL | None:
    """The number as an exact SQL number, NULL for what is none; None where it may be inexact."""
    if numeric.form in (Form.INTEGER, Form.DECIMAL):
        return numeric.sql
    if value.form is not Form.ID or value.tags & NUMBERS & ~(INTEGERS | DECIMALS):
        return None
    branches = [
        (mask(ids.INTEGER_INLINE), sql.cast(sql.call("kg_int", value.sql), "DECIMAL(38,18)")),
        (mask(ids.DECIMAL_INLINE), sql.call("kg_dec", value.sql)),
    ]
    in_dictionary = value.may_be(mask(ids.INTEGER, ids.DECIMAL))
    stored = scope.row(value).field("dec") if in_dictionary else sql.NULL
    return by_tag(value, branches, stored)


# Dates and times ------------------------------------------------------------------------


def _times(
    kinds: int, operator: str, left: Value, right: Value, scope: Scope, as_filter: bool
) -> SQL:
    first, second = (_instant(kinds, side, scope) for side in (left, right))
    if first is None or second is None:
        return _general(operator, left, right, scope)
    macro = f"kg_time_{_SUFFIX[operator]}"
    exact = sql.let([*first, *second], lambda *p: sql.call(macro, *p))
    if not as_filter:
        return exact
    near = [
        bound
        for side, other, lower in ((left, right, operator == "="), (right, left, True))
        for bound in _near(kinds, side, other, operator == "=", lower)
    ]
    return sql.conjunction([*near, exact])


def _instant(kinds: int, value: Value, scope: Scope) -> tuple[SQL, SQL] | None:
    """Microseconds and zone of a date or dateTime; NULL for all else."""
    if value.constant is not None:
        parts = inline_time(value.constant)
        if parts is None:
            return None
        zone = sql.NULL if parts[1] is None else sql.number(parts[1])
        return sql.number(parts[0]), zone
    if value.form is not Form.ID:
        return None
    inline = kinds & mask(ids.DATE_INLINE, ids.DATETIME_INLINE, ids.DATETIME_Z_INLINE)
    stored = kinds & mask(ids.DATE, ids.DATETIME)
    result = []
    for macro, field in (("kg_micros", "micros"), ("kg_tz", "tz")):
        branches = [(inline, sql.call(macro, value.sql))]
        if value.may_be(stored):
            branches.append((stored, scope.row(value).field(field)))
        result.append(by_tag(value, branches, sql.NULL))
    return result[0], result[1]


def _near(kinds: int, value: Value, bound: Value, both: bool, lower: bool) -> list[SQL]:
    """A range of ids that holds every date that can pass: it lets the engine skip blocks.

    A zone moves a date by less than a day, and one day more is given.
    """
    inline = mask(ids.DATE_INLINE)
    if kinds != DATES or value.form is not Form.ID or value.constant is not None:
        return []
    parts = inline_time(bound.constant) if bound.constant is not None else None
    if parts is None or value.may_be(mask(ids.DATE)) or not value.may_be(inline):
        return []
    days = parts[0] // _DAY_MICROS

    def edge(day: int) -> SQL:
        return sql.number(ids.make_id(ids.DATE_INLINE, (day + ids.DATE_OFFSET) << ids.ZONE_BITS))

    low = sql.binary(exp.GTE, value.sql, edge(days - 2))
    high = sql.binary(exp.LT, value.sql, edge(days + 3))
    if both:
        return [low, high]
    tests = [low if lower else high]
    return tests if value.only(inline) else [*tests, tag_test(value.sql, inline)]


def _general(operator: str, left: Value, right: Value, scope: Scope) -> SQL:
    macro = f"kg_{_SUFFIX[operator]}"
    return sql.let([val(left, scope), val(right, scope)], lambda a, b: sql.call(macro, a, b))
