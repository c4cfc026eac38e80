"""Another event of the war fits the ontology as it is."""

from __future__ import annotations

from functools import cache

import owlrl
import pytest
from rdflib import RDF, Graph, URIRef

from .conftest import FIXTURES, ID, WW2, findings, ontology, parsed, union

ERRORS = URIRef("http://www.daml.org/2002/03/agents/agent-ont#ErrorMessage")


def midway() -> Graph:
    return parsed(FIXTURES / "other_battle.ttl")


@cache
def closure() -> Graph:
    graph = union(midway(), ontology())
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def triple(text: str) -> tuple[URIRef, URIRef, URIRef]:
    subject, predicate, object_ = text.split()
    kind = object_.removeprefix("ww2:")
    target = WW2 + kind if kind != object_ else ID + object_
    return URIRef(ID + subject), URIRef(WW2 + predicate), URIRef(target)


def test_it_conforms_to_the_shapes() -> None:
    assert findings(midway()) == []


def test_it_needs_no_new_term() -> None:
    used = {t for row in midway() for t in row if isinstance(t, URIRef) and t.startswith(WW2)}
    assert used <= set(ontology().subjects())


def test_reasoning_finds_no_contradiction() -> None:
    assert list(closure().subjects(RDF.type, ERRORS)) == []


def test_reasoning_would_find_one() -> None:
    graph = union(midway(), ontology())
    graph.add((URIRef(ID + "japan"), RDF.type, URIRef(WW2 + "Place")))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    assert list(graph.subjects(RDF.type, ERRORS)) != []


@pytest.mark.parametrize(
    "text",
    [
        # Wholes of wholes: of events, of units, of places
        "dive-bomber-attack partOf pacific-war",
        "uss-enterprise subordinateTo pacific-fleet",
        "uss-enterprise partOf pacific-fleet",
        "sand-island locatedIn pacific-ocean",
        # Who is in a part is in the whole
        "uss-enterprise participatesIn dive-bomber-attack",
        "uss-enterprise participatesIn battle-of-midway",
        "uss-enterprise participatesIn pacific-war",
        "chuichi-nagumo participatesIn pacific-war",
        # Inverses
        "battle-of-midway hasParticipant uss-enterprise",
        "rearming-of-the-aircraft hasParticipant chuichi-nagumo",
        "uss-enterprise hasParticipation enterprise-in-dive-bomber-attack",
        "raymond-spruance holds command-of-task-force-16-by-spruance",
        "dive-bomber-attack after air-raid-on-midway",
        "air-raid-on-midway before rearming-of-the-aircraft",
        "japan opposes allied-powers",
        # Chains
        "raymond-spruance commanded task-force-16",
        "raymond-spruance succeeded william-halsey",
        "air-raid-on-midway atPlace midway-atoll",
        "air-raid-on-midway atPlace pacific-ocean",
        "usa opposes japan",
        "japan opposes usa",
    ],
)
def test_reasoning_adds(text: str) -> None:
    assert triple(text) not in midway()
    assert triple(text) in closure()


def test_reasoning_adds_the_wider_classes() -> None:
    types = set(closure().objects(URIRef(ID + "figure-midway-dead-japan"), RDF.type))
    assert {URIRef(WW2 + name) for name in ("CasualtyFigure", "Figure", "Claim")} <= types


@pytest.mark.parametrize(
    "text",
    [
        "uss-enterprise participatesIn air-raid-on-midway",
        "william-halsey succeeded raymond-spruance",
        "task-force-16 subordinateTo uss-enterprise",
        "battle-of-midway atPlace sand-island",
        "japan opposes japan",
    ],
)
def test_reasoning_does_not_add(text: str) -> None:
    assert triple(text) not in closure()
