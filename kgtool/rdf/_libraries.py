"""RDF/XML and JSON-LD, as pyoxigraph and rdflib write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kgtool.rdf.convert import to_oxigraph, to_rdflib
from kgtool.rdf.lines import Quad
from kgtool.rdf.names import valid_prefixes


def by_oxigraph(quads: Iterable[Quad], format: str, prefixes: Mapping[str, str]) -> str:
    """Through pyoxigraph; ValueError or DataError where it refuses."""
    import pyoxigraph

    formats = pyoxigraph.RdfFormat
    syntax = formats.RDF_XML if format == "rdfxml" else formats.JSON_LD
    statements: Any = [_oxigraph_statement(quad, syntax.supports_datasets) for quad in quads]
    written = pyoxigraph.serialize(statements, format=syntax, prefixes=valid_prefixes(prefixes))
    return (written or b"").decode()


def _oxigraph_statement(quad: Quad, with_graph: bool) -> Any:
    import pyoxigraph

    # Any: which terms may stand where, pyoxigraph checks.
    *terms, name = quad
    triple: list[Any] = [to_oxigraph(term) for term in terms if term is not None]
    if not with_graph:
        return pyoxigraph.Triple(*triple)
    graph: Any = pyoxigraph.DefaultGraph() if name is None else to_oxigraph(name)
    return pyoxigraph.Quad(*[*triple, graph])


def by_rdflib(quads: Iterable[Quad], format: str, prefixes: Mapping[str, str]) -> str:
    """Through rdflib."""
    import rdflib

    dataset = rdflib.Dataset()
    for prefix, namespace in valid_prefixes(prefixes).items():
        dataset.bind(prefix, namespace)
    for s, p, o, g in quads:
        graph = dataset.default_graph if g is None else dataset.graph(to_rdflib(g))
        graph.add((to_rdflib(s), to_rdflib(p), to_rdflib(o)))
    written: str = (
        dataset.default_graph.serialize(format="xml")
        if format == "rdfxml"
        else dataset.serialize(format="json-ld")
    )
    return written
