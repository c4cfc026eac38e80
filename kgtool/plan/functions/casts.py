"""Constructor functions (17.5), by the IRI of the datatype."""

from __future__ import annotations

from kgtool.plan import sql
from kgtool.plan.conversion import fitted, val
from kgtool.plan.functions.registry import Function
from kgtool.plan.functions.terms import string_of
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL
from kgtool.plan.value import (
    BOOLEANS,
    DATES,
    DATETIMES,
    NUMBERS,
    Form,
    Scope,
    Value,
    literal,
    native,
)
from kgtool.rdf.namespaces import XSD


def _by_macro(macro: str, value: Value, scope: Scope) -> SQL:
    return sql.let([val(value, scope)], lambda v: sql.call(macro, v))


def _to(form: Form, macro: str) -> Function:
    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        return native(form, _by_macro(macro, arguments[0], scope))

    return compiled


def _float(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    tree = _by_macro("kg_to_double", arguments[0], scope)
    return native(Form.FLOAT, fitted(Form.FLOAT, tree))


def _string(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    """Numbers and booleans by value, all else as STR (XPath F&O 3.1, 19.1.2)."""
    if not arguments[0].may_be(NUMBERS | BOOLEANS):
        return native(Form.STRING, string_of(arguments[0], scope))
    return native(Form.STRING, _by_macro("kg_to_string", arguments[0], scope))


def _time(macro: str, datatype: str, tags: int) -> Function:
    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        return literal(_by_macro(macro, arguments[0], scope), datatype, tags)

    return compiled


FUNCTIONS: dict[str, Function] = {
    XSD.string: _string,
    XSD.boolean: _to(Form.BOOLEAN, "kg_to_boolean"),
    XSD.integer: _to(Form.INTEGER, "kg_to_integer"),
    XSD.decimal: _to(Form.DECIMAL, "kg_to_decimal"),
    XSD.float: _float,
    XSD.double: _to(Form.DOUBLE, "kg_to_double"),
    XSD.dateTime: _time("kg_to_datetime", XSD.dateTime, DATETIMES),
    XSD.date: _time("kg_to_date", XSD.date, DATES),
}
