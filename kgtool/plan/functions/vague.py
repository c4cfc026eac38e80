"""Functions on times that are known in part: what is certain of them, and what possible.

A time is a date or dateTime, gYear or gYearMonth of XML Schema, or EDTF (ISO 8601-2:2019) of the
levels 0 and 1, typed or as a plain string: ``1944-06~``, ``194X``, ``1943-09/..``. It began at some
moment and ended at some moment, each of which lies between bounds: in June 1944, say, and not
at its first and last second. A relation is certain if it holds for all such moments, and possible
if it does for some. ``period`` makes the whole of June 1944 of it, where that is meant.
"""

from __future__ import annotations

from kgtool.plan import sql
from kgtool.plan.conversion import lex, type_
from kgtool.plan.functions.registry import Function
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL
from kgtool.plan.value import DATETIMES, OTHERS, Form, Scope, Value, literal, native
from kgtool.rdf.namespaces import EDTF, XSD

#: Of functions that no specification has.
BASE = "urn:x-kgtool:function:"


def _span(value: Value, scope: Scope) -> SQL:
    """When a time began and ended; NULL for what is no time."""
    text = sql.call("kg_time_text", type_(value, scope), lex(value, scope))
    return sql.let([text], lambda t: sql.call("kg_edtf_span", t))


def _of_span(macro: str, datatype: str, tags: int) -> Function:
    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        text = sql.let([_span(arguments[0], scope)], lambda span: sql.call(macro, span))
        return literal(text, datatype, tags)

    return compiled


def _relation(macro: str) -> Function:
    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        spans = [_span(each, scope) for each in arguments]
        return native(Form.BOOLEAN, sql.let(spans, lambda a, b: sql.call(macro, a, b)))

    return compiled


_BOUNDS: dict[str, Function] = {
    f"{BASE}earliest": _of_span("kg_earliest_text", XSD.dateTime, DATETIMES),
    f"{BASE}latest": _of_span("kg_latest_text", XSD.dateTime, DATETIMES),
    f"{BASE}period": _of_span("kg_period_text", EDTF, OTHERS),
}
_RELATIONS: dict[str, Function] = {
    f"{BASE}{degree}{relation}": _relation(f"kg_{degree}_{relation.lower()}")
    for degree in ("certainly", "possibly")
    for relation in ("Before", "During", "Overlaps")
}
FUNCTIONS: dict[str, Function] = {**_BOUNDS, **_RELATIONS}
#: How many arguments each takes, at least and at most.
ARITIES = {**dict.fromkeys(_BOUNDS, (1, 1)), **dict.fromkeys(_RELATIONS, (2, 2))}
