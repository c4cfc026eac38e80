"""Results as objects."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from kgtool.errors import UsageError
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.results import AskResult, GraphResult, SelectResult

ROWS = [
    ("iri", "http://ex.org/a", "@en", "Ann", XSD.integer, "42"),
    ("bnode", "x", None, None, XSD.string, "b"),
]
PREFIXES = {"ex": "http://ex.org/"}


def select() -> SelectResult:
    return SelectResult(("who", "name", "n"), iter(ROWS), PREFIXES)


def test_rows_give_terms_by_position_name_and_attribute() -> None:
    row = select().to_list()[0]
    assert row[0] == row["who"] == row.who == IRI("http://ex.org/a")
    assert row[-1] == Literal("42", XSD.integer)
    assert row[1:] == (Literal.tagged("Ann", "en"), Literal("42", XSD.integer))
    assert len(row) == 3
    assert "name" in row
    assert row.raw == ROWS[0]


def test_rows_unpack_and_unbound_is_none() -> None:
    who, name, n = select().to_list()[1]
    assert (who, name, n) == (BlankNode("x"), None, Literal("b"))


def test_rows_are_dictionaries_on_request() -> None:
    first = select().first()
    assert first is not None
    assert first.asdict() == {
        "who": IRI("http://ex.org/a"),
        "name": Literal.tagged("Ann", "en"),
        "n": Literal("42", XSD.integer),
    }


def test_rows_compare_and_print() -> None:
    one, two = select().to_list()[1], select().to_list()[1]
    assert one == two == (BlankNode("x"), None, Literal("b"))
    assert hash(one) == hash(two)
    assert repr(one) == 'Row(who=_:x, name=None, n="b")'


def test_a_wrong_column_names_the_nearest() -> None:
    row = select().to_list()[0]
    with pytest.raises(KeyError, match="did you mean 'name'"):
        row["nane"]
    with pytest.raises(AttributeError, match="there are who, name, n"):
        _ = row.zzz
    with pytest.raises(IndexError, match="column 3"):
        row[3]


def test_values_are_pythons_own() -> None:
    assert list(select().values()) == [("http://ex.org/a", "Ann", 42), (BlankNode("x"), None, "b")]


def test_scalar_is_the_first_cell() -> None:
    assert SelectResult(("n",), [(XSD.integer, "7"), (XSD.integer, "8")]).scalar() == 7
    assert SelectResult(("n",), []).scalar() is None
    assert SelectResult((), [()]).scalar() is None


def test_a_second_pass_is_an_error() -> None:
    result = select()
    result.to_list()
    with pytest.raises(UsageError, match="read already"):
        result.to_list()


def test_a_buffered_result_can_be_read_again() -> None:
    result = select().buffer()
    assert result.to_list() == result.to_list()
    assert result.serialize("csv") == result.serialize("csv")


def test_rows_are_taken_only_when_needed() -> None:
    taken = []

    def rows() -> Iterator[tuple[str | None, ...]]:
        for n in range(1_000_000):
            taken.append(n)
            yield XSD.integer, str(n)

    next(iter(SelectResult(("n",), rows())))
    assert taken == [0]


@pytest.mark.parametrize("read", ["to_list", "first", "scalar", "buffer", "serialize", "close"])
def test_the_source_is_closed_once(read: str) -> None:
    closed = []
    result = SelectResult(("n",), [(XSD.integer, "1")], close=lambda: closed.append(1))
    getattr(result, read)()
    result.close()
    assert closed == [1]


def test_the_source_is_closed_after_an_error() -> None:
    def rows() -> Iterator[tuple[str | None, ...]]:
        yield XSD.integer, "1"
        raise RuntimeError("the engine broke")

    closed = []
    with pytest.raises(RuntimeError):
        SelectResult(("n",), rows(), close=lambda: closed.append(1)).to_list()
    assert closed == [1]


def test_with_closes() -> None:
    closed = []
    with SelectResult(("n",), [], close=lambda: closed.append(1)):
        pass
    assert closed == [1]


def test_an_answer_is_true_or_false() -> None:
    assert AskResult(True)
    assert not AskResult(False)
    assert AskResult(True) == AskResult(True) != AskResult(False)
    assert repr(AskResult(False)) == "AskResult(False)"


TRIPLE = ("iri", "http://ex.org/a", "iri", "http://ex.org/p", "@en", "x")


def graph() -> GraphResult:
    return GraphResult(iter([TRIPLE]), PREFIXES)


def test_a_graph_gives_triples() -> None:
    expected = (IRI("http://ex.org/a"), IRI("http://ex.org/p"), Literal.tagged("x", "en"))
    assert graph().to_list() == [expected]


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("turtle", '@prefix ex: <http://ex.org/> .\n\nex:a ex:p "x"@en .\n'),
        ("ntriples", '<http://ex.org/a> <http://ex.org/p> "x"@en .\n'),
        ("nq", '<http://ex.org/a> <http://ex.org/p> "x"@en .\n'),
        ("csv", "subject,predicate,object\r\nhttp://ex.org/a,http://ex.org/p,x\r\n"),
        (
            "markdown",
            "| subject | predicate | object |\n| --- | --- | --- |\n| ex:a | ex:p | x |\n",
        ),
    ],
)
def test_a_graph_is_written(format: str, text: str) -> None:
    assert graph().serialize(format) == text
    out = io.BytesIO()
    graph().write(out, format)
    assert out.getvalue().decode() == text


@pytest.mark.parametrize("format", ["jsonld", "rdfxml", "trig", "table"])
def test_a_graph_is_written_in_the_other_syntaxes(format: str) -> None:
    assert "x" in graph().serialize(format)


def test_a_graph_becomes_an_rdflib_graph() -> None:
    converted = graph().to_rdflib()
    assert len(converted) == 1
    assert dict(converted.namespaces())["ex"].toPython() == "http://ex.org/"
