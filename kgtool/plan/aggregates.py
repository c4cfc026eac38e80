"""Set functions (SPARQL 1.1, 18.5.1).

An error among the operands of SUM, AVG, MIN, MAX or GROUP_CONCAT leaves the aggregate
unbound; COUNT and SAMPLE pass over it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlglot import exp

from kgtool.plan import sql
from kgtool.plan.conversion import as_term, fitted, number, term, val
from kgtool.plan.expressions import expression
from kgtool.plan.ordering import order_keys
from kgtool.plan.relation import Relation
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL
from kgtool.plan.value import NUMBERS, Form, Value, native, unbound
from kgtool.sparql.algebra import Aggregate, Expression, Variable, Witness


def aggregate(node: Aggregate, relation: Relation, frame: Frame, keys: Collection[str]) -> Value:
    """The value of an aggregate over the solutions of ``relation``, a group at a time.

    ``keys`` are the variables that groups differ in; without any all solutions are one group,
    which may be empty.
    """
    if node.operand is None:
        return _count_solutions(node, relation)
    operand = expression(node.operand, relation, frame)
    match node.function:
        case "COUNT":
            distinct = node.distinct and not _is_unique(node.operand, relation, keys)
            return _count(operand, distinct, relation)
        case "SAMPLE":
            return Value(operand.form, sql.call("any_value", operand.sql), operand.tags, True)
        case "MIN" | "MAX":
            return _extreme(node.function, operand, relation)
        case "GROUP_CONCAT":
            return _concat(node, operand, relation)
        case _:
            result = _sum_or_average(node, operand, relation)
            return result if keys else _or_zero(node, result, relation)


def _count_solutions(node: Aggregate, relation: Relation) -> Value:
    if not node.distinct:
        return native(Form.INTEGER, exp.Count(this=exp.Star()), False)
    parts = {
        f"c{i}": v.sql if v.form is Form.ID else term(v, relation)
        for i, (name, v) in enumerate(relation.columns.items())
        if not name.startswith("_:")
    }
    counted = sql.struct(**parts) if parts else sql.number(1)
    return native(Form.INTEGER, _distinct_count(counted), False)


def _count(operand: Value, distinct: bool, relation: Relation) -> Value:
    if not distinct:
        return native(Form.INTEGER, exp.Count(this=operand.sql), False)
    if operand.form not in (Form.ID, Form.INTEGER, Form.STRING, Form.BOOLEAN):
        operand = as_term(operand, relation)
    return native(Form.INTEGER, _distinct_count(operand.sql), False)


def _is_unique(operand: Expression, relation: Relation, keys: Collection[str]) -> bool:
    """Whether the operand differs in all solutions of a group."""
    if relation.unique is None or not isinstance(operand, Variable):
        return False
    return relation.unique <= {*keys, operand.name}


def _distinct_count(tree: SQL) -> SQL:
    return exp.Count(this=exp.Distinct(expressions=[tree]))


def _unless_error(operand: Value, result: SQL) -> SQL:
    """NULL where an operand of the group was."""
    if not operand.nullable:
        return result
    complete = sql.eq(exp.Count(this=exp.Star()), exp.Count(this=operand.sql))
    return sql.case([(complete, result)])


def _extreme(function: str, operand: Value, relation: Relation) -> Value:
    keys = order_keys(operand, relation)
    if len(keys) == 1 and keys[0] is operand.sql:
        tree = sql.call(function.lower(), operand.sql)
    else:
        pick = "arg_min" if function == "MIN" else "arg_max"
        key = keys[0] if len(keys) == 1 else sql.struct(**{f"k{i}": k for i, k in enumerate(keys)})
        tree = sql.call(pick, operand.sql, key)
    return Value(operand.form, _unless_error(operand, tree), operand.tags, True)


def _concat(node: Aggregate, operand: Value, relation: Relation) -> Value:
    from kgtool.plan.functions.terms import string_of

    text = string_of(operand, relation)
    joined: SQL = text
    if node.distinct:
        joined = exp.Distinct(expressions=[text])
    tree = sql.coalesce(sql.call("string_agg", joined, sql.text(node.separator)), sql.text(""))
    return native(Form.STRING, _unless_error(Value(Form.STRING, text), tree), True)


def _sum_or_average(node: Aggregate, operand: Value, relation: Relation) -> Value:
    numeric = number(operand, relation)
    if numeric is None:
        zero = sql.case([(sql.eq(exp.Count(this=exp.Star()), sql.number(0)), sql.number(0))])
        return native(Form.INTEGER, zero)
    if node.distinct and not _terms_are_values(numeric):
        return _sum_of_terms(node, operand, relation)
    summed: SQL = exp.Distinct(expressions=[numeric.sql]) if node.distinct else numeric.sql
    counted: SQL = exp.Count(this=summed)
    if numeric.form is Form.VALUE:
        return _general(node, numeric, relation)
    total: SQL = exp.Sum(this=summed)
    if numeric.form is Form.INTEGER:
        # As DuckDB has it by itself; an engine that sums in 64 bits must be told.
        total = sql.cast(total, "HUGEINT")
    if node.function == "SUM":
        tree = fitted(numeric.form, sql.coalesce(total, sql.number(0)))
        return native(numeric.form, _unless_error(numeric, tree), True)
    return _average(numeric, total, counted)


def _or_zero(node: Aggregate, result: Value, relation: Relation) -> Value:
    """An average over nothing is the integer 0, whatever datatype the others would have."""
    if node.function == "SUM" or result.form is Form.VALUE:
        return result
    zero = as_term(native(Form.INTEGER, sql.number(0), False), relation)
    empty = sql.eq(exp.Count(this=exp.Star()), sql.number(0))
    tree = sql.case([(empty, zero.sql)], as_term(result, relation).sql)
    return Value(Form.TERM, tree, result.tags | zero.tags, True)


def _terms_are_values(numeric: Value) -> bool:
    return numeric.form is Form.INTEGER


def _average(numeric: Value, total: SQL, counted: SQL) -> Value:
    if numeric.form in (Form.INTEGER, Form.DECIMAL):
        sides = [sql.try_cast(side, "DECIMAL(38,18)") for side in (total, counted)]
        quotient = sql.let(sides, lambda t, c: sql.call("kg_dec_div", t, c))
        return native(Form.DECIMAL, _unless_error(numeric, quotient), True)
    tree = fitted(numeric.form, sql.binary(exp.Div, total, counted))
    return native(numeric.form, _unless_error(numeric, tree), True)


def _general(node: Aggregate, numeric: Value, relation: Relation) -> Value:
    """Numbers of several datatypes: the result has the most general (17.3, promotion)."""
    values = sql.call("list", numeric.sql)
    macro = "kg_list_sum" if node.function == "SUM" else "kg_list_avg"
    tree = sql.let([values], lambda v: sql.call(macro, v))
    return Value(Form.VALUE, _unless_error(numeric, tree), NUMBERS, True)


def _sum_of_terms(node: Aggregate, operand: Value, relation: Relation) -> Value:
    """SUM(DISTINCT …): equal terms are counted once, equal values of two terms twice."""
    packed = sql.struct(term=term(operand, relation), value=val(operand, relation))
    values = sql.call("list", exp.Distinct(expressions=[packed]))
    macro = "kg_list_sum" if node.function == "SUM" else "kg_list_avg"
    only_values = sql.let([values], lambda v: sql.call("kg_list_values", v))
    tree = sql.let([only_values], lambda v: sql.call(macro, v))
    return Value(Form.VALUE, _unless_error(operand, tree), NUMBERS, True)


def witnessed(witness: Witness, relation: Relation) -> dict[str, Value]:
    """The number of a group's solutions, and the terms of the first in the order of their ids.

    The least row is found once: the engine computes equal aggregates one time.
    """
    columns = {witness.count.name: native(Form.INTEGER, exp.Count(this=exp.Star()), False)}
    values = {copy.name: relation.columns.get(v.name) or unbound() for v, copy in witness.first}
    if values:
        row = sql.struct(**{f"w{i}": value.sql for i, value in enumerate(values.values())})
        for i, (name, value) in enumerate(values.items()):
            tree = sql.field(sql.call("min", row.copy()), f"w{i}")
            columns[name] = Value(value.form, tree, value.tags, True)
    return columns


def of_nothing(node: Aggregate) -> Value:
    """The value of an aggregate over no solutions at all."""
    if node.function in ("COUNT", "SUM", "AVG"):
        return native(Form.INTEGER, sql.number(0), False)
    if node.function == "GROUP_CONCAT":
        return native(Form.STRING, sql.text(""), False)
    return unbound()
