"""Queries over three endpoints on loopback: requests and seconds, beside Comunica and rdflib.

    python -m benchmarks.federation --document      the tables in docs/benchmarks.md
    python -m benchmarks.federation --queries 'chain,path' --rounds 1

Comunica is an npm package: `make comunica` installs it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pyoxigraph

from benchmarks.answers import oxigraph_cells, row_text
from benchmarks.federation.endpoints import Endpoints, endpoints
from benchmarks.federation.engines import Engine, engines
from benchmarks.federation.report import render
from benchmarks.generate import make_file
from benchmarks.generators.war import NAMESPACES
from benchmarks.tables import write_document

QUERIES = Path(__file__).parent / "queries"
#: A query that took this many seconds is not run again.
_SLOW = 5.0
_PREFIXES = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in NAMESPACES.items())
_SERVICE = re.compile(r"SERVICE <(\w+)> \{([^{}]*)\}")
Found = dict[str, Any]


def with_services(text: str, urls: dict[str, str]) -> str:
    """The query with the addresses of its endpoints."""
    return _PREFIXES + _SERVICE.sub(lambda m: f"SERVICE <{urls[m[1]]}> {{{m[2]}}}", text)


def without_services(text: str) -> str:
    """The same patterns, whose sources an engine has to find."""
    return _PREFIXES + _SERVICE.sub(lambda m: m[2], text)


def measure(
    engine: Engine, wanted: Found, expected: list[str], asked: Endpoints, rounds: int, limit: float
) -> Found:
    """Median seconds and requests of a query, and whether its answers were right."""
    runs: list[tuple[float, int]] = []
    right = True
    for _ in range(rounds):
        asked.asked()
        found = engine.ask(wanted, limit)
        requests = asked.asked()
        if "rows" not in found:
            return {**found, "requests": len(requests)}
        runs.append((found["seconds"], len(requests)))
        right = right and sorted(map(row_text, found["rows"])) == expected
        if found["seconds"] > _SLOW:
            break
    seconds, counts = zip(*runs, strict=True)
    return {
        "seconds": statistics.median(seconds),
        "requests": statistics.median_high(counts),
        "runs": len(runs),
        "right": right,
    }


def measure_all(
    chosen: list[Path], options: argparse.Namespace, whole: pyoxigraph.Store, asked: Endpoints
) -> list[Found]:
    """A row for each query, with SERVICE and without; ``whole`` gives the right answers."""
    everything: list[Found] = []
    present = [engine for engine in engines() if engine.missing is None]
    try:
        for form in ("services", "sources"):
            for path in chosen:
                row = _row(path, form, present, options, whole, asked)
                everything.append(row)
                print(json.dumps(row), file=sys.stderr)
    finally:
        for engine in present:
            engine.close()
    return everything


def _row(
    path: Path,
    form: str,
    present: list[Engine],
    options: argparse.Namespace,
    whole: pyoxigraph.Store,
    asked: Endpoints,
) -> Found:
    text = path.read_text(encoding="utf-8")
    plain = form == "sources"
    urls = list(asked.urls.values())
    answer = whole.query(without_services(text))
    wanted = {
        "query": without_services(text) if plain else with_services(text, asked.urls),
        "variables": [variable.value for variable in answer.variables],
        "urls": urls,
        "sources": urls if plain else [],
    }
    expected = sorted(row_text(oxigraph_cells(row)) for row in answer)
    found = {
        engine.name: measure(engine, wanted, expected, asked, options.rounds, options.limit)
        for engine in present
        if not (plain and engine.name == "rdflib")
    }
    shape = text.split("\n", 1)[0].removeprefix("# ")
    return {
        "query": path.stem,
        "form": form,
        "shape": shape,
        "rows": len(expected),
        "engines": found,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", type=int, default=60_000)
    parser.add_argument("--delay", type=float, default=0.05, help="seconds before each answer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=20, help="seconds for one run")
    parser.add_argument("--queries", default="*", help="patterns of names, with commas")
    parser.add_argument("--document", action="store_true", help="write the tables there")
    options = parser.parse_args()
    busy = os.getloadavg()[0]
    for engine in engines():
        if engine.missing:
            print(engine.missing, file=sys.stderr)
    patterns = options.queries.split(",")
    chosen = [p for p in sorted(QUERIES.glob("*.rq")) if any(fnmatch(p.stem, w) for w in patterns)]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "war.nt"
        make_file(data, options.triples)
        whole = pyoxigraph.Store()
        whole.load(data.read_bytes(), pyoxigraph.RdfFormat.N_TRIPLES)
        with endpoints(data, options.delay) as asked:
            found = measure_all(chosen, options, whole, asked)
    text = render(found, options, busy)
    print(text)
    if options.document:
        write_document(text, "federation")


if __name__ == "__main__":
    main()
