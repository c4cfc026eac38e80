"""The OWL 2 RL/RDF rules (OWL 2 Profiles, 4.3, tables 4 to 9), RDFS's and RDF's, as data.

Four of the profile's kinds of rule are not here, because they are evaluated in ways of their own:

- eq-sym, eq-trans and eq-rep-* by representatives (:mod:`kgtool.reason.equality`);
- rules over lists, each list a rule (:mod:`kgtool.reason.lists`);
- dt-* by Python's values of literals (:mod:`kgtool.reason.datatypes`).

cax-eqc1, cax-eqc2, prp-eqp1 and prp-eqp2 are not needed: scm-eqc1 and scm-eqp1 make of an
equivalence two inclusions, and cax-sco and prp-spo1 do the rest.

``0`` and ``1`` stand for the literals of any integer datatype with that value.
"""

from __future__ import annotations

from kgtool.rdf.namespaces import RDF
from kgtool.reason.datatypes import DATATYPES
from kgtool.reason.rule import Atom, Rule, iri, rule

_R = rule

#: What follows from the schema alone (table 9).
SCHEMA_RULES: tuple[Rule, ...] = (
    _R("scm-cls", "?c a owl:Class",
       "?c rdfs:subClassOf ?c . ?c owl:equivalentClass ?c . "
       "?c rdfs:subClassOf owl:Thing . owl:Nothing rdfs:subClassOf ?c"),
    _R("scm-sco", "?a rdfs:subClassOf ?b . ?b rdfs:subClassOf ?c", "?a rdfs:subClassOf ?c"),
    _R("scm-eqc1", "?a owl:equivalentClass ?b", "?a rdfs:subClassOf ?b . ?b rdfs:subClassOf ?a"),
    _R("scm-eqc2", "?a rdfs:subClassOf ?b . ?b rdfs:subClassOf ?a", "?a owl:equivalentClass ?b"),
    _R("scm-op", "?p a owl:ObjectProperty",
       "?p rdfs:subPropertyOf ?p . ?p owl:equivalentProperty ?p"),
    _R("scm-dp", "?p a owl:DatatypeProperty",
       "?p rdfs:subPropertyOf ?p . ?p owl:equivalentProperty ?p"),
    _R("scm-spo", "?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?r",
       "?p rdfs:subPropertyOf ?r"),
    _R("scm-eqp1", "?p owl:equivalentProperty ?q",
       "?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?p"),
    _R("scm-eqp2", "?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?p",
       "?p owl:equivalentProperty ?q"),
    _R("scm-dom1", "?p rdfs:domain ?c . ?c rdfs:subClassOf ?d", "?p rdfs:domain ?d"),
    _R("scm-dom2", "?q rdfs:domain ?c . ?p rdfs:subPropertyOf ?q", "?p rdfs:domain ?c"),
    _R("scm-rng1", "?p rdfs:range ?c . ?c rdfs:subClassOf ?d", "?p rdfs:range ?d"),
    _R("scm-rng2", "?q rdfs:range ?c . ?p rdfs:subPropertyOf ?q", "?p rdfs:range ?c"),
    _R("scm-hv", "?a owl:hasValue ?i . ?a owl:onProperty ?p . ?b owl:hasValue ?i . "
       "?b owl:onProperty ?q . ?p rdfs:subPropertyOf ?q", "?a rdfs:subClassOf ?b"),
    _R("scm-svf1", "?a owl:someValuesFrom ?c . ?a owl:onProperty ?p . "
       "?b owl:someValuesFrom ?d . ?b owl:onProperty ?p . ?c rdfs:subClassOf ?d",
       "?a rdfs:subClassOf ?b"),
    _R("scm-svf2", "?a owl:someValuesFrom ?c . ?a owl:onProperty ?p . "
       "?b owl:someValuesFrom ?c . ?b owl:onProperty ?q . ?p rdfs:subPropertyOf ?q",
       "?a rdfs:subClassOf ?b"),
    _R("scm-avf1", "?a owl:allValuesFrom ?c . ?a owl:onProperty ?p . "
       "?b owl:allValuesFrom ?d . ?b owl:onProperty ?p . ?c rdfs:subClassOf ?d",
       "?a rdfs:subClassOf ?b"),
    _R("scm-avf2", "?a owl:allValuesFrom ?c . ?a owl:onProperty ?p . "
       "?b owl:allValuesFrom ?c . ?b owl:onProperty ?q . ?p rdfs:subPropertyOf ?q",
       "?b rdfs:subClassOf ?a"),
)  # fmt: skip

#: What follows from facts, and from the schema that the first atoms ask for (tables 4 to 7).
FACT_RULES: tuple[Rule, ...] = (
    _R("eq-ref", "?s ?p ?o",
       "?s owl:sameAs ?s . ?p owl:sameAs ?p . ?o owl:sameAs ?o", trivial=True),
    _R("prp-dom", "?p rdfs:domain ?c . ?x ?p ?y", "?x a ?c"),
    _R("prp-rng", "?p rdfs:range ?c . ?x ?p ?y", "?y a ?c"),
    _R("prp-fp", "?p a owl:FunctionalProperty . ?x ?p ?y . ?x ?p ?z . ?y != ?z",
       "?y owl:sameAs ?z"),
    _R("prp-ifp", "?p a owl:InverseFunctionalProperty . ?x ?p ?z . ?y ?p ?z . ?x != ?y",
       "?x owl:sameAs ?y"),
    _R("prp-symp", "?p a owl:SymmetricProperty . ?x ?p ?y", "?y ?p ?x"),
    _R("prp-trp", "?p a owl:TransitiveProperty . ?x ?p ?y . ?y ?p ?z", "?x ?p ?z"),
    _R("prp-spo1", "?p rdfs:subPropertyOf ?q . ?x ?p ?y", "?x ?q ?y"),
    _R("prp-inv1", "?p owl:inverseOf ?q . ?x ?p ?y", "?y ?q ?x"),
    _R("prp-inv2", "?p owl:inverseOf ?q . ?x ?q ?y", "?y ?p ?x"),
    _R("cls-svf1", "?c owl:someValuesFrom ?d . ?c owl:onProperty ?p . ?x ?p ?y . ?y a ?d",
       "?x a ?c"),
    _R("cls-svf2", "?c owl:someValuesFrom owl:Thing . ?c owl:onProperty ?p . ?x ?p ?y",
       "?x a ?c"),
    _R("cls-avf", "?c owl:allValuesFrom ?d . ?c owl:onProperty ?p . ?x a ?c . ?x ?p ?y",
       "?y a ?d"),
    _R("cls-hv1", "?c owl:hasValue ?y . ?c owl:onProperty ?p . ?x a ?c", "?x ?p ?y"),
    _R("cls-hv2", "?c owl:hasValue ?y . ?c owl:onProperty ?p . ?x ?p ?y", "?x a ?c"),
    _R("cls-maxc2", "?c owl:maxCardinality 1 . ?c owl:onProperty ?p . "
       "?x a ?c . ?x ?p ?y . ?x ?p ?z . ?y != ?z", "?y owl:sameAs ?z"),
    _R("cls-maxqc3", "?c owl:maxQualifiedCardinality 1 . ?c owl:onProperty ?p . "
       "?c owl:onClass ?d . ?x a ?c . ?x ?p ?y . ?y a ?d . ?x ?p ?z . ?z a ?d . ?y != ?z",
       "?y owl:sameAs ?z"),
    _R("cls-maxqc4", "?c owl:maxQualifiedCardinality 1 . ?c owl:onProperty ?p . "
       "?c owl:onClass owl:Thing . ?x a ?c . ?x ?p ?y . ?x ?p ?z . ?y != ?z",
       "?y owl:sameAs ?z"),
    _R("cax-sco", "?c rdfs:subClassOf ?d . ?x a ?c", "?x a ?d"),
)  # fmt: skip

#: Equality by copies (table 4), where it is not by representatives: for proofs.
EQUALITY_RULES: tuple[Rule, ...] = (
    _R("eq-sym", "?x owl:sameAs ?y", "?y owl:sameAs ?x"),
    _R("eq-trans", "?x owl:sameAs ?y . ?y owl:sameAs ?z", "?x owl:sameAs ?z"),
    _R("eq-rep", "?s owl:sameAs ?t . ?s ?p ?o", "?t ?p ?o"),
    _R("eq-rep", "?p owl:sameAs ?q . ?s ?p ?o", "?s ?q ?o"),
    _R("eq-rep", "?o owl:sameAs ?r . ?s ?p ?o", "?s ?p ?r"),
)

#: What must not be (tables 4 to 7). Of equal terms only the representative is left, so
#: eq-diff1 finds it different from itself.
CLASH_RULES: tuple[Rule, ...] = (
    _R("eq-diff1", "?x owl:differentFrom ?x"),
    _R("prp-irp", "?p a owl:IrreflexiveProperty . ?x ?p ?x"),
    _R("prp-asyp", "?p a owl:AsymmetricProperty . ?x ?p ?y . ?y ?p ?x"),
    _R("prp-pdw", "?p owl:propertyDisjointWith ?q . ?x ?p ?y . ?x ?q ?y"),
    _R("prp-npa1", "?n owl:sourceIndividual ?x . ?n owl:assertionProperty ?p . "
       "?n owl:targetIndividual ?y . ?x ?p ?y"),
    _R("prp-npa2", "?n owl:sourceIndividual ?x . ?n owl:assertionProperty ?p . "
       "?n owl:targetValue ?y . ?x ?p ?y"),
    _R("cls-nothing2", "?x a owl:Nothing"),
    _R("cls-com", "?c owl:complementOf ?d . ?x a ?c . ?x a ?d"),
    _R("cls-maxc1", "?c owl:maxCardinality 0 . ?c owl:onProperty ?p . ?x a ?c . ?x ?p ?y"),
    _R("cls-maxqc1", "?c owl:maxQualifiedCardinality 0 . ?c owl:onProperty ?p . "
       "?c owl:onClass ?d . ?x a ?c . ?x ?p ?y . ?y a ?d"),
    _R("cls-maxqc2", "?c owl:maxQualifiedCardinality 0 . ?c owl:onProperty ?p . "
       "?c owl:onClass owl:Thing . ?x a ?c . ?x ?p ?y"),
    _R("cax-dw", "?c owl:disjointWith ?d . ?x a ?c . ?x a ?d"),
)  # fmt: skip

_ANNOTATIONS = (
    "rdfs:label",
    "rdfs:comment",
    "rdfs:seeAlso",
    "rdfs:isDefinedBy",
    "owl:deprecated",
    "owl:versionInfo",
    "owl:priorVersion",
    "owl:backwardCompatibleWith",
    "owl:incompatibleWith",
)

#: Triples of every graph: prp-ap, cls-thing, cls-nothing1 and dt-type1.
AXIOMS: tuple[Rule, ...] = (
    *(_R("prp-ap", "", f"{name} a owl:AnnotationProperty", trivial=True) for name in _ANNOTATIONS),
    _R("cls-thing", "", "owl:Thing a owl:Class", trivial=True),
    _R("cls-nothing1", "", "owl:Nothing a owl:Class", trivial=True),
    *(
        Rule("dt-type1", (), (Atom(name, RDF.type, iri("rdfs:Datatype")),), trivial=True)
        for name in DATATYPES
    ),
)

#: Rules whose triples another rule need not look at again: with the schema closed under a third,
#: where the profile has that, all that would follow was derived beside them.
SATURATED: dict[str, dict[str, str | None]] = {
    "cax-sco": {"cax-sco": "scm-sco", "prp-dom": "scm-dom1", "prp-rng": "scm-rng1"},
    "prp-spo1": {"prp-spo1": "scm-spo"},
    "prp-dom": {"prp-spo1": "scm-dom2"},
    "prp-rng": {"prp-spo1": "scm-rng2"},
    "prp-symp": {"prp-symp": None},
}
#: The same for the inverses of inverses, where no property has two.
MIRRORED: dict[str, tuple[str, ...]] = {
    "prp-inv1": ("prp-inv1", "prp-inv2"),
    "prp-inv2": ("prp-inv1", "prp-inv2"),
}
