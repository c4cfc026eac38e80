"""``kgtool lint``"""

from __future__ import annotations

import json

import pytest

from kgtool.project.lint.rules import RULES

FACTS = "@prefix id: <https://example.org/id/> .\n@prefix x: <urn:x:> .\nid:a x:p id:b .\n"


@pytest.fixture
def loose(built):
    """A project with a warning (nothing describes id:b), and a note (nothing links to id:a)."""
    path = built.root / "triples" / "a.ttl"
    path.write_text(FACTS)
    return path


def test_a_new_project_has_no_findings(run, built):
    assert run("lint").output == "no findings\n"
    assert run("lint", "-q").output == ""


def test_findings_are_shown_with_their_lines(run, loose):
    assert run("lint", code=1).output == (
        "triples/a.ttl:3:1: note: nothing links to id:a [unlinked-entity]\n"
        "  3 | id:a x:p id:b .\n"
        "    | ^^^^\n"
        "triples/a.ttl:3:10: warning: nothing describes id:b [dangling-reference]\n"
        "  3 | id:a x:p id:b .\n"
        "    |          ^^^^\n"
        "1 warning, 1 note\n"
    )


def test_notes_alone_are_fine_and_what_a_project_allows(run, loose, built):
    run("lint", "unlinked-entity", code=0)
    (built.root / "pyproject.toml").write_text(
        '[[tool.kgtool.lint.allow]]\nrule = "dangling-reference"\nreason = "To come."\n'
    )
    assert run("lint").output.endswith("1 note, 1 silenced\n")


def test_errors_are_told_whichever_rules_are_asked(run, built):
    (built.root / "triples" / "a.ttl").write_text("<urn:a> ]")
    output = run("lint", "unused-class", "empty-query", code=1).output
    assert "triples/a.ttl:1:9: error:" in output
    assert output.endswith(
        "left out, since not all files can be read: unused-class, empty-query\n1 error\n"
    )


def test_wrong_use(run, built):
    assert "Did you mean 'iri-case'?" in run("lint", "iri-cas", code=2).output
    (built.root / "pyproject.toml").write_text("[[tool.kgtool.lint.allow]]\nrule = 1\n")
    assert run("lint", code=2).output == (
        "error: pyproject.toml:2:1: the value of 'rule' is no text; expected a string\n"
        "  2 | rule = 1\n"
        "    | ^^^^\n"
    )


def test_github_annotates_the_lines(run, loose):
    assert run("lint", "dangling-reference", "-f", "github", "-q", code=1).output == (
        "::warning file=triples/a.ttl,line=3,col=10,title=dangling-reference::"
        "nothing describes id:b\n"
    )


def test_sarif_describes_the_rules(run, loose, tmp_path):
    run("lint", "--format", "sarif", "-o", str(tmp_path / "out.sarif"), code=1)
    (log,) = json.loads((tmp_path / "out.sarif").read_text())["runs"]
    rules = {r["id"]: r["shortDescription"]["text"] for r in log["tool"]["driver"]["rules"]}
    assert rules == {rule.name: rule.description for rule in RULES.values()}
    assert [(r["ruleId"], r["level"]) for r in log["results"]] == [
        ("unlinked-entity", "note"),
        ("dangling-reference", "warning"),
    ]
    region = log["results"][1]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"]) == (3, 10)


def test_mistakes_of_every_kind_are_told_at_their_places(run, built):
    (built.root / "triples" / "b.ttl").write_text(FACTS + "id:a x:p id:b .\n")
    query = "#+ summary: s\nPREFIX x: <urn:x:>\nASK { ?s a x:C }"
    (built.root / "queries" / "a.rq").write_text(query)
    (built.root / "queries" / "b.rq").write_text("#+ summary: s\n#+ tag: x\nASK {}")
    kinds = {
        "queries/a.rq:3:12": "unknown-name",
        "queries/b.rq:2": "unreadable",
        "triples/b.ttl:3:10": "dangling-reference",
        "triples/b.ttl:4:10": "duplicate-triple",
    }
    text = run("lint", *kinds.values(), code=1).output
    for place, rule in kinds.items():
        line = next(line for line in text.splitlines() if line.startswith(place))
        assert line.endswith(f"[{rule}]")
    notes = run("lint", *kinds.values(), "-f", "github", code=1).output
    log = json.loads(run("lint", *kinds.values(), "-f", "sarif", "-q", code=1).output)
    found = {r["ruleId"]: r["locations"][0] for r in log["runs"][0]["results"]}
    for place, rule in kinds.items():
        name, line, *_ = place.split(":")
        assert f"file={name},line={line}," in notes
        assert found[rule]["physicalLocation"]["region"]["startLine"] == int(line)


def test_json_is_an_array(run, loose):
    (note, warning) = json.loads(run("lint", "-f", "json", "-q", code=1).output)
    assert note["places"] == [{"file": "triples/a.ttl", "line": 3, "column": 1}]
    assert warning["message"] == "nothing describes id:b"


def test_many_findings_of_a_rule_are_cut_short(run, built):
    path = built.root / "triples" / "many.ttl"
    path.write_text("".join(f"<urn:{n:03}> <urn:p> 1 .\n" for n in range(50)))
    lines = run("lint").output.splitlines()
    assert len(lines) == 20 * 3 + 2
    assert lines[0].startswith("triples/many.ttl:1:1: note: nothing links to <urn:000>")
    assert lines[-2:] == ["… and 30 more of unlinked-entity", "50 notes"]
    assert len(run("lint", "--max-results", "49").output.splitlines()) == 49 * 3 + 2
    assert len(run("lint", "--max-results", "50").output.splitlines()) == 50 * 3 + 1
    assert len(json.loads(run("lint", "-q", "-f", "json").output)) == 50
    assert len(json.loads(run("lint", "-q", "-f", "json", "--max-results", "2").output)) == 2


def test_the_rules_are_listed_without_a_project(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = run("lint", "--list").output.splitlines()
    assert [line.split()[:2] for line in lines] == [[r.name, r.level] for r in RULES.values()]
    assert lines[-1].endswith("An entry of pyproject.toml silences nothing.")
