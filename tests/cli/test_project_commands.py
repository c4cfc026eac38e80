"""new, build, check, test, infer, queries: the life of a project."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BROKEN = "<https://example.org/id/x> a <https://example.org/ontology#Thing> .\n"
CLASH = (
    "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    "<urn:A> owl:disjointWith <urn:B> . <urn:x> a <urn:A> , <urn:B> .\n"
)


def test_a_new_project_builds_and_passes_its_own_check_and_test(run, tmp_path, monkeypatch):
    run("new", str(tmp_path / "a"))
    monkeypatch.chdir(tmp_path / "a")
    assert "built" in run("build").output
    assert run("check").output == "no violations (asserted triples)\n"
    assert run("test").output == "1 passed, 0 failed; cases: 2 passed, 0 failed\n"
    assert "the first thing" in run("query", "things").output


def test_new_refuses_a_folder_with_something_in_it(run, project):
    assert "not empty" in run("new", str(project.root), code=2).output


def test_a_second_build_does_nothing_and_says_so(run, built):
    before = built.store_path.stat().st_mtime_ns
    assert run("build").output == "up to date\n"
    assert run("-q", "build").output == ""
    assert built.store_path.stat().st_mtime_ns == before
    assert "built" in run("build", "--force").output


def test_a_change_is_built_before_a_query_is_asked(run, built):
    example = built.root / "triples" / "example.ttl"
    example.write_text(example.read_text().replace("the first thing", "changed"))
    assert "changed" in run("query", "things").output


def test_a_violation_fails_the_build_and_keeps_the_store(run, built):
    before = built.store_path.read_bytes()
    (built.root / "triples" / "broken.ttl").write_text(BROKEN)
    output = run("build", code=1).output
    assert "ThingShape" in output
    assert "triples/broken.ttl" in output
    assert "--no-check" in output
    assert built.store_path.read_bytes() == before
    assert "shapes not checked" in run("build", "--no-check").output
    assert "ThingShape" in run("build", code=1).output


def test_a_contradiction_is_bad_data(run, built):
    (built.root / "triples" / "clash.ttl").write_text(CLASH)
    output = run("build", code=3).output
    assert "contradict" in output
    assert "urn:x" in output
    assert "built" in run("build", "--no-infer").output


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.ttl", b"<urn:a> <urn:b>\n", "triples/a.ttl:2:1"),
        ("a.ttl", b"<urn:a> no:b 5 .", "triples/a.ttl:1:9: the prefix no: is not declared"),
        ("a.ttl", b'<urn:a> <urn:b> "\xff" .', "triples/a.ttl:1:18"),
        ("a.nt", b"<urn:a> <urn:b> <urn:", "triples/a.nt:1:17"),
        (
            "a.ttl",
            b'<urn:a> <urn:b> "1944-02-30"^^<http://www.w3.org/2001/XMLSchema#date> .',
            "triples/a.ttl:1:17",
        ),
    ],
)
def test_a_file_that_does_not_parse_is_bad_data_with_its_place(run, built, name, data, message):
    before = built.store_path.read_bytes()
    (built.root / "triples" / name).write_bytes(data)
    for command in ("build", "check", "infer"):
        assert message in run(command, code=3).output
    assert built.store_path.read_bytes() == before


def test_a_killed_build_leaves_the_old_store_whole(run, built):
    before = built.store_path.read_bytes()
    lines = [f"<urn:s{i}> <urn:p> <urn:o{i % 7}> ." for i in range(20_000)]
    (built.root / "triples" / "more.nt").write_text("\n".join(lines))
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "kgtool", "build", "--no-check"],
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    while process.poll() is None and not list(built.products.glob(".build-*")):
        time.sleep(0.005)
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert built.store_path.read_bytes() == before
    (built.root / "triples" / "more.nt").unlink()
    assert run("build").output == "up to date\n"


def test_a_build_into_a_folder_that_cannot_be_written_is_an_error(run, built, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    before = built.store_path.read_bytes()
    monkeypatch.setattr("os.replace", fail)
    output = run("build", "--force", code=3).output
    assert "No space left on device" in output
    monkeypatch.undo()
    assert built.store_path.read_bytes() == before


def test_check_writes_its_report_in_three_formats(run, project, tmp_path):
    (project.root / "triples" / "broken.ttl").write_text(BROKEN)
    assert "1 violation" in run("check", code=1).output
    assert json.loads(run("check", "--format", "json", code=1).output)["violations"] == 1
    report = tmp_path / "report.ttl"
    assert run("check", "--format", "turtle", "-o", str(report), code=1).output == ""
    assert "sh:ValidationReport" in report.read_text()


def test_check_takes_files_instead_of_the_project_s(run, project, tmp_path):
    draft = tmp_path / "draft.ttl"
    draft.write_text(BROKEN)
    assert str(draft) in run("check", str(draft), code=1).output
    assert "there is no file" in run("check", str(tmp_path / "none.ttl"), code=2).output


def test_check_annotates_files_for_github(run, project):
    (project.root / "triples" / "broken.ttl").write_text(BROKEN)
    output = run("check", "--format", "github", code=1).output
    (line,) = [line for line in output.splitlines() if line.startswith("::")]
    assert line.startswith("::error file=triples/broken.ttl,line=")


def test_check_changed_says_what_it_did(run, project):
    assert "all was checked" in run("check", "--changed").output
    assert "note: 0 of " in run("check", "--changed").output
    (project.root / "triples" / "broken.ttl").write_text(BROKEN)
    assert "1 violation" in run("check", "--changed", code=1).output


def test_check_of_a_store_and_with_inferred_triples(run, built):
    store = str(built.store_path)
    loaded = run("check", "--store", store, "--shapes", str(built.shapes))
    assert loaded.output.startswith("no violations")
    assert "--shapes" in run("check", "--store", store, code=2).output
    assert "--changed" in run("check", "--store", store, "--changed", code=2).output
    assert "asserted and inferred" in run("check", "--graphs", "all").output


def test_ill_formed_shapes_stop_a_build_before_it_writes(run, built):
    before = built.store_path.read_bytes()
    text = built.shapes.read_text().replace("sh:minCount 1", 'sh:minCount "a"')
    built.shapes.write_text(text)
    for command in ("check", "build"):
        output = run(command, code=3).output
        assert "ontology/shapes.ttl:" in output
        assert "expected an integer" in output
    assert built.store_path.read_bytes() == before


def test_check_without_shapes_says_so(run, project):
    project.shapes.unlink()
    assert "ontology/shapes.ttl" in run("check", code=2).output


def test_infer_writes_turtle(run, project, tmp_path):
    (project.root / "ontology" / "more.ttl").write_text(
        "@prefix : <https://example.org/ontology#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        ":Thing rdfs:subClassOf :Entity ."
    )
    out = tmp_path / "inferred.ttl"
    run("infer", "-o", str(out))
    assert "a :Entity" in out.read_text()


def test_test_shows_rows_added_and_missing(run, built):
    expected = built.queries / "expected" / "things.csv"
    expected.write_text("thing,label\nhttps://example.org/id/first,another label\n")
    output = run("test", code=1).output
    assert "FAILED things" in output
    assert "  - https://example.org/id/first,another label" in output
    assert "  + https://example.org/id/first,the first thing" in output
    assert "0 passed, 1 failed" in output


def test_test_update_writes_what_is_answered(run, built):
    expected = built.queries / "expected" / "things.csv"
    original = expected.read_bytes()
    expected.unlink()
    assert "things.csv or .ttl" in run("test", code=1).output
    assert "1 written" in run("test", "--update").output
    assert expected.read_bytes() == original
    assert "written" not in run("test", "--update").output


def test_test_knows_graphs_and_orphans(run, built):
    (built.queries / "all.rq").write_text("#+ summary: s\nCONSTRUCT WHERE { ?s ?p ?o }")
    run("test", "--update", "all")
    assert (built.queries / "expected" / "all.ttl").is_file()
    assert "2 passed" in run("test").output
    (built.queries / "all.rq").unlink()
    assert "queries/expected/all.ttl has no query" in run("test", code=1).output


def test_test_of_a_broken_query_is_wrong_use(run, built):
    (built.queries / "bad.rq").write_text("#+ summary: s\nSELECT * { ?s ?p }")
    output = run("test", code=2).output
    assert "queries/bad.rq:2" in output
    assert "1 passed, 1 failed" in output
    assert "no stored query" in run("test", "thing", code=2).output


def test_queries_are_listed_and_described(run, project):
    assert run("queries").output == "things  The things in this graph\n"
    output = run("queries", "things").output
    assert "language (string, default en): the language of the labels" in output
    assert "kgtool query things -p language=en" in output
    content = json.loads(run("queries", "--format", "json").output)
    assert content[0]["parameters"][0]["type"] == "string"
    output = run("queries", "--tag", "none", code=2).output
    assert "no stored query has the tag 'none'" in output


def test_a_mistake_in_a_header_is_never_passed_over(run, built):
    (built.queries / "bad.rq").write_text("#+ summary: s\n#+\ttags: [a]\nASK {}")
    for command in (["queries"], ["query", "bad"], ["explain", "bad"]):
        assert "queries/bad.rq:2:3: a tab" in run(*command, code=2).output
