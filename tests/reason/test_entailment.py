"""Whether a graph entails another, also where no rule derives what it says."""

from __future__ import annotations

import pytest

from kgtool.reason import RDF, RDFS, entails
from tests.reason.closing import triples

FOLLOWS = [
    # Denials.
    (":a owl:differentFrom :b .", ":b owl:differentFrom :a ."),
    (
        ":p a owl:FunctionalProperty . :a :p 1 . :b :p 2 .",
        ":a owl:differentFrom :b .",
    ),
    (
        ":C owl:disjointWith :D . :a a :C . :b a :D .",
        "[] a owl:AllDifferent ; owl:members (:a :b) .",
    ),
    (":C owl:disjointWith :D . :a a :C .", ":a a [ a owl:Class ; owl:complementOf :D ] ."),
    ("[] a owl:AllDisjointClasses ; owl:members (:C :D) .", ":C owl:disjointWith :D ."),
    (
        ":p owl:propertyDisjointWith :q . :r rdfs:subPropertyOf :p .",
        "[] a owl:AllDisjointProperties ; owl:members (:r :q) .",
    ),
    # What is said of all.
    (":p owl:propertyChainAxiom (:p :p) .", ":p a owl:TransitiveProperty ."),
    (":p owl:inverseOf :p .", ":p a owl:SymmetricProperty ."),
    (":p owl:inverseOf :q . :q a owl:FunctionalProperty .", ":p a owl:InverseFunctionalProperty ."),
    (":p rdfs:subPropertyOf :q . :q a owl:FunctionalProperty .", ":p a owl:FunctionalProperty ."),
    (":p rdfs:subPropertyOf :q . :q a owl:AsymmetricProperty .", ":p a owl:AsymmetricProperty ."),
    (":p a owl:AsymmetricProperty .", ":p a owl:IrreflexiveProperty ."),
    (":C owl:intersectionOf (:D :E) . :X rdfs:subClassOf :D , :E .", ":X rdfs:subClassOf :C ."),
    (":p owl:propertyChainAxiom (:q) .", ":q rdfs:subPropertyOf :p ."),
    (":p owl:inverseOf :q . :q rdfs:range :C .", ":p rdfs:domain :C ."),
    (":p owl:inverseOf :q . :q rdfs:domain :C .", ":p rdfs:range :C ."),
    (":p a owl:ReflexiveProperty .", ":a :p :a ."),
    # Datatypes.
    (":p rdfs:range xsd:byte .", ":p rdfs:range xsd:int ."),
    (":p rdfs:range xsd:positiveInteger , xsd:byte .", ":p rdfs:range xsd:unsignedShort ."),
    # Class expressions that nobody asserts.
    (":C a owl:Class .", "[] a owl:Class ; owl:unionOf (:C) ."),
    (":a :p :b . :b a :C .", ":a a [ owl:onProperty :p ; owl:someValuesFrom :C ] ."),
    # Blank nodes stand for anything.
    (":a :p :b . :b :q :c .", ":a :p _:x . _:x :q _:y ."),
    # A contradiction entails everything.
    (":a a owl:Nothing .", ":x :y :z ."),
    ("", ""),
]
DOES_NOT = [
    ("", ":a :p :b ."),
    (":a :p :b . :c :q :d .", ":a :p _:x . _:x :q :d ."),
    (":p a owl:FunctionalProperty . :a :p :x . :b :p :y .", ":a owl:differentFrom :b ."),
    (":C owl:disjointWith :D . :a a :C .", ":a a [ owl:complementOf :E ] ."),
    (":p owl:propertyChainAxiom (:p :q) .", ":p a owl:TransitiveProperty ."),
    (":p rdfs:range xsd:int .", ":p rdfs:range xsd:byte ."),
    (":p rdfs:range xsd:nonNegativeInteger .", ":p rdfs:range xsd:unsignedInt ."),
    (":p rdfs:range xsd:string .", ":p rdfs:range xsd:integer ."),
    # What describes itself by itself is no class expression.
    (":a a :C .", ":a a _:c . _:c owl:complementOf _:c ."),
    (":a a :C .", "_:l rdf:first :a ; rdf:rest _:l ."),
    (":a a :C .", "[] owl:onProperty :p ; owl:someValuesFrom :C ; :label 'x' ."),
    (":a a :C .", "[] a owl:AllDifferent ; owl:members (:a :b) ."),
]


@pytest.mark.parametrize(("premise", "conclusion"), FOLLOWS)
def test_follows(premise: str, conclusion: str) -> None:
    assert entails(triples(premise), triples(conclusion))


@pytest.mark.parametrize(("premise", "conclusion"), DOES_NOT)
def test_does_not_follow(premise: str, conclusion: str) -> None:
    assert not entails(triples(premise), triples(conclusion))


def test_rdfs_derives_what_its_rules_do_and_no_more() -> None:
    premise = triples(":p rdfs:subPropertyOf :q . :q rdfs:domain :C . :a :p :b .")
    assert entails(premise, triples(":a a :C ."), RDFS)
    assert not entails(premise, triples(":p rdfs:domain :C ."), RDFS)


def test_membership_properties_are_such_as_are_named() -> None:
    assert entails([], triples("rdf:_7 a rdf:Property ."), RDF)
    assert entails(triples(":a rdf:_1 :b ."), triples(":a rdfs:member :b ."), RDFS)
    for name in ("rdf:_0", "rdf:_01", "rdf:_x", "rdf:first"):
        conclusion = triples(f"{name} a rdfs:ContainerMembershipProperty .")
        assert not entails([], conclusion, RDFS), name
