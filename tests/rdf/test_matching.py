"""Blank nodes of two graphs: isomorphic graphs match, and changed ones nearly."""

from __future__ import annotations

from random import Random

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.rdf.matching import Statement, match_blank_nodes

_NODES = st.sampled_from(["a", "b", "c", "d", "e", 1, 2, 3])
_STATEMENTS = st.frozensets(
    st.tuples(_NODES, st.integers(1, 2), _NODES).filter(
        lambda each: isinstance(each[0], str) or isinstance(each[2], str)
    ),
    max_size=12,
)


def renamed(statements, seed):
    """The same graph with other labels, in another order."""
    random = Random(seed)
    nodes = sorted({node for s, _, o in statements for node in (s, o) if isinstance(node, str)})
    numbers = random.sample(range(len(nodes)), len(nodes))
    labels = {node: f"z{number}" for node, number in zip(nodes, numbers, strict=True)}
    found = [(labels.get(s, s), p, labels.get(o, o)) for s, p, o in statements]
    random.shuffle(found)
    return found


def differing(old, new) -> set[Statement]:
    """What a matching leaves as removed and added."""
    pairs = match_blank_nodes(old, new).pairs
    assert len(set(pairs.values())) == len(pairs)
    kept = {tuple(pairs.get(node, f"old {node}") if isinstance(node, str) else node
                  for node in statement) for statement in old}  # fmt: skip
    return kept ^ set(new)


def canonical(statements) -> pyoxigraph.Dataset:
    def term(node):
        is_blank = isinstance(node, str)
        return pyoxigraph.BlankNode(node) if is_blank else pyoxigraph.NamedNode(f"urn:{node}")

    quads = [pyoxigraph.Quad(*map(term, statement)) for statement in statements]
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@given(_STATEMENTS, st.integers())
@settings(max_examples=300, deadline=None)
def test_a_graph_with_other_labels_is_the_same(statements, seed):
    assert differing(statements, renamed(statements, seed)) == set()


@given(_STATEMENTS, _STATEMENTS)
@settings(max_examples=300, deadline=None)
def test_graphs_differ_where_their_canonical_forms_do(old, new):
    assert (differing(old, new) == set()) == (canonical(old) == canonical(new))


def statements(turtle: str, numbers: dict[object, int]) -> list[Statement]:
    """The statements with blank nodes of a Turtle text; ``numbers`` has those of its IRIs."""

    def node(term):
        if isinstance(term, pyoxigraph.BlankNode):
            return term.value
        return numbers.setdefault(term, len(numbers) + 1)

    text = f"@prefix : <urn:> .\n{turtle}"
    found = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)
    rows = [(node(q.subject), node(q.predicate), node(q.object)) for q in found]
    return [row for row in rows if any(isinstance(part, str) for part in row)]


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        # A fact changed, added, removed; two levels down.
        (":x :p [ :a 1 ; :b 2 ] .", ":x :p [ :a 1 ; :b 3 ] .", 2),
        (":x :p [ :a 1 ] .", ":x :p [ :a 1 ; :b 3 ] .", 1),
        (":x :p [ :a 1 ; :q [ :b 2 ; :c 3 ] ] .", ":x :p [ :a 1 ; :q [ :b 2 ] ] .", 1),
        # Nothing points to the node.
        ("[] :a 1 ; :b 2 ; :c 3 .", "[] :a 1 ; :b 2 ; :c 4 .", 2),
        # Another node is of the same kind, or hangs in the same place.
        (":x :p [ a :R ; :on :a ; :of :b ] , [ a :R ; :on :c ; :of :d ] .",
         ":x :p [ a :R ; :on :a ; :of :b ] , [ a :R ; :on :c ; :of :e ] .", 2),
        # What hung on one node now hangs on another.
        (":x :p [ a :R ; :on :a ; :of [ :c 1 ] ] .", ":y :p [ a :R ; :on :a ; :of [ :c 1 ] ] .", 2),
        # Nodes with little in common are the same where they are the only ones, and not elsewhere.
        (":x :p [ a :R ; :on :a ; :of :b ] .", ":x :p [ a :R ; :on :c ; :of :d ] .", 4),
        (":x :p [ a :R ; :on :a ; :of :b ] .", ":y :p [ a :R ; :on :c ; :of :d ] .", 8),
        # Lists: a member more at the end, the beginning, in between; another member.
        (":x :p (1 2 3) .", ":x :p (1 2 3 4) .", 4),
        (":x :p (1 2 3) .", ":x :p (0 1 2 3) .", 4),
        (":x :p (1 2 3) .", ":x :p (1 9 2 3) .", 4),
        (":x :p (1 2 3) .", ":x :p (1 9 3) .", 2),
        # Nodes that point to each other.
        ("_:a :p _:b ; :a 1 ; :b 2 ; :c 3 ; :d 4 ; :e 5 . _:b :p _:a .",
         "_:a :p _:b ; :a 1 ; :b 2 ; :c 3 ; :d 4 ; :e 6 . _:b :p _:a .", 2),
    ],
)  # fmt: skip
def test_a_small_change_stays_small(old, new, changes):
    numbers: dict[object, int] = {}
    assert len(differing(statements(old, numbers), statements(new, numbers))) == changes
    assert len(differing(statements(new, numbers), statements(old, numbers))) == changes


def test_one_of_many_that_are_equal_goes():
    numbers: dict[object, int] = {}
    old = statements(":x :p [ :a 1 ] , [ :a 1 ] , [ :a 1 ] .", numbers)
    new = statements(":x :p [ :a 1 ] , [ :a 1 ] .", numbers)
    assert len(differing(old, new)) == 2


def clique(size):
    return [(f"n{i}", 1, f"n{j}") for i in range(size) for j in range(size) if i != j]


def ring(size, *extra):
    return [*((f"n{i}", 1, f"n{(i + 1) % size}") for i in range(size)), *extra]


@pytest.mark.parametrize(
    "graph",
    [clique(12), ring(100), [("n", 2, f"m{i}") for i in range(100)], ring(300, ("n0", 1, 7))],
    ids=["clique", "ring", "star", "marked ring"],
)
def test_graphs_on_which_canonical_labels_take_ages_are_matched(graph):
    """RDFC-1.0 tries all orders of nodes that look alike."""
    assert differing(graph, renamed(graph, 1)) == set()
    assert match_blank_nodes(graph, renamed(graph, 1)).undecided == 0


def test_giving_up_is_told():
    graph = [*ring(50), *((f"m{i}", 1, f"m{(i + 1) % 50}") for i in range(50))]
    found = match_blank_nodes(graph, renamed(graph, 1), most_work=1)
    assert found.undecided
    # Here one ring after the other takes all the work there is.
    assert len(found.pairs) < 100 or found.undecided <= 50


def test_a_long_list_takes_a_step_for_each_cell():
    def cells(first):
        rest = [(f"c{i}", 2, f"c{i + 1}") for i in range(5_000)]
        return [(1, 5, "c0"), *rest, *((f"c{i}", 3, first) for i in range(5_001))]

    old, new = cells(7), [*cells(7), ("c5000", 4, 8)]
    assert differing(old, renamed(old, 1)) == set()
    assert differing(old, new) == {("c5000", 4, 8)}
