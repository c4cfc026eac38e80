"""Proofs: their leaves are asserted, and each step is an instance of its rule."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from kgtool.project.checking import read_sources
from kgtool.project.folder import Project
from kgtool.project.sources import unique_triples
from kgtool.rdf.terms import BlankNode
from kgtool.reason.proof import ASSERTED, Step
from tests.reason.closing import Closed, triples
from tests.reason.random_graphs import GraphGenerator

ROOT = Path(__file__).parents[2]
SEEDS = range(int(os.environ.get("KGTOOL_FUZZ", "600")) // 100)


def steps(proof: Step) -> Iterator[Step]:
    yield proof
    for premise in proof.premises:
        yield from steps(premise)


def check_proofs(closed: Closed) -> None:
    """Every inferred triple has a proof, whose steps follow from their premises alone."""
    given = set(closed.given)
    checked: set[Step] = set()
    lists = [t for t in closed.given if isinstance(t[0], BlankNode)]
    for triple in sorted(closed.inferred, key=str):
        proof = closed.proof(triple)
        assert proof is not None, triple
        assert closed.named(proof.triple) == triple
        for step in set(steps(proof)) - checked:
            checked.add(step)
            told = closed.named(step.triple)
            if step.rule == ASSERTED:
                assert told in given
                assert not step.premises
                continue
            # The nodes of a list are part of the triple with the list.
            alone = [*(closed.named(premise.triple) for premise in step.premises), *lists]
            with Closed(alone, complete=True) as small:
                assert told in small.inferred or told in alone, (told, step.rule)


@pytest.mark.parametrize("seed", SEEDS)
def test_copies_close_as_representatives_do(seed: int) -> None:
    graph = GraphGenerator(Random(seed)).turtle()
    with Closed(graph) as one, Closed(one.given, copies=True) as other:
        assert one.inferred == other.inferred


@pytest.mark.parametrize("seed", SEEDS)
def test_random_graphs(seed: int) -> None:
    with Closed(GraphGenerator(Random(seed)).turtle(), copies=True) as closed:
        check_proofs(closed)


def proof_of(graph: str, triple: str) -> tuple[Closed, Step]:
    closed = Closed(graph, copies=True)
    proof = closed.proof(triples(triple)[0])
    assert proof is not None
    return closed, proof


def test_a_proof_goes_down_to_what_is_asserted() -> None:
    graph = ":C rdfs:subClassOf :D . :D rdfs:subClassOf :E . :p rdfs:domain :C . :a :p :b ."
    closed, proof = proof_of(graph, ":a a :E .")
    with closed:
        leaves = {closed.named(s.triple) for s in steps(proof) if s.rule == ASSERTED}
    assert leaves == set(closed.given)


def test_what_is_asserted_is_its_own_proof() -> None:
    closed, proof = proof_of(":a :p :b . :p a owl:SymmetricProperty . :b :p :a .", ":a :p :b .")
    with closed:
        assert (proof.rule, proof.premises) == (ASSERTED, ())


def test_equality_is_a_chain_of_what_was_said() -> None:
    closed, proof = proof_of(":a owl:sameAs :b . :c owl:sameAs :b .", ":a owl:sameAs :c .")
    with closed:
        assert [step.rule for step in steps(proof)] == ["eq-trans", ASSERTED, "eq-sym", ASSERTED]


def test_what_holds_of_the_same_is_told_with_why_it_is_the_same() -> None:
    closed, proof = proof_of(":a owl:sameAs :b ; :p :c .", ":b :p :c .")
    with closed:
        assert proof.rule == "eq-rep"
        told = {closed.named(premise.triple) for premise in proof.premises}
    assert set(triples(":a :p :c .")) < told
    assert len(told) == 2


def test_the_members_of_a_list_are_those_asserted() -> None:
    graph = ":C owl:oneOf (:b :c) . :a owl:sameAs :b . :z owl:sameAs :c ."
    for member in (":a", ":z"):
        closed, proof = proof_of(graph, f"{member} a :C .")
        with closed:
            assert proof.rule == "eq-rep"
            check_proofs(closed)


def test_what_does_not_follow_has_no_proof() -> None:
    with Closed(":a :p :b . :C rdfs:subClassOf :D .", copies=True) as closed:
        for text in (":b :p :a .", ":a a :D .", ":a owl:sameAs :b ."):
            assert closed.proof(triples(text)[0]) is None


def test_a_circle_of_rules_has_a_proof_that_ends() -> None:
    graph = ":p owl:inverseOf :q . :q rdfs:subPropertyOf :p . :C owl:equivalentClass :D . " \
            ":p rdfs:domain :C ; rdfs:range :D . :a :p :b ."  # fmt: skip
    with Closed(graph, copies=True) as closed:
        check_proofs(closed)


def test_the_shipped_graph() -> None:
    """Every inferred triple of the project of this repository has a proof to its files."""
    sources = read_sources(Project(ROOT))
    given = list(unique_triples(sources.asserted))
    with Closed(given) as closed, Closed(given, copies=True) as proving:
        assert closed.inferred
        leaves: set[Step] = set()
        for triple in closed.inferred:
            proof = proving.proof(triple)
            assert proof is not None, triple
            assert proof.rule != ASSERTED
            leaves |= {step for step in steps(proof) if not step.premises}
        assert {step.rule for step in leaves} == {ASSERTED}
        assert {proving.named(step.triple) for step in leaves} <= set(given)
