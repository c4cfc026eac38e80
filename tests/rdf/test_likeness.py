"""Which terms are near to another, and which IRI a misspelt one was meant to be."""

from __future__ import annotations

import pytest

from kgtool.rdf.likeness import most_like
from kgtool.rdf.names import nearest_iri
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal

E, F = "http://e/", "http://f#"


@pytest.mark.parametrize(
    ("term", "others", "expected"),
    [
        # The same text with another language or datatype is what was meant.
        (
            Literal("Rome"),
            [Literal("Rom"), Literal.tagged("Rome", "en"), Literal("Roma")],
            [Literal.tagged("Rome", "en")],
        ),
        (Literal("rome"), [Literal("Rome"), Literal("x")], [Literal("Rome")]),
        (
            Literal("7", XSD.integer),
            [Literal(str(n), XSD.integer) for n in (100, 9, 4, -50)],
            [Literal(str(n), XSD.integer) for n in (9, 4, -50)],
        ),
        (IRI(E + "rom"), [IRI(F + "rome"), IRI(E + "berlin")], [IRI(F + "rome")]),
        (IRI(E + "rom"), [Literal("rom"), BlankNode("rom"), IRI(E + "rom")], []),
        (BlankNode("a"), [BlankNode("b")], []),
    ],
)
def test_the_terms_that_are_most_like_another(term, others, expected):
    assert most_like(term, others) == expected


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        (E + "lable", E + "tables"),  # its own namespace comes first
        (F + "lable", F + "label"),
        ("http://g/lable", F + "label"),
        ("http://g/zzz", None),
    ],
)
def test_the_iri_that_was_meant(iri, expected):
    assert nearest_iri(iri, [E + "tables", F + "label"]) == expected
