"""Property paths (SPARQL 1.1, 9 and 18.4): recursion over an integer frontier.

A closure starts from what is known: a constant end, or the bindings that the rest of the
group has for one end; only where neither is bound does it start from every node.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from kgtool.plan import sql
from kgtool.plan.joins import join, project_away, union
from kgtool.plan.relation import Relation, Source, nothing
from kgtool.plan.scan import Frame, graph_conditions, scan_graphs, scan_triple
from kgtool.plan.sql import SQL
from kgtool.plan.value import ANY, Form, Value
from kgtool.rdf.terms import IRI
from kgtool.sparql.algebra import (
    Alternative,
    Inverse,
    NegatedPropertySet,
    Node,
    OneOrMore,
    Path,
    PathPattern,
    Sequence,
    TriplePattern,
    Variable,
    ZeroOrMore,
    ZeroOrOne,
)

CLOSURES = (ZeroOrMore, OneOrMore, ZeroOrOne)


@dataclass(frozen=True, slots=True)
class Seeds:
    """Bindings that a closure may start from: a column of a materialised relation.

    ``nodes`` says that every one of them is known to be a node of the active graph.
    ``forgotten`` says that nobody asks from which of them a node was reached: then each node
    is found once, and not once for each start.
    """

    relation: Relation
    variable: str
    nodes: bool
    forgotten: bool = False


def scan_path(pattern: PathPattern, frame: Frame, seeds: Seeds | None = None) -> Relation:
    """The solutions of a property path pattern; sets for closures, bags for the rest."""
    subject, path, object_ = pattern.subject, pattern.path, pattern.object
    match path:
        case IRI():
            return scan_triple(TriplePattern(subject, path, object_), frame)
        case Inverse(inner):
            return scan_path(PathPattern(object_, inner, subject), frame)
        case Sequence(left, right):
            middle = frame.context.fresh_variable()
            first = scan_path(PathPattern(subject, left, middle), frame)
            second = scan_path(PathPattern(middle, right, object_), frame)
            return project_away(join(first, second), middle.name)
        case Alternative(left, right):
            branches = [
                scan_path(PathPattern(subject, side, object_), frame) for side in (left, right)
            ]
            return union(branches)
        case NegatedPropertySet():
            return _negated(subject, path, object_, frame)
        case _:
            return _Closure(subject, path, object_, frame, seeds).relation()


def _negated(subject: Node, path: NegatedPropertySet, object_: Node, frame: Frame) -> Relation:
    """!(a|^b): any other predicate forwards, or backwards (18.4, eval of NPS)."""
    branches = []
    if path.forward or not path.inverse:
        branches.append(_other_predicate(subject, path.forward, object_, frame))
    if path.inverse:
        branches.append(_other_predicate(object_, path.inverse, subject, frame))
    return union(branches)


def _other_predicate(
    subject: Node, excluded: tuple[IRI, ...], object_: Node, frame: Frame
) -> Relation:
    predicate = frame.context.fresh_variable()
    relation = scan_triple(TriplePattern(subject, predicate, object_), frame)
    known = [frame.context.stored_id(iri) for iri in excluded]
    stored = [id_ for id_ in known if id_ is not None]
    if stored and not relation.empty:
        column = relation.columns[predicate.name].sql
        relation.where.append(sql.negate(sql.in_numbers(column, stored)))
    return project_away(relation, predicate.name)


@dataclass(slots=True)
class _Closure:
    """``subject path{*,+,?} object``. Rows of its CTE are (start, node[, graph])."""

    subject: Node
    path: Path
    object: Node
    frame: Frame
    seeds: Seeds | None

    def relation(self) -> Relation:
        assert isinstance(self.path, CLOSURES)
        inner, start, end = self.path.path, self.subject, self.object
        forwards = not isinstance(start, Variable) or (
            isinstance(end, Variable) and (self.seeds is None or self.seeds.variable == start.name)
        )
        if not forwards:
            start, end, inner = end, start, Inverse(inner)
        edges = self._edges(inner)
        name = self._reach(start, edges)
        return self._result(name, start, end, edges) if name else self._none()

    def _none(self) -> Relation:
        ends = (self.subject, self.object)
        return nothing(self.frame.context, [n.name for n in ends if isinstance(n, Variable)])

    @property
    def _reflexive(self) -> bool:
        return isinstance(self.path, ZeroOrMore | ZeroOrOne)

    def _edges(self, inner: Path) -> Relation:
        context = self.frame.context
        source, target = context.fresh_variable(), context.fresh_variable()
        frame = replace(self.frame, outer=None)
        edges = scan_path(PathPattern(source, inner, target), frame)
        kept = [source.name, target.name] + ([self.frame.hidden] if self.frame.hidden else [])
        edges.columns = {n: edges.columns[n] for n in kept if n in edges.columns}
        return edges

    def _reach(self, start: Node, edges: Relation) -> str | None:
        """Writes the CTE, and names it; None where it would be empty."""
        base = self._base(start, edges)
        if not base:
            return None
        name = self.frame.context.fresh("reach")
        steps = [] if edges.empty or isinstance(self.path, ZeroOrOne) else [self._step(name, edges)]
        query = _union_distinct([*base, *steps])
        self.frame.context.ctes.append((name, query, bool(steps)))
        return name

    def _base(self, start: Node, edges: Relation) -> list[exp.Query]:
        parts = [self._zero_length(start)] if self._reflexive else []
        if not edges.empty and not isinstance(self.path, ZeroOrMore):
            first = self._first_step(start, edges)
            parts += [first] if first is not None else []
        return parts

    def _first_step(self, start: Node, edges: Relation) -> exp.Query | None:
        source, target, *graph = edges.columns.values()
        first = Relation(edges.context, list(edges.sources), list(edges.where), dict(edges.columns))
        if not isinstance(start, Variable):
            id_ = self.frame.context.stored_id(start)
            if id_ is None:
                return None
            first.where.append(sql.eq(source.sql, sql.number(id_)))
        elif self.seeds is not None:
            seeds = self.seeds.relation.select([self._seed_column()])
            first.where.append(exp.In(this=source.sql, query=exp.Subquery(this=seeds)))
        begin = sql.number(0) if self._forgotten else source.sql
        return first.select(self._named(begin, target.sql, *(g.sql for g in graph)))

    @property
    def _forgotten(self) -> bool:
        return self.seeds is not None and self.seeds.forgotten

    def _seed_column(self) -> SQL:
        assert self.seeds is not None
        return self.seeds.relation.columns[self.seeds.variable].sql

    def _zero_length(self, start: Node) -> exp.Query:
        """Each start reaches itself: a term, the seeds, or every node of the graph."""
        if not isinstance(start, Variable):
            node = self.frame.context.constant(start).sql
            if self.frame.hidden is None:
                return exp.Select(expressions=self._named(node, node))
            graphs = scan_graphs(self.frame.hidden, self.frame)
            return graphs.select(self._named(node, node, graphs.columns[self.frame.hidden].sql))
        if self.seeds is not None and self.frame.hidden is None:
            node = self._seed_column()
            seeded = self.seeds.relation
            known = Relation(seeded.context, list(seeded.sources), list(seeded.where))
            if not self.seeds.nodes:
                alias = self.frame.context.fresh("n")
                nodes = exp.Select(expressions=[sql.column(alias, "start")])
                nodes = nodes.from_(sql.subquery(self._nodes(), alias), copy=False)
                known.where.append(exp.In(this=node, query=exp.Subquery(this=nodes)))
            return known.select(self._named(sql.number(0) if self._forgotten else node, node))
        return self._nodes()

    def _nodes(self) -> exp.Query:
        parts: list[exp.Query] = []
        for field in ("s", "o"):
            alias = self.frame.context.fresh("t")
            conditions, hidden = graph_conditions(
                self.frame.graph,
                self.frame.context.statistics,
                sql.column(alias, "g"),
                sql.column(alias, "dup"),
            )
            node = sql.column(alias, field)
            graph = [sql.column(alias, "g")] if hidden else []
            query = exp.Select(expressions=self._named(node, node, *graph))
            query = query.from_(sql.table("pso", alias), copy=False)
            wanted = [sql.FALSE] if conditions is None else conditions
            if wanted:
                query.set("where", exp.Where(this=sql.conjunction(wanted)))
            parts.append(query)
        return _union_distinct(parts)

    def _step(self, name: str, edges: Relation) -> exp.Query:
        alias = self.frame.context.fresh("r")
        source, target, *graph = edges.columns.values()
        on = [sql.eq(source.sql, sql.column(alias, "node"))]
        on += [sql.eq(g.sql, sql.column(alias, "graph")) for g in graph]
        step = Relation(
            edges.context,
            [Source(sql.table(name, alias)), *edges.sources],
            [*edges.where, *on],
        )
        start = sql.column(alias, "start")
        return step.select(self._named(start, target.sql, *(g.sql for g in graph)))

    def _named(self, start: SQL, node: SQL, *graph: SQL) -> list[SQL]:
        fields = zip(("start", "node", "graph"), (start, node, *graph), strict=False)
        return [sql.alias(tree, field) for field, tree in fields]

    def _result(self, name: str, start: Node, end: Node, edges: Relation) -> Relation:
        context = self.frame.context
        alias = context.fresh("q")
        relation = Relation(context, [Source(sql.table(name, alias))], outer=self.frame.outer)
        tags = self._node_tags(start, edges)
        for node, field in ((start, "start"), (end, "node")):
            column = sql.column(alias, field)
            if self._forgotten and field == "start":
                continue
            if not isinstance(node, Variable):
                # All rows start at a constant start: only an end has to be asked for.
                if field == "node":
                    relation.where.append(sql.eq(column, context.constant(node).sql))
            elif node.name in relation.columns:
                relation.where.append(sql.eq(relation.columns[node.name].sql, column))
            else:
                relation.columns[node.name] = Value(Form.ID, column, tags, False)
        if self.frame.hidden is not None:
            relation.columns[self.frame.hidden] = Value(
                Form.ID, sql.column(alias, "graph"), ANY, False
            )
        return relation

    def _node_tags(self, start: Node, edges: Relation) -> int:
        tags = 0
        if not edges.empty:
            source, target, *_ = edges.columns.values()
            tags = source.tags | target.tags
        if not self._reflexive:
            return tags
        if not isinstance(start, Variable):
            return tags | self.frame.context.constant(start).tags
        if self.seeds is not None:
            return tags | self.seeds.relation.columns[self.seeds.variable].tags
        return ANY


def _union_distinct(parts: list[exp.Query]) -> exp.Query:
    result = parts[0]
    for part in parts[1:]:
        result = exp.Union(this=result, expression=part, distinct=True)
    return result
