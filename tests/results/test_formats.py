"""The formats, by example."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from kgtool.errors import DataError, UsageError
from kgtool.rdf.namespaces import XSD
from kgtool.results import FORMATS, AskResult, SelectResult, format_named, formats_for
from kgtool.results.table_format import SAMPLE

ROWS = [
    ("iri", "http://ex.org/a", "@en", 'say "hi"', XSD.integer, "5"),
    ("bnode", "b", None, None, XSD.decimal, "1.50"),
    ("iri", "http://ex.org/c/d", XSD.string, "a,b\nc|*d*", XSD.double, "NaN"),
]
PREFIXES = {"ex": "http://ex.org/"}


def select() -> SelectResult:
    return SelectResult(("s", "text", "n"), ROWS, PREFIXES)


def test_csv() -> None:
    assert select().serialize("csv") == (
        's,text,n\r\nhttp://ex.org/a,"say ""hi""",5\r\n_:b,,1.50\r\n'
        'http://ex.org/c/d,"a,b\nc|*d*",NaN\r\n'
    )


def test_tsv() -> None:
    assert select().serialize("tsv") == (
        '?s\t?text\t?n\n<http://ex.org/a>\t"say \\"hi\\""@en\t5\n_:b\t\t1.50\n'
        '<http://ex.org/c/d>\t"a,b\\nc|*d*"\t"NaN"^^<http://www.w3.org/2001/XMLSchema#double>\n'
    )


def test_json() -> None:
    assert select().serialize("json").splitlines()[2] == (
        '{"s":{"type":"bnode","value":"b"},"n":{"type":"literal",'
        '"datatype":"http://www.w3.org/2001/XMLSchema#decimal","value":"1.50"}},'
    )


def test_xml() -> None:
    assert select().serialize("xml").splitlines()[4] == (
        '<result><binding name="s"><uri>http://ex.org/a</uri></binding><binding name="text">'
        '<literal xml:lang="en">say &quot;hi&quot;</literal></binding><binding name="n">'
        '<literal datatype="http://www.w3.org/2001/XMLSchema#integer">5</literal></binding>'
        "</result>"
    )


def test_table() -> None:
    assert select().serialize("table") == (
        "s                  text          n\n"
        "─────────────────  ─────────  ────\n"
        'ex:a               say "hi"      5\n'
        "_:b                           1.50\n"
        "http://ex.org/c/d  a,b c|*d*   NaN\n"
    )


def test_markdown() -> None:
    assert select().serialize("markdown") == (
        "| s | text | n |\n| --- | --- | ---: |\n"
        '| ex:a | say "hi" | 5 |\n| \\_:b |  | 1.50 |\n'
        "| <http://ex.org/c/d> | a,b c\\|\\*d\\* | NaN |\n"
    )


@pytest.mark.parametrize("format", formats_for("select"))
def test_no_rows_and_no_columns_are_written(format: str) -> None:
    assert SelectResult(("x", "y"), []).serialize(format)
    assert SelectResult((), [(), ()]).serialize(format)


@pytest.mark.parametrize("format", formats_for("ask"))
def test_answers(format: str) -> None:
    yes, no = AskResult(True).serialize(format), AskResult(False).serialize(format)
    assert yes != no
    out = io.BytesIO()
    AskResult(True).write(out, format)
    assert out.getvalue().decode() == yes


def test_a_table_aligns_wide_characters_and_hides_control_characters() -> None:
    rows = [(XSD.string, "日本", XSD.string, "x"), (XSD.string, "a\x1b[31mb", XSD.string, "y")]
    lines = SelectResult(("a", "b"), rows).serialize("table").splitlines()
    assert lines[2:] == ["日本     x", "a [31mb  y"]


def test_a_table_streams_after_the_sample() -> None:
    rows = ((XSD.integer, str(n)) for n in range(SAMPLE + 5))
    lines = SelectResult(("n",), rows).serialize("table").splitlines()
    assert len(lines) == SAMPLE + 7
    assert lines[2] == "   0"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_table_on_a_terminal_folds_long_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    text = "word" * 30
    SelectResult(("a", "b"), [(XSD.string, text, XSD.string, "[bold]x")]).write(out, "table")
    shown = out.getvalue()
    assert "[bold]" in shown
    assert shown.count("word") > 20
    assert "…" not in shown


def test_a_long_table_on_a_terminal_is_plain() -> None:
    out = Terminal()
    SelectResult(("n",), [(XSD.integer, "1")] * 2000).write(out, "table")
    assert len(out.getvalue().splitlines()) == 2002


def test_xml_refuses_control_characters() -> None:
    with pytest.raises(DataError, match=r"U\+0001"):
        SelectResult(("a",), [(XSD.string, "\x01")]).serialize("xml")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("csv", "csv"),
        ("CSV", "csv"),
        (".srj", "json"),
        ("application/sparql-results+json", "json"),
        ("application/sparql-results+xml; charset=utf-8", "xml"),
        ("ttl", "turtle"),
        ("md", "markdown"),
    ],
)
def test_formats_have_several_names(name: str, found: str) -> None:
    assert format_named(name).name == found


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'markdown'"):
        format_named("markdwon")


def test_a_format_must_fit_the_kind() -> None:
    with pytest.raises(UsageError, match="the format turtle cannot hold the rows"):
        select().serialize("turtle")
    with pytest.raises(UsageError, match="cannot hold a graph"):
        format_named("json", "graph")
    assert format_named("turtle", "graph") is FORMATS["turtle"]


def test_importing_results_imports_nothing_heavy() -> None:
    heavy = {"rich", "rdflib", "pyoxigraph", "json", "csv", "xml", "duckdb", "decimal", "datetime"}
    code = "import sys; before = set(sys.modules); from kgtool.results import *; "
    code += f"print(*({heavy!r} & (set(sys.modules) - before)))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = [sys.executable, "-c", code]
    found = subprocess.run(run, env=environment, check=True, capture_output=True, text=True)
    assert found.stdout.strip() == ""
