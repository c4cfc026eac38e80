"""Entailment regimes as sets of rules."""

from __future__ import annotations

from dataclasses import dataclass

from kgtool.reason import rules as tables
from kgtool.reason.rule import Atom, Rule, iri, rule


@dataclass(frozen=True, slots=True)
class Profile:
    """Rules over the schema, over facts, for contradictions, and triples of every graph.

    With ``datatypes`` the values of literals count (dt-*); with ``lists`` the rules over lists.
    """

    name: str
    schema: tuple[Rule, ...]
    facts: tuple[Rule, ...]
    clashes: tuple[Rule, ...] = ()
    axioms: tuple[Rule, ...] = ()
    datatypes: bool = False
    lists: bool = False
    #: Triples about each container membership property (rdf:_1 and so on) that is named.
    membership: tuple[Atom, ...] = ()
    #: Rules of a project, which make nothing part of the schema.
    own: tuple[Rule, ...] = ()

    @property
    def of_schema(self) -> tuple[Rule, ...]:
        """The rules whose constants say what the schema is."""
        return (*self.schema, *self.facts, *self.clashes)

    @property
    def rules(self) -> tuple[Rule, ...]:
        return (*self.axioms, *self.schema, *self.facts, *self.clashes, *self.own)

    @property
    def names(self) -> set[str]:
        """The IRIs that the triples about membership properties name."""
        return {str(x) for atom in self.membership for x in (atom.p, atom.o)}


def _named(rules: tuple[Rule, ...], *names: str) -> tuple[Rule, ...]:
    return tuple(r for r in rules if r.name in names)


OWL_RL = Profile(
    "owl-rl",
    tables.SCHEMA_RULES,
    tables.FACT_RULES,
    tables.CLASH_RULES,
    tables.AXIOMS,
    datatypes=True,
    lists=True,
)
_RDF1 = rule("rdfD2", "?x ?p ?y", "?p a rdf:Property")
RDF = Profile("rdf", (), (_RDF1,), membership=(Atom("?n", iri("rdf:type"), iri("rdf:Property")),))
_RESOURCE = iri("rdfs:Resource")
#: RDF 1.1 Semantics, 9.2.1, under the names that OWL 2 RL has for the same rules.
RDFS = Profile(
    "rdfs",
    (
        *_named(tables.SCHEMA_RULES, "scm-sco", "scm-spo"),
        rule("rdfs6", "?p a rdf:Property", "?p rdfs:subPropertyOf ?p"),
        rule("rdfs8", "?c a rdfs:Class", "?c rdfs:subClassOf rdfs:Resource"),
        rule("rdfs10", "?c a rdfs:Class", "?c rdfs:subClassOf ?c"),
        rule("rdfs12", "?p a rdfs:ContainerMembershipProperty",
             "?p rdfs:subPropertyOf rdfs:member"),
        rule("rdfs13", "?d a rdfs:Datatype", "?d rdfs:subClassOf rdfs:Literal"),
    ),
    (
        *_named(tables.FACT_RULES, "prp-dom", "prp-rng", "prp-spo1", "cax-sco"),
        _RDF1,
        rule("rdfs4", "?x ?p ?y", "?x a rdfs:Resource . ?y a rdfs:Resource", trivial=True),
    ),
    datatypes=True,
    membership=tuple(
        Atom("?n", iri(p), iri(o))
        for p, o in (
            ("rdf:type", "rdf:Property"),
            ("rdf:type", "rdfs:ContainerMembershipProperty"),
            ("rdfs:domain", "rdfs:Resource"),
            ("rdfs:range", "rdfs:Resource"),
        )
    ),
    axioms=tuple(
        rule("rdfs-axiom", "", text, trivial=text.endswith(" rdfs:Resource"))
        for text in (
            "rdf:type rdfs:domain rdfs:Resource",
            "rdfs:domain rdfs:domain rdf:Property",
            "rdfs:range rdfs:domain rdf:Property",
            "rdfs:subPropertyOf rdfs:domain rdf:Property",
            "rdfs:subClassOf rdfs:domain rdfs:Class",
            "rdf:subject rdfs:domain rdf:Statement",
            "rdf:predicate rdfs:domain rdf:Statement",
            "rdf:object rdfs:domain rdf:Statement",
            "rdfs:member rdfs:domain rdfs:Resource",
            "rdf:value rdfs:domain rdfs:Resource",
            "rdf:value rdfs:range rdfs:Resource",
            "rdf:subject rdfs:range rdfs:Resource",
            "rdf:predicate rdfs:range rdfs:Resource",
            "rdf:object rdfs:range rdfs:Resource",
            "rdfs:member rdfs:range rdfs:Resource",
            "rdf:first rdfs:range rdfs:Resource",
            "rdfs:seeAlso rdfs:domain rdfs:Resource",
            "rdfs:seeAlso rdfs:range rdfs:Resource",
            "rdfs:isDefinedBy rdfs:domain rdfs:Resource",
            "rdfs:isDefinedBy rdfs:range rdfs:Resource",
            "rdfs:comment rdfs:domain rdfs:Resource",
            "rdfs:label rdfs:domain rdfs:Resource",
            "rdf:XMLLiteral a rdfs:Datatype",
            "rdf:first rdfs:domain rdf:List",
            "rdf:rest rdfs:domain rdf:List",
            "rdf:type rdfs:range rdfs:Class",
            "rdfs:domain rdfs:range rdfs:Class",
            "rdfs:range rdfs:range rdfs:Class",
            "rdfs:subPropertyOf rdfs:range rdf:Property",
            "rdfs:subClassOf rdfs:range rdfs:Class",
            "rdf:rest rdfs:range rdf:List",
            "rdfs:comment rdfs:range rdfs:Literal",
            "rdfs:label rdfs:range rdfs:Literal",
            "rdf:Alt rdfs:subClassOf rdfs:Container",
            "rdf:Bag rdfs:subClassOf rdfs:Container",
            "rdf:Seq rdfs:subClassOf rdfs:Container",
            "rdfs:ContainerMembershipProperty rdfs:subClassOf rdf:Property",
            "rdfs:isDefinedBy rdfs:subPropertyOf rdfs:seeAlso",
            "rdfs:Datatype rdfs:subClassOf rdfs:Class",
            "rdf:nil a rdf:List",
        )
    ),
)  # fmt: skip

PROFILES: dict[str, Profile] = {p.name: p for p in (OWL_RL, RDFS, RDF)}
