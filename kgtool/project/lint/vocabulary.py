"""Rules about classes and properties: those that nothing uses, and those that nothing knows."""

from __future__ import annotations

from collections.abc import Iterator

from kgtool.errors import Location
from kgtool.plan.inspection import vocabulary, walk
from kgtool.project.folder import ONTOLOGY, TRIPLES
from kgtool.project.lint.rule import Finding
from kgtool.project.lint.twins import values
from kgtool.project.lint.view import View, in_folder
from kgtool.project.naming import unknown_name
from kgtool.rdf.terms import IRI
from kgtool.shacl import shapes as s

#: Kind, the property that leads to a wider one, how a fact uses one, and its declarations.
_CLASS = ("rdfs:subClassOf", "?thing a ?narrower", "rdfs:Class owl:Class")
_PROPERTY = (
    "rdfs:subPropertyOf",
    "?subject ?narrower ?object",
    "rdf:Property owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty "
    "owl:FunctionalProperty owl:InverseFunctionalProperty owl:TransitiveProperty "
    "owl:SymmetricProperty owl:AsymmetricProperty owl:ReflexiveProperty owl:IrreflexiveProperty",
)


def unused_classes(view: View) -> Iterator[Finding]:
    """Classes of the ontology of which nothing is an instance, and that nothing names."""
    return _unused(view, "class", *_CLASS)


def unused_properties(view: View) -> Iterator[Finding]:
    """Properties of the ontology that no triple has, and that nothing names."""
    return _unused(view, "property", *_PROPERTY)


def _unused(view: View, kind: str, wider: str, use: str, declarations: str) -> Iterator[Finding]:
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
    graph = view.graph
    known = graph.store.ids(iri for iri, _ in asked)
    for iri, places in asked:
        if iri not in known and iri not in view.twins:
            message, hint = unknown_name(graph, iri.value, view.names)
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
