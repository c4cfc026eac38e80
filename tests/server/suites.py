"""The W3C tests of the protocols: requests, and what is expected of their responses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS

from tests.conformance.manifests import ROOT

FOLDER = ROOT / "sparql11"
_HT = rdflib.Namespace("http://www.w3.org/2011/http#")
_CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
_MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
_UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
#: Statuses by the names of the vocabulary.
_STATUSES = {
    "StatusCode2xx": range(200, 300),
    "StatusCode3xx": range(300, 400),
    "StatusCode4xx": range(400, 500),
    "OK": (200,),
    "Created": (201,),
    "NoContent": (204,),
    "NotFound": (404,),
}


@dataclass(frozen=True)
class Step:
    """A request, and what is expected of its response."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: frozenset[int]
    boolean: bool | None
    format: str | None
    content_type: str | None
    graph: str | None
    location: str | None


@dataclass(frozen=True)
class ProtocolCase:
    name: str
    steps: tuple[Step, ...]
    named: tuple[tuple[Path, str], ...]

    def __str__(self) -> str:
        return self.name


def cases(*files: str) -> list[ProtocolCase]:
    """The cases of manifests, in their order; none where those are missing."""
    return [case for file in files if FOLDER.is_dir() for case in _read(FOLDER / file)]


@dataclass(frozen=True)
class Exchange:
    """A request and its response as the older manifest of the graph store has them: as text."""

    name: str
    request: str
    response: str


def exchanges(file: str) -> list[Exchange]:
    """The exchanges of a manifest, in their order; none where it is missing."""
    path = FOLDER / file
    if not path.is_file():
        return []
    graph = rdflib.Graph().parse(path)
    (entries,) = graph.objects(None, _MF.entries)
    found = []
    for test in Collection(graph, entries):
        texts = [str(text) for text in graph.objects(test, RDFS.comment) if "####" in str(text)]
        _, request, response = re.split(r"#### (?:Request|Response)", texts[0])
        name = str(test).rpartition("#")[2]
        found.append(Exchange(name, dedent(request).strip(), dedent(response).strip()))
    return found


def _read(path: Path) -> Iterator[ProtocolCase]:
    graph = rdflib.Graph().parse(path)
    for entries in graph.objects(None, _MF.entries):
        for test in Collection(graph, entries):
            action = graph.value(test, _MF.action)
            steps = Collection(graph, graph.value(action, _HT.requests))
            named = [
                (path.parent / str(graph.value(node, _UT.graph)).rpartition("/")[2],
                 str(graph.value(node, RDFS.label)))
                for node in graph.objects(test, _UT.graphData)
            ]  # fmt: skip
            yield ProtocolCase(
                str(test).rpartition("#")[2], tuple(_step(graph, s) for s in steps), tuple(named)
            )


def _step(graph: rdflib.Graph, node: rdflib.term.Node) -> Step:
    assert (node, RDF.type, _HT.Request) in graph
    response = graph.value(node, _HT.resp)
    body = _chars(graph, node)
    encoding = graph.value(graph.value(node, _HT.body), _CNT.characterEncoding)
    boolean = graph.value(response, _MF.expectedBoolean)
    names = [str(s).rpartition("#")[2] for s in graph.objects(response, _MF.expectedStatus)]
    return Step(
        str(graph.value(node, _HT.methodName)),
        str(graph.value(node, _HT.absolutePath)),
        _headers(graph, node),
        None if body is None else body.encode(str(encoding)),
        frozenset(status for name in names for status in _STATUSES[name]),
        None if boolean is None else boolean.toPython(),
        _text(graph.value(response, _MF.expectedFormat)),
        _headers(graph, response).get("content-type"),
        _chars(graph, response),
        _text(graph.value(response, _MF.expectedLocation)),
    )


def _headers(graph: rdflib.Graph, node: rdflib.term.Node | None) -> dict[str, str]:
    head = graph.value(node, _HT.headers)
    return {
        str(graph.value(each, _HT.fieldName)).lower(): str(graph.value(each, _HT.fieldValue))
        for each in (Collection(graph, head) if head is not None else ())
    }


def _chars(graph: rdflib.Graph, node: rdflib.term.Node | None) -> str | None:
    return _text(graph.value(graph.value(node, _HT.body), _CNT.chars))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
