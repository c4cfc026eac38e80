"""Whether one graph entails another, under a profile."""

from __future__ import annotations

from collections.abc import Iterable

from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, BlankNode, Term
from kgtool.reason import datatypes
from kgtool.reason.conclusions import Conclusion, tests_of
from kgtool.reason.inference import Inference, vocabulary
from kgtool.reason.memory import TERMS, TRIPLES, MemoryGraph, Triple
from kgtool.reason.profile import OWL_RL, Profile
from kgtool.reason.rule import iri

_TYPE = IRI(RDF.type)
_COMPLEMENT = IRI(iri("owl:complementOf"))
_REFLEXIVE = IRI(iri("owl:ReflexiveProperty"))


def entails(
    premise: Iterable[Triple], conclusion: Iterable[Triple], profile: Profile = OWL_RL
) -> bool:
    """Whether ``premise`` entails ``conclusion``, whose blank nodes stand for anything.

    A contradiction entails everything. Under OWL 2 RL also such conclusions are found as no rule
    derives (:mod:`kgtool.reason.conclusions`).
    """
    given, sought = list(premise), list(conclusion)
    with _Closed(given, sought, profile) as closed:
        if closed.contradicts() or closed.holds(sought):
            return True
    if not profile.lists:
        return False
    parts = Conclusion(sought)
    with _Closed([*given, *parts.described], parts.triples, profile) as closed:
        ground = [t for t in parts.triples if not any(isinstance(x, BlankNode) for x in t)]
        rest = [t for t in parts.triples if t not in ground]
        return closed.holds(rest) and all(closed.follows(t) for t in ground)


class _Closed:
    """A premise, and all that the rules derive."""

    def __init__(self, premise: list[Triple], sought: Iterable[Triple], profile: Profile) -> None:
        self._premise = premise
        self._profile = profile
        # Axioms speak of names at hand, and those of the conclusion are.
        names = [x.value for triple in sought for x in triple if isinstance(x, IRI)]
        self._graph = MemoryGraph(premise, [*vocabulary(profile), *names])
        self._inference = Inference(self._graph.connection, TRIPLES, TERMS, profile, complete=True)
        self._inference.run()

    def __enter__(self) -> _Closed:
        return self

    def __exit__(self, *_: object) -> None:
        self._graph.close()

    def contradicts(self) -> bool:
        return bool(self._inference.clashes())

    def holds(self, pattern: Iterable[Triple]) -> bool:
        """Whether there are triples of a pattern, whose blank nodes stand for anything."""
        everything = "(SELECT s, p, o FROM inferred UNION ALL SELECT s, p, o FROM asserted)"
        bound: dict[Term, str] = {}
        sources, conditions = ["(SELECT 1) AS one"], ["TRUE"]
        for number, triple in enumerate(pattern):
            sources.append(f"{everything} AS t{number}")
            for column, term in zip("spo", triple, strict=True):
                here = f"t{number}.{column}"
                if isinstance(term, BlankNode) and term not in bound:
                    bound[term] = here
                else:
                    known = bound.get(term) or str(self._graph.id_of(term))
                    conditions.append(f"{here} = {known}")
        sql = f"SELECT 1 FROM {', '.join(sources)} WHERE {' AND '.join(conditions)} LIMIT 1"
        return bool(self._graph.connection.execute(sql).fetchone())

    def follows(self, triple: Triple) -> bool:
        """Whether a triple without blank nodes follows, derived or not."""
        s, p, o = triple
        return (
            self.holds([triple])
            or (s == o and self.holds([(p, _TYPE, _REFLEXIVE)]))
            or (p == _TYPE and (self._is_in_datatype(s, o) or self._is_in_complement(s, o)))
            or any(self._follows_from(*test) for test in tests_of(triple))
        )

    def _follows_from(self, assumed: list[Triple], then: Triple | None) -> bool:
        sought = [*assumed, then] if then else assumed
        with _Closed([*self._premise, *assumed], sought, self._profile) as closed:
            return closed.contradicts() or (then is not None and closed.follows_directly(then))

    def follows_directly(self, triple: Triple) -> bool:
        s, p, o = triple
        return self.holds([triple]) or (p == _TYPE and self._is_in_datatype(s, o))

    def _is_in_datatype(self, s: Term, datatype: Term) -> bool:
        known = {x.value for x in self._objects(s, _TYPE) if isinstance(x, IRI)}
        return isinstance(datatype, IRI) and datatypes.implied(known, datatype.value)

    def _is_in_complement(self, s: Term, class_: Term) -> bool:
        return any(
            self._follows_from([(s, _TYPE, other)], None)
            for other in self._objects(class_, _COMPLEMENT)
        )

    def _objects(self, s: Term, p: Term) -> list[Term]:
        rows = self._inference.facts.rows(
            "SELECT o FROM (SELECT s, p, o FROM inferred UNION ALL SELECT s, p, o FROM asserted) "
            f"WHERE s = {self._graph.id_of(s)} AND p = {self._graph.id_of(p)} ORDER BY o"
        )
        terms = {id_: term for term, id_ in self._graph.ids.items()}
        return [terms[o] for (o,) in rows]
