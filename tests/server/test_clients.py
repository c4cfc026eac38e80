"""Clients that others wrote."""

from __future__ import annotations

import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from tests.server.serving import BEARER, Running

EX = rdflib.Namespace("http://example.org/")


def test_rdflib_reads(readable: Running) -> None:
    store = SPARQLStore(f"http://127.0.0.1:{readable.port}/sparql")
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
    url = f"http://127.0.0.1:{writable.port}/sparql"
    store = SPARQLUpdateStore(url, url, headers=dict(BEARER))
    graph = rdflib.Graph(store, rdflib.URIRef("urn:g"))
    graph.add((EX.oslo, EX.name, rdflib.Literal("Oslo")))
    assert (EX.oslo, EX.name, rdflib.Literal("Oslo")) in graph
    assert writable.ask("GET", "/graphs?graph=urn:g").status == 200
    graph.remove((EX.oslo, None, None))
    assert len(list(graph.triples((None, None, None)))) == 0
