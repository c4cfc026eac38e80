"""Result files read back: everything that was written, and clear errors for the rest."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.errors import DataError, NotFoundError, UsageError
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import lexical_form, term_type
from kgtool.results import AskResult, SelectResult, read_result
from tests.rdf.strategies import terms, texts, xml_texts

LOSSLESS = ["json", "xml", "tsv"]
VARIABLES = st.lists(
    st.sampled_from(["a", "b", "name", "é", "x1"]), min_size=0, max_size=4, unique=True
)


@st.composite
def tables(
    draw: st.DrawFn, lexical: st.SearchStrategy[str]
) -> tuple[tuple[str, ...], list[tuple[str | None, ...]]]:
    variables = tuple(draw(VARIABLES))
    cell = st.none() | terms(lexical)
    rows = draw(st.lists(st.tuples(*[cell] * len(variables)), max_size=5))
    flat = [
        tuple(
            part
            for term in row
            for part in ((None, None) if term is None else (term_type(term), lexical_form(term)))
        )
        for row in rows
    ]
    return variables, flat


@pytest.mark.parametrize("format", LOSSLESS)
def test_rows_read_back_as_they_were(format: str) -> None:
    @given(tables(xml_texts if format == "xml" else texts))
    @settings(max_examples=300, deadline=None)
    def check(table: tuple[tuple[str, ...], list[tuple[str | None, ...]]]) -> None:
        variables, rows = table
        data = io.BytesIO()
        SelectResult(variables, rows).write(data, format)
        for source in (data.getvalue(), data.getvalue().decode()):
            again = read_result(source, format)
            assert isinstance(again, SelectResult)
            assert again.variables == variables
            assert list(again.raw()) == rows

    check()


@given(tables(texts))
@settings(max_examples=200, deadline=None)
def test_csv_keeps_lexical_forms(
    table: tuple[tuple[str, ...], list[tuple[str | None, ...]]],
) -> None:
    variables, rows = table
    if not variables:
        return
    again = read_result(SelectResult(variables, rows).serialize("csv"), "csv")
    assert isinstance(again, SelectResult)
    assert [[x or "" for x in row[1::2]] for row in again.raw()] == [
        [x or "" for x in row[1::2]] for row in rows
    ]


@pytest.mark.parametrize("format", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("answer", [True, False])
def test_answers_read_back(format: str, answer: bool) -> None:
    assert read_result(AskResult(answer).serialize(format), format) == AskResult(answer)


def test_a_file_is_known_by_its_extension(tmp_path: Path) -> None:
    path = tmp_path / "result.srj"
    path.write_bytes(b"\xef\xbb\xbf" + SelectResult(("a",), [("@en", "x")]).serialize().encode())
    result = read_result(path)
    assert isinstance(result, SelectResult)
    assert result.scalar() == "x"


def test_a_stream_is_left_open() -> None:
    data = io.BytesIO(b"?a\n1\n")
    result = read_result(data, "tsv")
    assert isinstance(result, SelectResult)
    assert result.scalar() == 1
    assert not data.closed


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no file"):
        read_result(tmp_path / "none.csv")


def test_the_format_must_be_readable() -> None:
    with pytest.raises(UsageError, match="cannot be read from markdown"):
        read_result("", "markdown")
    with pytest.raises(UsageError, match="the format is not known"):
        read_result("")


def test_tsv_reads_the_other_forms_of_turtle() -> None:
    result = read_result(
        "?a\t$b\r\n'it''s'\t.5\r\ntrue\t\"\\u00e9\\U0001D11E\"\r\n".replace("''", ""), "tsv"
    )
    assert isinstance(result, SelectResult)
    assert list(result.raw()) == [
        (XSD.string, "its", XSD.decimal, ".5"),
        (XSD.boolean, "true", XSD.string, "é𝄞"),
    ]


def json_binding(term: str) -> str:
    return '{"head":{"vars":["a"]},"results":{"bindings":[{"a":' + term + "}]}}"


def xml_result(content: str) -> str:
    return (
        '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/></head>'
        f"<results><result>{content}</result></results></sparql>"
    )


BAD = [
    ("json", "", "not JSON"),
    ("json", "[]", "not an object"),
    ("json", "[" * 100_000, "nested|not JSON"),
    ("json", "{}", "no list of variables"),
    ("json", '{"head":{"vars":["a"]}}', "no list of bindings"),
    ("json", '{"boolean":1}', "expected true or false"),
    ("json", json_binding("1"), "binding 1 has no value"),
    ("json", json_binding('{"type":"triple","value":""}'), "type 'triple'"),
    ("json", json_binding('{"type":"literal","value":"\\ud800"}'), "half a surrogate pair"),
    ("json", json_binding('{"type":"literal","value":"","xml:lang":1}'), "wrong language"),
    ("json", '{"head":{"vars":[]},"results":{"bindings":[{"z":null}]}}', "head has not: z"),
    ("json", '{"head":{"vars":["a","a"]},"results":{"bindings":[]}}', "twice in the head: a"),
    ("xml", "", "not XML"),
    ("xml", "<a/>", "neither results nor a boolean"),
    ("xml", xml_result("<binding/>"), "exactly one term"),
    ("xml", xml_result("<binding><uri/></binding>"), "without name"),
    ("xml", xml_result('<binding name="z"><uri/></binding>'), "head has not: z"),
    ("xml", xml_result('<binding name="a"><x/></binding>'), "a term <x>"),
    ("xml", xml_result("")[:-9], "not XML"),
    ("tsv", "", "an empty file"),
    ("tsv", "a\n", "'a' is not a variable"),
    ("tsv", "?a\n1\t2\n", "line 2: not a TSV result: 2 cells where the header has 1"),
    ("tsv", "?a\nx\n", "'x' is not a term"),
    ("tsv", '?a\n"x\n', "is not a term"),
    ("tsv", '?a\n"\\q"\n', "is no escape"),
    ("tsv", '?a\n"\\uD800"\n', "is no character"),
    ("csv", "", "an empty file"),
    ("csv", "a,b\r\n1\r\n", "line 2: not a CSV result: 1 cells where the header has 2"),
    ("csv", 'a\r\n"x', "not a CSV result"),
]


@pytest.mark.parametrize(("format", "text", "message"), BAD)
def test_bad_files_say_what_is_wrong(format: str, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_all(text, format)


@pytest.mark.parametrize("size", [1, 2, 7, 1 << 16])
def test_json_is_read_piece_by_piece(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgtool.results._json_stream._CHUNK", size)
    rows = ",".join(f'{{"a":{{"type":"literal","value":"é{n}"}}}}' for n in range(50))
    head = '"head":{"vars":["a"],"link":[1.5e3,12]}'
    results = f'"results":{{"x":[],"bindings":[{rows}]}}'
    for text in (f'{{{head},\n{results},"more":[{{}}]}}\n', f' {{"more":1,{results} , {head}}}'):
        found = read_result(text, "json")
        assert isinstance(found, SelectResult)
        assert [lexical_form(row[0]) for row in found] == [f"é{n}" for n in range(50)]
    broken = read_result(f"{{{head},\n{results}}}\n}}", "json")
    assert isinstance(broken, SelectResult)
    with pytest.raises(DataError, match="Extra data") as raised:
        list(broken)
    assert raised.value.location is not None
    assert (raised.value.location.line, raised.value.location.column) == (3, 1)


@pytest.mark.parametrize("format", ["json", "xml"])
def test_rows_that_were_read_are_let_go(format: str) -> None:
    number = 30_000
    cells = ((XSD.string, f"value {n}") for n in range(number))
    text = SelectResult(("a",), cells).serialize(format)
    assert text is not None
    result = read_result(io.StringIO(text), format)
    assert isinstance(result, SelectResult)
    rows = iter(result)
    next(rows)
    tracemalloc.start()
    try:
        assert sum(1 for _ in rows) == number - 1
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("format", ["json", "xml", "tsv", "csv"])
def test_other_encodings_are_bad(format: str) -> None:
    with pytest.raises(DataError, match="not UTF-8"):
        read_all(b"\xff\xfe", format)


def read_all(source: str | bytes, format: str) -> None:
    result = read_result(source, format)
    assert isinstance(result, SelectResult)
    result.to_list()
