"""The comparison with peers: who is missing is said, and answers are compared by value."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.answers import XSD, Digest, json_rows, loose_text, row_text
from benchmarks.peers import runner
from benchmarks.peers.report import render
from benchmarks.peers.verdicts import judge

SETTINGS = runner.Settings(
    engines=("kgtool", "virtuoso", "maplib", "sparq-rdf"),
    patterns=("count-all",),
    scratch=Path(),
    limit=10,
    budget=0.01,
    rounds=1,
    loads=1,
    peers_up_to=10_000_000,
    memory_limit="4GB",
)


def test_missing_peers_are_left_out_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = importlib.util.find_spec
    base = sys.modules["benchmarks.peers.engines.base"]
    there = ("kgtool",)
    monkeypatch.setattr(base, "find_spec", lambda name: real(name) if name in there else None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    settings = runner.replace(SETTINGS, scratch=tmp_path)
    text = render(runner.run_all([("war", 3000)], settings))
    assert "Virtuoso is not installed: apt-get install virtuoso-opensource-7-bin" in text
    assert "maplib is not installed: pip install maplib" in text
    assert "sparq is not installed: pip install sparq-rdf" in text
    assert "| count-all | count | 1 |" in text
    assert "wrong" not in text.split("### First")[0]


def test_answers_are_compared_by_value() -> None:
    text = """{"results": {"bindings": [
        {"n": {"type": "literal", "datatype": "%sdecimal", "value": "1.50"}},
        {"n": {"type": "literal", "datatype": "%sint", "value": "3"}},
        {"n": {"type": "typed-literal", "datatype": "%sdateTime",
               "value": "1944-06-04T08:00:00.000+00:00"}},
        {"m": {"type": "literal", "xml:lang": "it", "value": "Roma"}}]}}"""
    rows = [row_text(row) for row in json_rows(text % (XSD, XSD, XSD), ["n"])]
    assert rows == [
        f"{XSD}decimal\x1f1.5",
        f"{XSD}int\x1f3",
        f"{XSD}dateTime\x1f1944-06-04T08:00:00Z",
        "",
    ]
    assert loose_text(rows[1]) == loose_text(f"{XSD}integer\x1f3") == "number\x1f3"


def judged(folder: Path, **answers: list[str]) -> dict[str, dict[str, Any]]:
    """The results of engines that answered so."""
    found = {}
    for engine, lines in answers.items():
        digest = Digest()
        for line in lines:
            digest.add(line)
        found[engine] = {"digests": [vars(digest)]}
        (folder / f"q.{engine}.0").write_text("".join(f"{line}\n" for line in lines))
    judge(found, folder, "q")
    return found


def test_what_most_engines_answer_is_right(tmp_path: Path) -> None:
    right = [f"{XSD}integer\x1f{n}" for n in (1, 2)]
    found = judged(
        tmp_path,
        kgtool=right,
        virtuoso=right[:1],
        maplib=[f"{XSD}unsignedInt\x1f{n}" for n in (2, 1)],
    )
    assert "wrong" not in found["kgtool"]
    assert found["virtuoso"]["wrong"] == f"1 rows against 2, such as {XSD}integer 2"
    assert "datatypes" in found["maplib"]
    assert "wrong" not in found["maplib"]


def test_two_against_each_other_are_disputed_unless_oxigraph_is_one(tmp_path: Path) -> None:
    one, other = [f"{XSD}integer\x1f1"], [f"{XSD}integer\x1f2"]
    found = judged(tmp_path, kgtool=one, virtuoso=other)
    assert all("disputed" in each for each in found.values())
    found = judged(tmp_path, kgtool=one, pyoxigraph=other)
    assert "wrong" in found["kgtool"]
    assert "wrong" not in found["pyoxigraph"]
