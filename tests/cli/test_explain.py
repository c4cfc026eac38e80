"""explain --analyze: where the rows and the time of a query are."""

from __future__ import annotations

import json
from importlib import import_module

import pytest

FORMS = {
    "SELECT": "SELECT * { ?s a ?class }",
    "ASK": "ASK { ?s a ?class }",
    "CONSTRUCT": "CONSTRUCT { ?class :of ?s } WHERE { ?s a ?class }",
    "DESCRIBE": "DESCRIBE ?s { ?s a owl:Class }",
}
PREFIXES = "PREFIX : <http://e/> PREFIX owl: <http://www.w3.org/2002/07/owl#> "


def operators(tree):
    return [tree["operator"], *(name for child in tree["children"] for name in operators(child))]


def test_a_stored_query_is_analyzed(run, built):
    lines = run("explain", "things", "--analyze").output.splitlines()
    assert lines[0].split() == ["ms", "%", "rows", "expected", "operator"]
    assert any("OrderBy" in line for line in lines)
    assert any("FROM pos AS t" in line for line in lines)
    assert any(line.startswith("parsing ") and "decoding" in line for line in lines)
    assert sum("▶" in line for line in lines) == 2  # in the tree, and below it
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_analyzed(run, built, form):
    output = run("explain", "-e", PREFIXES + FORMS[form], "--analyze", "--format", "json").output
    found = operators(json.loads(output)["operators"])
    assert found[0] == form.title()
    assert found[-1] == "BGP"


def test_parameters_are_in_what_is_shown(run, built):
    output = run("explain", "things", "-p", "language=de", "--analyze", "-f", "json").output
    data = json.loads(output)
    assert '"de"' in data["sparql"]
    assert data["rows"] == data["operators"]["rows"] == 0


def test_a_query_may_come_from_a_file_or_a_pipe_and_ask_a_store(run, built, tmp_path):
    store, file = tmp_path / "s.duckdb", tmp_path / "question.rq"
    run("load", *(map(str, (built.root / "triples").glob("*.ttl"))), "--store", str(store))
    file.write_text(FORMS["SELECT"])
    for arguments, stdin in (([str(file)], None), (["-"], FORMS["SELECT"])):
        output = run(
            "explain", *arguments, "--store", str(store), "--analyze", "-f", "json", stdin=stdin
        ).output
        assert operators(json.loads(output)["operators"]) == ["Select", "Project", "BGP"]


def test_a_page_is_written_to_a_file(run, built, tmp_path):
    file = tmp_path / "things.html"
    result = run("explain", "things", "--analyze", "--format", "html", "-o", str(file))
    assert result.output == ""
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "<title>things: where the time is</title>" in text


def test_stages_may_be_written_to_a_file_too(run, built, tmp_path):
    file = tmp_path / "things.sql"
    run("explain", "things", "--show", "sql", "-o", str(file))
    assert file.read_text(encoding="utf-8") == run("explain", "things", "--show", "sql").output


def test_a_query_that_is_stopped_is_analyzed_as_far_as_it_goes(run, built, monkeypatch):
    monkeypatch.setattr(import_module("kgtool.analysis.analyze"), "_LEAST_COUNTING", 0.3)
    cross = " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(20))
    result = run(
        "explain", "-e", f"SELECT * {{ {cross} }}", "--analyze", "--timeout", "0.2", "-f", "json",
        code=1,
    )  # fmt: skip
    assert "stopped after 0.2 seconds" in result.stderr
    data = json.loads(result.stdout)
    assert data["stopped"] == "the query was stopped after 0.2 seconds"
    assert data["rows"] is None
    patterns = data["operators"]["children"][0]["children"][0]["children"]
    assert patterns[0]["rows"] == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["things", "--format", "html"], "--analyze"),
        (["things", "--analyze", "--show", "sql"], "exclude each other"),
        (["things", "--analyze", "-p", "colour=red"], "colour"),
        (["-e", "SELECT { }", "--analyze"], "unexpected"),
        (["-e", "SELECT * { SERVICE <nowhere> { } }", "--analyze"], "no endpoint 'nowhere'"),
    ],
)
def test_wrong_use_is_told(run, built, arguments, message):
    assert message in run("explain", *arguments, code=2).stderr
