"""Entailed triples that say nothing, and that are therefore not kept.

OWL 2 RL entails much that is true of every graph. Left out are:

- what is no RDF: literals as subjects, anything but IRIs as predicates;
- reflexive facts: ``x owl:sameAs x`` (eq-ref), ``c rdfs:subClassOf c``,
  ``c owl:equivalentClass c``, and the same for properties (scm-cls, scm-op, scm-dp);
- the top and the bottom: ``x a owl:Thing``, ``c rdfs:subClassOf owl:Thing``,
  ``owl:Nothing rdfs:subClassOf c``, domains and ranges owl:Thing, rdfs:Resource likewise;
- statements about the vocabulary itself: subjects in RDF, RDFS, OWL and XML Schema.

A query that wants these asks for the asserted facts; nothing else depends on them.
"""

from __future__ import annotations

from kgtool.rdf.namespaces import OWL, RDF, RDFS, XSD
from kgtool.rdf.terms import IRI, Literal

Triple = tuple

_OWL = "http://www.w3.org/2002/07/owl#"
_VOCABULARIES = (RDF.base, RDFS.base, _OWL, XSD.base)
_TOP = {_OWL + "Thing", RDFS.base + "Resource"}
_TO_TOP = {RDF.type, RDFS.subClassOf, RDFS.base + "domain", RDFS.base + "range"}
_REFLEXIVE = {
    OWL.sameAs,
    RDFS.subClassOf,
    RDFS.base + "subPropertyOf",
    _OWL + "equivalentClass",
    _OWL + "equivalentProperty",
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
