"""Expected answers as they are written in the tests: ``1 | "a"@en | -`` is one row."""

from __future__ import annotations

from functools import cache

import pyoxigraph

from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.terms import Term

_PREFIXES = (
    "@prefix : <http://e/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
    "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . "
)


@cache
def written_term(text: str) -> Term | None:
    """A term in Turtle; ``-`` is unbound."""
    if text == "-":
        return None
    (quad,) = pyoxigraph.parse(f"{_PREFIXES} :s :p {text} .", pyoxigraph.RdfFormat.TURTLE)
    return from_oxigraph(quad.object)


def written_row(text: str) -> tuple[Term | None, ...]:
    return tuple(written_term(cell.strip()) for cell in text.split(" | ")) if text else ()
