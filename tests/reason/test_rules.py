"""Every rule derives what it says, and needs all that it asks for."""

from __future__ import annotations

import pytest

from kgtool.reason import OWL_RL, RDF, RDFS, Profile
from kgtool.reason.closure import _OTHERS
from kgtool.reason.words import WORDS
from tests.reason.closing import Closed, triples

#: By rule: a graph, and what follows from it by that rule.
OWL_CASES = {
    "eq-rep": (":a owl:sameAs :b ; :p :c .", ":b :p :c ."),
    "eq-sym": (":a owl:sameAs :b .", ":b owl:sameAs :a ."),
    "eq-trans": (":a owl:sameAs :b . :b owl:sameAs :c .", ":a owl:sameAs :c ."),
    "prp-dom": (":p rdfs:domain :C . :a :p :b .", ":a a :C ."),
    "prp-rng": (":p rdfs:range :C . :a :p :b .", ":b a :C ."),
    "prp-fp": (":p a owl:FunctionalProperty . :a :p :b , :c .", ":b owl:sameAs :c ."),
    "prp-ifp": (
        ":p a owl:InverseFunctionalProperty . :a :p :c . :b :p :c .",
        ":a owl:sameAs :b .",
    ),
    "prp-symp": (":p a owl:SymmetricProperty . :a :p :b .", ":b :p :a ."),
    "prp-trp": (":p a owl:TransitiveProperty . :a :p :b . :b :p :c .", ":a :p :c ."),
    "prp-spo1": (":p rdfs:subPropertyOf :q . :a :p :b .", ":a :q :b ."),
    "prp-spo2": (
        ":p owl:propertyChainAxiom (:q :r :s) . :a :q :b . :b :r :c . :c :s :d .",
        ":a :p :d .",
    ),
    "prp-inv1": (":p owl:inverseOf :q . :a :p :b .", ":b :q :a ."),
    "prp-inv2": (":p owl:inverseOf :q . :a :q :b .", ":b :p :a ."),
    "prp-key": (
        ":C owl:hasKey (:p :q) . :a a :C ; :p 1 ; :q :k . :b a :C ; :p 1 ; :q :k .",
        ":a owl:sameAs :b .",
    ),
    "cls-int1": (":C owl:intersectionOf (:D :E) . :a a :D , :E .", ":a a :C ."),
    "cls-svf1": (
        ":C owl:someValuesFrom :D ; owl:onProperty :p . :a :p :b . :b a :D .",
        ":a a :C .",
    ),
    "cls-svf2": (
        ":C owl:someValuesFrom owl:Thing ; owl:onProperty :p . :a :p :b .",
        ":a a :C .",
    ),
    "cls-avf": (
        ":C owl:allValuesFrom :D ; owl:onProperty :p . :a a :C ; :p :b .",
        ":b a :D .",
    ),
    "cls-hv1": (":C owl:hasValue :b ; owl:onProperty :p . :a a :C .", ":a :p :b ."),
    "cls-hv2": (":C owl:hasValue :b ; owl:onProperty :p . :a :p :b .", ":a a :C ."),
    "cls-maxc2": (
        ":C owl:maxCardinality 1 ; owl:onProperty :p . :a a :C ; :p :b , :c .",
        ":b owl:sameAs :c .",
    ),
    "cls-maxqc3": (
        ":C owl:maxQualifiedCardinality '1'^^xsd:nonNegativeInteger ; owl:onProperty :p ; "
        "owl:onClass :D . :a a :C ; :p :b , :c . :b a :D . :c a :D .",
        ":b owl:sameAs :c .",
    ),
    "cls-maxqc4": (
        ":C owl:maxQualifiedCardinality 1 ; owl:onProperty :p ; owl:onClass owl:Thing . "
        ":a a :C ; :p :b , :c .",
        ":b owl:sameAs :c .",
    ),
    "cls-oo": (":C owl:oneOf (:a :b) .", ":b a :C ."),
    "cax-sco": (":C rdfs:subClassOf :D . :a a :C .", ":a a :D ."),
    "scm-sco": (
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .",
        ":C rdfs:subClassOf :E .",
    ),
    "scm-eqc1": (":C owl:equivalentClass :D .", ":C rdfs:subClassOf :D ."),
    "scm-eqc2": (
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .",
        ":C owl:equivalentClass :D .",
    ),
    "scm-spo": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        ":p rdfs:subPropertyOf :r .",
    ),
    "scm-eqp1": (":p owl:equivalentProperty :q .", ":p rdfs:subPropertyOf :q ."),
    "scm-eqp2": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
        ":p owl:equivalentProperty :q .",
    ),
    "scm-dom1": (":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D ."),
    "scm-dom2": (":q rdfs:domain :C . :p rdfs:subPropertyOf :q .", ":p rdfs:domain :C ."),
    "scm-rng1": (":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:range :D ."),
    "scm-rng2": (":q rdfs:range :C . :p rdfs:subPropertyOf :q .", ":p rdfs:range :C ."),
    "scm-hv": (
        ":C owl:hasValue :i ; owl:onProperty :p . :D owl:hasValue :i ; owl:onProperty :q . "
        ":p rdfs:subPropertyOf :q .",
        ":C rdfs:subClassOf :D .",
    ),
    "scm-svf1": (
        ":C owl:someValuesFrom :A ; owl:onProperty :p . :D owl:someValuesFrom :B ; "
        "owl:onProperty :p . :A rdfs:subClassOf :B .",
        ":C rdfs:subClassOf :D .",
    ),
    "scm-svf2": (
        ":C owl:someValuesFrom :A ; owl:onProperty :p . :D owl:someValuesFrom :A ; "
        "owl:onProperty :q . :p rdfs:subPropertyOf :q .",
        ":C rdfs:subClassOf :D .",
    ),
    "scm-avf1": (
        ":C owl:allValuesFrom :A ; owl:onProperty :p . :D owl:allValuesFrom :B ; "
        "owl:onProperty :p . :A rdfs:subClassOf :B .",
        ":C rdfs:subClassOf :D .",
    ),
    "scm-avf2": (
        ":C owl:allValuesFrom :A ; owl:onProperty :p . :D owl:allValuesFrom :A ; "
        "owl:onProperty :q . :p rdfs:subPropertyOf :q .",
        ":D rdfs:subClassOf :C .",
    ),
    "scm-int": (":C owl:intersectionOf (:D :E) .", ":C rdfs:subClassOf :E ."),
    "scm-uni": (":C owl:unionOf (:D :E) .", ":E rdfs:subClassOf :C ."),
}
#: The same of what is true of every graph, and not kept.
OWL_TRIVIAL = {
    "eq-ref": (":a :p :b .", ":p owl:sameAs :p ."),
    "prp-ap": (":a :p :b .", "rdfs:label a owl:AnnotationProperty ."),
    "cls-thing": ("", "owl:Thing a owl:Class ."),
    "cls-nothing1": ("", "owl:Nothing a owl:Class ."),
    "dt-type1": ("", "xsd:integer a rdfs:Datatype ."),
    "scm-cls": (":C a owl:Class .", ":C rdfs:subClassOf owl:Thing ."),
    "scm-op": (":p a owl:ObjectProperty .", ":p rdfs:subPropertyOf :p ."),
    "scm-dp": (":p a owl:DatatypeProperty .", ":p owl:equivalentProperty :p ."),
}
RDFS_CASES = {
    "prp-dom": (":p rdfs:domain :C . :a :p :b .", ":a a :C ."),
    "prp-rng": (":p rdfs:range :C . :a :p :b .", ":b a :C ."),
    "prp-spo1": (":p rdfs:subPropertyOf :q . :a :p :b .", ":a :q :b ."),
    "cax-sco": (":C rdfs:subClassOf :D . :a a :C .", ":a a :D ."),
    "scm-sco": (
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .",
        ":C rdfs:subClassOf :E .",
    ),
    "scm-spo": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        ":p rdfs:subPropertyOf :r .",
    ),
    "rdfD2": (":a :p :b .", ":p a rdf:Property ."),
    "rdfs12": (
        ":p a rdfs:ContainerMembershipProperty .",
        ":p rdfs:subPropertyOf rdfs:member .",
    ),
    "rdfs13": (":D a rdfs:Datatype .", ":D rdfs:subClassOf rdfs:Literal ."),
}
RDFS_TRIVIAL = {
    "rdfs4": (":a :p :b .", ":b a rdfs:Resource ."),
    "rdfs6": (":p a rdf:Property .", ":p rdfs:subPropertyOf :p ."),
    "rdfs8": (":C a rdfs:Class .", ":C rdfs:subClassOf rdfs:Resource ."),
    "rdfs10": (":C a rdfs:Class .", ":C rdfs:subClassOf :C ."),
    "rdfs-axiom": (":a rdf:_7 :b .", "rdf:_7 a rdfs:ContainerMembershipProperty ."),
}
CASES = [
    (profile, name, graph, entailed, complete)
    for profile, cases, complete in (
        (OWL_RL, OWL_CASES, False),
        (OWL_RL, OWL_TRIVIAL, True),
        (RDFS, RDFS_CASES, False),
        (RDFS, RDFS_TRIVIAL, True),
        (RDF, {"rdfD2": RDFS_CASES["rdfD2"]}, False),
    )
    for name, (graph, entailed) in cases.items()
]
#: Steps that literals take; see test_literals.py.
OF_LITERALS = {"dt-type2", "dt-eq", "dt-diff"}


@pytest.mark.parametrize(
    ("profile", "name", "graph", "entailed", "complete"),
    CASES,
    ids=[f"{profile.name} {name}" for profile, name, *_ in CASES],
)
def test_rule(profile: Profile, name: str, graph: str, entailed: str, complete: bool) -> None:
    (expected,) = triples(entailed)
    with Closed(graph, profile, complete=complete, copies=True) as closed:
        assert expected in closed.inferred
        proof = closed.proof(expected)
        assert proof is not None
        assert proof.rule == name


@pytest.mark.parametrize(
    ("graph", "entailed"), OWL_CASES.values(), ids=[f"owl-rl {name}" for name in OWL_CASES]
)
def test_without_any_of_its_premises_nothing_follows(graph: str, entailed: str) -> None:
    (expected,) = triples(entailed)
    given = triples(graph)
    for missing in given:
        with Closed([t for t in given if t != missing]) as closed:
            assert expected not in closed.inferred, missing


def test_every_rule_has_its_case() -> None:
    owl = {rule.name for rule in (*OWL_RL.axioms, *OWL_RL.schema, *OWL_RL.facts)}
    others = set(_OTHERS) - OF_LITERALS - {"rdfs-axiom"}
    assert owl | others | {"eq-sym", "eq-trans"} == {*OWL_CASES, *OWL_TRIVIAL}
    rdfs = {rule.name for rule in (*RDFS.axioms, *RDFS.schema, *RDFS.facts)}
    assert rdfs == {*RDFS_CASES, *RDFS_TRIVIAL}


def test_every_rule_is_told_in_words() -> None:
    trivial = {rule.name for rule in (*OWL_RL.axioms, *RDFS.axioms, *RDFS.facts) if rule.trivial}
    assert {name for _, name, *_ in CASES} - trivial <= set(WORDS)


def test_rdfs_looks_at_what_properties_below_imply() -> None:
    """RDFS gives no domain to a property below another, so its subjects are typed through it."""
    graph = ":p rdfs:subPropertyOf :q . :q rdfs:domain :C ; rdfs:range :D . :a :p :b ."
    expected = triples(":a :q :b ; a :C . :b a :D .")
    with Closed(graph, RDFS) as closed:
        assert set(expected) <= closed.inferred
        assert triples(":p rdfs:domain :C .")[0] not in closed.inferred


def test_a_list_that_is_not_whole_says_nothing() -> None:
    graph = ":C owl:unionOf _:l . _:l rdf:first :D ; rdf:rest _:m . _:m rdf:first :E ."
    with Closed(graph) as closed:
        assert closed.inferred == set()


def test_a_list_with_a_circle_ends() -> None:
    graph = ":C owl:unionOf _:l . _:l rdf:first :D ; rdf:rest _:l ."
    with Closed(graph) as closed:
        assert closed.inferred == set()


def test_what_follows_may_make_the_schema() -> None:
    """:p becomes transitive, and a chain's list is made whole, by other rules."""
    graph = (
        ":K rdfs:subClassOf owl:TransitiveProperty . :p a :K . :a :p :b . :b :p :c . "
        ":end rdfs:subPropertyOf rdf:rest . :q owl:propertyChainAxiom _:l . "
        "_:l rdf:first :p ; :end rdf:nil ."
    )
    with Closed(graph) as closed:
        assert set(triples(":p a owl:TransitiveProperty . :a :p :c ; :q :c .")) <= closed.inferred
