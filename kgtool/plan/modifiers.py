"""Grouping and the solution modifiers (SPARQL 1.1, 18.5.1 and 15)."""

from __future__ import annotations

from collections.abc import Sequence

from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.aggregates import aggregate
from kgtool.plan.expressions import expression
from kgtool.plan.relation import OrderKey, Relation, comparable
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL, exp
from kgtool.plan.value import (
    BNODES,
    IRIS,
    LOCAL,
    STRINGS,
    TAGGED,
    Form,
    Scope,
    Value,
    mask,
    unbound,
    val,
)
from kgtool.sparql.algebra import Aggregate, OrderCondition, Variable


def group(
    relation: Relation,
    keys: Sequence[str],
    aggregates: Sequence[tuple[Variable, Aggregate]],
    frame: Frame,
) -> Relation:
    """Group and aggregate; a GRAPH around them groups by its graph as well."""
    context = relation.context
    relation.order = []
    if frame.hidden in relation.columns:
        keys = [*keys, frame.hidden]
    columns = {
        k: comparable(relation.columns[k], relation) if k in relation.columns else unbound()
        for k in keys
    }
    for variable, node in aggregates:
        columns[variable.name] = aggregate(node, relation, frame)
    exports = [sql.alias(v.sql, context.sql_name(n)) for n, v in columns.items()]
    query = relation.select(exports or [sql.alias(sql.number(1), "unit")])
    if keys:
        positions = [sql.number(i + 1) for i in range(len(keys))]
        query.set("group", exp.Group(expressions=positions))
    return Relation(context, outer=relation.outer).closed(query, columns)


def project(relation: Relation, names: Sequence[str]) -> Relation:
    """Keeps ``names``, in that order; what no pattern binds is unbound."""
    relation.columns = {n: relation.columns.get(n) or unbound() for n in names}
    return relation


def distinct(relation: Relation) -> Relation:
    """Distinct solutions; REDUCED allows the same."""
    relation.columns = {n: comparable(v, relation) for n, v in relation.columns.items()}
    context, columns = relation.context, relation.columns
    if not relation.order:
        return relation.closed(relation.select(relation.exports(), distinct=True), columns)
    # The first of equal solutions decides where they stand: their keys are aggregated.
    named = [sql.alias(v.sql, context.sql_name(n)) for n, v in columns.items()]
    keys = []
    for index, key in enumerate(relation.order):
        pick = "max" if key.descending else "min"
        keys.append(sql.alias(sql.call(pick, key.tree), f"order~{index}"))
    query = relation.select(named + keys)
    positions = [sql.number(i + 1) for i in range(len(named))]
    if positions:
        query.set("group", exp.Group(expressions=positions))
    return relation.closed(query, columns)


def slice_(relation: Relation, offset: int, limit: int | None) -> Relation:
    query = relation.ordered(relation.select(relation.exports()))
    if limit is not None:
        query.set("limit", exp.Limit(expression=sql.number(limit)))
    if offset:
        query.set("offset", exp.Offset(expression=sql.number(offset)))
    return relation.closed(query, relation.columns)


def order_by(relation: Relation, conditions: Sequence[OrderCondition], frame: Frame) -> Relation:
    relation.order = [
        OrderKey(order_key(expression(c.expression, relation, frame), relation), c.descending)
        for c in conditions
    ]
    return relation


_IN_ID_ORDER = BNODES | IRIS | STRINGS | TAGGED
_INLINE_ORDERED = (
    ids.INTEGER_INLINE,
    ids.BOOLEAN_INLINE,
    ids.DATETIME_INLINE,
    ids.DATETIME_Z_INLINE,
)


def order_key(value: Value, scope: Scope) -> SQL:
    """What solutions are sorted by (SPARQL 1.1, 15.1).

    Where it can, that is the id itself: the dictionary is sorted, and an inline integer
    or dateTime keeps the order of its values.
    """
    if value.form is Form.ID and not value.may_be(LOCAL):
        if any(value.only(_IN_ID_ORDER | mask(tag)) for tag in _INLINE_ORDERED):
            return value.sql
    elif value.form in (Form.INTEGER, Form.DECIMAL, Form.STRING, Form.BOOLEAN):
        return value.sql
    return sql.let([val(value, scope)], lambda v: sql.call("kg_order_key", v))
