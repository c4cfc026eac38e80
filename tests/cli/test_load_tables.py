"""kgtool load of tables."""

from __future__ import annotations

import json
import sys

import pytest

METADATA = {
    "@context": "http://www.w3.org/ns/csvw",
    "url": "people.csv",
    "tableSchema": {
        "aboutUrl": "https://example.org/{id}",
        "columns": [
            {"name": "id", "suppressOutput": True},
            {"name": "name", "propertyUrl": "rdfs:label"},
            {"name": "born", "propertyUrl": "schema:birthDate", "datatype": "date"},
        ],
    },
}
ASK = "SELECT ?name ?born { ?p rdfs:label ?name ; schema:birthDate ?born } ORDER BY ?name"


@pytest.fixture
def people(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("id,name,born\nann,Ann,1900-01-02\n")
    (tmp_path / "people.csv-metadata.json").write_text(json.dumps(METADATA))
    return tmp_path


def test_a_table_is_loaded_beside_rdf_and_its_prefixes_are_known(run, people):
    (people / "more.ttl").write_text("<urn:a> <urn:b> <urn:c> .")
    output = run("load", "people.csv", "more.ttl", "--store", "s.duckdb").output
    assert "loaded 3 triples" in output
    answer = run("query", "-e", ASK, "--store", "s.duckdb", "-f", "csv").output
    assert answer.splitlines() == ["name,born", "Ann,1900-01-02"]


def test_one_description_may_serve_several_tables(run, people):
    (people / "people.csv-metadata.json").rename(people / "all.json")
    (people / "more.csv").write_text("id,name,born\nbob,Bob,\n")
    run("load", "people.csv", "more.csv", "--metadata", "all.json", "--store", "s.duckdb")
    answer = run("query", "-e", "SELECT ?n { ?p rdfs:label ?n }", "--store", "s.duckdb").output
    assert "Ann" in answer
    assert "Bob" in answer


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("id,name,born\nann,Ann,soon\n", "people.csv:2:9: 'soon' is no value of the column 'born'"),
        ("id,name\nann,Ann\n", "people.csv:1:8: the head has 2 columns"),
        ("", None),
    ],
)
def test_bad_tables_are_told_with_their_place(run, people, text, place):
    (people / "people.csv").write_text(text)
    if place is None:
        run("load", "people.csv", "--store", "s.duckdb")
    else:
        assert place in run("load", "people.csv", "--store", "s.duckdb", code=3).output
        assert not (people / "s.duckdb").exists()


def test_what_is_missing_is_told(run, people, monkeypatch):
    (people / "people.csv-metadata.json").unlink()
    output = run("load", "people.csv", "--store", "s.duckdb", code=3).output
    assert "people.csv-metadata.json or csv-metadata.json" in output
    assert "--metadata FILE" in output
    run("load", "people.csv", "--metadata", "no.json", "--store", "s.duckdb", code=2)
    run("load", "none.csv", "--store", "s.duckdb", code=2)
    columns = {"tableSchema": {"aboutUrl": "urn:x{?id}"}}
    (people / "csv-metadata.json").write_text(json.dumps({**METADATA, **columns}))
    monkeypatch.setitem(sys.modules, "uritemplate", None)
    output = run("load", "people.csv", "--store", "s.duckdb", code=2).output
    assert "needs the package uritemplate" in output
    assert "'.[tables]'" in output
