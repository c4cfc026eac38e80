from __future__ import annotations

import builtins

import pytest

from kgtool.errors import InconsistencyError, UsageError
from kgtool.project.sources import read_file
from kgtool.rdf.syntax import ntriples_term
from kgtool.reason import default_reasoner
from kgtool.reason.noise import says_something

PREFIXES = """
@prefix :     <urn:x:> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix rdf:  <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def triples(tmp_path, turtle: str):
    path = tmp_path / "a.ttl"
    path.write_text(PREFIXES + turtle)
    return read_file(path, "a.ttl").triples


def inferred(tmp_path, turtle: str) -> set[str]:
    """What follows, as lines; names in urn:x: are shortened."""
    found = default_reasoner().infer(triples(tmp_path, turtle))
    assert found == sorted(found, key=lambda t: tuple(map(ntriples_term, t)))
    return {" ".join(map(ntriples_term, t)).replace("urn:x:", "") for t in found}


TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@pytest.mark.parametrize(
    ("turtle", "line"),
    [
        (":A rdfs:subClassOf :B . :a a :A .", f"<a> {TYPE} <B>"),
        (":p rdfs:subPropertyOf :q . :a :p :b .", "<a> <q> <b>"),
        (":p owl:inverseOf :q . :a :p :b .", "<b> <q> <a>"),
        (":p a owl:SymmetricProperty . :a :p :b .", "<b> <p> <a>"),
        (":p a owl:TransitiveProperty . :a :p :b . :b :p :c .", "<a> <p> <c>"),
        (":p owl:propertyChainAxiom (:q :r) . :a :q :b . :b :r :c .", "<a> <p> <c>"),
        (":p rdfs:domain :A . :a :p 5 .", f"<a> {TYPE} <A>"),
        (":p rdfs:range :A . :a :p :b .", f"<b> {TYPE} <A>"),
        (":A owl:equivalentClass :B . :a a :B .", f"<a> {TYPE} <A>"),
        (
            ":p a owl:FunctionalProperty . :a :p :b , :c .",
            "<b> <http://www.w3.org/2002/07/owl#sameAs> <c>",
        ),
    ],
)
def test_what_owl_2_rl_entails_is_found(tmp_path, turtle, line):
    assert line in inferred(tmp_path, turtle)


def test_only_what_is_new_and_says_something_is_kept(tmp_path):
    assert inferred(tmp_path, ":A a owl:Class . :a a :A ; rdfs:label 'a'@en , 'b' .") == set()


def test_literals_keep_their_form(tmp_path):
    found = inferred(tmp_path, ":p rdfs:subPropertyOf :q . :a :p 007 , 'x'@en-GB , 1.50 .")
    assert '<a> <q> "007"^^<http://www.w3.org/2001/XMLSchema#integer>' in found
    assert '<a> <q> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>' in found
    assert any(line.lower() == '<a> <q> "x"@en-gb' for line in found)


def test_blank_nodes_are_the_ones_given(tmp_path):
    given = triples(tmp_path, ":A rdfs:subClassOf :B . [] a :A .")
    subject = given[1][0]
    assert [s for s, _, _ in default_reasoner().infer(given)] == [subject]


@pytest.mark.parametrize(
    "turtle",
    [
        ":A owl:disjointWith :B . :a a :A , :B .",
        ":a owl:sameAs :b ; owl:differentFrom :b .",
        ":p a owl:IrreflexiveProperty . :a :p :a .",
        ":a a owl:Nothing .",
    ],
)
def test_a_contradiction_is_an_error_that_names_the_clash(tmp_path, turtle):
    with pytest.raises(InconsistencyError, match="urn:x:a") as caught:
        default_reasoner().infer(triples(tmp_path, turtle))
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    "turtle",
    [
        ":a owl:sameAs :a",
        ":A rdfs:subClassOf :A",
        ":a a owl:Thing",
        ":A rdfs:subClassOf owl:Thing",
        "owl:Nothing rdfs:subClassOf :A",
        ":p rdfs:range rdfs:Resource",
        "rdfs:label a owl:AnnotationProperty",
    ],
)
def test_noise(tmp_path, turtle):
    assert not says_something(triples(tmp_path, turtle + " .")[0])


def test_a_missing_package_is_an_error_that_names_the_extra(monkeypatch):
    original = builtins.__import__

    def fail(name, *args, **kwargs):
        if name == "owlrl":
            raise ImportError("no module", name="owlrl")
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", fail)
    with pytest.raises(UsageError, match=r"pip install '\.\[reason\]'"):
        default_reasoner().infer([])
