"""One measurement in a process of its own, so that no engine disturbs another.

bench.py runs ``python -m benchmarks.measure TASK ARGUMENT …`` and reads one line of JSON from it.
Answers go to files as sorted lines, one a row, which bench.py compares.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.answers import XSD, Cell, Row, flat_cells, keep_answer, oxigraph_cells
from benchmarks.stored import BenchQuery, queries_with_sql, query_named
from benchmarks.timing import Result, Spent, by_turns, repeated, spent, summary

_BATCH = 10_000


# kgtool ---------------------------------------------------------------------------------


def load_kgtool(source: str, store: str, memory_limit: str | None = None) -> Result:
    from kgtool.engine.writer import LoadReport, Source, StoreWriter

    reports: list[LoadReport] = []

    def load() -> None:
        with StoreWriter(store, memory_limit) as writer:
            writer.add(Source(Path(source)))
            reports.append(writer.commit({}))

    took = spent(load)
    size, triples = reports[0].bytes, reports[0].triples
    return {"seconds": took.wall, "cpu": took.cpu, "bytes": size, "triples": triples}


def ask_kgtool(store: str, answers: str) -> Result:
    """Each query through run_query, its plan kept, and as SQL by hand, by turns.

    Both run on one engine with the same store in memory, so what else the machine does
    meets both alike. All rows are read. The time to compile is measured apart.
    """
    from kgtool.engine.store import Store

    with Store.open(store) as opened:
        return {
            query.name: _both_ways(opened, query, Path(answers)) for query in queries_with_sql()
        }


def _both_ways(store: Any, query: BenchQuery, answers: Path) -> Result:
    from kgtool.plan import run_query

    sql = query.filled_sql(store)
    ways: dict[str, Callable[[], list[tuple[Any, ...]]]] = {
        "kgtool": lambda: list(run_query(store, query.sparql, cache=answers / "plans").raw()),
        "sql": lambda: _run_sql(store, query, sql),
    }
    found = by_turns(ways)
    for way, run in ways.items():
        found[way]["rows"] = keep_answer(flat_cells(run()), answers / f"{query.name}.{way}")
    found["kgtool"]["compile"] = _compile_time(store, query)
    return found


def _run_sql(store: Any, query: BenchQuery, sql: str) -> list[tuple[Any, ...]]:
    """The rows of SQL by hand, fetched as kgtool fetches its own."""
    from kgtool.results import SelectResult

    cursor = store.connection.cursor()
    cursor.execute(sql)
    batches = iter(lambda: cursor.fetchmany(_BATCH), [])
    rows = (row for batch in batches for row in batch)
    return list(SelectResult(query.variables, rows, close=cursor.close).raw())


def _compile_time(store: Any, query: BenchQuery) -> float:
    from kgtool.plan.query import compile_query
    from kgtool.sparql import parse_query

    return repeated(lambda: compile_query(parse_query(query.sparql), store), 0.2)["best"]


# Oxigraph -------------------------------------------------------------------------------


def load_oxigraph(source: str, store: str) -> Result:
    took, triples = _bulk_load(source, store)
    # The store is closed by now, so that files it no longer needs are gone.
    size = sum(f.stat().st_size for f in Path(store).rglob("*") if f.is_file())
    return {"seconds": took.wall, "cpu": took.cpu, "bytes": size, "triples": triples}


def _bulk_load(source: str, store: str) -> tuple[Spent, int]:
    import pyoxigraph

    opened = pyoxigraph.Store(store)

    def load() -> None:
        opened.bulk_load(path=source)
        opened.flush()

    return spent(load), len(opened)


def ask_oxigraph(store: str, answers: str, name: str, limit: str) -> Result:
    """One query. Past the limit the system ends this process, whatever it is doing."""
    import pyoxigraph

    query = query_named(name)
    opened = pyoxigraph.Store.read_only(store)
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    rows: list[Any] = []
    first = spent(lambda: rows.extend(opened.query(query.sparql)))
    signal.setitimer(signal.ITIMER_REAL, 0)
    kept = keep_answer(map(oxigraph_cells, rows), f"{answers}/{name}.oxigraph")
    rows.clear()
    if first.wall > 20:
        return {**summary([first]), "rows": kept}
    return {**repeated(lambda: list(opened.query(query.sparql)), 5), "rows": kept}


# The plain Python stack -----------------------------------------------------------------


def plain(data: str, ontology: str, shapes: str) -> Result:
    """rdflib reads, owlrl closes, pyshacl checks."""
    import owlrl
    import pyshacl
    import rdflib

    graph, rules, schema = rdflib.Graph(), rdflib.Graph(), rdflib.Graph()
    parse = spent(lambda: graph.parse(data)).wall
    schema.parse(ontology)
    rules.parse(shapes)
    asserted = graph + schema
    check = spent(lambda: pyshacl.validate(asserted, shacl_graph=rules, advanced=True)).wall
    closed = graph + schema
    close = spent(lambda: owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closed)).wall
    return {
        "parse": parse,
        "check": check,
        "close": close,
        "triples": len(graph),
        "closed": len(closed),
    }


def ask_plain(data: str, answers: str, limit: str) -> Result:
    import rdflib

    graph = rdflib.Graph()
    graph.parse(data)
    return {
        query.name: _ask_rdflib(graph, query, float(limit), answers) for query in queries_with_sql()
    }


def _ask_rdflib(graph: Any, query: BenchQuery, limit: float, answers: str) -> Result | None:
    """The query's time, the best of up to three; None beyond the limit."""

    def stop(*_: object) -> None:
        raise TimeoutError

    rows: list[Any] = []
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        runs = [spent(lambda: rows.extend(graph.query(query.sparql)))]
        kept = keep_answer(map(_rdflib_cells, rows), f"{answers}/{query.name}.rdflib")
        while len(runs) < 3 and sum(run.wall for run in runs) < 5:
            runs.append(spent(lambda: list(graph.query(query.sparql))))
    except TimeoutError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return {**summary(runs), "rows": kept}


def _rdflib_cells(row: Any) -> Row:
    return [_rdflib_cell(term) for term in row]


def _rdflib_cell(term: Any) -> Cell:
    import rdflib

    if term is None:
        return None
    if isinstance(term, rdflib.Literal):
        return f"@{term.language}" if term.language else str(term.datatype or XSD + "string"), term
    return "iri", str(term)


TASKS: dict[str, Callable[..., Result]] = {
    task.__name__: task
    for task in (
        load_kgtool,
        ask_kgtool,
        load_oxigraph,
        ask_oxigraph,
        plain,
        ask_plain,
    )
}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
