"""Queries over HTTP: formats, errors, caching, methods."""

from __future__ import annotations

import gzip
import json
from urllib.parse import urlencode

import pyoxigraph
import pytest
import rdflib

from kgtool.results import read_result
from kgtool.results.formats import FORMATS
from kgtool.server.negotiation import accepts_gzip, chosen_format
from kgtool.server.refusals import Refusal
from tests.server.serving import Running, eventually

NAMES = "SELECT ?name { ?city ex:name ?name } ORDER BY ?name"
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_the_three_ways_to_ask_give_one_answer(readable: Running) -> None:
    got = readable.query(NAMES)
    form = readable.ask("POST", "/sparql", urlencode({"query": NAMES}), FORM)
    direct = readable.ask("POST", "/sparql", NAMES, {"Content-Type": "application/sparql-query"})
    assert got.status == form.status == direct.status == 200
    assert got.body == form.body == direct.body
    names = [row["name"]["value"] for row in json.loads(got.body)["results"]["bindings"]]
    assert sorted(names) == ["Bonn", "Rom", "Rome"]


@pytest.mark.parametrize("name", [f.name for f in FORMATS.values() if f.readable])
def test_rows_in_every_format_that_can_be_read(readable: Running, name: str) -> None:
    media_type = FORMATS[name].media_type
    reply = readable.query(NAMES, {"Accept": media_type})
    assert reply.headers["content-type"].partition(";")[0] == media_type
    result = read_result(reply.text, name)
    assert {str(value) for (value,) in result.values()} == {"Bonn", "Rom", "Rome"}


@pytest.mark.parametrize("name", ["turtle", "ntriples", "trig", "nquads", "rdfxml", "jsonld"])
def test_graphs_in_every_syntax(readable: Running, name: str) -> None:
    media_type = FORMATS[name].media_type
    reply = readable.query(GRAPH, {"Accept": media_type})
    assert reply.headers["content-type"].partition(";")[0] == media_type
    format_ = pyoxigraph.RdfFormat.from_media_type(media_type)
    assert len(list(pyoxigraph.parse(reply.body, format=format_))) == 7


@pytest.mark.parametrize(
    ("accept", "kind", "expected"),
    [
        (None, "select", "application/sparql-results+json"),
        ("*/*", "graph", "text/turtle"),
        ("", "ask", "application/sparql-results+json"),
        ("text/*", "select", "text/csv"),
        ("application/xml", "select", "application/xml"),
        ("application/json;q=0.5, text/csv;q=0.9", "select", "text/csv"),
        ("*/*, application/sparql-results+json;q=0", "select", "text/csv"),
        ("text/html, application/xhtml+xml, */*;q=0.1", "graph", "text/turtle"),
        ("TEXT/CSV ; Q=1", "select", "text/csv"),
        ("text/csv;q=nonsense, text/tab-separated-values;q=0.1", "select",
         "text/tab-separated-values"),
    ],
)  # fmt: skip
def test_negotiation(accept: str | None, kind: str, expected: str) -> None:
    assert chosen_format(accept, kind).media_type == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/csv;q=0", "application/rdf+xml"])
def test_what_is_not_there_is_refused(accept: str) -> None:
    with pytest.raises(Refusal) as refused:
        chosen_format(accept, "select")
    assert refused.value.status == 406
    assert "text/csv" in refused.value.message


def test_not_acceptable(readable: Running) -> None:
    assert readable.query(NAMES, {"Accept": "text/turtle"}).status == 406
    assert readable.query(GRAPH, {"Accept": "application/sparql-results+xml"}).status == 406


def test_a_mistake_is_shown_with_its_place(readable: Running) -> None:
    reply = readable.query("SELECT * {\n  ?s ?p }")
    assert reply.status == 400
    assert reply.headers["content-type"].startswith("text/plain")
    assert "query:2:9" in reply.text


@pytest.mark.parametrize(
    ("path", "headers", "body", "status"),
    [
        ("/sparql?query=ASK%7B%7D", {"Content-Type": "application/sparql-query"}, b"ASK {}", 400),
        ("/sparql", FORM, b"query=ASK%7B%7D&update=x", 400),
        ("/sparql", FORM, b"", 400),
        ("/sparql", FORM, b"query=%FF", 400),
        ("/sparql", {"Content-Type": "application/sparql-query"}, b"ASK { \xff }", 400),
        ("/sparql", {"Content-Type": "text/plain"}, b"ASK {}", 415),
        ("/sparql?default-graph-uri=a%20b", FORM, b"query=ASK%7B%7D", 400),
        ("/sparql?timeout=none", FORM, b"query=ASK%7B%7D", 400),
        ("/sparql?max-rows=-1", FORM, b"query=ASK%7B%7D", 400),
    ],
)
def test_requests_that_are_wrong(
    readable: Running, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    assert readable.ask("POST", path, body, headers).status == status


def test_an_answer_that_has_not_changed_is_not_sent(readable: Running) -> None:
    first = readable.query(NAMES)
    tag = first.headers["etag"]
    again = readable.query(NAMES, {"If-None-Match": f'"other", {tag}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert readable.query(NAMES + " ", {"If-None-Match": tag}).status == 200
    csv = readable.query(NAMES, {"If-None-Match": tag, "Accept": "text/csv"})
    assert csv.status == 200
    assert csv.headers["etag"] != tag


@pytest.mark.parametrize("call", ["RAND()", "NOW()", "uuid()", "STRUUID()", "\\u0052AND()"])
def test_what_is_new_each_time_has_no_tag(readable: Running, call: str) -> None:
    reply = readable.query(f"SELECT ({call} AS ?x) {{}}")
    assert reply.status == 200
    assert "etag" not in reply.headers


def test_descriptions_have_tags(readable: Running) -> None:
    for path in ("/sparql", "/.well-known/void"):
        tag = readable.ask("GET", path).headers["etag"]
        assert readable.ask("GET", path, headers={"If-None-Match": tag}).status == 304


def test_gzip(readable: Running) -> None:
    plain = readable.query(GRAPH)
    packed = readable.query(GRAPH, {"Accept-Encoding": "br, gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"]


@pytest.mark.parametrize(
    ("header", "accepts"),
    [("gzip", True), ("gzip;q=0", False), ("*", True), ("*, gzip;q=0", False), (None, False)],
)
def test_who_accepts_gzip(header: str | None, accepts: bool) -> None:
    assert accepts_gzip(header) is accepts


def test_head_is_get_without_a_body(readable: Running) -> None:
    path = "/sparql?" + urlencode({"query": NAMES})
    head, get = readable.ask("HEAD", path), readable.ask("GET", path)
    assert (head.status, head.body) == (200, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers[name] == get.headers[name]
    assert readable.ask("HEAD", "/sparql?query=ASK%7B").status == 400


def test_options_and_methods(readable: Running) -> None:
    assert readable.ask("OPTIONS", "/sparql").headers["allow"] == "GET, HEAD, POST, OPTIONS"
    reply = readable.ask("PATCH", "/graphs?default")
    assert (reply.status, "PUT" in reply.headers["allow"]) == (405, True)


def test_pages_of_other_hosts_may_ask(readable: Running) -> None:
    reply = readable.query("ASK {}", {"Origin": "https://page.example"})
    assert reply.headers["access-control-allow-origin"] == "*"
    preflight = readable.ask(
        "OPTIONS",
        "/sparql",
        headers={
            "Origin": "https://page.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert preflight.status == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_void_has_the_statistics(readable: Running) -> None:
    reply = readable.ask("GET", "/.well-known/void", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=reply.text, format="turtle")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    (dataset,) = graph.subjects(rdflib.RDF.type, void.Dataset)
    assert graph.value(dataset, void.triples).toPython() == 7
    (part,) = graph.subjects(void["class"], rdflib.URIRef("http://example.org/City"))
    assert graph.value(part, void.entities).toPython() == 2
    counts = {
        str(graph.value(part, void.property)): graph.value(part, void.triples).toPython()
        for part in graph.objects(dataset, void.propertyPartition)
    }
    assert counts["http://example.org/name"] == 3


def test_a_graph_that_is_large_is_sent_as_lines(readable: Running, monkeypatch) -> None:
    monkeypatch.setattr("kgtool.server.pieces._PRETTY", 3)
    monkeypatch.setattr("kgtool.server.pieces._WHOLE", 3)
    turtle = readable.query(GRAPH, {"Accept": "text/turtle"}).text
    assert turtle.count(" .\n") == 7
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) == 7
    refused = readable.query(GRAPH, {"Accept": "application/ld+json"})
    assert (refused.status, "N-Triples" in refused.text) == (500, True)


def test_health_metrics_and_log(readable: Running) -> None:
    assert json.loads(readable.ask("GET", "/health").body)["triples"] == 7
    readable.query("ASK { ?s ?p ?o }")
    metrics = readable.ask("GET", "/metrics").text
    assert 'kgtool_requests_total{operation="query",status="200"}' in metrics
    assert "kgtool_waiting_requests 0" in metrics
    # A line is written when the client has its answer already.
    assert eventually(lambda: " metrics " in readable.log[-1])
    line = next(line for line in reversed(readable.log) if " query " in line)
    assert " GET /sparql 200 " in line
    assert "total=" in line
    assert "run=" in line
