"""Triple patterns and the graphs they are matched in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from kgtool.engine.ids import DEFAULT_GRAPH
from kgtool.engine.schema import FEW_PREDICATES
from kgtool.engine.statistics import Statistics
from kgtool.plan import sql
from kgtool.plan.context import ActiveGraph, Context
from kgtool.plan.relation import Relation, Source, nothing
from kgtool.plan.sql import SQL
from kgtool.plan.value import BNODES, IRIS, Form, Scope, Value
from kgtool.rdf.terms import IRI
from kgtool.sparql.algebra import Exists, Lookup, Table, TriplePattern, Variable

#: From so many predicates of an object on, all quads are looked through.
_MANY = 32


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a pattern stands: its active graph, and the group around an EXISTS.

    ``subquery`` compiles the EXISTS of an expression, which itself knows no patterns. ``asked``
    are the variables by which the join group of an EXISTS meets the group around it; None
    where all variables count.
    """

    context: Context
    graph: ActiveGraph
    subquery: Callable[[Exists | Lookup, Scope, Frame], Value]
    outer: Scope | None = None
    asked: frozenset[str] | None = None

    def within(self, name: int | str) -> Frame:
        return replace(self, graph=replace(self.graph, name=name))

    @property
    def hidden(self) -> str | None:
        """The variable that every scan inside GRAPH ?g binds; no query can name it."""
        name = self.graph.name
        return name if isinstance(name, str) else None


def scan_triple(pattern: TriplePattern, frame: Frame) -> Relation:
    """The solutions of one triple pattern."""
    context = frame.context
    alias = context.fresh("t")
    nodes = {"s": pattern.subject, "p": pattern.predicate, "o": pattern.object}
    variables = [n.name for n in nodes.values() if isinstance(n, Variable)]
    known: dict[str, int] = {}
    for field, node in nodes.items():
        if not isinstance(node, Variable):
            id_ = context.stored_id(node)
            if id_ is None:
                return nothing(context, variables)
            known[field] = id_
    predicates = _predicates(known, context)
    tags = _tags(context.statistics, predicates)
    if tags is None:
        return nothing(context, variables)
    item, held = _table(known, predicates, context, alias)
    conditions: list[SQL] = [
        sql.eq(sql.column(alias, f), sql.number(id_)) for f, id_ in known.items() if f not in held
    ]
    if "s" in known and "p" not in known and predicates is not None:
        conditions.append(sql.in_numbers(sql.column(alias, "p"), predicates))
    columns: dict[str, Value] = {}
    for field, node in nodes.items():
        if isinstance(node, Variable):
            column = sql.column(alias, field)
            own = columns.get(node.name)
            if own is not None:
                conditions.append(sql.eq(own.sql, column))
                columns[node.name] = replace(own, tags=own.tags & tags[field])
            else:
                columns[node.name] = Value(Form.ID, column, tags[field], False)
    return _in_graph(frame, Relation(context, [Source(item)], conditions, columns), alias)


def scan_table(pattern: Table, frame: Frame) -> Relation:
    """The rows of a table of ids; its columns are c0, c1, …."""
    context = frame.context
    alias = context.fresh("h")
    relation = Relation(context, [Source(sql.table(pattern.name, alias))], outer=frame.outer)
    tags, nullable, distinct = context.tables[pattern.name]
    for index, node in enumerate(pattern.nodes):
        column = sql.column(alias, f"c{index}")
        if not isinstance(node, Variable):
            relation.where.append(sql.eq(column, context.constant(node).sql))
        elif node.name in relation.columns:
            relation.where.append(sql.eq(relation.columns[node.name].sql, column))
        else:
            relation.columns[node.name] = Value(Form.ID, column, tags[index], nullable)
    if distinct and not nullable:
        relation.unique = frozenset(relation.columns)
    return relation


def _predicates(known: Mapping[str, int], context: Context) -> Sequence[int] | None:
    """The predicates that can match, where that is worth knowing; None for any."""
    statistics = context.statistics
    if "p" in known:
        return [known["p"]] if known["p"] in statistics.predicates else []
    if "s" in known:
        if len(statistics.predicates) > FEW_PREDICATES:
            return context.store.predicates_of("s", known["s"])
    elif "o" in known and statistics.own_tables:
        return context.store.predicates_of("o", known["o"])
    return None


def _table(
    known: Mapping[str, int], predicates: Sequence[int] | None, context: Context, alias: str
) -> tuple[SQL, frozenset[str]]:
    """The table whose order begins with what is known, and the positions that it has fixed."""
    if "s" in known or predicates is None or len(predicates) > _MANY:
        by_object = "s" not in known and "o" in known and not context.statistics.own_tables
        return sql.table("pos" if by_object else "pso", alias), frozenset()
    tables = {p: context.statistics.predicates[p].table for p in predicates}
    if "p" in known:
        (table,) = tables.values()
        return sql.table(table, alias), frozenset() if table == "pos" else frozenset("p")
    return _union(tables, known["o"], context, alias), frozenset("o")


def _union(tables: Mapping[int, str], object_: int, context: Context, alias: str) -> SQL:
    """The quads of an object under several predicates."""
    result: exp.Query | None = None
    shared = [p for p, table in tables.items() if table == "pos"]
    groups = [([p], table) for p, table in tables.items() if table != "pos"]
    for predicates, table in [(shared, "pos"), *groups] if shared else groups:
        own, t = table != "pos", context.fresh("t")
        columns: list[SQL] = [sql.column(t, f) for f in ("s", "g", "dup")]
        columns.append(sql.alias(sql.number(predicates[0]), "p") if own else sql.column(t, "p"))
        query = exp.Select(expressions=columns).from_(sql.table(table, t), copy=False)
        conditions = [sql.eq(sql.column(t, "o"), sql.number(object_))]
        conditions += [] if own else [sql.in_numbers(sql.column(t, "p"), predicates)]
        query.set("where", exp.Where(this=sql.conjunction(conditions)))
        result = exp.Union(this=result, expression=query, distinct=False) if result else query
    assert result is not None
    return sql.subquery(result, alias)


def _tags(statistics: Statistics, predicates: Sequence[int] | None) -> dict[str, int] | None:
    """The tags that each position may have; None where no triple has one of the predicates."""
    subject = object_ = 0
    for p in statistics.predicates if predicates is None else predicates:
        subject |= statistics.predicates[p].subject_tags
        object_ |= statistics.predicates[p].object_tags
    return {"s": subject, "p": IRIS, "o": object_} if subject else None


def _in_graph(frame: Frame, relation: Relation, alias: str) -> Relation:
    """Restricts a scan to the active graph."""
    graph, statistics = frame.graph, frame.context.statistics
    relation.outer = frame.outer
    column = sql.column(alias, "g")
    conditions, hidden = graph_conditions(graph, statistics, column, sql.column(alias, "dup"))
    if conditions is None:
        return nothing(frame.context, relation.columns)
    relation.where += conditions
    if hidden is not None:
        relation.columns[hidden] = Value(Form.ID, column, IRIS | BNODES, False)
    if graph.name is None and graph.default is not None and len(graph.default) > 1:
        return _deduplicated(relation)
    # A graph is a set of triples: they differ where the pattern has its variables.
    relation.unique = frozenset(relation.columns)
    return relation


def graph_conditions(
    graph: ActiveGraph, statistics: Statistics, g: SQL, dup: SQL
) -> tuple[list[SQL] | None, str | None]:
    """Conditions on a row of quads, and the hidden variable that its graph binds.

    Conditions of None say that the active graph is empty.
    """
    if graph.name is None:
        if graph.default is not None:
            return ([sql.in_numbers(g, graph.default)] if graph.default else None), None
        once: list[SQL] = [exp.Not(this=dup)] if statistics.has_duplicates else []
        if graph.without:
            once.append(sql.negate(sql.in_numbers(g, graph.without)))
        return once, None
    if isinstance(graph.name, int):
        if graph.named is not None and graph.name not in graph.named:
            return None, None
        return [sql.eq(g, sql.number(graph.name))], None
    if graph.named is not None:
        return ([sql.in_numbers(g, graph.named)] if graph.named else None), graph.name
    return [sql.binary(exp.NEQ, g, sql.number(DEFAULT_GRAPH))], graph.name


def _deduplicated(relation: Relation) -> Relation:
    """A default graph merged from several graphs holds each triple once."""
    exports = relation.exports()
    # A triple is its three terms, also where the pattern repeats or fixes some of them.
    return relation.closed(relation.select(exports, distinct=True), relation.columns)


def scan_graphs(variable: str, frame: Frame) -> Relation:
    """Every named graph of the dataset, as bindings of ``variable``."""
    alias = frame.context.fresh("g")
    column = sql.column(alias, "g")
    conditions: list[SQL] = [sql.binary(exp.NEQ, column, sql.number(DEFAULT_GRAPH))]
    if frame.graph.named is not None:
        if not frame.graph.named:
            return nothing(frame.context, [variable])
        conditions = [sql.in_numbers(column, frame.graph.named)]
    return Relation(
        frame.context,
        [Source(sql.table("graphs", alias))],
        conditions,
        {variable: Value(Form.ID, column, IRIS | BNODES, False)},
        outer=frame.outer,
    )


def stored_graph(name: IRI, frame: Frame) -> int | None:
    """The id of a graph of the dataset, or None."""
    id_ = frame.context.stored_id(name)
    known = any(graph.id == id_ for graph in frame.context.statistics.graphs)
    return id_ if known else None
