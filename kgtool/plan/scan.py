"""Triple patterns and the graphs they are matched in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from kgtool.engine.ids import DEFAULT_GRAPH
from kgtool.engine.statistics import Statistics
from kgtool.plan import sql
from kgtool.plan.context import ActiveGraph, Context
from kgtool.plan.relation import Relation, Source, nothing
from kgtool.plan.sql import SQL
from kgtool.plan.value import BNODES, IRIS, Form, Scope, Value
from kgtool.rdf.terms import IRI
from kgtool.sparql.algebra import Exists, Node, TriplePattern, Variable


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a pattern stands: its active graph, and the group around an EXISTS.

    ``exists`` compiles the EXISTS of an expression, which itself knows no patterns.
    """

    context: Context
    graph: ActiveGraph
    exists: Callable[[Exists, Scope, Frame], SQL]
    outer: Scope | None = None

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
    conditions: list[SQL] = []
    columns: dict[str, Value] = {}
    predicate: int | None = None
    for field, node in nodes.items():
        column = sql.column(alias, field)
        if not isinstance(node, Variable):
            id_ = context.stored_id(node)
            if id_ is None:
                return nothing(context, variables)
            predicate = id_ if field == "p" else predicate
            conditions.append(sql.eq(column, sql.number(id_)))
        elif node.name in columns:
            conditions.append(sql.eq(columns[node.name].sql, column))
        else:
            columns[node.name] = Value(Form.ID, column, 0, False)
    tags = _tags(context.statistics, predicate)
    if tags is None:
        return nothing(context, variables)
    for field, node in nodes.items():
        if isinstance(node, Variable):
            own = columns[node.name]
            narrowed = tags[field] if not own.tags else own.tags & tags[field]
            columns[node.name] = replace(own, tags=narrowed)
    item = _table(nodes, alias)
    return _in_graph(frame, Relation(context, [Source(item)], conditions, columns), alias)


def _table(nodes: Mapping[str, Node], alias: str) -> SQL:
    """The sort order whose prefix the pattern's constants are."""
    bound = {f for f, node in nodes.items() if not isinstance(node, Variable)}
    by_subject = "s" in bound or not bound & {"p", "o"}
    return sql.table("spo" if by_subject else "pos", alias)


def _tags(statistics: Statistics, predicate: int | None) -> dict[str, int] | None:
    """The tags that each position may have; None where no triple has the predicate."""
    if predicate is not None:
        known = statistics.predicates.get(predicate)
        if known is None:
            return None
        return {"s": known.subject_tags, "p": IRIS, "o": known.object_tags}
    subject = object_ = 0
    for each in statistics.predicates.values():
        subject |= each.subject_tags
        object_ |= each.object_tags
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
        return ([exp.Not(this=dup)] if statistics.has_duplicates else []), None
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
