"""Clients that others wrote, and SERVICE of other engines and of our own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
import SPARQLWrapper as sparqlwrapper
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import SPARQLExceptions, SPARQLWrapper

from benchmarks.federation.engines import comunica
from kgtool.engine.store import Store
from kgtool.errors import ServiceError
from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.federation.run import Services, run_federated
from kgtool.results import AskResult
from kgtool.sparql import parse_query
from tests.server.serving import BEARER, TOKEN, Running, running, store_of

EX = rdflib.Namespace("http://example.org/")
NAMES = "SELECT ?name { ?city ex:name ?name } ORDER BY ?name"
BONN = "INSERT DATA { <http://example.org/bonn> <http://example.org/people> 330000 }"


def url_of(server: Running) -> str:
    return f"http://127.0.0.1:{server.port}/sparql"


# rdflib ---------------------------------------------------------------------------------


def test_rdflib_reads(readable: Running) -> None:
    store = SPARQLStore(url_of(readable))
    graph = rdflib.Graph(store)
    assert set(graph.objects(EX.rome, EX.name)) == {
        rdflib.Literal("Rome", lang="en"),
        rdflib.Literal("Rom", lang="de"),
    }
    assert len(graph) == 7
    assert graph.query("ASK { ex:bonn ex:twin ex:rome }", initNs={"ex": EX}).askAnswer
    made = graph.query("CONSTRUCT WHERE { ?s a ?class }")
    assert len(made.graph) == 2


def test_rdflib_writes(writable: Running) -> None:
    url = url_of(writable)
    store = SPARQLUpdateStore(url, url, headers=dict(BEARER))
    graph = rdflib.Graph(store, rdflib.URIRef("urn:g"))
    graph.add((EX.oslo, EX.name, rdflib.Literal("Oslo")))
    assert (EX.oslo, EX.name, rdflib.Literal("Oslo")) in graph
    assert writable.ask("GET", "/graphs?graph=urn:g").status == 200
    graph.remove((EX.oslo, None, None))
    assert len(list(graph.triples((None, None, None)))) == 0


def test_service_of_rdflib(readable: Running) -> None:
    text = f"SELECT ?name {{ SERVICE <{url_of(readable)}> {{ ?city <{EX.name}> ?name }} }}"
    found = {str(row[0]) for row in rdflib.Graph().query(text)}
    assert found == {"Bonn", "Rom", "Rome"}


# SPARQLWrapper --------------------------------------------------------------------------


def wrapper(server: Running, text: str, method: str = "GET", way: str = "urlencoded") -> Any:
    client = SPARQLWrapper(url_of(server))
    client.setQuery(text)
    client.setMethod(method)
    client.setRequestMethod(way)
    return client


def names_in_json(found: Any) -> set[str]:
    return {row["name"]["value"] for row in found["results"]["bindings"]}


def names_in_xml(found: Any) -> set[str]:
    return {each.firstChild.data for each in found.getElementsByTagName("literal")}


def names_in_lines(found: bytes) -> set[str]:
    lines = found.decode().split()[1:]
    return {line.partition("@")[0].strip('"') for line in lines}


@pytest.mark.parametrize(
    ("method", "way"),
    [("GET", "urlencoded"), ("POST", "urlencoded"), ("POST", "postdirectly")],
    ids=["GET", "a form", "directly"],
)
@pytest.mark.parametrize(
    ("format_", "names"),
    [
        (sparqlwrapper.JSON, names_in_json), (sparqlwrapper.XML, names_in_xml),
        (sparqlwrapper.CSV, names_in_lines), (sparqlwrapper.TSV, names_in_lines),
    ],
)  # fmt: skip
def test_sparqlwrapper_reads_rows(
    readable: Running, format_: str, names: Callable[[Any], set[str]], method: str, way: str
) -> None:
    client = wrapper(readable, f"PREFIX ex: <{EX}> {NAMES}", method, way)
    client.setReturnFormat(format_)
    assert names(client.queryAndConvert()) == {"Bonn", "Rom", "Rome"}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("format_", ["turtle", "n3", "rdf+xml", "json-ld"])
@pytest.mark.parametrize("form", ["CONSTRUCT WHERE { ?s ?p ?o }", f"DESCRIBE <{EX.rome}>"])
def test_sparqlwrapper_reads_graphs(readable: Running, format_: str, form: str) -> None:
    client = wrapper(readable, form)
    client.setReturnFormat(format_)
    found = client.queryAndConvert()
    graph = found if isinstance(found, rdflib.Graph) else rdflib.Graph().parse(data=found)
    assert (EX.rome, EX.name, rdflib.Literal("Rom", lang="de")) in graph


@pytest.mark.parametrize("format_", [sparqlwrapper.JSON, sparqlwrapper.XML])
def test_sparqlwrapper_asks(readable: Running, format_: str) -> None:
    client = wrapper(readable, "ASK { ?s ?p ?o }")
    client.setReturnFormat(format_)
    found = client.queryAndConvert()
    if format_ == sparqlwrapper.XML:
        found = {"boolean": found.getElementsByTagName("boolean")[0].firstChild.data == "true"}
    assert found["boolean"] is True


def test_sparqlwrapper_names_the_dataset(writable: Running) -> None:
    turtle = BEARER | {"Content-Type": "text/turtle"}
    assert writable.ask("PUT", "/graphs?graph=urn:g", "<urn:a> <urn:b> 1 .", turtle).status == 201
    client = wrapper(writable, "SELECT ?s { ?s ?p ?o }")
    client.addDefaultGraph("urn:g")
    client.setReturnFormat(sparqlwrapper.JSON)
    (row,) = client.queryAndConvert()["results"]["bindings"]
    assert row["s"]["value"] == "urn:a"


@pytest.mark.parametrize("way", ["urlencoded", "postdirectly"])
def test_sparqlwrapper_updates_with_the_token(writable: Running, way: str) -> None:
    client = wrapper(writable, BONN, "POST", way)
    with pytest.raises(SPARQLExceptions.Unauthorized, match="the token of this endpoint"):
        client.query()
    client.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    assert client.query().response.status == 204
    client = wrapper(
        writable, "ASK { <http://example.org/bonn> <http://example.org/people> 330000 }"
    )
    client.setReturnFormat(sparqlwrapper.JSON)
    assert client.queryAndConvert()["boolean"] is True


def test_sparqlwrapper_raises_what_the_server_refuses(readable: Running) -> None:
    with pytest.raises(SPARQLExceptions.QueryBadFormed, match="query:1:18: unexpected"):
        wrapper(readable, "SELECT * { ?s ?p }").query()
    with pytest.raises(SPARQLExceptions.URITooLong, match="POST has room for more"):
        wrapper(readable, "ASK {} #" + "x" * 40_000).query()
    client = wrapper(readable, "SELECT * { ?s ?p ?o }")
    client.addParameter("max-rows", "2")
    with pytest.raises(SPARQLExceptions.EndPointInternalError, match="more than 2 rows"):
        client.query()
    client = SPARQLWrapper(url_of(readable).replace("/sparql", "/none"))
    client.setQuery("ASK {}")
    with pytest.raises(SPARQLExceptions.EndPointNotFound):
        client.query()


# Oxigraph -------------------------------------------------------------------------------


def test_service_of_oxigraph(readable: Running) -> None:
    store = pyoxigraph.Store()
    store.load(b"<urn:visit> <urn:to> <http://example.org/rome> .", pyoxigraph.RdfFormat.TURTLE)
    service = f"SERVICE <{url_of(readable)}>"
    text = f"SELECT ?name {{ ?visit <urn:to> ?city {service} {{ ?city <{EX.name}> ?name }} }}"
    assert {row["name"].value for row in store.query(text)} == {"Rom", "Rome"}
    assert store.query(f"ASK {{ {service} {{ ?s <{EX.twin}> ?o }} }}")
    assert not store.query(f"ASK {{ {service} {{ ?s <{EX.none}> ?o }} }}")


def test_service_of_oxigraph_is_told_of_errors(store: Path) -> None:
    with running(store, max_rows=2) as server:
        own = pyoxigraph.Store()
        pattern = f"<{url_of(server)}> {{ ?s ?p ?o }}"
        with pytest.raises(OSError, match="500"):
            list(own.query(f"SELECT * {{ SERVICE {pattern} }}"))
        assert len(list(own.query(f"SELECT * {{ SERVICE SILENT {pattern} }}"))) == 1


# kgtool ---------------------------------------------------------------------------------


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Store]:
    folder = tmp_path / "local"
    folder.mkdir()
    with Store.open(
        store_of(folder / "store.duckdb", "<urn:v> <urn:to> <http://example.org/rome> .")
    ) as found:
        yield found


def asked_by_kgtool(local: Store, server: Running, text: str, *over: str) -> Any:
    known = Endpoints({"there": Endpoint(url_of(server), "there", private=True)})
    result, report = run_federated(local, parse_query(text), Services(known, over=over))
    assert not isinstance(result, AskResult)
    return list(result), report


def test_service_of_kgtool(local: Store, readable: Running) -> None:
    inner = f"?city <{EX.name}> ?name"
    text = f"SELECT ?name {{ ?visit <urn:to> ?city SERVICE <there> {{ {inner} }} }} ORDER BY ?name"
    rows, report = asked_by_kgtool(local, readable, text)
    assert [row[0].lexical for row in rows] == ["Rom", "Rome"]
    assert [(cost.requests, cost.rows) for cost in report.costs] == [(1, 2)]
    text = f"SELECT ?name {{ ?visit <urn:to> ?city . {inner} }} ORDER BY ?name"
    rows, _ = asked_by_kgtool(local, readable, text, "there")
    assert [row[0].lexical for row in rows] == ["Rom", "Rome"]


def test_kgtool_takes_no_part_of_its_own_server_for_the_whole(local: Store, store: Path) -> None:
    product = " ".join(f"?s{i} ?p{i} ?o{i} ." for i in range(9))
    text = f"SELECT ?o0 ?o1 {{ SERVICE <there> {{ {product} }} }}"
    with (
        running(store, max_rows=50_000) as server,
        pytest.raises(ServiceError, match="the answer of there was cut off"),
    ):
        asked_by_kgtool(local, server, text)


# Comunica -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ask_comunica() -> Iterator[Callable[..., str]]:
    """Asks Comunica, in a process of its own; gives what it has as text, or raises its error."""
    found = comunica()
    if found.missing:
        pytest.skip(found.missing)
    script = str(Path(__file__).parent / "comunica.cjs")
    with subprocess.Popen(
        [found.node, script, str(found.folder)], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(
            query: str, *servers: Running, media_type: str = "application/sparql-results+json",
            data: str = "", **headers: str,
        ) -> str:  # fmt: skip
            sources = [url_of(server) for server in servers]
            wanted = {"query": query, "sources": sources, "mediaType": media_type, "data": data}
            print(json.dumps(wanted | {"headers": headers}), file=process.stdin, flush=True)
            answer = json.loads(process.stdout.readline())
            if "error" in answer:
                raise ValueError(answer["error"])
            return str(answer["text"])

        yield ask
        process.stdin.close()


def test_comunica_reads(readable: Running, ask_comunica: Callable[..., str]) -> None:
    rows = json.loads(ask_comunica(f"SELECT ?name {{ ?city <{EX.name}> ?name }}", readable))
    assert names_in_json(rows) == {"Bonn", "Rom", "Rome"}
    asked = json.loads(ask_comunica(f"ASK {{ ?s <{EX.twin}> <{EX.rome}> }}", readable))
    assert asked["boolean"] is True
    text = ask_comunica("CONSTRUCT WHERE { ?s ?p ?o }", readable, media_type="text/turtle")
    assert len(rdflib.Graph().parse(data=text, format="turtle")) == 7


def test_comunica_joins_two_servers(
    readable: Running, store: Path, ask_comunica: Callable[..., str]
) -> None:
    other = store_of(store.with_name("more.duckdb"), f"<urn:v> <urn:to> <{EX.rome}> .")
    query = f"SELECT ?name {{ ?visit <urn:to> ?city . ?city <{EX.name}> ?name }}"
    with running(other) as second:
        rows = json.loads(ask_comunica(query, readable, second))
    assert names_in_json(rows) == {"Rom", "Rome"}


def test_service_of_comunica(readable: Running, ask_comunica: Callable[..., str]) -> None:
    inner = f"SERVICE <{url_of(readable)}> {{ ?city <{EX.name}> ?name }}"
    query = f"SELECT ?name {{ ?visit <urn:to> ?city {inner} }}"
    rows = json.loads(ask_comunica(query, data=f"<urn:v> <urn:to> <{EX.rome}> ."))
    assert names_in_json(rows) == {"Rom", "Rome"}


def test_comunica_updates_with_the_token(
    writable: Running, ask_comunica: Callable[..., str]
) -> None:
    with pytest.raises(ValueError, match="401"):
        ask_comunica(BONN, writable)
    ask_comunica(BONN, writable, **BEARER)
    assert '"330000"' in writable.query(f"SELECT ?n {{ <{EX.bonn}> <{EX.people}> ?n }}").text


def test_comunica_is_told_of_errors(store: Path, ask_comunica: Callable[..., str]) -> None:
    with running(store, max_rows=2) as server, pytest.raises(ValueError, match="500"):
        ask_comunica("SELECT * { ?s ?p ?o }", server)
