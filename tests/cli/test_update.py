"""kgtool update: a request to a store, all of it or nothing."""

from __future__ import annotations

import pytest

INSERT = "INSERT DATA { <urn:new> <urn:p> 1 , 2 }"
ASK = "ASK { <urn:new> ?p ?o }"


@pytest.fixture
def store(tmp_path, run):
    data = tmp_path / "data.ttl"
    data.write_text("<urn:a> <urn:p> 1 .\n", encoding="utf-8")
    path = tmp_path / "data.duckdb"
    run("load", str(data), "--store", str(path))
    return str(path)


def test_a_request_as_text(run, store):
    assert "added 2 and removed 0 triples" in run("update", "-e", INSERT, "--store", store).stderr
    assert run("query", "-e", ASK, "--store", store).stdout == "yes\n"
    text = "DELETE WHERE { <urn:new> ?p ?o }"
    assert "added 0 and removed 2 triples" in run("update", "-e", text, "--store", store).stderr
    assert run("query", "-e", ASK, "--store", store).stdout == "no\n"


def test_a_request_in_a_file_or_from_a_pipe(run, store, tmp_path):
    file = tmp_path / "change.ru"
    file.write_text(INSERT, encoding="utf-8")
    run("update", str(file), "--store", store)
    run("update", "-", "--store", store, stdin="DELETE DATA { <urn:new> <urn:p> 1 }")
    assert "added 1 and" in run("update", str(file), "--store", store).stderr


def test_an_error_says_where_and_changes_nothing(run, store, tmp_path):
    file = tmp_path / "change.ru"
    file.write_text(f"{INSERT} ;\nDELETE DATE {{ }}", encoding="utf-8")
    output = run("update", str(file), "--store", store, code=2).output
    assert "change.ru:2:8" in output
    assert "DATA" in output
    assert "no graph <urn:g>" in run(
        "update", "-e", f"{INSERT} ; DROP GRAPH <urn:g>", "--store", store, code=2
    ).output  # fmt: skip
    assert run("query", "-e", ASK, "--store", store).stdout == "no\n"


def test_load_needs_leave(run, store, tmp_path, monkeypatch):
    (tmp_path / "more.ttl").write_text("<urn:new> <urn:p> 3 .", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    request = ("update", "-e", "LOAD <more.ttl>", "--store", store)
    assert "--allow-load" in run(*request, code=2).output
    run(*request, "--allow-load", ".")
    assert run("query", "-e", ASK, "--store", store).stdout == "yes\n"


def test_what_is_asked_for(run, store, tmp_path):
    assert "there is no request" in run("update", "--store", store, code=2).output
    assert "two requests" in run("update", "x.ru", "-e", INSERT, "--store", store, code=2).output
    assert "-e 'INSERT" in run("update", "none.ru", "--store", store, code=2).output
    missing = str(tmp_path / "none.duckdb")
    assert "there is no store" in run("update", "-e", INSERT, "--store", missing, code=2).output


def test_a_project_store_is_built_anew(run, built):
    output = run("update", "-e", INSERT).stderr
    assert "next build" in output
    assert run("query", "-e", ASK).stdout == "yes\n"
    run("build")
    assert run("query", "-e", ASK).stdout == "no\n"


def test_triples_in_named_graphs_are_pointed_to(run, built):
    output = run("update", "-e", "DELETE WHERE { ?s ?p ?o }").stderr
    assert "removed 0" in output
    assert "write WITH or GRAPH" in output
