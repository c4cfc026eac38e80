"""= and < between terms, by value (SPARQL 1.1, 17.3 and 17.4.1.7)."""

from __future__ import annotations

from sqlglot import exp

from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.relation import same_term
from kgtool.plan.sql import SQL
from kgtool.plan.value import (
    BNODES,
    BOOLEANS,
    DATES,
    DATETIMES,
    IRIS,
    LITERALS,
    NUMBERS,
    OTHERS,
    STRINGS,
    Form,
    Scope,
    Value,
    lex,
    mask,
    number,
    val,
)

_NODES = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_SWAPPED = {">": "<", ">=": "<="}
#: Inline tags under which ids have the order of their values, and equal ids equal values.
_ORDERED_INLINE = tuple(
    mask(t)
    for t in (ids.INTEGER_INLINE, ids.BOOLEAN_INLINE, ids.DATETIME_INLINE, ids.DATETIME_Z_INLINE)
)
_INLINE_TIMES = mask(ids.DATE_INLINE, ids.DATETIME_INLINE, ids.DATETIME_Z_INLINE)


def compare(operator: str, left: Value, right: Value, scope: Scope) -> SQL:
    """``left operator right`` as a SQL condition, NULL where it is a type error."""
    if operator in ("=", "!="):
        equal = _equal(left, right, scope)
        return equal if operator == "=" else sql.negate(equal)
    if operator in _SWAPPED:
        return _ordered(_SWAPPED[operator], right, left, scope)
    return _ordered(operator, left, right, scope)


def _equal(left: Value, right: Value, scope: Scope) -> SQL:
    if _equal_values_are_equal_terms(left, right):
        if left.form is Form.ID and right.form is Form.ID:
            return sql.eq(left.sql, right.sql)
        if any(left.only(kind) and right.only(kind) for kind in (IRIS, STRINGS)):
            return sql.eq(lex(left, scope), lex(right, scope))
        return same_term(left, scope, right, scope)
    if left.only(NUMBERS) and right.only(NUMBERS):
        return _numeric("=", left, right, scope)
    if _inline_times(left, right):
        return _times("kg_time_eq", left, right)
    return _general("kg_eq", left, right, scope)


def _equal_values_are_equal_terms(left: Value, right: Value) -> bool:
    """Whether = is the same as sameTerm: no pair of values is equal under two terms, and
    none is an error."""
    if left.only(IRIS | BNODES) or right.only(IRIS | BNODES):
        return True
    if any(left.only(tag) and right.only(tag) for tag in _ORDERED_INLINE):
        return left.form is Form.ID and right.form is Form.ID
    if left.may_be(OTHERS) and right.may_be(LITERALS):
        return False
    if right.may_be(OTHERS) and left.may_be(LITERALS):
        return False
    kinds = (NUMBERS, BOOLEANS, DATETIMES, DATES)
    return not any(left.may_be(kind) and right.may_be(kind) for kind in kinds)


def _ordered(operator: str, left: Value, right: Value, scope: Scope) -> SQL:
    if (
        left.form is Form.ID
        and right.form is Form.ID
        and any(left.only(tag) and right.only(tag) for tag in _ORDERED_INLINE)
    ):
        return sql.binary(_NODES[operator], left.sql, right.sql)
    if left.only(NUMBERS) or right.only(NUMBERS):
        return _numeric(operator, left, right, scope)
    if left.only(STRINGS) and right.only(STRINGS):
        return sql.binary(_NODES[operator], lex(left, scope), lex(right, scope))
    if not left.may_be(LITERALS) or not right.may_be(LITERALS):
        return sql.NULL
    if _inline_times(left, right):
        return _times("kg_time_lt" if operator == "<" else "kg_time_le", left, right)
    return _general("kg_lt" if operator == "<" else "kg_le", left, right, scope)


def _numeric(operator: str, left: Value, right: Value, scope: Scope) -> SQL:
    first, second = number(left, scope), number(right, scope)
    if first is None or second is None:
        return sql.NULL
    forms = {first.form, second.form}
    if Form.VALUE in forms:
        macro = {"=": "kg_eq", "<": "kg_lt", "<=": "kg_le"}[operator]
        return _general(macro, left, right, scope)
    if forms <= {Form.INTEGER, Form.DECIMAL}:
        return sql.binary(_NODES[operator], first.sql, second.sql)
    macro = {"=": "kg_dbl_eq", "<": "kg_dbl_lt", "<=": "kg_dbl_le"}[operator]
    sides = [sql.cast(side.sql, "DOUBLE") for side in (first, second)]
    return sql.let(sides, lambda a, b: sql.call(macro, a, b))


def _inline_times(left: Value, right: Value) -> bool:
    """Whether both are dates, or both are dateTimes, held in their ids."""
    return (
        left.form is Form.ID
        and right.form is Form.ID
        and left.only(_INLINE_TIMES)
        and right.only(_INLINE_TIMES)
        and any(left.only(kind) and right.only(kind) for kind in (DATES, DATETIMES))
    )


def _times(macro: str, left: Value, right: Value) -> SQL:
    parts = [sql.call(f, side.sql) for side in (left, right) for f in ("kg_micros", "kg_tz")]
    return sql.let(parts, lambda *p: sql.call(macro, *p))


def _general(macro: str, left: Value, right: Value, scope: Scope) -> SQL:
    return sql.let([val(left, scope), val(right, scope)], lambda a, b: sql.call(macro, a, b))
