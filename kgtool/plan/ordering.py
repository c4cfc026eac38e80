"""What solutions are sorted by (SPARQL 1.1, 15.1).

Unbound comes first, then blank nodes, IRIs and literals; among literals the order of
values where < gives one, and an order of ours where the specification leaves it open:
numbers, dateTimes, dates, booleans, strings, tagged strings, the rest.
"""

from __future__ import annotations

from sqlglot import exp

from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.conversion import by_tag, tag_test, val
from kgtool.plan.sql import SQL
from kgtool.plan.value import (
    BNODES,
    BOOLEANS,
    DATES,
    DATETIMES,
    DOUBLES,
    FLOATS,
    IN_DICTIONARY,
    IRIS,
    LOCAL,
    NUMBERS,
    OTHERS,
    STRINGS,
    TAGGED,
    Form,
    Scope,
    Value,
    mask,
)

_ORDERED_TAGS = (
    ids.INTEGER_INLINE,
    ids.BOOLEAN_INLINE,
    ids.DATETIME_INLINE,
    ids.DATETIME_Z_INLINE,
)
_RANKS = (
    (BNODES, 1),
    (IRIS, 2),
    (NUMBERS, 3),
    (DATETIMES, 4),
    (DATES, 5),
    (BOOLEANS, 6),
    (STRINGS, 7),
    (TAGGED, 8),
    (OTHERS, 9),
)
_TIMES = mask(ids.DATE_INLINE, ids.DATETIME_INLINE, ids.DATETIME_Z_INLINE)


def order_keys(value: Value, scope: Scope) -> list[SQL]:
    """The sort keys of an expression, most significant first; NULL sorts as unbound.

    Where it can, that is the id itself: the terms of one type are sorted in the dictionary,
    unless the store has been edited since, and an inline integer or dateTime keeps the order of
    its values.
    """
    if value.form in (Form.INTEGER, Form.DECIMAL, Form.WHOLE, Form.STRING, Form.BOOLEAN):
        return [value.sql]
    in_order = scope.sorted_tags(value)
    if value.form is Form.ID and not value.may_be(LOCAL if in_order else LOCAL | IN_DICTIONARY):
        if any(value.only(in_order | mask(tag)) for tag in _ORDERED_TAGS):
            return [value.sql]
        return _id_keys(value, scope, in_order)
    return [sql.let([val(value, scope)], lambda v: sql.call("kg_order_key", v))]


def _id_keys(value: Value, scope: Scope, in_order: int) -> list[SQL]:
    ranks = [(tags, sql.number(rank)) for tags, rank in _RANKS]
    keys = [by_tag(value, ranks, sql.NULL)]
    stored = value.tags & IN_DICTIONARY
    if value.may_be(NUMBERS):
        dictionary = scope.row(value).field("dbl") if stored & NUMBERS else _null("DOUBLE")
        if value.may_be(FLOATS | DOUBLES):
            nan = sql.call("isnan", dictionary)
            least = sql.cast(sql.text("-Infinity"), "DOUBLE")
            dictionary = sql.case([(nan, least)], dictionary)
        integer = sql.cast(sql.call("kg_int", value.sql), "DOUBLE")
        decimal = sql.cast(sql.call("kg_dec", value.sql), "DOUBLE")
        inline = [(mask(ids.INTEGER_INLINE), integer), (mask(ids.DECIMAL_INLINE), decimal)]
        keys.append(by_tag(value, inline, dictionary))
    if value.may_be(DATES | DATETIMES):
        stored_time = stored & (DATES | DATETIMES)
        dictionary = scope.row(value).field("micros") if stored_time else _null("BIGINT")
        keys.append(by_tag(value, [(_TIMES, sql.call("kg_micros", value.sql))], dictionary))
    if value.may_be(TAGGED & ~in_order):
        keys.append(sql.case([(tag_test(value.sql, TAGGED), scope.row(value).field("lex"))]))
    keys.append(value.sql)
    return keys


def _null(type_: str) -> SQL:
    return sql.cast(exp.Null(), type_)
