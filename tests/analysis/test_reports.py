"""An analysis as text, as JSON and as a page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib import import_module
from typing import Any

import pytest

from kgtool.analysis import Analysis
from kgtool.analysis.data import as_data
from kgtool.analysis.page import page
from kgtool.analysis.text import Style, bar, milliseconds, number, text_lines
from kgtool.sparql import parse_query
from tests.analysis.examples import DATA, QUERIES

Analyzed = Callable[..., Analysis]
SCRIPT = "<script>alert('&lt;')</script>*/ --"
VOID = {"meta", "br", "link"}


class Page(HTMLParser):
    """Checks that elements are closed in the order they were opened in; keeps what is there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_is_well_formed_and_needs_nothing_else(analyzed: Analyzed, name: str) -> None:
    text = page(analyzed(DATA, QUERIES[name]), name)
    assert text.startswith("<!DOCTYPE html>\n")
    found = Page(text)
    assert not {tag for tag, _ in found.elements} & {"script", "link", "img", "iframe", "object"}
    assert not any("src" in attributes or "href" in attributes for _, attributes in found.elements)
    assert "url(" not in text
    assert "@import" not in text
    inside = {parent for parent, _ in found.elements}
    assert {"html", "head", "title", "body", "main", "summary", "pre"} <= inside


def test_texts_of_a_query_are_escaped(analyzed: Analyzed) -> None:
    literal = json.dumps(SCRIPT)
    analysis = analyzed(DATA, f"SELECT * {{ ?a :name {literal} FILTER (?a != {literal}) }}")
    text = page(analysis, SCRIPT)
    found = Page(text)
    assert "script" not in {tag for tag, _ in found.elements}
    assert "<script" not in text
    seen = "".join(found.texts)
    assert seen.count(SCRIPT) >= 4  # the title, the query, the operators


def test_the_comments_of_the_statement_end_where_they_should(analyzed: Analyzed) -> None:
    analysis = analyzed("<http://e/a*/b> :p 1 .", "SELECT * { <http://e/a*/b> :p ?x }")
    assert "/* <http://e/a* /b> */" in analysis.sql


def test_what_belongs_together_has_one_class(analyzed: Analyzed) -> None:
    text = page(analyzed(DATA, "SELECT * { ?a :knows ?b . ?b :nick ?n }"), "who")
    pattern = re.compile(r'<span class="(o\d+)">\?b :nick \?n \.</span>')
    (own,) = pattern.findall(text)
    assert re.search(rf'<summary class="{own}"[^>]*>.*?<b>Triple</b> \?b :nick \?n', text)
    assert re.search(rf'<span class="{own}">t2</span>', text)
    assert f"body:has(.{own}:hover) .{own}" in text


def test_the_slowest_operator_is_open(analyzed: Analyzed) -> None:
    analysis = analyzed(DATA, QUERIES["group"])
    assert analysis.slowest is not None
    own = analysis.slowest.operator.number
    text = page(analysis, "group")
    assert text.count('class="slowest"') == 1
    assert f'<details class="slowest" open>\n<summary class="o{own}"' in text


# JSON -----------------------------------------------------------------------------------

OPERATOR = {
    "number": int, "operator": str, "text": str, "sql": list, "rows": int, "expected": int,
    "misestimated": bool, "note": str, "milliseconds": float, "share": float, "steps": list,
    "children": list,
}  # fmt: skip
STEP = {
    "number": int, "step": str, "rows": int, "expected": int, "milliseconds": float,
    "operators": list, "details": dict, "inputs": list,
}  # fmt: skip
WHOLE = {
    "sparql": str, "sql": str, "rows": int, "stopped": str, "threads": int, "phases": dict,
    "work": float, "slowest": int, "operators": dict, "shared": list, "unattributed": float,
    "plan": dict,
}  # fmt: skip
MAY_BE_NULL = {"rows", "expected", "stopped", "slowest"}


def nodes(tree: dict[str, Any], below: str) -> list[dict[str, Any]]:
    return [tree, *(node for child in tree[below] for node in nodes(child, below))]


def check(node: dict[str, Any], types: dict[str, type]) -> None:
    assert list(node) == list(types)
    for name, type_ in types.items():
        assert isinstance(node[name], type_) or (node[name] is None and name in MAY_BE_NULL), name


@pytest.mark.parametrize("name", QUERIES)
def test_json_has_these_names_and_types(analyzed: Analyzed, name: str) -> None:
    analysis = analyzed(DATA, QUERIES[name])
    data = json.loads(json.dumps(as_data(analysis)))
    check(data, WHOLE)
    operators, steps = nodes(data["operators"], "children"), nodes(data["plan"], "inputs")
    for operator in operators:
        check(operator, OPERATOR)
    for each in steps:
        check(each, STEP)
    assert [o["number"] for o in operators] == list(range(len(operators)))
    assert [s["number"] for s in steps] == list(range(len(steps)))
    assert list(data["phases"]) == [
        "parsing", "compiling", "planning", "running", "decoding", "whole",
    ]  # fmt: skip
    assert sum(o["share"] for o in operators) <= 1.001
    assert sum(s["milliseconds"] for s in steps) == pytest.approx(data["work"], abs=0.001)
    parse_query(data["sparql"])


def test_json_tells_steps_and_operators_of_each_other(analyzed: Analyzed) -> None:
    data = as_data(analyzed(DATA, QUERIES["optional"]))
    steps = {each["number"]: each for each in nodes(data["plan"], "inputs")}
    for operator in nodes(data["operators"], "children"):
        for number_ in operator["steps"]:
            assert operator["number"] in steps[number_]["operators"]


# Text -----------------------------------------------------------------------------------


def test_text_has_a_line_for_each_operator_and_sql_below(analyzed: Analyzed) -> None:
    lines = list(text_lines(analyzed(DATA, "SELECT ?a { ?a :nick 'n5' . ?b :boss ?a }"), Style()))
    assert lines[0].split() == ["ms", "%", "rows", "expected", "operator"]
    start, end = lines[0].index("operator"), lines.index("")
    tree = [line[start:] for line in lines[1:end] if line[:start].strip()]
    assert tree == [
        "Select",
        "Project ?a",
        "BGP",
        "├ Triple ?a :nick \"n5\"",
        "└ Triple ?b :boss ?a",
    ]  # fmt: skip
    assert any(line.strip().startswith("WHERE t1.s = t2.o") for line in lines)


def test_text_fits_the_terminal_and_has_sql_beside_where_there_is_room(
    analyzed: Analyzed,
) -> None:
    analysis = analyzed(DATA, QUERIES["not exists"])
    for width in (60, 90, 200):
        table = [*text_lines(analysis, Style(width))]
        assert max(map(len, table[: table.index("")])) <= width
    assert any("LeftJoin" not in line and "FROM pos" in line[60:] for line in table)


def test_what_was_not_timed_has_no_figures(
    analyzed: Analyzed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("kgtool.analysis.analyze"), "read_profile", lambda _: None)
    analysis = analyzed(DATA, QUERIES["bgp"])
    lines = list(text_lines(analysis, Style()))
    assert not any(line[:20].strip() for line in lines[1 : lines.index("")])
    assert any("without these steps" in line for line in lines)
    data = as_data(analysis)
    assert data["slowest"] is None
    assert data["plan"]["rows"] is None
    assert "▶" not in "".join(lines)
    assert "The slowest" not in page(analysis, "who")


def test_only_a_terminal_gets_colours(analyzed: Analyzed) -> None:
    analysis = analyzed(DATA, QUERIES["group"])
    assert "\x1b" not in "".join(text_lines(analysis, Style(100)))
    assert "\x1b[1;31m" in "".join(text_lines(analysis, Style(100, color=True)))


def test_figures_have_the_digits_they_are_worth() -> None:
    assert [milliseconds(s) for s in (0.0, 0.0000123, 0.0991, 0.1, 12.3456)] == [
        "0.00", "0.01", "99.10", "100", "12,346",
    ]  # fmt: skip
    assert [number(n) for n in (None, 0, 1234, 999_999_999, 84_000_000_000)] == [
        "", "0", "1,234", "999,999,999", "8.4e+10",
    ]  # fmt: skip
    assert [bar(share) for share in (0, 0.25, 0.5625, 1)] == [
        "        ", "██      ", "████▌   ", "████████",
    ]  # fmt: skip
