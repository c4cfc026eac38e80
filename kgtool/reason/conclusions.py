"""Conclusions that no rule derives, though they follow.

- A denial (owl:differentFrom, a member of a complement) follows where its opposite contradicts
  the premise.
- What is said of all (that a property is transitive, that a class is below another) follows where
  it holds of individuals of which nothing else is known.
- A class expression is there without being asserted, and so is a list: what only describes one
  is no claim (comprehension; OWL 2 RDF-Based Semantics, 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, count

from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, BlankNode, Term
from kgtool.reason.memory import Triple
from kgtool.reason.rule import Rule, iri, is_variable, rule

#: The first atom of a body is the conclusion; the others are assumed, and then the head follows,
#: or, where there is none, a contradiction.
_TESTS: tuple[Rule, ...] = (
    rule("", "?x owl:differentFrom ?y . ?x owl:sameAs ?y"),
    rule("", "?c owl:disjointWith ?d . ?1 a ?c . ?1 a ?d"),
    rule("", "?c rdfs:subClassOf ?d . ?1 a ?c", "?1 a ?d"),
    rule("", "?p owl:propertyDisjointWith ?q . ?1 ?p ?2 . ?1 ?q ?2"),
    rule("", "?p rdfs:subPropertyOf ?q . ?1 ?p ?2", "?1 ?q ?2"),
    rule("", "?p rdfs:domain ?c . ?1 ?p ?2", "?1 a ?c"),
    rule("", "?p rdfs:range ?c . ?1 ?p ?2", "?2 a ?c"),
    rule("", "?p a owl:TransitiveProperty . ?1 ?p ?2 . ?2 ?p ?3", "?1 ?p ?3"),
    rule("", "?p a owl:SymmetricProperty . ?1 ?p ?2", "?2 ?p ?1"),
    rule("", "?p a owl:AsymmetricProperty . ?1 ?p ?2 . ?2 ?p ?1"),
    rule("", "?p a owl:IrreflexiveProperty . ?1 ?p ?1"),
    rule("", "?p a owl:FunctionalProperty . ?1 ?p ?2 . ?1 ?p ?3", "?2 owl:sameAs ?3"),
    rule("", "?p a owl:InverseFunctionalProperty . ?1 ?p ?3 . ?2 ?p ?3", "?1 owl:sameAs ?2"),
)
#: Properties of a class expression, of which one says all there is to say of it.
_EXPRESSIONS = tuple(
    iri(f"owl:{name}") for name in ("complementOf", "unionOf", "intersectionOf", "oneOf")
)
_FILLERS = tuple(
    iri(f"owl:{name}")
    for name in (
        "someValuesFrom", "allValuesFrom", "hasValue", "hasSelf", "cardinality", "minCardinality",
        "maxCardinality", "qualifiedCardinality", "minQualifiedCardinality",
        "maxQualifiedCardinality",
    )
)  # fmt: skip
_ON = tuple(iri(f"owl:{name}") for name in ("onProperty", "onClass", "onDataRange"))
_DESCRIBING = {*_EXPRESSIONS, *_FILLERS, *_ON, RDF.first, RDF.rest, RDF.type}
_KINDS = {
    IRI(iri(name))
    for name in ("owl:Class", "owl:Restriction", "rdfs:Class", "rdfs:Datatype", "rdf:List")
}
#: Classes whose members say of each pair of a list what a property says.
_PAIRWISE = {
    IRI(iri("owl:AllDifferent")): IRI(iri("owl:differentFrom")),
    IRI(iri("owl:AllDisjointClasses")): IRI(iri("owl:disjointWith")),
    IRI(iri("owl:AllDisjointProperties")): IRI(iri("owl:propertyDisjointWith")),
}
_MEMBERS = (iri("owl:members"), iri("owl:distinctMembers"))
_TYPE = IRI(RDF.type)
#: Names what no graph speaks of.
_NAMED = "urn:x-kgtool:conclusion:"


class Conclusion:
    """A graph that may follow: ``triples``, which are claims, and what is only ``described``."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        of: dict[Term, list[Triple]] = {}
        for triple in triples:
            of.setdefault(triple[0], []).append(triple)
        self._of = of
        named: dict[Term, Term] = {}
        while more := [n for n in of if n not in named and self._is_described(n, named)]:
            named |= {node: IRI(f"{_NAMED}{node}") for node in more}
        self.described: list[Triple] = []
        self.triples: list[Triple] = []
        for node, rows in of.items():
            if node in named:
                self.described += (_renamed(row, named) for row in rows)
            elif (pairs := self._pairs(node)) is not None:
                self.triples += pairs
            else:
                self.triples += (_renamed(row, named) for row in rows)

    def _is_described(self, node: Term, known: dict[Term, Term]) -> bool:
        """Whether the triples of a blank node say what expression or list it is, and no more."""
        rows = self._of[node]
        said = {p.value for _, p, _ in rows if isinstance(p, IRI)}
        whole = (
            len(said.intersection(_EXPRESSIONS)) == 1
            or {RDF.first, RDF.rest} <= said
            or (_ON[0] in said and len(said.intersection(_FILLERS)) == 1)
        )
        return (
            isinstance(node, BlankNode)
            and whole
            and said <= _DESCRIBING
            and all(o in _KINDS for _, p, o in rows if p == _TYPE)
            and all(o in known for _, _, o in rows if isinstance(o, BlankNode))
        )

    def _pairs(self, node: Term) -> list[Triple] | None:
        """What an owl:AllDifferent or the like says of each pair."""
        rows = self._of[node]
        found = [_PAIRWISE[o] for _, p, o in rows if p == _TYPE and o in _PAIRWISE]
        lists = [o for _, p, o in rows if isinstance(p, IRI) and p.value in _MEMBERS]
        if not isinstance(node, BlankNode) or len(rows) != 2 or not (found and lists):
            return None
        return [(a, found[0], b) for a, b in combinations(self._members(lists[0]), 2)]

    def _members(self, node: Term) -> Iterator[Term]:
        seen: set[Term] = set()
        while node in self._of and node not in seen:
            seen.add(node)
            values = {p: o for _, p, o in self._of[node]}
            yield values[IRI(RDF.first)]
            node = values[IRI(RDF.rest)]


def tests_of(triple: Triple) -> Iterator[tuple[list[Triple], Triple | None]]:
    """What may be assumed to test a triple, and what then follows: None is a contradiction."""
    for test in _TESTS:
        first, *assumed = test.body
        values: dict[str, Term] = {}
        matches = True
        for place, term in zip(first.places, triple, strict=True):
            if is_variable(place):
                values[str(place)] = term
            else:
                matches = matches and term == IRI(str(place))
        if matches:
            fresh = (IRI(f"{_NAMED}{number}") for number in count())
            rows = [
                tuple(_value(place, values, fresh) for place in atom.places)
                for atom in (*assumed, *test.head)
            ]
            triples: list[Triple] = [(s, p, o) for s, p, o in rows]
            yield triples[: len(assumed)], triples[-1] if test.head else None


def _value(place: object, values: dict[str, Term], fresh: Iterator[IRI]) -> Term:
    name = str(place)
    if not name.startswith("?"):
        return IRI(name)
    if name not in values:
        values[name] = next(fresh)
    return values[name]


def _renamed(triple: Triple, names: dict[Term, Term]) -> Triple:
    s, p, o = (names.get(term, term) for term in triple)
    return s, p, o
