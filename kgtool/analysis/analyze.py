"""Runs a query and finds out what each operator of its algebra took."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from kgtool.analysis.attribution import attributed
from kgtool.analysis.counting import Count, counted
from kgtool.analysis.fragments import fragments, names_of, with_comments
from kgtool.analysis.measured import Analysis, Measured, Phases, charged
from kgtool.analysis.naming import named
from kgtool.analysis.operators import Operator, Operators, told_apart
from kgtool.analysis.profile import Step, expected_rows, planned, read_profile
from kgtool.analysis.times import own_seconds
from kgtool.errors import LimitError
from kgtool.plan.cache import KeptPlan
from kgtool.plan.context import ActiveGraph, Context
from kgtool.plan.execution import RowReader, Statement
from kgtool.plan.query import Output, Plan, active_graph, compile_tree
from kgtool.plan.run import DefaultGraph, errors_in, has_many_rows, parsed
from kgtool.plan.trace import Record
from kgtool.rdf.namespaces import RDF, RDFS, XSD
from kgtool.sparql.algebra import Query

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.rdf.terms import Term

#: Counting the parts of a query may take as long as the query, and so many seconds at least.
_LEAST_COUNTING = 5.0
#: What shortens IRIs in what is shown, though the query does not declare it.
_SHORT = {"rdf": RDF.base, "rdfs": RDFS.base, "xsd": XSD.base}


def analyze(
    store: Store,
    text: str,
    *,
    parameters: Mapping[str, Term] | None = None,
    prefixes: Mapping[str, str] | None = None,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
    file: str | None = None,
) -> Analysis:
    """Runs a SPARQL query and tells where its rows and its time are.

    The arguments are those of ``run_query``. The query is compiled anew and runs once; then its
    parts are counted, which takes as long again, or five seconds. That is done for a query that
    was stopped too.

    Raises QuerySyntaxError, UnsupportedError.
    """
    start = time.perf_counter()
    query = told_apart(parsed(text, parameters, prefixes, file))
    query = replace(query, prefixes={**_SHORT, **query.prefixes})
    parsing = time.perf_counter() - start
    with errors_in(text, file):
        compiled = _compiled(store, query, default_graph)
    compiling = time.perf_counter() - start - parsing
    operators = Operators(query)
    run = _run(store, compiled, timeout)
    phases = Phases(parsing, compiling, run.planning, run.seconds - run.planning, run.decoding)
    owners = attributed(run.root, operators, compiled.record, compiled.tree)
    seconds = own_seconds(run.root)
    counts = counted(
        store,
        operators,
        compiled.context,
        compiled.record,
        compiled.graph,
        run.rows,
        max(run.seconds, _LEAST_COUNTING),
    )
    whole = Count(expected_rows(run.root), run.rows, run.stopped.message if run.stopped else "")
    counts = {operators.root.number: whole, **counts}
    names = names_of(compiled.context.known_ids, operators.words.node)
    sql = fragments(compiled.tree, operators, compiled.record, names)
    measured = {o.number: _measured(o, sql[o.number], counts.get(o.number)) for o in operators}
    for step in run.root.walk():
        operator = charged(owners[step.number])
        if operator is not None:
            measured[operator.number].seconds += seconds[step.number]
            measured[operator.number].steps.append(step)
    return Analysis(
        query,
        with_comments(compiled.tree, names),
        _threads(store),
        run.rows,
        run.stopped,
        phases,
        run.root,
        seconds,
        owners,
        [*measured.values()],
        {name: o for name, node in compiled.record.aliases.items() if (o := operators.of(node))},
    )


def _measured(operator: Operator, sql: list[str], count: Count | None) -> Measured:
    count = count or Count()
    return Measured(operator, sql, count.estimate, count.rows, count.note)


@dataclass(frozen=True, slots=True)
class _Compiled:
    plan: Plan
    tree: exp.Query
    record: Record
    context: Context
    graph: ActiveGraph


def _compiled(store: Store, query: Query, default_graph: DefaultGraph) -> _Compiled:
    """The plan that a query runs by, and how it came about."""
    compiled = _compiled_to(store, query, default_graph, "ids")
    if "id" in compiled.plan.layout and has_many_rows(store, compiled.plan.sql):
        compiled = _compiled_to(store, query, default_graph, "terms")
    return compiled


def _compiled_to(
    store: Store, query: Query, default_graph: DefaultGraph, output: Output
) -> _Compiled:
    record = Record()
    context = Context(store, query.base, record=record)
    tree, form, variables, layout = compile_tree(query, context, default_graph, output)
    text = tree.sql(dialect="duckdb", normalize_functions=False)
    constants = {id_: term for term, id_ in context.local_ids.items()}
    plan = Plan(form, text, variables, layout, constants, dict(query.prefixes), ())
    graph = active_graph(query.dataset, context, default_graph)
    return _Compiled(plan, tree, record, context, graph)


@dataclass(slots=True)
class _Run:
    root: Step
    rows: int | None
    stopped: LimitError | None
    planning: float
    seconds: float
    decoding: float


def _run(store: Store, compiled: _Compiled, timeout: float | None) -> _Run:
    """Runs the statement, with columns that tell their FROM items, and decodes its rows."""
    columns = _TableColumns(store)
    text = named(compiled.tree, compiled.record.aliases, columns).sql(
        dialect="duckdb", normalize_functions=False
    )
    plan = KeptPlan.of(compiled.plan)
    reader = RowReader(plan.layout, store.decoder, plan.constants)
    rows, decoding = 0, 0.0
    start = time.perf_counter()
    statement = Statement(store, timeout, profiled=True)
    try:
        statement.run(text)
        for batch in statement.batches():
            rows += len(batch)
            began = time.perf_counter()
            if plan.layout:
                deque(reader.rows(batch), maxlen=0)
            decoding += time.perf_counter() - began
    except LimitError as error:
        # The engine keeps no times of what it did not finish.
        seconds = time.perf_counter() - start - decoding
        return _Run(planned(store, text), None, error, 0.0, seconds, decoding)
    seconds = time.perf_counter() - start - decoding
    profile = read_profile(statement.profile)
    if profile is None:
        return _Run(planned(store, text), rows, None, 0.0, seconds, decoding)
    return _Run(profile.root, rows, None, profile.planning, seconds, decoding)


class _TableColumns:
    """The columns of the store's tables, each table looked at once."""

    def __init__(self, store: Store) -> None:
        self._cursor = store.connection.cursor()
        self._known: dict[str, list[str]] = {}

    def __call__(self, table: str) -> list[str]:
        if table not in self._known:
            described = self._cursor.execute(f"SELECT * FROM {table} LIMIT 0").description
            self._known[table] = [column[0] for column in described or ()]
        return self._known[table]


def _threads(store: Store) -> int:
    ((threads,),) = (
        store.connection.cursor().execute("SELECT current_setting('threads')").fetchall()
    )
    return int(threads)
