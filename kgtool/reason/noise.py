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

from kgtool.engine import ids
from kgtool.engine.sqltext import quote
from kgtool.rdf.namespaces import RDF
from kgtool.reason.facts import Facts
from kgtool.reason.rule import iri
from kgtool.reason.vocabulary import SAME_AS, TOP, VOCABULARIES

_TO_TOP = (RDF.type, iri("rdfs:subClassOf"), iri("rdfs:domain"), iri("rdfs:range"))
_REFLEXIVE = (
    SAME_AS,
    iri("rdfs:subClassOf"),
    iri("rdfs:subPropertyOf"),
    iri("owl:equivalentClass"),
    iri("owl:equivalentProperty"),
)


def says_something(facts: Facts, *, reflexive: bool = False) -> str:
    """The SQL condition that a triple (s, p, o) is worth keeping.

    With ``reflexive`` also such triples are.
    """
    known = facts.ids_of([*_TO_TOP, *_REFLEXIVE, *TOP])
    about = " OR ".join(f"starts_with(lex, {quote(v)})" for v in VOCABULARIES)
    vocabulary = [
        id_ for (id_,) in facts.rows(f"SELECT id FROM terms_ WHERE type = 'iri' AND ({about})")
    ]
    iris = (ids.make_id(ids.IRI_TAG, 0), ids.make_id(ids.IRI_TAG + 1, 0))
    conditions = [
        f"s >= {ids.make_id(ids.BNODE, 0)} AND s < {iris[1]}",
        f"p >= {iris[0]} AND p < {iris[1]}",
    ]
    if vocabulary:
        conditions.append(f"s NOT IN ({_listed(vocabulary)})")
    if not reflexive and (same := [known[name] for name in _REFLEXIVE if name in known]):
        conditions.append(f"NOT (s = o AND p IN ({_listed(same)}))")
    to_top = [known[name] for name in _TO_TOP if name in known]
    if to_top and (top := [known[name] for name in TOP if name in known]):
        conditions.append(f"NOT (p IN ({_listed(to_top)}) AND o IN ({_listed(top)}))")
    return " AND ".join(conditions)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
