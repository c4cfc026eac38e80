"""Every Turtle file of the W3C suites, written canonically, is the same graph."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from kgtool.errors import DataError
from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.lines import Triple
from kgtool.rdf.turtle import turtle_text

SUITES = Path(__file__).parents[3] / "shared" / "conformance"
FILES = sorted(SUITES.rglob("*.ttl"))
if not FILES:
    pytest.skip(f"no W3C suites at {SUITES}", allow_module_level=True)

PREFIXES = {"ex": "http://example.org/", "": "http://www.w3.org/2001/sw/DataAccess/tests/"}


def read(text: bytes) -> list[Triple]:
    parsed = pyoxigraph.parse(text, pyoxigraph.RdfFormat.TURTLE, base_iri="http://base.example/")
    return [
        (from_oxigraph(t.subject), from_oxigraph(t.predicate), from_oxigraph(t.object))
        for t in parsed
    ]


def dataset(text: bytes) -> pyoxigraph.Dataset:
    parsed = pyoxigraph.parse(text, pyoxigraph.RdfFormat.TURTLE, base_iri="http://base.example/")
    found = pyoxigraph.Dataset(pyoxigraph.Quad(t.subject, t.predicate, t.object) for t in parsed)
    found.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def test_they_are_written_as_they_were() -> None:
    written = 0
    for path in FILES:
        original = path.read_bytes()
        try:
            triples = read(original)
        except (SyntaxError, DataError):
            continue  # a negative test, or RDF 1.2
        text = turtle_text(triples, PREFIXES).encode()
        assert dataset(text) == dataset(original), path
        assert turtle_text(reversed(read(text)), PREFIXES).encode() == text, path
        written += 1
    assert written > 1000
