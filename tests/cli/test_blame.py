"""``kgtool blame``"""

from __future__ import annotations

import json

import pytest

from tests.repository import git

FACTS = """@prefix : <https://example.org/ontology#> .
@prefix id: <https://example.org/id/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

id:one
    a :Thing ;
    prov:hadPrimarySource id:book .
id:book rdfs:label "A book" .
"""


@pytest.fixture
def written(project):
    (project.root / "triples" / "facts.ttl").write_text(FACTS)
    return project


def test_the_place_the_commit_and_the_source(run, written):
    git(written.root, "init", "-q")
    git(written.root, "add", ".")
    git(written.root, "commit", "-qm", "Add a thing", "--date", "2026-05-01T10:00:00+02:00")
    lines = run("blame", "id:one a :Thing").output.splitlines()
    assert lines[0] == "triples/facts.ttl:7:7: a :Thing ;"
    assert lines[1].endswith(" Ann, 2026-05-01 10:00 +0200: Add a thing")
    assert lines[2] == "  cites <https://example.org/id/book> (A book)"
    found = json.loads(run("blame", "id:one", "a", ":Thing", "--format", "json").output)
    (statement,) = found["statements"]
    assert (statement["file"], statement["line"]) == ("triples/facts.ttl", 7)
    assert statement["commit"]["date"] == "2026-05-01T10:00:00+02:00"


def test_a_line_that_no_commit_has(run, written):
    assert "in no commit" in run("blame", "id:one a :Thing").output  # no repository
    git(written.root, "init", "-q")
    assert "in no commit" in run("blame", "id:one a :Thing").output


def test_a_triple_in_two_files_has_two_places(run, written):
    (written.root / "triples" / "more.ttl").write_text(FACTS)
    output = run("blame", "id:one a :Thing").output
    assert "triples/facts.ttl:7:7" in output
    assert "triples/more.ttl:7:7" in output


def test_what_is_no_triple_of_a_file_is_an_error(run, written):
    assert "stands in no file" in run("blame", "id:two a :Thing", code=2).output
    assert "not one triple" in run("blame", "id:one a ?x", code=2).output
    assert "expected" in run("blame", "id:one a", code=2).output
