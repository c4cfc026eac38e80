"""Rules about triples: which stand twice, and which lead nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from kgtool.project.folder import TRIPLES
from kgtool.project.lint.rule import Finding, LeftOutError
from kgtool.project.lint.view import View, in_folder
from kgtool.project.places import FilePlaces
from kgtool.rdf.names import namespace_of, nearest_iri
from kgtool.rdf.namespaces import WELL_KNOWN_PREFIXES
from kgtool.rdf.terms import IRI

#: How many names are compared at most to find nearest ones; each takes 5 µs.
_COMPARED = 400_000


def duplicate_triples(view: View) -> Iterator[Finding]:
    """Each place of a triple but the first. Shapes are a graph of their own."""
    sources = view.files.sources
    for files in (sources.asserted, [sources.shapes] if sources.shapes else []):
        counts = Counter(chain.from_iterable(file.triples for file in files))
        places = FilePlaces(files)
        for triple in (t for t, number in counts.items() if number > 1):
            message = f"{' '.join(map(view.show, triple))} is stated twice"
            first, *again = places.of_triple(triple)
            for place in again:
                yield Finding(message, (place, first), about=triple[0])
            if not again:  # twice in a file of a syntax without exact places
                yield Finding(message, (first,), about=triple[0])


def dangling_references(view: View) -> Iterator[Finding]:
    """IRIs of the project's own namespaces that are pointed to, and that nothing describes."""
    if not view.files.are_whole("sources"):
        raise LeftOutError("not all files can be read")
    described = {s.value for f in view.files.rdf for s, _, _ in f.triples if isinstance(s, IRI)}
    rows = view.ask_asserted(
        """SELECT DISTINCT ?iri {
             { ?s ?p ?iri FILTER isIRI(?iri) } UNION { ?s ?iri ?o }
             FILTER NOT EXISTS { ?iri ?any ?thing }
           }"""
    )
    loose = [iri for (iri,) in rows if iri.value not in described]
    own = _own_namespaces(view, described, loose)
    loose = [iri for iri in loose if namespace_of(iri.value) in own and iri not in view.twins]
    hinted = _COMPARED // max(len(described), 1)
    for number, iri in enumerate(loose):
        near = nearest_iri(iri.value, described) if number < hinted else None
        yield Finding(
            f"nothing describes {view.show(iri)}",
            view.places_of(iri),
            f"Did you mean {view.show(IRI(near))}?" if near else None,
            iri,
        )


def _own_namespaces(view: View, described: set[str], loose: list[IRI]) -> set[str]:
    """Those in which the files describe something, but for vocabularies that all know.

    Where no file has a prefix for it, most of it has to be described: of the pages of a web
    site that facts link to, one or another may be.
    """
    with_prefix = {iri for file in view.files.rdf for iri in file.prefixes.values()}
    inside = Counter(map(namespace_of, described))
    inside.subtract(namespace_of(iri.value) for iri in loose)
    own = {namespace_of(iri) for iri in described} - set(WELL_KNOWN_PREFIXES.values())
    return {namespace for namespace in own if namespace in with_prefix or inside[namespace] >= 0}


def unlinked_entities(view: View) -> Iterator[Finding]:
    """Entities of triples/ that no other thing's triple has as its object, and no query names.

    Reified statements are not meant: they only ever point to what they are about.
    """
    view.require_all_files()
    rows = view.ask(
        f"""SELECT ?entity {{
              {{ SELECT DISTINCT ?entity {{
                   GRAPH ?g {{ ?entity ?p ?o }} FILTER isIRI(?entity) {in_folder(TRIPLES)}
              }} }}
              FILTER NOT EXISTS {{ ?entity rdf:subject ?any }}
              FILTER NOT EXISTS {{ ?other ?link ?entity FILTER (?other != ?entity) }}
            }}"""
    )
    for (entity,) in rows:
        if entity not in view.mentioned:
            places = view.places_of(entity, f"{TRIPLES}/")
            yield Finding(f"nothing links to {view.show(entity)}", places[:1], about=entity)
