"""Pieces of the queries that rules ask."""

from __future__ import annotations

from collections.abc import Iterable

from kgtool.project.folder import GRAPH_PREFIX
from kgtool.rdf.terms import Term

#: What declares a class, and what a property, for VALUES.
CLASSES = "rdfs:Class owl:Class"
PROPERTIES = (
    "rdf:Property owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty "
    "owl:FunctionalProperty owl:InverseFunctionalProperty owl:TransitiveProperty "
    "owl:SymmetricProperty owl:AsymmetricProperty owl:ReflexiveProperty owl:IrreflexiveProperty"
)


def values(iris: Iterable[Term]) -> str:
    """IRIs for VALUES."""
    return " ".join(sorted(map(str, iris)))


def in_folder(folder: str) -> str:
    """A filter: ``?g`` is the graph of a file in a folder of the project."""
    return f'FILTER (STRSTARTS(STR(?g), "{GRAPH_PREFIX}{folder}/"))'
