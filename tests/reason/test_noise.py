"""What follows and is not kept; what is kept where data are loaded for queries."""

from __future__ import annotations

import pytest

from kgtool.reason import RDFS
from tests.reason.closing import Closed, inferred, triples
from tests.reason.noise_reference import says_something


@pytest.mark.parametrize(
    "graph",
    [
        ":a a owl:Thing ; :p :b .",
        ":C a owl:Class . :a a :C .",
        ":p a owl:ObjectProperty , owl:DatatypeProperty . :a :p :b .",
        ":C rdfs:subClassOf owl:Thing . owl:Nothing rdfs:subClassOf :C .",
        ":p rdfs:domain owl:Thing ; rdfs:range rdfs:Resource . :a :p :b .",
        ":p rdfs:range :C . :a :p 5 .",
        ":a :p 5 , 5.0 , 'x'@en .",
        ":a :p 5 . :p rdfs:range xsd:integer .",
        ":p owl:inverseOf :q . :a :p 5 .",
        ":a owl:sameAs :a .",
        ":C rdfs:subClassOf :C . :a a :C .",
        "rdfs:label rdfs:subPropertyOf :name .",
    ],
)
def test_nothing_is_kept_of_what_says_nothing(graph: str) -> None:
    assert inferred(graph) == set()


@pytest.mark.parametrize(
    "graph",
    [
        ":a owl:sameAs :a .",
        ":C rdfs:subClassOf :C .",
        ":a a owl:Thing .",
        ":C rdfs:subClassOf owl:Thing .",
        "owl:Nothing rdfs:subClassOf :C .",
        ":p rdfs:range rdfs:Resource .",
        "rdfs:label a owl:AnnotationProperty .",
    ],
)
def test_the_reference_says_so_too(graph: str) -> None:
    assert not says_something(triples(graph)[0])


def test_what_a_complete_closure_has_beside_what_is_kept_says_nothing() -> None:
    graph = ":C rdfs:subClassOf :D . :D a owl:Class . :p rdfs:range :D . :a a :C ; :p 5 , :b ."
    with Closed(graph) as kept, Closed(graph, complete=True) as complete:
        assert kept.inferred == set(filter(says_something, complete.inferred))
        assert len(complete.inferred) > len(kept.inferred)


def test_a_class_that_a_rule_asks_for_is_told_all_the_same() -> None:
    """That everything is an owl:Thing, or a literal an xsd:integer, counts where it is asked."""
    graph = (
        ":C owl:intersectionOf (xsd:integer :D) . :p rdfs:range :D . "
        ":E owl:someValuesFrom :C ; owl:onProperty :p . :a :p 5 . :b :p 'x' ."
    )
    found = inferred(graph)
    assert set(triples(":a a :E .")) <= found
    assert not set(triples(":b a :E .")) & found


def test_reflexive_triples_are_kept_on_demand() -> None:
    graph = ":C a owl:Class . :a a :C . :p a owl:ObjectProperty . :a owl:sameAs :b ."
    with Closed(graph, reflexive=True) as closed:
        assert closed.inferred == set(
            triples(
                ":C rdfs:subClassOf :C ; owl:equivalentClass :C . "
                ":p rdfs:subPropertyOf :p ; owl:equivalentProperty :p . "
                ":a owl:sameAs :a . :b owl:sameAs :a , :b ; a :C ."
            )
        )


def test_rdfs_tells_classes_and_properties() -> None:
    with Closed(":a a :C . :C rdfs:subClassOf :D . :a :p :b .", RDFS) as closed:
        assert closed.inferred == set(
            triples(":C a rdfs:Class . :D a rdfs:Class . :p a rdf:Property . :a a :D .")
        )
