"""Changes over HTTP: SPARQL Update, and graphs as a whole."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import rdflib

from tests.server.serving import BEARER, TOKEN, Running

TURTLE = {"Content-Type": "text/turtle", **BEARER}
ONE = "ASK { <urn:a> <urn:b> 1 }"


def _holds(server: Running, ask: str) -> bool:
    return '"boolean":true' in server.query(ask).text


def test_an_update_is_seen_by_the_next_query(writable: Running) -> None:
    tag = writable.query(ONE).headers["etag"]
    assert not _holds(writable, ONE)
    assert writable.update("INSERT DATA { <urn:a> <urn:b> 1 }").status == 204
    assert _holds(writable, ONE)
    assert writable.query(ONE, {"If-None-Match": tag}).status == 200


def test_an_update_as_a_form(writable: Running) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", **BEARER}
    form = urlencode({"update": "INSERT DATA { <urn:a> <urn:b> 1 }"})
    assert writable.ask("POST", "/sparql", form, headers).status == 204
    assert _holds(writable, ONE)


def test_an_update_that_fails_changes_nothing(writable: Running) -> None:
    reply = writable.update("INSERT DATA { <urn:a> <urn:b> 1 } ; CLEAR GRAPH <urn:none>")
    assert reply.status == 404
    assert writable.update("INSERT DATA { <urn:a> }").status == 400
    assert not _holds(writable, ONE)


def test_the_dataset_of_an_update(writable: Running) -> None:
    writable.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }")
    copy = "INSERT { ?s <urn:copied> ?o } WHERE { ?s <urn:b> ?o }"
    writable.update(copy)
    assert not _holds(writable, "ASK { ?s <urn:copied> ?o }")
    writable.update(copy, "?using-graph-uri=urn:g")
    assert _holds(writable, "ASK { ?s <urn:copied> 1 }")
    assert writable.update("WITH <urn:g> " + copy, "?using-graph-uri=urn:g").status == 400


def test_a_graph_is_put_read_and_deleted(writable: Running) -> None:
    path = "/graphs?graph=urn:new"
    assert writable.ask("GET", path).status == 404
    assert writable.ask("PUT", path, "<urn:a> <urn:b> 1 .", TURTLE).status == 201
    assert writable.ask("POST", path, "<urn:a> <urn:b> 2 .", TURTLE).status == 204
    assert "1, 2" in writable.ask("GET", path, headers={"Accept": "text/turtle"}).text
    assert writable.ask("PUT", path, "<urn:a> <urn:b> 3 .", TURTLE).status == 204
    lines = writable.ask("GET", path, headers={"Accept": "application/n-triples"}).text
    assert lines.splitlines() == [
        '<urn:a> <urn:b> "3"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    ]
    assert writable.ask("DELETE", path, headers=BEARER).status == 204
    assert writable.ask("DELETE", path, headers=BEARER).status == 404


def test_an_empty_graph_is_one(writable: Running) -> None:
    path = "/graphs?graph=urn:empty"
    assert writable.ask("PUT", path, "", TURTLE).status == 201
    assert writable.ask("GET", path).status == 200


def test_relative_iris_are_those_of_the_graph(writable: Running) -> None:
    path = f"http://127.0.0.1:{writable.port}/graphs/people"
    assert writable.ask("PUT", "/graphs/people", "<#ann> <urn:b> 1 .", TURTLE).status == 201
    reply = writable.ask("GET", "/graphs/people", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=reply.text, format="turtle")
    assert list(graph.subjects()) == [rdflib.URIRef(f"{path}#ann")]


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/n-triples", '<urn:a> <urn:b> "1" .'),
        ("application/rdf+xml",
         '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'
         '<rdf:Description rdf:about="urn:a"><u:b>1</u:b></rdf:Description></rdf:RDF>'),
        ("application/ld+json", '{"@id": "urn:a", "urn:b": "1"}'),
    ],
)  # fmt: skip
def test_syntaxes_of_graphs(writable: Running, media_type: str, body: str) -> None:
    headers = {"Content-Type": media_type, **BEARER}
    assert writable.ask("PUT", "/graphs?default", body, headers).status == 204
    assert _holds(writable, 'ASK { <urn:a> <urn:b> "1" }')


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("PUT", "/graphs?default", BEARER, "", 415),
        ("PUT", "/graphs?default", {"Content-Type": "text/csv", **BEARER}, "a,b", 415),
        ("PUT", "/graphs?default", {"Content-Type": "application/trig", **BEARER}, "", 415),
        ("PUT", "/graphs?default", TURTLE, "<urn:a> <urn:b>", 400),
        ("PUT", "/graphs", TURTLE, "", 400),
        ("PUT", "/graphs?default&graph=urn:a", TURTLE, "", 400),
        ("PUT", "/graphs?graph=a%20b", TURTLE, "", 400),
        ("GET", "/graphs?grpah=urn:a", {}, None, 400),
        ("GET", "/graphs", {}, None, 400),
    ],
)
def test_requests_for_graphs_that_are_wrong(
    writable: Running,
    method: str,
    path: str,
    headers: dict[str, str],
    body: str | None,
    status: int,
) -> None:
    assert writable.ask(method, path, body, headers).status == status
    assert len(writable.query("SELECT * { ?s ?p ?o }").body) > 500, "nothing has been lost"


def test_the_description_tells_of_updates(writable: Running) -> None:
    text = writable.ask("GET", "/sparql", headers={"Accept": "text/turtle"}).text
    assert "SPARQL11Update" in text
    assert TOKEN not in text
