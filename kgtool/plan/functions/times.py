"""Functions on dates and times (17.4.5).

YEAR, MONTH and DAY also take xsd:date, and xsd:gYear and xsd:gYearMonth as far as they
go: the operand table lets an implementation add such rows (17.3.1).
"""

from __future__ import annotations

from sqlglot import exp

from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.conversion import by_tag, val
from kgtool.plan.functions.registry import Function
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL
from kgtool.plan.value import DATETIMES, DECIMALS, OTHERS, Form, Scope, Value, literal, mask, native
from kgtool.rdf.namespaces import XSD

_DATE_PARTS = ("year", "month", "day")


def _field(name: str, form: Form = Form.INTEGER, part: str | None = None) -> Function:
    """A component; ``part`` names DuckDB's own function on timestamps."""

    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        value = arguments[0]
        if part and value.form is Form.ID and value.constant is None:
            return native(form, _of_id(name, part, value, scope), True)
        return native(form, _by_macro(f"kg_{name}", value, scope))

    return compiled


def _of_id(name: str, part: str, value: Value, scope: Scope) -> SQL:
    """A component of the time that an id stands for, by the tags it may have."""
    dated = name in _DATE_PARTS
    local = sql.call("make_timestamp", sql.call("kg_local_time", value.sql))
    branches = [(mask(ids.DATETIME_INLINE, ids.DATETIME_Z_INLINE), sql.call(part, local))]
    stored = mask(ids.DATETIME) | (mask(ids.DATE) if dated else 0)
    if dated:
        branches.append((mask(ids.DATE_INLINE), sql.call(part, sql.call("kg_date", value.sql))))
    if value.may_be(stored):
        row = scope.row(value)
        moment = sql.call("kg_local_moment", row.field("micros"), row.field("tz"))
        branches.append((stored, sql.call(part, moment)))
    if value.may_be(OTHERS) and name in ("year", "month"):
        row = scope.row(value)
        fields = (row.field("type"), row.field("lex"))
        branches.append((OTHERS, sql.call(f"kg_{name}_text", *fields)))
    return by_tag(value, branches, sql.NULL)


def _by_macro(macro: str, value: Value, scope: Scope) -> SQL:
    return sql.let([val(value, scope)], lambda v: sql.call(macro, v))


def _timezone(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    return literal(_by_macro("kg_timezone_text", arguments[0], scope), XSD.dayTimeDuration)


def _seconds(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    """A decimal with as many digits as it needs, and no point where it needs none."""
    text = _by_macro("kg_seconds_text", arguments[0], scope)
    return literal(text, XSD.decimal, DECIMALS)


def _now(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    """The same for the whole query: DuckDB's now() is the statement's."""
    moment = sql.call("make_timestamp", sql.call("epoch_us", sql.call("now")))
    text = sql.call("replace", sql.cast(moment, "VARCHAR"), sql.text(" "), sql.text("T"))
    return literal(sql.binary(exp.DPipe, text, sql.text("Z")), XSD.dateTime, DATETIMES)


FUNCTIONS: dict[str, Function] = {
    "NOW": _now,
    "YEAR": _field("year", part="year"),
    "MONTH": _field("month", part="month"),
    "DAY": _field("day", part="day"),
    "HOURS": _field("hours", part="hour"),
    "MINUTES": _field("minutes", part="minute"),
    "SECONDS": _seconds,
    "TZ": _field("tz_text", Form.STRING),
    "TIMEZONE": _timezone,
}
