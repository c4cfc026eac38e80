"""Answers queries with kgtool or rdflib: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Ask = Callable[[str, Sequence[str], Sequence[str]], dict[str, Any]]


def kgtool(scratch: Path) -> Ask:
    """kgtool over an empty graph."""
    from kgtool.engine.store import Store
    from kgtool.federation.endpoints import Endpoint, Endpoints
    from kgtool.federation.run import Services, run_federated
    from kgtool.project.load import load_files
    from kgtool.sparql import parse_query

    empty = scratch / "empty.nt"
    empty.touch()
    load_files([empty], scratch / "empty.duckdb")
    store = Store.open(scratch / "empty.duckdb")

    def ask(query: str, urls: Sequence[str], over: Sequence[str]) -> dict[str, Any]:
        started = time.perf_counter()
        known = Endpoints({url: Endpoint(url, private=True) for url in urls})
        result, _ = run_federated(store, parse_query(query), Services(known, over=tuple(over)))
        rows = list(result.raw())
        seconds = time.perf_counter() - started
        pairs = (zip(row[::2], row[1::2], strict=True) for row in rows)
        cells = [[None if kind is None else (kind, text) for kind, text in row] for row in pairs]
        return {"seconds": seconds, "rows": cells}

    return ask


def rdflib(scratch: Path) -> Ask:
    """rdflib over an empty graph; it knows SERVICE alone."""
    from rdflib import XSD, Graph, Literal

    def cell(term: Any) -> tuple[str, str] | None:
        if term is None:
            return None
        if not isinstance(term, Literal):
            return "iri", str(term)
        return f"@{term.language}" if term.language else str(term.datatype or XSD.string), str(term)

    def ask(query: str, urls: Sequence[str], over: Sequence[str]) -> dict[str, Any]:
        started = time.perf_counter()
        rows = list(Graph().query(query))
        seconds = time.perf_counter() - started
        return {"seconds": seconds, "rows": [[cell(term) for term in row] for row in rows]}

    return ask


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        ask = {"kgtool": kgtool, "rdflib": rdflib}[sys.argv[1]](Path(scratch))
        for line in sys.stdin:
            wanted = json.loads(line)
            try:
                found = ask(wanted["query"], wanted["urls"], wanted["sources"])
            except Exception as error:
                found = {"error": str(error).strip().split("\n")[0] or type(error).__name__}
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
