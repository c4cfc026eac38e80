"""One measurement in a process of its own, so that no engine disturbs another.

bench.py runs ``python measure.py TASK ARGUMENT …`` and reads one line of JSON from it.
Answers go to files as sorted lines, one a row, which bench.py compares.
"""

from __future__ import annotations

import json
import re
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from generate import NAMESPACES
from stored import BenchQuery, bench_queries, query_named

XSD = NAMESPACES["xsd"]
Row = Iterable[tuple[str, str] | None]
Result = dict[str, Any]
_BATCH = 10_000
_DAYS_AND_TIME = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of processor time over all threads."""

    wall: float
    cpu: float


def _spent(action: Callable[[], object]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def _summary(runs: list[Spent]) -> Result:
    walls = [run.wall for run in runs]
    return {
        "first": walls[0],
        "best": min(walls),
        "median": statistics.median(walls),
        "cpu": min(run.cpu for run in runs),
        "runs": len(runs),
    }


def _by_turns(actions: Mapping[str, Callable[[], object]], budget: float = 4.0) -> Result:
    """Runs the actions one after the other, three to forty times within ``budget`` seconds."""
    runs: dict[str, list[Spent]] = {name: [] for name in actions}
    started = time.perf_counter()
    for turn in range(40):
        if turn >= 3 and time.perf_counter() - started > budget:
            break
        for name, action in actions.items():
            runs[name].append(_spent(action))
    return {name: _summary(each) for name, each in runs.items()}


def _repeated(action: Callable[[], object], budget: float = 2.0) -> Result:
    found: Result = _by_turns({"": action}, budget)[""]
    return found


# Answers --------------------------------------------------------------------------------


def _cell(term: tuple[str, str] | None) -> str:
    """A term such that equal values of one datatype are equal text."""
    if term is None:
        return ""
    type_, lexical = term
    if type_ in (XSD + "integer", XSD + "decimal"):
        try:
            number = Decimal(lexical).normalize()
            lexical = "0" if number == 0 else format(number, "f")
        except InvalidOperation:
            pass
    elif type_ == XSD + "duration" and (found := _DAYS_AND_TIME.fullmatch(lexical)):
        days, hours, minutes = (int(part or 0) for part in found.groups())
        lexical = f"{(days * 24 + hours) * 60 + minutes} minutes"
    return f"{type_}\x1f{lexical}"


def _keep_answer(rows: Iterable[Row], path: str | Path) -> int:
    lines = sorted("\x1e".join(_cell(term) for term in row) for row in rows)
    text = "".join(line.replace("\n", "\\n") + "\n" for line in lines)
    Path(path).write_text(text, encoding="utf-8")
    return len(lines)


def _flat_cells(flat: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    for row in flat:
        pairs = zip(row[::2], row[1::2], strict=True)
        yield [None if kind is None else (kind, lexical) for kind, lexical in pairs]


# kgtool ---------------------------------------------------------------------------------


def load_kgtool(source: str, store: str) -> Result:
    from kgtool.engine.writer import LoadReport, Source, StoreWriter

    reports: list[LoadReport] = []

    def load() -> None:
        with StoreWriter(store) as writer:
            writer.add(Source(Path(source)))
            reports.append(writer.commit({}))

    spent = _spent(load)
    size, triples = reports[0].bytes, reports[0].triples
    return {"seconds": spent.wall, "cpu": spent.cpu, "bytes": size, "triples": triples}


def ask_kgtool(store: str, answers: str) -> Result:
    """Each query through run_query, its plan kept, and as SQL by hand, by turns.

    Both run on one engine with the same store in memory, so what else the machine does
    meets both alike. All rows are read. The time to compile is measured apart.
    """
    from kgtool.engine.store import Store

    with Store.open(store) as opened:
        return {query.name: _both_ways(opened, query, Path(answers)) for query in bench_queries()}


def _both_ways(store: Any, query: BenchQuery, answers: Path) -> Result:
    from kgtool.plan import run_query

    sql = query.filled_sql(store)
    ways: dict[str, Callable[[], list[tuple[Any, ...]]]] = {
        "kgtool": lambda: list(run_query(store, query.sparql, cache=answers / "plans").raw()),
        "sql": lambda: _run_sql(store, query, sql),
    }
    found = _by_turns(ways)
    for way, run in ways.items():
        found[way]["rows"] = _keep_answer(_flat_cells(run()), answers / f"{query.name}.{way}")
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

    return _repeated(lambda: compile_query(parse_query(query.sparql), store), 0.2)["best"]


# Oxigraph -------------------------------------------------------------------------------


def load_oxigraph(source: str, store: str) -> Result:
    spent, triples = _bulk_load(source, store)
    # The store is closed by now, so that files it no longer needs are gone.
    size = sum(f.stat().st_size for f in Path(store).rglob("*") if f.is_file())
    return {"seconds": spent.wall, "cpu": spent.cpu, "bytes": size, "triples": triples}


def _bulk_load(source: str, store: str) -> tuple[Spent, int]:
    import pyoxigraph

    opened = pyoxigraph.Store(store)

    def load() -> None:
        opened.bulk_load(path=source)
        opened.flush()

    return _spent(load), len(opened)


def ask_oxigraph(store: str, answers: str, name: str, limit: str) -> Result:
    """One query. Past the limit the system ends this process, whatever it is doing."""
    import pyoxigraph

    query = query_named(name)
    opened = pyoxigraph.Store.read_only(store)
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    rows: list[Any] = []
    first = _spent(lambda: rows.extend(opened.query(query.sparql)))
    signal.setitimer(signal.ITIMER_REAL, 0)
    kept = _keep_answer(map(_oxigraph_cells, rows), f"{answers}/{name}.oxigraph")
    rows.clear()
    if first.wall > 20:
        return {**_summary([first]), "rows": kept}
    return {**_repeated(lambda: list(opened.query(query.sparql)), 5), "rows": kept}


def _oxigraph_cells(row: Any) -> Row:
    return [_oxigraph_cell(term) for term in row]


def _oxigraph_cell(term: Any) -> tuple[str, str] | None:
    import pyoxigraph

    if term is None:
        return None
    if isinstance(term, pyoxigraph.NamedNode):
        return "iri", term.value
    return f"@{term.language}" if term.language else term.datatype.value, term.value


# The plain Python stack -----------------------------------------------------------------


def plain(data: str, ontology: str, shapes: str) -> Result:
    """rdflib reads, owlrl closes, pyshacl checks."""
    import owlrl
    import pyshacl
    import rdflib

    graph, rules, schema = rdflib.Graph(), rdflib.Graph(), rdflib.Graph()
    parse = _spent(lambda: graph.parse(data)).wall
    schema.parse(ontology)
    rules.parse(shapes)
    asserted = graph + schema
    check = _spent(lambda: pyshacl.validate(asserted, shacl_graph=rules, advanced=True)).wall
    closed = graph + schema
    close = _spent(lambda: owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closed)).wall
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
        query.name: _ask_rdflib(graph, query, float(limit), answers) for query in bench_queries()
    }


def _ask_rdflib(graph: Any, query: BenchQuery, limit: float, answers: str) -> Result | None:
    """The query's time, the best of up to three; None beyond the limit."""

    def stop(*_: object) -> None:
        raise TimeoutError

    rows: list[Any] = []
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        runs = [_spent(lambda: rows.extend(graph.query(query.sparql)))]
        kept = _keep_answer(map(_rdflib_cells, rows), f"{answers}/{query.name}.rdflib")
        while len(runs) < 3 and sum(run.wall for run in runs) < 5:
            runs.append(_spent(lambda: list(graph.query(query.sparql))))
    except TimeoutError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return {**_summary(runs), "rows": kept}


def _rdflib_cells(row: Any) -> Row:
    return [_rdflib_cell(term) for term in row]


def _rdflib_cell(term: Any) -> tuple[str, str] | None:
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
