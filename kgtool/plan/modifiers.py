"""Grouping and the solution modifiers (SPARQL 1.1, 18.5.1 and 15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from kgtool.plan import sql
from kgtool.plan.aggregates import aggregate, of_nothing, witnessed
from kgtool.plan.conversion import as_term
from kgtool.plan.expressions import expression
from kgtool.plan.joins import left_join
from kgtool.plan.ordering import order_keys
from kgtool.plan.relation import OrderKey, Relation, comparable, same_term
from kgtool.plan.scan import Frame, scan_graphs
from kgtool.plan.sql import SQL
from kgtool.plan.value import Form, Scope, Value, native, unbound
from kgtool.sparql.algebra import Aggregate, Group, OrderCondition, Variable, Witness

#: Aggregates that have a value where there is nothing to aggregate.
_OF_NOTHING = ("COUNT", "SUM", "AVG", "GROUP_CONCAT")


def group(relation: Relation, node: Group, frame: Frame) -> Relation:
    """Group and aggregate; a GRAPH around them groups by its graph as well."""
    relation.order = []
    if not node.keys and frame.hidden in relation.columns:
        return _group_per_graph(relation, node, frame)
    keys = [key.name for key in node.keys]
    if frame.hidden in relation.columns:
        keys.append(frame.hidden)
    return _grouped(relation, keys, node, frame)


def _group_per_graph(relation: Relation, node: Group, frame: Frame) -> Relation:
    """One group of all solutions for each named graph, those without solutions too."""
    assert frame.hidden is not None
    context = relation.context
    graphs = scan_graphs(frame.hidden, frame)
    matched = Variable(f"{frame.hidden}~matched")
    marked = replace(node, aggregates=(*node.aggregates, (matched, Aggregate("COUNT", None))))
    joined = left_join(graphs, _grouped(relation, [frame.hidden], marked, frame))
    marker = joined.columns.pop(matched.name)
    for variable, each in node.aggregates:
        value, default = joined.columns[variable.name], of_nothing(each)
        if value.form is not default.form:
            value, default = as_term(value, joined), as_term(default, joined)
        tree = sql.case([(sql.is_null(marker.sql), default.sql)], value.sql)
        joined.columns[variable.name] = Value(value.form, tree, value.tags | default.tags, True)
    return Relation(context, outer=relation.outer, correlated=relation.correlated).closed(
        joined.select(joined.exports()), joined.columns
    )


def _grouped(relation: Relation, keys: Sequence[str], node: Group, frame: Frame) -> Relation:
    context = relation.context
    columns = {
        k: comparable(relation.columns[k], relation) if k in relation.columns else unbound()
        for k in keys
    }
    for variable, each in node.aggregates:
        columns[variable.name] = aggregate(each, relation, frame, keys)
    if node.witness is not None:
        columns |= witnessed(node.witness, relation)
    exports = [sql.alias(v.sql, context.sql_name(n)) for n, v in columns.items()]
    query = relation.select(exports or [sql.alias(sql.number(1), "unit")])
    if keys:
        positions = [sql.number(i + 1) for i in range(len(keys))]
        query.set("group", exp.Group(expressions=positions))
    return Relation(context, outer=relation.outer, correlated=relation.correlated).closed(
        query, columns
    )


def lookup(scope: Scope, relation: Relation, node: Aggregate, frame: Frame) -> Value:
    """The aggregate over those solutions that agree with the one in ``scope``."""
    if relation.empty:
        return unbound()
    shared = [
        (own, value)
        for variable, value in relation.columns.items()
        if (own := scope.lookup(variable)) is not None
    ]
    found = aggregate(node, relation, frame, ())
    agree = [same_term(own, scope, value, relation) for own, value in shared]
    relation.where = [*relation.where, *agree]
    relation.order = []
    tree = found.sql
    if not found.nullable or node.function in _OF_NOTHING:
        some = sql.binary(exp.GT, exp.Count(this=exp.Star()), sql.number(0))
        tree = sql.case([(some, tree)])
    query = relation.select([tree])
    return Value(found.form, exp.Subquery(this=query), found.tags, True)


def project(relation: Relation, names: Sequence[str]) -> Relation:
    """Keeps ``names``, in that order; what no pattern binds is unbound."""
    relation.columns = {n: relation.columns.get(n) or unbound() for n in names}
    return relation


def distinct(relation: Relation, witness: Witness | None = None) -> Relation:
    """Distinct solutions; REDUCED allows the same."""
    hidden = {variable.name for variable, _ in witness.first} if witness else set()
    columns = {n: comparable(v, relation) for n, v in relation.columns.items() if n not in hidden}
    context = relation.context
    if not relation.order and witness is None:
        relation.columns = columns
        return relation.closed(relation.select(relation.exports(), distinct=True), columns)
    positions = [sql.number(i + 1) for i in range(len(columns))]
    if witness is not None:
        columns |= witnessed(witness, relation)
    # The first of equal solutions decides where they stand: their keys are aggregated.
    named = [sql.alias(v.sql, context.sql_name(n)) for n, v in columns.items()]
    keys = []
    for index, key in enumerate(relation.order):
        pick = "max" if key.descending else "min"
        keys.append(sql.alias(sql.call(pick, key.tree), f"order~{index}"))
    query = relation.select(named + keys)
    if positions:
        query.set("group", exp.Group(expressions=positions))
    return relation.closed(query, columns)


def slice_(relation: Relation, offset: int, limit: int | None, frame: Frame) -> Relation:
    """LIMIT and OFFSET; inside GRAPH ?g each graph has its own."""
    if frame.hidden in relation.columns:
        return _slice_per_graph(relation, offset, limit, relation.columns[frame.hidden].sql)
    query = relation.ordered(relation.select(relation.exports()))
    if limit is not None:
        query.set("limit", exp.Limit(expression=sql.number(limit)))
    # DuckDB 2.0.0 forgets a limit, unless it has an offset, over a LEFT JOIN whose right side
    # the statistics prove to be empty: it takes the join for empty too.
    query.set("offset", exp.Offset(expression=sql.number(offset)))
    return relation.closed(query, relation.columns)


def _slice_per_graph(relation: Relation, offset: int, limit: int | None, graph: SQL) -> Relation:
    number = exp.Window(
        this=sql.call("row_number"), partition_by=[graph], order=relation.ordering()
    )
    row = relation.context.fresh_variable().name
    relation.columns[row] = native(Form.INTEGER, number, False)
    result = relation.close()
    place = result.columns.pop(row).sql
    result.where.append(sql.binary(exp.GT, place, sql.number(offset)))
    if limit is not None:
        result.where.append(sql.binary(exp.LTE, place, sql.number(offset + limit)))
    return result


def order_by(relation: Relation, conditions: Sequence[OrderCondition], frame: Frame) -> Relation:
    relation.order = [
        OrderKey(key, c.descending)
        for c in conditions
        for key in order_keys(expression(c.expression, relation, frame), relation)
    ]
    return relation
