"""Terms of rdflib and pyoxigraph, there and back."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given

from kgtool.errors import DataError
from kgtool.rdf.convert import from_oxigraph, from_rdflib, to_oxigraph, to_rdflib
from kgtool.rdf.syntax import bnode_text
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from tests.rdf.strategies import terms


@pytest.mark.filterwarnings("ignore")
@given(terms())
def test_rdflib_keeps_terms(term: Term) -> None:
    assert from_rdflib(to_rdflib(term)) == term


@given(terms())
def test_pyoxigraph_keeps_terms(term: Term) -> None:
    assert from_oxigraph(to_oxigraph(term)) == term


@pytest.mark.parametrize("term", [IRI("no scheme"), Literal.tagged("x", "not a tag")])
def test_pyoxigraph_refuses_what_is_no_term(term: Term) -> None:
    with pytest.raises(DataError, match="not a valid term"):
        to_oxigraph(term)


@pytest.mark.parametrize("convert", [from_rdflib, from_oxigraph])
def test_other_objects_are_no_terms(convert: object) -> None:
    with pytest.raises(DataError, match="not an RDF"):
        convert(42)  # type: ignore[operator]


def test_a_direction_is_not_rdf_1_1() -> None:
    literal = pyoxigraph.Literal("x", language="ar", direction=pyoxigraph.BaseDirection.RTL)
    with pytest.raises(DataError, match="not an RDF"):
        from_oxigraph(literal)


def test_labels_that_the_grammar_forbids_are_encoded_and_stay_apart() -> None:
    labels = ["a", "a b", "", "a.", "kgx6120", "kgx", "é", "/"]
    written = {bnode_text(label) for label in labels}
    assert len(written) == len(labels)
    assert {"_:a", "_:é"} <= written
    assert to_oxigraph(BlankNode("a b"))
