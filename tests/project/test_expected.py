from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.errors import DataError
from kgtool.project.expected import (
    Answer,
    answer_of,
    compare,
    is_ordered,
    read_expected,
    read_graph,
    read_rows,
)
from kgtool.results import AskResult, GraphResult, SelectResult


def rows(text: str):
    return read_rows(text, "test.csv")


def difference(expected: str, actual: str, *, ordered: bool = False) -> list[str]:
    return compare(rows(expected), rows(actual), ordered=ordered).lines()


def test_equal_rows_in_another_order_are_equal_unless_ordered():
    assert difference("a,b\n1,2\n3,4\n", "a,b\r\n3,4\r\n1,2\r\n") == []
    assert difference("a,b\n1,2\n3,4\n", "a,b\n3,4\n1,2\n", ordered=True) == [
        "the order differs from row 1: expected 1,2; got 3,4"
    ]


def test_rows_added_and_missing_are_shown():
    assert difference("a\n1\n2\n2\n", "a\n1\n2\n3\n") == ["- 2", "+ 3"]


def test_other_columns_are_a_difference():
    assert difference("a\n1\n", "b\n1\n")[0] == "columns: expected a; got b"


def test_blank_nodes_are_compared_up_to_renaming():
    assert difference("a,b\n_:x,_:y\n_:y,1\n", "a,b\n_:2,1\n_:1,_:2\n") == []
    assert difference("a,b\n_:x,_:x\n", "a,b\n_:1,_:2\n") != []
    assert difference("a,b\n_:x,1\n_:y,1\n", "a,b\n_:x,1\n_:x,1\n") != []
    assert difference("a,b\n_:x,1\n_:y,2\n", "a,b\n_:p,2\n_:q,1\n", ordered=True) != []
    assert difference("a,b\n_:x,1\n_:y,2\n", "a,b\n_:p,1\n_:q,2\n", ordered=True) == []


_CELLS = st.sampled_from(["_:a", "_:b", "_:c", "1", "2"])
_TABLES = st.lists(st.tuples(_CELLS, _CELLS), max_size=5)


def canonical(table, *, ordered: bool) -> pyoxigraph.Dataset:
    """A table as a graph with canonical labels: a node for each row, a triple for each cell."""
    dataset = pyoxigraph.Dataset()
    for number, row in enumerate(table):
        for column, cell in enumerate((*row, str(number) if ordered else "")):
            is_blank = cell.startswith("_:")
            node = pyoxigraph.BlankNode(cell[2:]) if is_blank else pyoxigraph.Literal(cell)
            predicate = pyoxigraph.NamedNode(f"urn:{column}")
            dataset.add(pyoxigraph.Quad(pyoxigraph.BlankNode(f"row{number}"), predicate, node))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.mark.parametrize("ordered", [True, False])
@given(one=_TABLES, other=_TABLES)
@settings(max_examples=200, deadline=None)
def test_tables_are_equal_where_their_canonical_forms_are(one, other, ordered):
    answers = (Answer(("x", "y"), tuple(table)) for table in (one, other))
    equal = canonical(one, ordered=ordered) == canonical(other, ordered=ordered)
    assert bool(compare(*answers, ordered=ordered)) != equal


def test_rows_whose_blank_nodes_all_look_alike_are_compared_in_time():
    nodes = range(12)
    table = [(f"_:n{i}", f"_:n{j}") for i in nodes for j in nodes if i != j]
    other = [(f"_:m{i}", f"_:m{j}") for i in nodes for j in nodes if i != j]
    answers = (Answer(("x", "y"), tuple(rows)) for rows in (table, reversed(other)))
    assert not compare(*answers, ordered=False)


def test_unbound_cells_and_line_breaks_survive():
    result = SelectResult(("a",), [(None, None), ("iri", "urn:x"), ("@en", 'two\n"lines"')])
    text, answer = answer_of(result)
    assert compare(rows(text), answer, ordered=True).lines() == []
    assert len(answer.rows) == 3


def test_an_ask_is_compared_by_its_answer():
    _, yes = answer_of(AskResult(True))
    assert not compare(rows("true\n"), yes, ordered=False)
    assert not compare(rows("answer\ntrue\n"), yes, ordered=False)
    assert compare(rows("false\n"), yes, ordered=False).lines() == ["- false", "+ true"]


def test_graphs_are_compared_by_isomorphism():
    triples = [
        ("bnode", "b", "iri", "urn:p", "bnode", "c"),
        ("bnode", "c", "iri", "urn:p", "iri", "urn:x"),
    ]
    text, answer = answer_of(GraphResult(triples))
    same = b"_:one <urn:p> [ <urn:p> <urn:x> ] ."
    assert not compare(read_graph(same, "a.ttl"), answer, ordered=False)
    other = compare(read_graph(same + b"<urn:a> <urn:p> 5 .", "a.ttl"), answer, ordered=False)
    assert len(other.missing) == 1
    assert not compare(read_graph(text.encode(), "a.ttl"), answer, ordered=False)


def test_a_table_is_not_a_graph():
    _, graph = answer_of(GraphResult([]))
    assert compare(rows("a\n"), graph, ordered=False).lines() == ["another kind of answer"]


def test_broken_expected_answers_are_errors_with_their_file():
    with pytest.raises(DataError, match=r"^test\.csv: an empty file"):
        rows("")
    with pytest.raises(DataError, match=r"^a\.ttl:1"):
        read_graph(b"<urn:a>", "a.ttl")


@pytest.mark.parametrize("name", ["a.csv", "a.ttl"])
def test_expected_answers_may_begin_with_a_mark_and_not_have_a_conflict(tmp_path, name):
    path = tmp_path / name
    plain = {"a.csv": b"a\r\n1\r\n", "a.ttl": b"<urn:a> <urn:b> 1 .\r\n"}[name]
    path.write_bytes(b"\xef\xbb\xbf" + plain)
    assert len(read_expected(path, name).rows) == 1
    end = len(plain.splitlines()) + 1
    path.write_bytes(plain + b"<<<<<<< ours\n=======\n>>>>>>> theirs\n")
    with pytest.raises(DataError, match=rf"^{name}:{end}:1: '<<<<<<<'"):
        read_expected(path, name)
    path.write_bytes(plain + b"\xff")
    with pytest.raises(DataError, match=rf"^{name}:{end}:1: not UTF-8"):
        read_expected(path, name)


@pytest.mark.parametrize(
    ("text", "ordered"),
    [
        ("SELECT * { ?s ?p ?o } ORDER BY ?s", True),
        ("SELECT DISTINCT ?s { ?s ?p ?o } ORDER BY DESC(?s) LIMIT 3", True),
        ("SELECT * { ?s ?p ?o }", False),
        ("SELECT * { { SELECT * { ?s ?p ?o } ORDER BY ?s } }", False),
        ("CONSTRUCT WHERE { ?s ?p ?o }", False),
        ("ASK {}", False),
    ],
)
def test_order_counts_where_the_query_orders(text, ordered):
    assert is_ordered(text) is ordered
