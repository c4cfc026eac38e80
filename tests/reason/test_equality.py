"""owl:sameAs: what holds of one holds of all that are the same."""

from __future__ import annotations

from itertools import permutations

import pytest

from kgtool.rdf.namespaces import OWL
from kgtool.rdf.terms import IRI, Literal
from tests.reason.closing import Closed, inferred, triples

SAME = IRI(OWL.sameAs)


def names(*labels: str) -> list[IRI]:
    return [IRI(f"urn:x:{label}") for label in labels]


def all_same(*labels: str) -> set:
    return {(a, SAME, b) for a, b in permutations(names(*labels), 2)}


@pytest.mark.parametrize(
    "said",
    [
        ":a owl:sameAs :b . :b owl:sameAs :c . :c owl:sameAs :d .",
        ":d owl:sameAs :a . :c owl:sameAs :a . :b owl:sameAs :d .",
        ":a owl:sameAs :b . :c owl:sameAs :d . :b owl:sameAs :d .",
        ":p a owl:FunctionalProperty . :x :p :a , :b , :c , :d .",
        ":p a owl:InverseFunctionalProperty . :a :p 1 . :b :p 1 . :c :p 1 . :d :p 1 .",
        ":K owl:hasKey (:p) . :a a :K ; :p 1 . :b a :K ; :p 1 . :c a :K ; :p 1 . :d a :K ; :p 1 .",
        ":q rdfs:subPropertyOf owl:sameAs . :a :q :b , :c , :d .",
        # One equality makes the next.
        ":p a owl:FunctionalProperty . :a owl:sameAs :b . :b :p :c . :a :p :d . "
        ":q a owl:FunctionalProperty . :c :q :a . :d :q :c .",
    ],
)
def test_members(said: str) -> None:
    with Closed(f"{said} :a :r :end . :start :r :d . :a :s :b .") as closed:
        found = closed.inferred | set(closed.given)
        assert all_same("a", "b", "c", "d") <= found
        r, s = names("r", "s")
        (end,), (start,) = names("end"), names("start")
        for x in names("a", "b", "c", "d"):
            assert {(x, r, end), (start, r, x)} <= found
            assert {(x, s, y) for y in names("a", "b", "c", "d")} <= found


def test_no_more_is_said_to_be_the_same() -> None:
    graph = ":a owl:sameAs :b . :c owl:sameAs :d . :a :p :c . :x :p :y ."
    assert inferred(graph) == {
        (names("b")[0], SAME, names("a")[0]),
        (names("d")[0], SAME, names("c")[0]),
        *triples(":a :p :d . :b :p :c , :d ."),
    }


def test_properties_and_classes_may_be_the_same() -> None:
    found = inferred(":p owl:sameAs :q . :C owl:sameAs :D . :a :p :b ; a :D . :q rdfs:range :C .")
    expected = ":a :q :b ; a :C . :b a :C , :D . :p rdfs:range :C , :D . :q rdfs:range :D ."
    assert set(triples(expected)) <= found


def test_a_property_of_rules_may_have_another_name() -> None:
    found = inferred(":is owl:sameAs rdf:type . :below owl:sameAs rdfs:subClassOf . "
                     ":C :below :D . :a :is :C .")  # fmt: skip
    assert set(triples(":a a :C , :D ; :is :D .")) <= found


def test_a_blank_node_may_be_the_same_as_a_name() -> None:
    with Closed(":p a owl:FunctionalProperty . :a :p :b , _:n . _:n :q :c .") as closed:
        assert set(triples(":b :q :c .")) <= closed.inferred
        (blank,) = {s for s, _, _ in closed.given if not isinstance(s, IRI)}
        assert (blank, SAME, names("b")[0]) in closed.inferred


def test_a_value_may_be_the_same_as_a_name() -> None:
    found = inferred(":p a owl:FunctionalProperty . :a :p 5 , :b . :c :q :b .")
    assert (names("c")[0], names("q")[0], Literal("5", "http://www.w3.org/2001/XMLSchema#integer"))\
        in found  # fmt: skip
    assert not any(isinstance(s, Literal) for s, _, _ in found)


def test_two_literals_with_one_value_stay_two() -> None:
    """dt-eq says that 5 and 05 are the same; it is a contradiction that is missing here."""
    with Closed(":p a owl:FunctionalProperty . :a :p 5 , '05'^^xsd:integer . :a :q 5 .") as closed:
        assert closed.inferred == set()
        assert closed.clashes == []


def test_blank_nodes_are_those_given() -> None:
    with Closed(":C rdfs:subClassOf :D . _:n a :C .") as closed:
        ((subject, _, _),) = [t for t in closed.given if t[2] == names("C")[0]]
        assert [s for s, _, _ in closed.inferred] == [subject]


def test_literals_keep_their_form() -> None:
    integer, decimal = (f"http://www.w3.org/2001/XMLSchema#{n}" for n in ("integer", "decimal"))
    found = inferred(":p rdfs:subPropertyOf :q . :a :p 007 , 'x'@en-GB , 1.50 .")
    assert {o.lexical + str(o.datatype == decimal) for _, _, o in found} == {
        "007False", "xFalse", "1.50True",
    }  # fmt: skip
    assert Literal("007", integer) in {o for _, _, o in found}
