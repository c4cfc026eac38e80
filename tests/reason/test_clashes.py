"""Every contradiction is found, and the triples that clash are named."""

from __future__ import annotations

import pytest

from kgtool.errors import InconsistencyError
from kgtool.reason.clashes import _WORDS
from tests.reason.closing import Closed, triples

#: By rule: a graph, and triples of it that clash.
CASES = {
    "eq-diff1": (":a owl:sameAs :b ; owl:differentFrom :b .", ":a owl:differentFrom :a ."),
    "eq-diff2": (
        "[] a owl:AllDifferent ; owl:members (:a :b :c) . :a owl:sameAs :c .",
        ":a owl:sameAs :a ; owl:differentFrom :a .",
    ),
    "prp-irp": (":p a owl:IrreflexiveProperty . :a :p :a .", ":a :p :a ."),
    "prp-asyp": (
        ":p a owl:AsymmetricProperty . :a :p :b . :b :p :a .",
        ":a :p :b . :b :p :a .",
    ),
    "prp-pdw": (":p owl:propertyDisjointWith :q . :a :p :b ; :q :b .", ":a :p :b ; :q :b ."),
    "prp-adp": (
        "[] a owl:AllDisjointProperties ; owl:members (:p :q :r) . :a :p :b ; :r :b .",
        ":a :p :b ; :r :b .",
    ),
    "prp-npa1": (
        "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetIndividual :b . "
        ":a :p :b .",
        ":a :p :b .",
    ),
    "prp-npa2": (
        "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetValue 5 . :a :p 5 .",
        ":a :p 5 .",
    ),
    "cls-nothing2": (":a a owl:Nothing .", ":a a owl:Nothing ."),
    "cls-com": (":C owl:complementOf :D . :a a :C , :D .", ":a a :C , :D ."),
    "cls-maxc1": (
        ":C owl:maxCardinality 0 ; owl:onProperty :p . :a a :C ; :p :b .",
        ":a a :C ; :p :b .",
    ),
    "cls-maxqc1": (
        ":C owl:maxQualifiedCardinality 0 ; owl:onProperty :p ; owl:onClass :D . "
        ":a a :C ; :p :b . :b a :D .",
        ":a a :C ; :p :b . :b a :D .",
    ),
    "cls-maxqc2": (
        ":C owl:maxQualifiedCardinality 0 ; owl:onProperty :p ; owl:onClass owl:Thing . "
        ":a a :C ; :p :b .",
        ":a a :C ; :p :b .",
    ),
    "cax-dw": (":C owl:disjointWith :D . :a a :C , :D .", ":a a :C , :D ."),
    "cax-adc": (
        "[] a owl:AllDisjointClasses ; owl:members (:C :D :E) . :a a :C , :E .",
        ":a a :C , :E .",
    ),
    "dt-not-type": (":a :p 'x'^^xsd:integer .", ":a :p 'x'^^xsd:integer ."),
    "dt-diff": (
        ":p a owl:FunctionalProperty . :a :p 1 , 2 .",
        None,
    ),
}


@pytest.mark.parametrize(("name", "graph", "clash"), [(n, *case) for n, case in CASES.items()])
def test_clash(name: str, graph: str, clash: str | None) -> None:
    with Closed(graph) as closed:
        found = {each.rule: set(each.triples) for each in closed.clashes}
        assert list(found) == [name]
        if clash is not None:
            assert found[name] == set(triples(clash))
        with pytest.raises(InconsistencyError, match=_WORDS[name]) as caught:
            closed.inference.raise_clashes()
        assert caught.value.exit_code == 3
        for triple in found[name]:
            assert all(str(term) in str(caught.value) for term in triple)


@pytest.mark.parametrize("name", CASES)
def test_without_any_of_its_triples_nothing_clashes(name: str) -> None:
    given = triples(CASES[name][0])
    for missing in given:
        with Closed([t for t in given if t != missing]) as closed:
            assert closed.clashes == [], missing


def test_every_contradiction_has_its_case() -> None:
    assert set(CASES) == set(_WORDS)


@pytest.mark.parametrize(
    "graph",
    [
        # Found only in what follows.
        ":p rdfs:range :C . :C owl:disjointWith :D . :a :p :b . :b a :D .",
        ":C rdfs:subClassOf owl:Nothing . :a a :C .",
        ":a owl:sameAs :b . :b owl:sameAs :c . :c owl:differentFrom :a .",
        "[] a owl:AllDifferent ; owl:distinctMembers (:a :a) .",
        # Literals.
        ":p rdfs:range xsd:integer . :a :p 'x' .",
        ":p rdfs:range xsd:byte . :a :p 128 .",
        ":p rdfs:range xsd:date . :p rdfs:range xsd:dateTime . :a :p 1 .",
        ":a owl:sameAs 1 , 2 .",
        ":a a xsd:integer ; owl:sameAs 'x' .",
        ":q rdfs:range [ owl:oneOf (1 2) ] . :a owl:sameAs 1 ; owl:differentFrom 1 .",
    ],
)
def test_contradiction(graph: str) -> None:
    with Closed(graph) as closed:
        assert closed.clashes


@pytest.mark.parametrize(
    "graph",
    [
        "",
        ":a owl:sameAs 1 , 1.0 , '01'^^xsd:int .",
        ":p rdfs:range xsd:integer . :a :p 5 , '5'^^xsd:byte .",
        ":p rdfs:range rdfs:Literal . :a :p 5 , 'x'@en , '1'^^<urn:x:datatype> .",
        ":p rdfs:range <urn:x:datatype> . :a :p 5 .",
        ":C owl:disjointWith :D . :a a :C . :b a :D .",
        ":p a owl:AsymmetricProperty , owl:IrreflexiveProperty . :a :p :b .",
        ":C owl:maxCardinality 2 ; owl:onProperty :p . :a a :C ; :p 1 , 2 , 3 .",
    ],
)
def test_no_contradiction(graph: str) -> None:
    with Closed(graph) as closed:
        assert closed.clashes == []


def test_so_many_clashes_of_one_rule_are_told() -> None:
    many = " ".join(f":a{i} a :C , :D ." for i in range(50))
    with Closed(f":C owl:disjointWith :D . {many} :x a owl:Nothing .") as closed:
        rules = [clash.rule for clash in closed.clashes]
    assert rules.count("cax-dw") == 10
    assert rules.count("cls-nothing2") == 1
