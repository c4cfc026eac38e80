"""Text and the algebra it must become: the pairs of translation.txt.

A case is a line ``# name``, the SPARQL, a line ``---`` and the algebra, in which white
space does not count. The query may use ``:`` (http://example.org/) and ``xsd:``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kgtool.sparql import parse_query, parse_update

PREFIXES = {"": "http://example.org/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
UPDATE = re.compile(r"(INSERT|DELETE|WITH|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY)\b", re.IGNORECASE)


def cases() -> list[object]:
    text = Path(__file__).with_name("translation.txt").read_text(encoding="utf-8")
    found = re.findall(r"^# (.+)\n([\s\S]*?)\n---\n([\s\S]*?)(?=\n# |\Z)", text, re.MULTILINE)
    return [pytest.param(sparql, algebra, id=name) for name, sparql, algebra in found]


def without_spaces(text: str) -> str:
    return re.sub(r"\s*([()\[\]])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()


@pytest.mark.parametrize(("sparql", "algebra"), cases())
def test_translation(sparql: str, algebra: str, show: Callable[[object], str]) -> None:
    parse = parse_update if UPDATE.match(sparql) else parse_query
    result = parse(sparql, prefixes=PREFIXES, base="http://example.org/")
    got = show(result)
    for wrapper in ("(SelectQuery pattern=", "(AskQuery pattern=", "(Update operations="):
        if got.startswith(wrapper):
            got = got.removeprefix(wrapper)[:-1]
    assert without_spaces(got) == without_spaces(algebra)
