"""Answers queries with kgtool or rdflib: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Answers a query: its text, the addresses of endpoints, and the sources that it is asked over.
Ask = Callable[[dict[str, Any]], dict[str, Any]]
_SERVICE = re.compile(r"SERVICE <([^>]+)> \{[^{}]*\}")


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

    def ask(wanted: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        known = Endpoints({url: Endpoint(url, private=True) for url in wanted["urls"]})
        services = Services(known, over=tuple(wanted["sources"]))
        result, _ = run_federated(store, parse_query(wanted["query"]), services)
        rows = list(result.raw())
        seconds = time.perf_counter() - started
        pairs = (zip(row[::2], row[1::2], strict=True) for row in rows)
        cells = [[None if kind is None else (kind, text) for kind, text in row] for row in pairs]
        return {"seconds": seconds, "rows": cells}

    return ask


def rdflib(scratch: Path) -> Ask:
    """rdflib over an empty graph; it knows SERVICE alone.

    It would send the text of a query's first SERVICE to all endpoints of the query, and wrong
    answers be counted: here each gets its own.
    """
    from rdflib import XSD, Graph, Literal
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    def cell(term: Any) -> tuple[str, str] | None:
        if term is None:
            return None
        if not isinstance(term, Literal):
            return "iri", str(term)
        return f"@{term.language}" if term.language else str(term.datatype or XSD.string), str(term)

    def ask(wanted: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        query = translateQuery(parseQuery(wanted["query"]))
        texts = {m[1]: m[0] for m in _SERVICE.finditer(wanted["query"])}
        _give_texts(query.algebra, texts)
        rows = list(Graph().query(query))
        seconds = time.perf_counter() - started
        return {"seconds": seconds, "rows": [[cell(term) for term in row] for row in rows]}

    return ask


def _give_texts(node: Any, texts: dict[str, str]) -> None:
    """Each SERVICE of rdflib's algebra its text, by the endpoint that it names."""
    if getattr(node, "name", None) == "ServiceGraphPattern":
        node["service_string"] = texts[str(node.term)]
    children = node.values() if isinstance(node, dict) else node
    if isinstance(node, dict | list | tuple):
        for child in children:
            _give_texts(child, texts)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        ask = {"kgtool": kgtool, "rdflib": rdflib}[sys.argv[1]](Path(scratch))
        for line in sys.stdin:
            wanted = json.loads(line)
            try:
                found = ask(wanted)
            except Exception as error:
                found = {"error": str(error).strip().split("\n")[0] or type(error).__name__}
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
