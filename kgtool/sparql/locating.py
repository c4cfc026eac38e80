"""Where in a query's text its IRIs stand, and which prefixes it declares and uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from kgtool.errors import Location
from kgtool.rdf.terms import IRI
from kgtool.sparql._lexer import tokenize
from kgtool.sparql._source import Source
from kgtool.sparql._terms import TYPE, Terms


@dataclass(slots=True)
class QueryNames:
    """The IRIs behind the prologue, and the prefixes, each with its places in order.

    ``form`` is where the word of the query's form stands, SELECT or another.
    """

    iris: dict[IRI, list[Location]] = field(default_factory=dict)
    declared: dict[str, Location] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    form: Location | None = None


def names_in(
    text: str, file: str | None = None, prefixes: Mapping[str, str] | None = None
) -> QueryNames:
    """The names in a text that parses as a query; others raise QuerySyntaxError."""
    source = Source(text, file)
    tokens = tokenize(source)
    reader = Terms(source, tokens, prefixes or {}, None)
    found = QueryNames()
    for word, name in pairwise(tokens):
        if word.key == "PREFIX":
            place = source.location(reader.position(name))
            found.declared.setdefault(name.text.removesuffix(":"), place)
    while reader.key != "end":
        token = reader.token
        if reader.key in ("BASE", "PREFIX"):
            reader.prologue()
            continue
        found.form = found.form or source.location(reader.position(token))
        reader.advance()
        if token.key in ("iri", "pname"):
            iri = reader.iri_of(token)
            if token.key == "pname":
                found.used.add(token.text.partition(":")[0])
        elif token.text == "a" and token.key == "A":
            iri = TYPE
        else:
            continue
        found.iris.setdefault(iri, []).append(source.location(reader.position(token)))
    return found
