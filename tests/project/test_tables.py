"""Tables among a project's facts: built, checked, blamed and compared like all else."""

from __future__ import annotations

import json

import pytest

from kgtool.errors import DataError
from kgtool.project.blame import blame_triple
from kgtool.project.build import build_project
from kgtool.project.checking import check_project
from kgtool.project.diff import diff_revisions
from kgtool.project.fingerprint import is_fresh
from kgtool.project.graph import open_project
from tests.repository import commit

THING = "https://example.org/ontology#Thing"
NAMES = "SELECT ?n { ?s a :Thing ; rdfs:label ?n } ORDER BY ?n"
METADATA = {
    "@context": "http://www.w3.org/ns/csvw",
    "url": "more.csv",
    "tableSchema": {
        "aboutUrl": "https://example.org/id/{id}",
        "columns": [
            {"name": "id", "suppressOutput": True},
            {"name": "label", "propertyUrl": "rdfs:label", "lang": "en"},
            {"name": "t", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": THING},
        ],
    },
}


@pytest.fixture
def table(project):
    """A table of facts; its metadata stand beside it."""
    path = project.root / "triples" / "more.csv"
    path.write_text("id,label\nb,second\nc,third\n")
    describe(project, METADATA)
    return path


def describe(project, metadata) -> None:
    text = metadata if isinstance(metadata, str) else json.dumps(metadata, indent=1)
    (project.root / "triples" / "more.csv-metadata.json").write_text(text)


def names(project) -> list[str]:
    with open_project(project) as graph:
        return [str(row.n.lexical) for row in graph.query(NAMES)]


def test_a_table_is_built_and_built_again_when_it_or_its_metadata_change(project, table):
    build_project(project)
    assert names(project) == ["second", "the first thing", "third"]
    assert is_fresh(project)
    table.write_text(table.read_text() + "d,fourth\n")
    assert not is_fresh(project)
    build_project(project)
    assert "fourth" in names(project)
    columns = METADATA["tableSchema"]["columns"]
    columns = [columns[0], {**columns[1], "default": "none"}, columns[2]]
    describe(project, {**METADATA, "tableSchema": {**METADATA["tableSchema"], "columns": columns}})
    assert not is_fresh(project)
    table.write_text("id,label\nb,\n")
    build_project(project)
    assert names(project) == ["none", "the first thing"]


def test_metadata_alone_change_what_is_built(project, table):
    build_project(project)
    more = {"name": "u", "virtual": True, "propertyUrl": "rdfs:seeAlso", "valueUrl": "urn:{id}"}
    columns = [*METADATA["tableSchema"]["columns"], more]
    describe(project, {**METADATA, "tableSchema": {**METADATA["tableSchema"], "columns": columns}})
    build_project(project)
    with open_project(project) as graph:
        assert graph.query("ASK { ?s rdfs:seeAlso <urn:c> }")


@pytest.mark.parametrize(
    ("text", "metadata", "place"),
    [
        ("id,label\nb\n", METADATA, "triples/more.csv:2:2"),
        ("id,label\n", {**METADATA, "urls": ""}, "triples/more.csv-metadata.json:"),
        ("id,label\n", "{", "triples/more.csv-metadata.json:1:2"),
    ],
)
def test_a_mistake_is_told_by_the_name_of_its_file_in_the_project(
    project, table, text, metadata, place
):
    table.write_text(text)
    describe(project, metadata)
    with pytest.raises(DataError) as caught:
        build_project(project)
    assert str(caught.value).startswith(place)


def test_a_finding_of_a_shape_is_at_the_cell_it_is_about(project, table):
    table.write_text("id,label\nb,second\nc,\n")
    with check_project(project) as report:
        (finding,) = report.findings
        assert [str(place) for place in finding.places] == ["triples/more.csv:3:3"]


def test_blame_tells_the_line_of_the_table(project, table):
    commit(project.root, "Add a table")
    blame = blame_triple(project, '<https://example.org/id/c> rdfs:label "third"@en')
    (statement,) = blame.statements
    assert statement.place == "triples/more.csv:3:3"
    assert statement.text == "c,third"
    assert statement.commit is not None
    assert statement.commit.summary == "Add a table"


def test_revisions_have_their_own_tables_and_metadata(project, table):
    commit(project.root)
    table.write_text("id,label\nb,second\nc,3rd\n")
    diff = diff_revisions(project, only=["triples"])
    assert diff.summary == "+1 -1 asserted triples"
    (subject,) = diff.triples.asserted.subjects
    places = [str(place) for change in subject.changes for place in change.places]
    assert places == ["triples/more.csv:3:3", "triples/more.csv:3:3"]
