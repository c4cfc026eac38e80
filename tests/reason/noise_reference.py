"""What says nothing, triple by triple: what the reference reasoner keeps of what it entails."""

from __future__ import annotations

from kgtool.rdf.namespaces import OWL, RDF, RDFS, XSD
from kgtool.rdf.terms import IRI, Literal
from kgtool.reason.memory import Triple

_VOCABULARIES = (RDF.base, RDFS.base, OWL.base, XSD.base)
_TOP = {OWL.base + "Thing", RDFS.base + "Resource"}
_TO_TOP = {RDF.type, RDFS.subClassOf, RDFS.base + "domain", RDFS.base + "range"}
_REFLEXIVE = {
    OWL.sameAs,
    RDFS.subClassOf,
    RDFS.base + "subPropertyOf",
    OWL.base + "equivalentClass",
    OWL.base + "equivalentProperty",
}


def says_something(triple: Triple) -> bool:
    """Whether an entailed triple is worth keeping."""
    subject, predicate, object_ = triple
    if not isinstance(predicate, IRI) or isinstance(subject, Literal):
        return False
    if isinstance(subject, IRI) and subject.value.startswith(_VOCABULARIES):
        return False
    if subject == object_ and predicate.value in _REFLEXIVE:
        return False
    to_top = predicate.value in _TO_TOP and isinstance(object_, IRI) and object_.value in _TOP
    return not to_top
