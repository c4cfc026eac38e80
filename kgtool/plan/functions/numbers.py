"""Arithmetic and the functions on numbers (17.3, 17.4.4)."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from kgtool.plan import sql
from kgtool.plan.conversion import fitted, number, val
from kgtool.plan.functions.registry import Function
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL
from kgtool.plan.value import NUMBERS, Form, Scope, Value, native, unbound

_MACROS = {"+": "kg_add", "-": "kg_sub", "*": "kg_mul", "/": "kg_div"}
_NODES = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}
_RANKS = (Form.INTEGER, Form.DECIMAL, Form.FLOAT, Form.DOUBLE)


def arithmetic(operator: str, left: Value, right: Value, scope: Scope) -> Value:
    """``left operator right`` with the numeric promotions of 17.3; NULL on a type error."""
    first, second = number(left, scope), number(right, scope)
    if first is None or second is None:
        return unbound()
    if Form.VALUE in (first.form, second.form):
        macro = _MACROS[operator]
        sides = [val(first, scope), val(second, scope)]
        tree = sql.let(sides, lambda a, b: sql.call(macro, a, b))
        return Value(Form.VALUE, tree, NUMBERS, True)
    form = max(first.form, second.form, key=_RANKS.index)
    if operator == "/" and form is Form.INTEGER:
        form = Form.DECIMAL
    return native(form, _native(operator, form, first, second))


def _native(operator: str, form: Form, first: Value, second: Value) -> SQL:
    if form is Form.INTEGER:
        whole = [sql.cast(v.sql, "HUGEINT") for v in (first, second)]
        return sql.call("try", sql.binary(_NODES[operator], whole[0], whole[1]))
    if form is Form.DECIMAL:
        sides = [sql.try_cast(v.sql, "DECIMAL(38,18)") for v in (first, second)]
        if operator in ("+", "-"):
            return sql.call("try", sql.binary(_NODES[operator], sides[0], sides[1]))
        macro = "kg_dec_mul" if operator == "*" else "kg_dec_div"
        return sql.let(sides, lambda a, b: sql.call(macro, a, b))
    sides = [sql.cast(v.sql, "DOUBLE") for v in (first, second)]
    tree: SQL
    if operator == "/":
        tree = sql.let(sides, lambda a, b: sql.call("kg_dbl_div", a, b))
    else:
        tree = exp.Paren(this=sql.binary(_NODES[operator], sides[0], sides[1]))
    return fitted(form, tree)


def negative(operand: Value, scope: Scope) -> Value:
    """``- operand``."""
    numeric = number(operand, scope)
    if numeric is None:
        return unbound()
    if numeric.form is Form.VALUE:
        return _by_macro("kg_neg", numeric)
    zero = sql.cast(numeric.sql, "HUGEINT") if numeric.form is Form.INTEGER else numeric.sql
    return native(numeric.form, exp.Paren(this=exp.Neg(this=exp.Paren(this=zero))))


def _by_macro(macro: str, numeric: Value) -> Value:
    tree = sql.let([numeric.sql], lambda v: sql.call(macro, v))
    return Value(Form.VALUE, tree, NUMBERS, True)


def _unary(
    name: str, on_decimal: Callable[[SQL], SQL], on_double: Callable[[SQL], SQL]
) -> Function:
    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        numeric = number(arguments[0], scope)
        if numeric is None:
            return unbound()
        match numeric.form:
            case Form.VALUE:
                return _by_macro(f"kg_{name}", numeric)
            case Form.INTEGER:
                tree = sql.call("abs", numeric.sql) if name == "abs" else numeric.sql
            case Form.DECIMAL:
                form = Form.DECIMAL if name == "abs" else Form.WHOLE
                return native(form, on_decimal(numeric.sql), numeric.nullable)
            case _:
                tree = on_double(numeric.sql)
        return native(numeric.form, tree, numeric.nullable)

    return compiled


def _plain(name: str) -> Function:
    return _unary(name, lambda x: sql.call(name, x), lambda x: sql.call(name, x))


def _round_decimal(x: SQL) -> SQL:
    half = sql.cast(exp.Literal(this="0.5", is_string=False), "DECIMAL(2,1)")
    return sql.call("floor", sql.binary(exp.Add, x, half))


def _round_double(x: SQL) -> SQL:
    half = sql.cast(exp.Literal(this="0.5", is_string=False), "DOUBLE")
    return sql.call("floor", sql.binary(exp.Add, x, half))


def _rand(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    return native(Form.DOUBLE, sql.call("random"), False)


FUNCTIONS: dict[str, Function] = {
    "ABS": _plain("abs"),
    "CEIL": _plain("ceil"),
    "FLOOR": _plain("floor"),
    "ROUND": _unary("round", _round_decimal, _round_double),
    "RAND": _rand,
}
