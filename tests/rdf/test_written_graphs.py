"""What is written reads back as the same graph, by pyoxigraph and by rdflib."""

from __future__ import annotations

import io
from typing import Any

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic

from kgtool.rdf.convert import from_oxigraph, to_oxigraph, to_rdflib
from kgtool.rdf.lines import Quad, Triple
from kgtool.rdf.terms import BlankNode, Term
from kgtool.rdf.writing import write_quads, write_triples
from tests.rdf.strategies import PREFIXES, datasets, graphs, xml_texts

FORMATS = {
    "turtle": pyoxigraph.RdfFormat.TURTLE,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "ntriples": pyoxigraph.RdfFormat.N_TRIPLES,
    "nquads": pyoxigraph.RdfFormat.N_QUADS,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
    "rdfxml": pyoxigraph.RdfFormat.RDF_XML,
}
RDFLIB = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml"}


def written(triples: list[Triple], format: str) -> bytes:
    out = io.BytesIO()
    write_triples(triples, out, format, PREFIXES)
    return out.getvalue()


def written_quads(quads: list[Quad], format: str) -> bytes:
    out = io.BytesIO()
    write_quads(quads, out, format, PREFIXES)
    return out.getvalue()


def canonical(quads: list[pyoxigraph.Quad]) -> set[pyoxigraph.Quad]:
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def expected(quads: list[Quad]) -> set[pyoxigraph.Quad]:
    return canonical([oxigraph_quad(quad) for quad in quads])


def oxigraph_quad(quad: Quad) -> pyoxigraph.Quad:
    terms: list[Any] = [None if term is None else to_oxigraph(term) for term in quad]
    return pyoxigraph.Quad(*terms)


def read(data: bytes, format: str) -> set[pyoxigraph.Quad]:
    return canonical(list(pyoxigraph.parse(data, format=FORMATS[format])))


@pytest.mark.parametrize("format", ["turtle", "trig", "ntriples", "nquads", "jsonld"])
@given(triples=graphs())
@settings(max_examples=300, deadline=None)
def test_pyoxigraph_reads_the_same_graph(format: str, triples: list[Triple]) -> None:
    quads: list[Quad] = [(*triple, None) for triple in triples]
    assert read(written(triples, format), format) == expected(quads)


@given(triples=graphs(xml_texts))
@settings(max_examples=200, deadline=None)
def test_pyoxigraph_reads_the_same_graph_from_xml(triples: list[Triple]) -> None:
    quads: list[Quad] = [(*triple, None) for triple in triples]
    assert read(written(triples, "rdfxml"), "rdfxml") == expected(quads)


@pytest.mark.parametrize("format", ["trig", "nquads", "jsonld"])
@given(quads=datasets())
@settings(max_examples=200, deadline=None)
def test_pyoxigraph_reads_the_same_dataset(format: str, quads: list[Quad]) -> None:
    assert read(written_quads(quads, format), format) == expected(quads)


@pytest.fixture
def _literals_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """rdflib would make 1 of 01 while it reads."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


@pytest.mark.usefixtures("_literals_kept")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("format", ["turtle", "ntriples"])
def test_rdflib_reads_the_same_graph(format: str) -> None:
    @given(triples=graphs())
    @settings(max_examples=200, deadline=None)
    def check(triples: list[Triple]) -> None:
        graph = rdflib.Graph()
        for s, p, o in triples:
            graph.add((to_rdflib(s), to_rdflib(p), to_rdflib(o)))
        again = rdflib.Graph().parse(data=written(triples, format), format=RDFLIB[format])
        assert isomorphic(again, graph)

    check()


def relabelled(triples: list[Triple], names: list[int]) -> list[Triple]:
    nodes = sorted({t.label for triple in triples for t in triple if isinstance(t, BlankNode)})
    new = {label: f"z{names[i]}" for i, label in enumerate(nodes)}

    def rename(term: Term) -> Term:
        return BlankNode(new[term.label]) if isinstance(term, BlankNode) else term

    return [(rename(s), rename(p), rename(o)) for s, p, o in triples]


@given(triples=graphs(), names=st.permutations(range(20)), seed=st.randoms())
@settings(max_examples=500, deadline=None)
def test_the_text_depends_on_the_graph_alone(
    triples: list[Triple], names: list[int], seed: object
) -> None:
    shuffled = relabelled(triples, names)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert written(shuffled, "turtle") == written(triples, "turtle")


@given(triples=graphs())
@settings(max_examples=200, deadline=None)
def test_writing_what_was_read_changes_nothing(triples: list[Triple]) -> None:
    text = written(triples, "turtle")
    again = [
        (from_oxigraph(t.subject), from_oxigraph(t.predicate), from_oxigraph(t.object))
        for t in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
    ]
    assert written(again, "turtle") == text
