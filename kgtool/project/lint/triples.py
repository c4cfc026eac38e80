"""Rules about triples: which stand twice, and which lead nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from kgtool.project.folder import TRIPLES
from kgtool.project.lint.rule import Finding, LeftOutError
from kgtool.project.lint.sparql import PROPERTIES, in_folder
from kgtool.project.lint.view import View
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
    """IRIs of the project's own namespaces that are pointed to, and that nothing describes.

    So are properties, where others of their namespace are declared.
    """
    if not view.files.are_whole("sources"):
        raise LeftOutError("not all files can be read")
    described = {s.value for f in view.files.rdf for s, _, _ in f.triples if isinstance(s, IRI)}
    objects = _undescribed(view, "?s ?p ?iri FILTER isIRI(?iri)") - described
    properties = _undescribed(view, "?s ?iri ?o") - described
    own = _own_namespaces(view, described, objects)
    rows = view.ask_asserted(f"SELECT ?iri {{ VALUES ?kind {{ {PROPERTIES} }} ?iri a ?kind }}")
    declaring = own & {namespace_of(iri.value) for (iri,) in rows if isinstance(iri, IRI)}
    loose = {iri for iri in objects if namespace_of(iri) in own}
    loose |= {iri for iri in properties if namespace_of(iri) in declaring}
    hinted = _COMPARED // max(len(described), 1)
    for number, iri in enumerate(map(IRI, sorted(loose))):
        if iri not in view.twins:
            near = nearest_iri(iri.value, described) if number < hinted else None
            yield Finding(
                f"nothing describes {view.show(iri)}",
                view.places_of(iri),
                f"Did you mean {view.show(IRI(near))}?" if near else None,
                iri,
            )


def _undescribed(view: View, where: str) -> set[str]:
    """The IRIs of a pattern of which the files say nothing."""
    rows = view.ask_asserted(
        f"SELECT DISTINCT ?iri {{ {where} FILTER NOT EXISTS {{ ?iri ?any ?thing }} }}"
    )
    return {iri.value for (iri,) in rows}


def _own_namespaces(view: View, described: set[str], objects: set[str]) -> set[str]:
    """Those in which the files describe something, but for vocabularies that all know.

    It is a thing of triples/ with a prefix, or most of what is pointed to there: the files may
    describe one or another term of a foreign vocabulary, or page of a web site.
    """
    sources = view.files.sources
    prefixed = {iri for file in view.files.rdf for iri in file.prefixes.values()}
    facts = {s.value for f in sources.triples for s, _, _ in f.triples if isinstance(s, IRI)}
    surplus = Counter(map(namespace_of, described))
    surplus.subtract(map(namespace_of, objects))
    most = {namespace for namespace, number in surplus.items() if number >= 0}
    own = (prefixed & set(map(namespace_of, facts))) | (most & set(map(namespace_of, described)))
    return own - set(WELL_KNOWN_PREFIXES.values())


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
