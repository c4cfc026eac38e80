"""Runs queries on a store: plan from the cache or the compiler, rows from the engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from typing import Literal as Choice

from kgtool.errors import KgtoolError
from kgtool.plan.cache import KeptPlan, plans_of, read_plan, write_plan
from kgtool.plan.execution import execute
from kgtool.results.result import Result

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.plan.context import Page
    from kgtool.plan.stop import Stop
    from kgtool.rdf.terms import IRI, BlankNode, Term
    from kgtool.sparql.algebra import Dataset, Query

#: What patterns outside GRAPH match: the union of all graphs, the unnamed graph, the union of
#: all graphs that no reasoning made, or one graph.
DefaultGraph: TypeAlias = "Choice['union', 'strict', 'asserted'] | IRI | BlankNode"

#: Rows whose terms are decoded by the engine rather than term by term.
_MANY = 20_000


class Explanation(NamedTuple):
    """What a query becomes: its algebra, the SQL, and the engine's own plan, all as text."""

    algebra: str
    sql: str
    plan: str


def run_query(
    store: Store,
    text: str,
    *,
    parameters: Mapping[str, Term] | None = None,
    prefixes: Mapping[str, str] | None = None,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
    max_rows: int | None = None,
    file: str | None = None,
    cache: Path | None = None,
    base: str | None = None,
    dataset: Dataset | None = None,
    stop: Stop | None = None,
    page: Page | None = None,
) -> Result:
    """Runs a SPARQL query and gives its result, whose rows are read as they are asked for.

    ``parameters`` replaces variables by terms. ``prefixes`` are those the text need not
    declare. ``timeout`` is in seconds and covers compiling, running and reading; an answer
    of more than ``max_rows`` rows ends with LimitError after these. A query that this store
    has seen before is neither parsed nor compiled; with a ``cache`` folder, plans outlive it.
    ``base`` is the base IRI outside of the text, and ``dataset`` takes the place of the text's
    own. ``stop`` ends the query from another thread. ``page`` is the part of the rows or triples
    that is wanted, if not all; ASK has none.

    Raises QuerySyntaxError, UnsupportedError, LimitError.
    """
    key = (*_key(text, parameters, prefixes, default_graph, base, dataset), page)
    known = plans_of(store)
    plan = known.get(key)
    if plan is None:
        plan = read_plan(cache, store.fingerprint, key) if cache else None
        if plan is None:
            query = parsed(text, parameters, prefixes, file, base)
            if dataset is not None:
                from dataclasses import replace

                query = replace(query, dataset=dataset)
            plan = _compiled(store, query, text, default_graph, file, page)
            if cache:
                write_plan(cache, store.fingerprint, key, plan)
        known.keep(key, plan)
    result = execute(store, plan, timeout, max_rows, stop=stop)
    result.unknown_names, result.notes = plan.unknown_names, plan.notes
    return result


def run_algebra(
    store: Store,
    query: Query,
    *,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
    max_rows: int | None = None,
) -> Result:
    """As run_query, for a query that is at hand as algebra; its plan is not kept."""
    from kgtool.plan.query import compile_query

    plan = compile_query(query, store, default_graph=default_graph)
    return execute(store, KeptPlan.of(plan), timeout, max_rows)


def explain(
    store: Store,
    text: str,
    *,
    parameters: Mapping[str, Term] | None = None,
    prefixes: Mapping[str, str] | None = None,
    default_graph: DefaultGraph = "union",
    file: str | None = None,
) -> Explanation:
    """The stages of a query."""
    from kgtool.plan.context import Context
    from kgtool.plan.query import compile_tree
    from kgtool.sparql.printing import to_text

    query = parsed(text, parameters, prefixes, file)
    tree, *_ = compile_tree(query, Context(store, query.base), default_graph)
    statement = tree.sql(dialect="duckdb", pretty=True, normalize_functions=False)
    rows = store.connection.cursor().execute(f"EXPLAIN {statement}").fetchall()
    return Explanation(to_text(query), statement, "\n".join(row[-1] for row in rows))


def parsed(
    text: str,
    parameters: Mapping[str, Term] | None,
    prefixes: Mapping[str, str] | None,
    file: str | None,
    base: str | None = None,
) -> Query:
    """The query of a text, its parameters replaced by terms. Raises QuerySyntaxError."""
    from kgtool.plan.substitute import substitute
    from kgtool.sparql import parse_query

    return substitute(parse_query(text, prefixes=prefixes, base=base, file=file), parameters or {})


def _compiled(
    store: Store,
    query: Query,
    text: str,
    default_graph: DefaultGraph,
    file: str | None,
    page: Page | None,
) -> KeptPlan:
    from kgtool.plan.query import compile_query

    with errors_in(text, file):
        plan = compile_query(query, store, default_graph=default_graph, page=page)
        if page is None and "id" in plan.layout and has_many_rows(store, plan.sql):
            plan = compile_query(query, store, default_graph=default_graph, output="terms")
    return KeptPlan.of(plan)


@contextmanager
def errors_in(text: str, file: str | None) -> Iterator[None]:
    """What cannot be compiled of a query is told with the file and the line that it stands in."""
    try:
        yield
    except KgtoolError as error:
        if error.location is not None:
            error.location = error.location._replace(file=file or "query").in_text(text)
        raise


def has_many_rows(store: Store, statement: str) -> bool:
    """Whether the engine expects so many rows that it had better decode them itself."""
    if store.statistics.terms <= _MANY:
        return False
    cursor = store.connection.cursor()
    ((_, text),) = cursor.execute(f"EXPLAIN (FORMAT json) {statement}").fetchall()
    operator = json.loads(text)[0]
    while "Estimated Cardinality" not in operator["extra_info"] and operator["children"]:
        operator = operator["children"][0]
    return int(operator["extra_info"].get("Estimated Cardinality", 0)) > _MANY


def _key(
    text: str,
    parameters: Mapping[str, Term] | None,
    prefixes: Mapping[str, str] | None,
    default_graph: DefaultGraph,
    base: str | None,
    dataset: Dataset | None,
) -> tuple[object, ...]:
    bound = sorted((name, str(term)) for name, term in (parameters or {}).items())
    known = tuple(sorted((prefixes or {}).items()))
    return text, tuple(bound), known, default_graph, base, dataset
