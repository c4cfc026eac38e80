"""What follows from added triples is what a whole inference says, or nothing is said."""

from __future__ import annotations

import os
from random import Random

import pytest

from kgtool.errors import InconsistencyError
from kgtool.rdf.terms import IRI
from kgtool.reason.additions import ClosedGraph
from kgtool.reason.memory import Triple
from tests.reason.closing import Closed, triples
from tests.reason.random_graphs import GraphGenerator

SEEDS = range(int(os.environ.get("KGTOOL_FUZZ", "600")) // 12)
ONTOLOGY = """
:p0 a owl:TransitiveProperty . :p1 owl:inverseOf :p2 .
:p5 a owl:SymmetricProperty ; rdfs:domain :C0 .
:p4 owl:propertyChainAxiom (:p0 :p1) . :C0 rdfs:subClassOf :C1 . :C4 owl:disjointWith :C5 .
:C2 owl:equivalentClass [ owl:onProperty :p0 ; owl:someValuesFrom :C1 ] . :C3 owl:hasKey (:p4) .
:p3 a owl:FunctionalProperty ; rdfs:range xsd:integer . :n9 a :C0 ; :p0 :n8 .
"""


def names(given: list[Triple]) -> list[str]:
    return [x.value for triple in given for x in triple if isinstance(x, IRI)]


def check(ontology: list[Triple], added: list[Triple]) -> bool | None:
    """Compare with a whole inference; False for nothing said, None where none can be made."""
    try:
        graph = ClosedGraph(ontology, names(added))
    except InconsistencyError:
        with Closed(ontology) as closed:
            assert closed.clashes
        return None
    with Closed(ontology) as closed:
        assert set(graph.inferred) == closed.inferred
        before = closed.inferred
    found = graph.entailed(added)
    if found is None:
        return False
    assert len(found) == len(set(found))
    with Closed(list(dict.fromkeys([*ontology, *added]))) as closed:
        assert not closed.clashes
        # What was inferred before and is now asserted is no more inferred.
        assert {*found, *before} - set(added) == closed.inferred
    return True


@pytest.mark.parametrize("seed", SEEDS)
def test_random_facts_added_to_random_schemas(seed: int) -> None:
    random = Random(seed)
    given = triples(GraphGenerator(random).turtle())
    facts = [t for t in given if str(t[0]).startswith("<urn:x:n") and "#" not in str(t[1])]
    added = random.sample(facts, min(len(facts), 4))
    check([t for t in given if t not in added], added)


@pytest.mark.parametrize(
    "added",
    [
        ":a :p0 :b . :b :p0 :c .",
        ":a :p0 :n9 .",
        ":a :p0 :b . :b :p1 :c .",
        ":a :p1 :b ; :p5 :c , :a .",
        ":a :p5 :b . :c :p0 :a .",
        ":a :p3 5 .",
        ":a :p3 5 , 5 .",
        ":a rdfs:label 'x'@en ; :other [] .",
        ":n9 a :C1 .",
        ":n9 a :C0 ; :p0 :n8 .",
        ":a a owl:Thing ; owl:sameAs :a .",
        "",
    ],
)
def test_facts_are_closed(added: str) -> None:
    assert check(triples(ONTOLOGY), triples(added)) is True


@pytest.mark.parametrize(
    "added",
    [
        ":C1 rdfs:subClassOf :C7 .",
        ":p7 a owl:TransitiveProperty .",
        ":a owl:sameAs :b .",
        ":a :p3 5 , 6 .",
        ":a :p3 'five' .",
        ":a :p3 '5.5'^^xsd:decimal .",
        ":a :p3 'x'^^xsd:integer .",
        ":a a :C4 , :C5 .",
        ":a a :C3 ; :p4 :k . :b a :C3 ; :p4 :k .",
        ":a :p (1 2) .",
    ],
)
def test_what_is_more_than_a_fact_is_left_to_an_inference(added: str) -> None:
    assert check(triples(ONTOLOGY), triples(added)) is False


def test_most_random_facts_are_closed() -> None:
    told = []
    for seed in range(20):
        random = Random(seed)
        given = triples(GraphGenerator(random, literals=False, keys=False).turtle())
        facts = [t for t in given if str(t[0]).startswith("<urn:x:n") and "#" not in str(t[1])]
        told.append(check([t for t in given if t not in facts[-2:]], facts[-2:]))
    known = [each for each in told if each is not None]
    assert sum(known) > len(known) / 3


def test_additions_leave_nothing_behind() -> None:
    graph = ClosedGraph(triples(ONTOLOGY), names(triples(":a :p0 :b . :b :p0 :c .")))
    first = triples(":a :p0 :b .")
    assert graph.entailed(first) == []
    assert graph.entailed(triples(":b :p0 :c .")) == []
    assert graph.entailed(triples(":a :p0 :b . :b :p0 :c .")) == triples(":a :p0 :c .")
    assert graph.entailed(first) == []


def test_a_contradiction_in_the_graph_itself_is_told() -> None:
    with pytest.raises(InconsistencyError, match="two disjoint classes"):
        ClosedGraph(triples(ONTOLOGY + ":a a :C4 , :C5 ."))
