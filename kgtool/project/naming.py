"""The names in a query that its graph does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kgtool.diagnostics import Diagnostic
from kgtool.project.graph import Graph
from kgtool.project.stored import StoredQuery
from kgtool.rdf.names import Names
from kgtool.rdf.terms import IRI
from kgtool.sparql.locating import names_in


def unknown_names(graph: Graph, query: StoredQuery, iris: Iterable[str]) -> Iterator[Diagnostic]:
    """What to say of properties and classes in a query that no triple of the graph has.

    A name that a parameter's value has brought in stands nowhere in the text.
    """
    prefixes = {**graph.prefixes, **dict(query.prefixes)}
    names = Names(prefixes)
    places = names_in(query.text, query.file, prefixes).iris
    for iri in iris:
        found = places.get(IRI(iri), [])
        message, hint = unknown_name(graph, iri, names)
        yield Diagnostic(
            rule="unknown-name",
            level="note",
            message=message,
            location=found[0] if found else None,
            hint=hint,
            also=tuple(found[1:]),
        )


def unknown_name(graph: Graph, iri: str, names: Names) -> tuple[str, str | None]:
    """What to say of a name that no triple of the graph has, and a hint."""
    known = graph.nearest_name(iri)
    hint = f"Did you mean {names.short(known) or known}?" if known else None
    return f"the graph does not know {names.short(iri) or iri}", hint
