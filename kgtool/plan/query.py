"""A whole query → one SQL statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Literal as Choice

from sqlglot import exp

from kgtool.engine import ids
from kgtool.engine.statistics import Statistics
from kgtool.errors import UnsupportedError
from kgtool.plan import sql
from kgtool.plan.context import ActiveGraph, Context, Page, TermIndex
from kgtool.plan.conversion import as_term, lex, plain_value, single_type, type_
from kgtool.plan.inspection import constants, vocabulary
from kgtool.plan.patterns import compile_pattern, compile_subquery
from kgtool.plan.relation import Relation, Source
from kgtool.plan.scan import Frame, graph_conditions
from kgtool.plan.sql import SQL
from kgtool.plan.templates import solutions_for, triples_select
from kgtool.plan.value import Form, Value, mask
from kgtool.rdf.terms import IRI, BlankNode, Term
from kgtool.sparql.algebra import (
    AskQuery,
    ConstructQuery,
    Dataset,
    DescribeQuery,
    Query,
    SelectQuery,
    Variable,
)

if TYPE_CHECKING:
    from kgtool.plan.run import DefaultGraph

QueryForm = Choice["select", "ask", "graph"]
Output = Choice["ids", "terms", "values", "raw"]
_TRIPLE = ("term", "term", "term")
_INTEGER = mask(ids.INTEGER_INLINE)


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled query: what runs, and how its rows are read.

    ``sql`` gives, for ``select``, the columns of each variable in turn; for ``graph``
    (CONSTRUCT and DESCRIBE) those of subject, predicate and object; for ``ask`` one
    boolean. ``layout`` says for each what its columns are: ``id``, which the reader decodes;
    ``term`` (type, lex); or a type, which all its terms have, and then lex is the only column.
    ``constants`` are terms of the query that the store lacks, by the ids that they have here.
    ``prefixes`` shorten IRIs in what is shown; ``unknown_names`` are the properties and
    classes that the store lacks; ``notes`` say what of the text was left aside.
    """

    form: QueryForm
    sql: str
    variables: tuple[str, ...]
    layout: tuple[str, ...]
    constants: Mapping[int, Term]
    prefixes: Mapping[str, str]
    unknown_names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def compile_query(
    query: Query,
    store: TermIndex,
    *,
    default_graph: DefaultGraph = "union",
    output: Output = "ids",
    page: Page | None = None,
) -> Plan:
    """Compiles a query for a store.

    ``default_graph`` holds for a query that names no dataset of its own. ``output`` says what
    the statement gives for a variable of SELECT or DESCRIBE: mostly ``ids``; ``terms``, which the
    engine decodes by joins with the dictionary, as suits many rows; ``values``, one column of
    the plainest type of the engine that holds them; or ``raw``, the ids of terms that are stored
    or constants. ``page`` is the part of the rows that is wanted.
    Raises UnsupportedError for what no plan can do.
    """
    context = Context(store, query.base, page=page)
    tree, form, variables, layout = compile_tree(query, context, default_graph, output)
    unknown = unknown_names(query, context)
    constants_ = {id_: term for term, id_ in context.local_ids.items()}
    text = sql.to_text(tree)
    return Plan(
        form, text, variables, layout, constants_, dict(query.prefixes), unknown, query.notes
    )


def unknown_names(query: Query, context: Context) -> tuple[str, ...]:
    """The properties and classes of a query that has been compiled which the store lacks."""
    names = vocabulary(query.pattern)
    return tuple(sorted(name.value for name in names if context.stored_id(name) is None))


def compile_tree(
    query: Query, context: Context, default_graph: DefaultGraph, output: Output = "ids"
) -> tuple[exp.Query, QueryForm, tuple[str, ...], tuple[str, ...]]:
    """The statement as a sqlglot tree, and the rest of its plan (see Plan)."""
    context.resolve(constants(query))
    with context.record.at(query):
        return _compiled(query, context, default_graph, output)


def _compiled(
    query: Query, context: Context, default_graph: DefaultGraph, output: Output
) -> tuple[exp.Query, QueryForm, tuple[str, ...], tuple[str, ...]]:
    frame = Frame(context, active_graph(query.dataset, context, default_graph), compile_subquery)
    match query:
        case SelectQuery():
            relation = compile_pattern(query.pattern, frame)
            variables = tuple(relation.columns)
            tree, layout = _select(relation, output)
            return context.finish(_page_of(tree, context)), "select", variables, layout
        case AskQuery():
            relation = compile_pattern(query.pattern, frame)
            return context.finish(_ask(relation)), "ask", (), ()
        case ConstructQuery():
            made = _page_of(_sorted(_construct(query, frame), context), context)
            return context.finish(made), "graph", (), _TRIPLE
        case DescribeQuery():
            described, layout = _describe(query, frame, output)
            made = _page_of(_sorted(described, context), context)
            return context.finish(made), "graph", (), layout


def active_graph(
    dataset: Dataset | None, context: Context, default_graph: DefaultGraph
) -> ActiveGraph:
    """The graphs that FROM or USING name; else all of the store, with that default graph."""

    def stored(graphs: Iterable[IRI | BlankNode]) -> tuple[int, ...]:
        found = (context.stored_id(g) for g in dict.fromkeys(graphs))
        return tuple(id_ for id_ in found if id_ is not None)

    if dataset is not None:
        return ActiveGraph(stored(dataset.default), stored(dataset.named))
    if default_graph == "union":
        return ActiveGraph()
    if default_graph == "strict":
        return ActiveGraph((ids.DEFAULT_GRAPH,))
    if default_graph == "asserted":
        return _asserted(context.statistics)
    return ActiveGraph(stored([default_graph]))


def _asserted(statistics: Statistics) -> ActiveGraph:
    """The union of all graphs but those of reasoning."""
    inferred = tuple(g.id for g in statistics.graphs if g.kind == "inferred")
    others = tuple(g.id for g in statistics.graphs if g.kind != "inferred")
    if inferred and max(others, default=0) > min(inferred):
        return ActiveGraph(others)
    return ActiveGraph(without=inferred)


def _select(relation: Relation, output: Output) -> tuple[exp.Query, tuple[str, ...]]:
    if any(v.form in (Form.TERM, Form.VALUE) for v in relation.columns.values()):
        relation.columns = {
            n: as_term(v, relation) if v.form is Form.VALUE else v
            for n, v in relation.columns.items()
        }
        relation = relation.close()
    exports, layout = _outputs(relation, output)
    return relation.ordered(relation.select(exports or [sql.number(1)])), layout


def _outputs(relation: Relation, output: Output) -> tuple[list[SQL], tuple[str, ...]]:
    """The columns that the reader of the rows expects, and their layout.

    Ids of integers, which are one cast, are always decoded here.
    """
    if output == "values":
        name = relation.context.sql_name
        columns = {name(n): plain_value(v, relation) for n, v in relation.columns.items()}
        plain: list[SQL] = [sql.alias(tree, n) for n, tree in columns.items()]
        return plain, ("value",) * len(plain)
    if output == "raw":
        computed = [n for n, v in relation.columns.items() if v.form is not Form.ID]
        if computed:
            raise UnsupportedError(f"?{computed[0]} is computed, where a stored term is asked for")
        ids_ = [sql.alias(v.sql, f"c{i}") for i, v in enumerate(relation.columns.values())]
        return ids_, ("raw",) * len(ids_)
    exports: list[SQL] = []
    layout: list[str] = []
    for value in relation.columns.values():
        if value.form is Form.ID and output == "ids" and not value.only(_INTEGER):
            exports.append(value.sql)
            layout.append("id")
            continue
        known = single_type(value)
        exports += [] if known else [type_(value, relation)]
        exports.append(lex(value, relation))
        layout.append(known or "term")
    named = [sql.alias(tree, f"c{i}") for i, tree in enumerate(exports)]
    return named, tuple(layout)


def _ask(relation: Relation) -> exp.Select:
    inner = relation.select([sql.number(1)])
    return exp.Select(expressions=[sql.alias(exp.Exists(this=inner), "answer")])


def _page_of(tree: exp.Query, context: Context) -> exp.Query:
    """The rows of a sorted query that the page has."""
    if context.page is not None:
        tree.set("limit", exp.Limit(expression=sql.number(context.page.limit)))
        tree.set("offset", exp.Offset(expression=sql.number(context.page.offset)))
    return tree


def _sorted(triples: exp.Query, context: Context) -> exp.Query:
    """Triples have no order of their own; for a page they get one."""
    if context.page is None:
        return triples
    whole = exp.Select(expressions=[exp.Star()])
    whole = whole.from_(sql.subquery(triples, "triples"), copy=False)
    whole.set("order", exp.Order(expressions=sql.by_all_columns(triples)))
    return whole


# CONSTRUCT (16.2) -----------------------------------------------------------------------


def _construct(query: ConstructQuery, frame: Frame) -> exp.Query:
    solutions = solutions_for(query.pattern, query.template, frame)
    selects = [triples_select(triple, solutions, frame) for triple in query.template]
    if not selects:
        nothing: list[SQL] = [sql.alias(sql.NULL, f"c{i}") for i in range(6)]
        return exp.Select(expressions=nothing).where(sql.FALSE, copy=False)
    result = selects[0]
    for select in selects[1:]:
        result = exp.Union(this=result, expression=select, distinct=True)
    return result


# DESCRIBE (16.4) ------------------------------------------------------------------------


def _describe(
    query: DescribeQuery, frame: Frame, output: Output
) -> tuple[exp.Query, tuple[str, ...]]:
    """The concise bounded description: a resource's triples, and those of its blank nodes."""
    context = frame.context
    relation = compile_pattern(query.pattern, frame)
    relation.order = []
    seeds = [s for r in query.resources if (s := _described(r, relation, frame)) is not None]
    if not seeds:
        return _construct(ConstructQuery(template=(), pattern=query.pattern), frame), _TRIPLE
    name = context.fresh("described")
    context.ctes.append((name, _with_blank_nodes(name, seeds, frame), True))
    triples = _triples(frame)
    alias = context.fresh("n")
    triples.sources.append(
        Source(
            sql.table(name, alias), "INNER", sql.eq(sql.column(alias, "node"), _subject(triples))
        )
    )
    exports, layout = _outputs(triples, output)
    return triples.select(exports, distinct=True), layout


def _described(resource: IRI | Variable, relation: Relation, frame: Frame) -> exp.Query | None:
    if isinstance(resource, IRI):
        id_ = frame.context.stored_id(resource)
        if id_ is None:
            return None
        return exp.Select(expressions=[sql.alias(sql.number(id_), "node")])
    value = relation.columns.get(resource.name)
    if value is None:
        return None
    solutions = Relation(
        frame.context,
        list(relation.sources),
        list(relation.where),
        dict(relation.columns),
        dict(relation.rows),
        empty=relation.empty,
    )
    if value.form is Form.ID:
        return solutions.select([sql.alias(value.sql, "node")], distinct=True)
    alias = frame.context.fresh("d")
    same = [
        sql.eq(sql.column(alias, "type"), type_(value, solutions)),
        sql.eq(sql.column(alias, "lex"), lex(value, solutions)),
    ]
    solutions.sources.append(Source(sql.table("terms", alias), "INNER", sql.conjunction(same)))
    return solutions.select([sql.alias(sql.column(alias, "id"), "node")], distinct=True)


def _with_blank_nodes(name: str, seeds: list[exp.Query], frame: Frame) -> exp.Query:
    result = seeds[0]
    for seed in seeds[1:]:
        result = exp.Union(this=result, expression=seed, distinct=True)
    triples = _triples(frame)
    alias = frame.context.fresh("n")
    target = list(triples.columns.values())[2].sql
    triples.sources.append(Source(sql.table(name, alias)))
    triples.where += [
        sql.eq(sql.column(alias, "node"), _subject(triples)),
        sql.eq(sql.call("kg_tag", target), sql.number(ids.BNODE)),
    ]
    step = triples.select([sql.alias(target, "node")])
    return exp.Union(this=result, expression=step, distinct=True)


def _triples(frame: Frame) -> Relation:
    """All triples of the default graph."""
    alias = frame.context.fresh("t")
    conditions, _ = graph_conditions(
        frame.graph, frame.context.statistics, sql.column(alias, "g"), sql.column(alias, "dup")
    )
    columns = {f: Value(Form.ID, sql.column(alias, f), nullable=False) for f in ("s", "p", "o")}
    return Relation(
        frame.context,
        [Source(sql.table("pso", alias))],
        conditions or [],
        columns,
        empty=conditions is None,
    )


def _subject(triples: Relation) -> SQL:
    return triples.columns["s"].sql
