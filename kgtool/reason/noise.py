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

from collections.abc import Iterable
from dataclasses import dataclass

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
#: The ids of what may be a subject, and of what may be a property.
_BLANK_OR_IRI = range(ids.make_id(ids.BNODE, 0), ids.make_id(ids.IRI_TAG + 1, 0))
_IRI = range(ids.make_id(ids.IRI_TAG, 0), ids.make_id(ids.IRI_TAG + 1, 0))


@dataclass(frozen=True, slots=True)
class Noise:
    """What tells by ids whether a triple says something.

    ``vocabulary`` are subjects that none is kept of, ``reflexive`` properties that none with
    one term on both sides is kept of, ``to_top`` those that none to one of ``top`` is kept of.
    """

    vocabulary: frozenset[int]
    reflexive: frozenset[int]
    to_top: frozenset[int]
    top: frozenset[int]

    @classmethod
    def of(cls, facts: Facts, *, reflexive: bool = False) -> Noise:
        """With ``reflexive`` also such triples are kept."""
        known = facts.ids_of([*_TO_TOP, *_REFLEXIVE, *TOP])
        about = " OR ".join(f"starts_with(lex, {quote(v)})" for v in VOCABULARIES)
        vocabulary = facts.rows(f"SELECT id FROM terms_ WHERE type = 'iri' AND ({about})")

        def ids_of(names: Iterable[str]) -> frozenset[int]:
            return frozenset(known[name] for name in names if name in known)

        return cls(
            frozenset(id_ for (id_,) in vocabulary),
            frozenset() if reflexive else ids_of(_REFLEXIVE),
            ids_of(_TO_TOP),
            ids_of(TOP),
        )

    def condition(self) -> str:
        """The SQL condition that a triple (s, p, o) is worth keeping."""
        nodes, iris = _BLANK_OR_IRI, _IRI
        conditions = [
            f"s >= {nodes.start} AND s < {nodes.stop}",
            f"p >= {iris.start} AND p < {iris.stop}",
        ]
        if self.vocabulary:
            conditions.append(f"s NOT IN ({_listed(self.vocabulary)})")
        if self.reflexive:
            conditions.append(f"NOT (s = o AND p IN ({_listed(self.reflexive)}))")
        if self.to_top and self.top:
            conditions.append(f"NOT (p IN ({_listed(self.to_top)}) AND o IN ({_listed(self.top)}))")
        return " AND ".join(conditions)

    def keeps(self, s: int, p: int, o: int) -> bool:
        """Whether a triple is worth keeping: the same as ``condition``."""
        return (
            s in _BLANK_OR_IRI
            and p in _IRI
            and s not in self.vocabulary
            and not (s == o and p in self.reflexive)
            and not (p in self.to_top and o in self.top)
        )


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
