"""The syntax tests of the W3C suites for SPARQL 1.0 and 1.1, and that every query and
update of their evaluation tests is read.

A test of SPARQL 1.0 whose text SPARQL 1.1 judges otherwise is in CHANGED, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from kgtool.errors import QuerySyntaxError
from kgtool.sparql import parse_query, parse_update

SUITES = Path(__file__).parents[3] / "shared" / "conformance"
ENTRIES = ("sparql10/manifest.ttl", "sparql11/manifest-all.ttl")
MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QUERY = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#query"
REQUEST = "http://www.w3.org/2009/sparql/tests/test-update#request"

#: Tests of SPARQL 1.0 that SPARQL 1.1 no longer keeps: none in this edition of the suite.
CHANGED: dict[str, str] = {}


def entries(manifest: Path) -> Iterator[tuple[Path, str]]:
    """The query or update file and the type of each test reached from a manifest."""
    from rdflib import RDF, Graph, URIRef
    from rdflib.collection import Collection

    graph = Graph().parse(manifest)
    for head in graph.objects(None, URIRef(MANIFEST + "include")):
        for included in Collection(graph, head):
            yield from entries(Path(unquote(str(included).removeprefix("file://"))))
    for head in graph.objects(None, URIRef(MANIFEST + "entries")):
        for test in Collection(graph, head):
            action = graph.value(test, URIRef(MANIFEST + "action"))
            file = (
                graph.value(action, URIRef(QUERY)) or graph.value(action, URIRef(REQUEST)) or action
            )
            kind = str(graph.value(test, RDF.type)).rpartition("#")[2]
            if str(file).endswith((".rq", ".ru", ".arq")):
                yield Path(unquote(str(file).removeprefix("file://"))), kind


def cases() -> list[object]:
    if not SUITES.is_dir():
        reason = f"the conformance suites are not there: {SUITES}"
        return [pytest.param(Path(), "", marks=pytest.mark.skip(reason=reason), id="suites")]
    found = sorted({case for entry in ENTRIES for case in entries(SUITES / entry)})
    return [
        pytest.param(path, kind, id=f"{path.relative_to(SUITES)}-{kind}") for path, kind in found
    ]


@pytest.mark.parametrize(("path", "kind"), cases())
def test_w3c_syntax(path: Path, kind: str) -> None:
    if path.name in CHANGED:
        pytest.skip(CHANGED[path.name])
    parse = parse_update if "Update" in kind else parse_query
    with path.open(encoding="utf-8", newline="") as stream:
        text = stream.read()
    if kind.startswith("Negative"):
        with pytest.raises(QuerySyntaxError):
            parse(text, base=path.as_uri())
    else:
        parse(text, base=path.as_uri())
