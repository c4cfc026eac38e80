"""The names in a query that its graph does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kgtool.diagnostics import Diagnostic
from kgtool.engine.store import Store
from kgtool.errors import UsageError
from kgtool.project.graph import Graph
from kgtool.project.stored import StoredQuery
from kgtool.rdf.names import Names, expand, nearest_iri
from kgtool.rdf.terms import IRI
from kgtool.sparql.locating import names_in

#: What a query may name: properties and classes, used or declared.
_NAMES = """
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
SELECT DISTINCT ?name {
  { ?s ?name ?o } UNION { ?s a ?name } UNION
  { VALUES ?kind { rdf:Property rdfs:Class owl:Class owl:ObjectProperty owl:DatatypeProperty }
    ?name a ?kind }
  FILTER isIRI(?name)
}
"""


def unknown_names(graph: Graph, query: StoredQuery, iris: Iterable[str]) -> Iterator[Diagnostic]:
    """What to say of properties and classes in a query that no triple of the graph has.

    A name that a parameter's value has brought in stands nowhere in the text.
    """
    prefixes = {**graph.prefixes, **dict(query.prefixes)}
    names = Names(prefixes)
    places = names_in(query.text, query.file, prefixes).iris
    for iri in iris:
        found = places.get(IRI(iri), [])
        message, hint = unknown_name(graph.store, iri, names)
        yield Diagnostic(
            rule="unknown-name",
            level="note",
            message=message,
            location=found[0] if found else None,
            hint=hint,
            also=tuple(found[1:]),
        )


def unknown_name(store: Store, iri: str, names: Names) -> tuple[str, str | None]:
    """What to say of a name that no triple of the graph has, and a hint."""
    known = _nearest_name(store, iri)
    hint = f"Did you mean {names.short(known) or known}?" if known else None
    return f"the graph does not know {names.short(iri) or iri}", hint


def _nearest_name(store: Store, iri: str) -> str | None:
    """The property or class of the graph whose IRI is most like ``iri``, or None."""
    from kgtool.plan import run_query
    from kgtool.results import SelectResult

    known = run_query(store, _NAMES)
    assert isinstance(known, SelectResult)
    return nearest_iri(iri, [str(name) for (name,) in known.values()])


def known_iri(graph: Graph, text: str) -> IRI:
    """The term of the graph that a text names: an IRI, in <> or not, or a name with a prefix.

    Raises UsageError for one that no triple has, with the class or property that is like it.
    """
    iri = expand(text.removeprefix("<").removesuffix(">"), graph.prefixes)
    if not graph.store.ids([IRI(iri)]):
        message, hint = unknown_name(graph.store, iri, Names(graph.prefixes))
        raise UsageError(message, hint=hint)
    return IRI(iri)
