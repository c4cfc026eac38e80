"""The terms of mappings (docs/wikidata.md) and of Wikibase RDF."""

from __future__ import annotations

from kgtool.rdf.namespaces import WIKIBASE
from kgtool.rdf.terms import IRI

MAPPING = "https://w3id.org/kgtool/wikibase#"
#: The path of no step: from a node to itself.
SELF = IRI(MAPPING + "self")

SCHEMA = "http://schema.org/"
PROV = "http://www.w3.org/ns/prov#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
GEO = "http://www.opengis.net/ont/geosparql#"
WKT = GEO + "wktLiteral"
#: The unit of quantities without one, in RDF.
ONE = "http://www.wikidata.org/entity/Q199"


def wbm(name: str) -> IRI:
    return IRI(MAPPING + name)


def wikibase(name: str) -> IRI:
    return IRI(WIKIBASE.base + name)
