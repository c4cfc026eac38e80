"""Rules about classes and properties: those that nothing uses, and those that nothing knows."""

from __future__ import annotations

from collections.abc import Iterator

from kgtool.errors import Location
from kgtool.plan.inspection import vocabulary, walk
from kgtool.project.folder import ONTOLOGY, TRIPLES
from kgtool.project.lint.rule import Finding
from kgtool.project.lint.sparql import CLASSES, PROPERTIES, in_folder, values
from kgtool.project.lint.view import View
from kgtool.project.naming import unknown_name
from kgtool.rdf.terms import IRI
from kgtool.shacl import shapes as s

#: Of those IRIs, the ones that some triple has.
_KNOWN = """
SELECT DISTINCT ?iri {{
  VALUES ?iri {{ {iris} }}
  {{ ?iri ?p ?o }} UNION {{ ?s ?iri ?o }} UNION {{ ?s ?p ?iri }}
}}
"""


def unused_classes(view: View) -> Iterator[Finding]:
    """Classes of the ontology of which nothing is an instance, and that nothing names."""
    return _unused(view, "class", CLASSES, "rdfs:subClassOf", "?thing a ?narrower")


def unused_properties(view: View) -> Iterator[Finding]:
    """Properties of the ontology that no triple has, and that nothing names."""
    use = "?subject ?narrower ?object"
    return _unused(view, "property", PROPERTIES, "rdfs:subPropertyOf", use)


def _unused(view: View, kind: str, declarations: str, wider: str, use: str) -> Iterator[Finding]:
    """What is so declared, and neither it nor what it is ``wider`` than is in ``use`` or named."""
    view.require_all_files()
    rows = view.ask(
        f"""SELECT DISTINCT ?name {{
              {{ SELECT DISTINCT ?name {{
                   VALUES ?kind {{ {declarations} }}
                   GRAPH ?g {{ ?name a ?kind }} FILTER isIRI(?name) {in_folder(ONTOLOGY)}
              }} }}
              FILTER NOT EXISTS {{
                ?narrower {wider}* ?name
                {{ {use} }}
                UNION {{ GRAPH ?g {{ ?fact ?link ?narrower }} {in_folder(TRIPLES)} }}
                UNION {{ VALUES ?narrower {{ {values(view.mentioned)} }} }}
              }}
            }}"""
    )
    for (name,) in rows:
        yield Finding(
            f"no fact, query, rule or shape uses the {kind} {view.show(name)}",
            view.places_of(name, f"{ONTOLOGY}/"),
            about=name,
        )


def unknown_names(view: View) -> Iterator[Finding]:
    """Properties and classes that queries, rules and shapes ask for, and no triple has."""
    asked: dict[tuple[IRI, tuple[Location, ...]], None] = {}
    for text in view.texts:
        for iri in vocabulary(text.algebra.pattern):
            asked[iri, tuple(text.names.iris.get(iri, ()))] = None
    for shape in view.files.shapes.roots if view.files.shapes else ():
        for iri in _asked_by(shape):
            place = view.place_in_shapes(iri) or view.place_in_shapes(shape.node)
            asked[iri, (place,) if place else ()] = None
    known = {iri for (iri,) in view.ask(_KNOWN.format(iris=values(iri for iri, _ in asked)))}
    for iri, places in asked:
        if iri not in known and iri not in view.twins:
            message, hint = unknown_name(view.graph.store, iri.value, view.names)
            yield Finding(message, places, hint, iri)


def _asked_by(shape: s.Shape) -> set[IRI]:
    """The properties and classes that a shape looks at, itself or by others."""
    found: set[IRI] = set()
    for node in walk(shape):
        match node:
            case s.Shape(path=path) if path is not None:
                found |= {each for each in walk(path) if isinstance(each, IRI)}
            case s.Class(cls=name) | s.TargetClass(cls=name):
                found.add(name)
            case (
                s.TargetSubjectsOf(property=name)
                | s.TargetObjectsOf(property=name)
                | s.Equals(property=name)
                | s.Disjoint(property=name)
                | s.LessThan(property=name)
                | s.LessThanOrEquals(property=name)
            ):
                found.add(name)
            case s.Select(query=query) | s.Ask(query=query) | s.TargetSelect(query=query):
                found |= vocabulary(query.pattern)
    return found
