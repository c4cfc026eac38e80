"""The comparison that the other tests lean on: answers up to the names of blank nodes."""

from __future__ import annotations

import pytest

from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import BlankNode, Literal
from tests.plan.answers import Answer, by_value, difference, same_bag


def edges(text: str) -> list[tuple[object, ...]]:
    """``ab bc`` as rows of blank nodes; capitals are no blank nodes."""
    return [tuple(BlankNode(c) if c.islower() else c for c in pair) for pair in text.split()]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ab bc ca", "yz zx xy"),
        ("aA bA cA", "xA yA zA"),
        ("ab ba cc", "zz xy yx"),
        ("ab bc cd da", "pq qr rs sp"),
        ("aA aA bB", "zB yA yA"),
        ("", ""),
        (" ".join(f"a{c}" for c in "bcdefg"), " ".join(f"z{c}" for c in "uvwxyt")),
    ],
)
def test_renamed_blank_nodes_make_no_difference(left: str, right: str) -> None:
    assert same_bag(edges(left), edges(right))
    assert same_bag(edges(right), edges(left)[::-1])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ab bc", "ab cb"),
        ("aA aB", "aA bB"),
        ("aA aA bA", "aA bA cA"),
        ("ab bc ca de ef fd", "ab bc cd de ef fa"),
        ("aa", "ab"),
        ("aA", "aA aA"),
        ("aA", "BA"),
    ],
)
def test_structure_makes_a_difference(left: str, right: str) -> None:
    assert not same_bag(edges(left), edges(right))


def test_many_blank_nodes_that_look_alike() -> None:
    left = [(BlankNode(f"a{i}"), BlankNode(f"b{i}")) for i in range(500)]
    right = [(BlankNode(f"x{i}"), BlankNode(f"y{i}")) for i in reversed(range(500))]
    assert same_bag(left, right)


def test_order_counts_where_it_is_asked_for() -> None:
    one, two = Literal("1"), Literal("2")
    expected = Answer("rows", ((one,), (two,)), ("x",), ordered=True)
    assert difference(Answer("rows", ((one,), (two,)), ("x",)), expected) is None
    assert difference(Answer("rows", ((two,), (one,)), ("x",)), expected) is not None


def test_numbers_by_value_and_datatype() -> None:
    assert by_value(Literal("2.50", XSD.decimal)) == by_value(Literal("2.5", XSD.decimal))
    assert by_value(Literal("1e0", XSD.double)) == by_value(Literal("1", XSD.double))
    assert by_value(Literal("1", XSD.integer)) != by_value(Literal("1", XSD.decimal))
    assert by_value(Literal("x", XSD.integer)) != by_value(Literal("y", XSD.integer))
    assert by_value(Literal("NaN", XSD.double)) == by_value(Literal("NaN", XSD.double))
