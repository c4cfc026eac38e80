"""The names of the SHACL vocabulary (https://www.w3.org/TR/shacl/) that are looked for."""

from __future__ import annotations

from kgtool.rdf.namespaces import OWL, RDF, RDFS
from kgtool.rdf.terms import IRI

SH = "http://www.w3.org/ns/shacl#"
VIOLATION = SH + "Violation"
WARNING = SH + "Warning"
INFO = SH + "Info"

TYPE = IRI(RDF.type)
FIRST = IRI(RDF.first)
REST = IRI(RDF.rest)
NIL = IRI(RDF.nil)
SUBCLASS = IRI(RDFS.subClassOf)
CLASSES = (IRI(RDFS.Class), IRI(OWL.base + "Class"))
IMPORTS = IRI(OWL.base + "imports")


def sh(name: str) -> IRI:
    return IRI(SH + name)


def local_name(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]
