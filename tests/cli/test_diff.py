"""``kgtool diff``"""

from __future__ import annotations

import json
import re

import pytest

from tests.project.diffing import FACTS, replace, repository
from tests.repository import commit, git


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A project with one commit."""
    return repository(tmp_path_factory.mktemp("diff") / "kg")


@pytest.fixture
def project(shared, monkeypatch):
    """The project as it was committed, and the current folder in it."""
    git(shared.root, "reset", "-q", "--hard", "begin")
    git(shared.root, "clean", "-fdq")
    monkeypatch.chdir(shared.root)
    return shared


def lines(text: str) -> list[str]:
    """The lines without the hashes of commits, and without the progress of builds."""
    return re.sub(r"\([0-9a-f]{12}\)", "(…)", text).splitlines()


def test_nothing_has_changed(run, project):
    expected = ["no difference", "from HEAD (…) to the working tree"]
    assert lines(run("-q", "diff").output) == expected
    assert lines(run("diff", "--exit-code").stdout) == expected


def test_the_whole_as_text(run, project):
    replace(project, '"B"@en', '"Bee"@en')
    replace(project, ":partOf id:c", ":partOf id:d")
    replace(project, '    rdfs:label "C"@en .', '    :note "two\\nlines" .')
    assert (
        lines(run("diff").stdout)
        == """\
+3 -3 asserted, +1 -1 inferred triples; 1 shape newly violated; 1 query answers differently
from HEAD (…) to the working tree

Asserted triples: +3 -3
  id:b  Bee
-   rdfs:label "B"@en  [triples/facts.ttl:11]
+   rdfs:label "Bee"@en  [triples/facts.ttl:11]
-   :partOf id:c  [triples/facts.ttl:12]
+   :partOf id:d  [triples/facts.ttl:12]
  id:c  C
-   rdfs:label "C"@en  [triples/facts.ttl:14]
+   :note "two\\nlines"  [triples/facts.ttl:14]

Inferred triples: +1 -1
  id:a  A
-   :partOf id:c
+   :partOf id:d

Shapes: 1 shape newly violated
  Violation: :ThingShape: newly violated (0 before, 1 now)
+   id:c: A thing has a label, at most one in each language.  [triples/facts.ttl:13]

Stored queries: 1 query answers differently
  things: answers differently
    thing | label
-   id:b | B
+   id:b | Bee
-   id:c | C
""".splitlines()
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # One fact of a node, a node more, and a node less.
        ("High Street", "Low Street",
         ['-   :address / :street "High Street"  [triples/facts.ttl]',
          '+   :address / :street "Low Street"  [triples/facts.ttl]']),
        (":steps", ":address [ :city [ :name \"Anzio\" ] ] ;\n    :steps",
         ['+   :address [ :city [ :name "Anzio" ] ]  [triples/facts.ttl]']),
        (':address [ :street "High Street" ; :city "Rome" ; :zip "00100" ] ;', "",
         ['-   :address [ :city "Rome" ; :street "High Street" ; :zip "00100" ]'
          "  [triples/facts.ttl]"]),
        # A list is shown as it was and as it is.
        ("( id:a id:b )", "( id:a id:c id:b )",
         ["-   :steps ( id:a id:b )", "+   :steps ( id:a id:c id:b )"]),
        ("( id:a id:b )", "()", ["-   :steps ( id:a id:b )  [triples/facts.ttl]",
                                 "+   :steps ()  [triples/facts.ttl:9]"]),
    ],
)  # fmt: skip
def test_blank_nodes_are_shown_where_they_hang(old, new, expected, run, project):
    replace(project, old, new)
    shown = lines(run("diff", "--only", "triples").stdout)
    assert shown[4] == "  id:a  A"
    assert shown[5:] == expected


def test_a_node_that_nothing_points_to_has_a_name(run, project):
    (project.root / "triples" / "more.ttl").write_text('[] a <urn:Note> ; <urn:text> "x" , "y" .\n')
    commit(project.root)
    replace(project, '"y"', '"z"', "triples/more.ttl")
    assert lines(run("diff", "--only", "triples").stdout)[4:] == [
        "  _:b1  a <urn:Note>",
        '-   <urn:text> "y"  [triples/more.ttl]',
        '+   <urn:text> "z"  [triples/more.ttl]',
    ]


def test_a_terminal_has_colours(run, project, monkeypatch, tmp_path):
    replace(project, '"B"@en', '"Bee"@en')
    assert "\x1b" not in run("diff").stdout
    monkeypatch.setattr("kgtool.cli.console.use_color", lambda **_: True)
    run("diff", "-o", str(tmp_path / "file"))
    assert "\x1b" not in (tmp_path / "file").read_text()
    output = run("diff").stdout
    assert '\x1b[31m-   rdfs:label "B"@en' in output
    assert '\x1b[32m+   rdfs:label "Bee"@en' in output


def test_of_long_texts_what_differs_is_shown(run, project):
    start, end = "word " * 100, " word" * 100
    replace(project, '"B"@en', f'"{start}this{end}"@en')
    commit(project.root)
    replace(project, "this", "that")
    gone, came = (line for line in run("diff").stdout.splitlines() if "rdfs:label" in line)
    assert gone.startswith("-   rdfs:label …")
    assert "word this word" in gone
    assert "word that word" in came
    assert len(came) < 200


def test_what_still_follows_and_what_has_moved(run, project):
    replace(project, ":partOf id:b ;", ":partOf id:b, id:c ;")
    git(project.root, "mv", "triples/example.ttl", "triples/renamed.ttl")
    assert lines(run("diff").stdout) == [
        "+1 -0 asserted triples; 2 triples in other files",
        "from HEAD (…) to the working tree",
        "",
        "Asserted triples: +1 -0",
        "  id:a  A",
        "+   :partOf id:c  [triples/facts.ttl:7; followed before]",
        "",
        "The same triples in other files",
        "  2 triples from triples/example.ttl to triples/renamed.ttl",
    ]
    commit(project.root)
    assert "[triples/facts.ttl:7; still follows]" in run("diff", "HEAD", "HEAD~1").stdout


def test_moves_are_no_difference_for_the_exit_code(run, project):
    git(project.root, "mv", "triples/example.ttl", "triples/renamed.ttl")
    run("diff", "--exit-code")
    replace(project, '"B"@en', '"Bee"@en')
    run("diff", "--exit-code", code=1)
    run("diff", "--exit-code", "--only", "shapes")
    run("diff", "--exit-code", "--only", "shapes", "--only", "queries", code=1)


def test_rows_that_look_the_same_are_told_apart(run, project):
    replace(project, '"B"@en', '"B"@en, "B"@en-GB')
    replace(project, "lang(?label) = $language", "langMatches(lang(?label), $language)",
            "queries/things.rq")  # fmt: skip
    commit(project.root)
    replace(project, '"B"@en, "B"@en-GB', '"B"@en, "B"@en-US')
    output = run("diff", "--only", "queries").stdout
    assert '-   id:b | "B"@en-gb' in output
    assert '+   id:b | "B"@en-us' in output


def test_what_moves_a_cursor_is_written_as_an_escape(run, project):
    replace(project, '"B"@en', '"B\\u001B[2J\\u202E"@en')
    output = run("diff").stdout
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert '"B\\u001B[2J\\u202E"@en' in output


def test_more_than_people_read_is_counted(run, project):
    facts = "".join(f'id:n{i} a :Thing ; rdfs:label "{i}"@en .\n' for i in range(60))
    (project.root / "triples" / "facts.ttl").write_text(FACTS + facts)
    output = run("diff").stdout
    assert "+120 -0 asserted triples" in output
    assert "  … and 70 more" in output
    assert "    … and 10 more" in output
    assert "    … and 57 more" in run("diff", "--max-rows", "3").stdout
    assert "…" not in run("diff", "--max-rows", "500").stdout
    found = json.loads(run("diff", "--format", "json").stdout)
    assert len(found["queries"][0]["rows"]) == 60


def test_markdown_for_a_pull_request(run, project, tmp_path):
    replace(project, '"B"@en', '"Bee ``` <b>"@en')
    run("diff", "--format", "markdown", "-o", str(tmp_path / "diff.md"))
    text = (tmp_path / "diff.md").read_text()
    assert lines(text)[:10] == [
        "**+1 -1 asserted triples; 1 query answers differently**",
        "",
        "from HEAD (…) to the working tree",
        "",
        "<details open>",
        "<summary>Asserted triples: +1 -1</summary>",
        "",
        "````diff",
        "  id:b  Bee ``` <b>",
        '-   rdfs:label "B"@en  [triples/facts.ttl:11]',
    ]
    assert text.count("<details") == text.count("</details>") == 2
    assert text.count("````") == 4


def test_markdown_fits_into_a_comment(run, project):
    word = "x" * 300
    facts = "".join(f'id:n{i} a :Thing ; rdfs:label "{word}{i}"@en .\n' for i in range(400))
    (project.root / "triples" / "facts.ttl").write_text(FACTS + facts)
    text = run("diff", "--format", "markdown", "--max-rows", "1000").stdout
    assert 60_000 < len(text) <= 65_536
    assert text.count("more lines, too many for a comment") == 2
    assert text.count("<details") == text.count("</details>") == 2
    assert "things: answers differently" in text


def test_json_for_programs(run, project):
    replace(project, '"High Street"', "1")
    replace(project, '    rdfs:label "C"@en .', "    :partOf id:d .")
    found = json.loads(run("diff", "--format", "json").stdout)
    assert found["different"] is True
    assert found["old"] == {
        "name": "HEAD", "commit": git(project.root, "rev-parse", "HEAD").strip(),
        "contradiction": None,
    }  # fmt: skip
    assert found["new"]["commit"] is None
    first, *_ = found["triples"]["asserted"]["subjects"]
    assert first["subject"] == {"type": "uri", "value": "https://example.org/id/a"}
    assert first["label"] == "A"
    gone, came = first["changes"]
    assert (gone["change"], came["change"]) == ("removed", "added")
    assert (
        gone["triple"]["subject"] == came["triple"]["subject"] == {"type": "bnode", "value": "b1"}
    )
    assert came["triple"]["object"] == {
        "type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#integer", "value": "1",
    }  # fmt: skip
    assert came["places"] == [{"file": "triples/facts.ttl", "line": None, "column": None}]
    (shape,) = found["shapes"]
    assert (shape["status"], shape["before"], shape["after"]) == ("newly violated", 0, 1)
    assert shape["findings"][0]["focusNode"]["value"] == "https://example.org/id/c"
    assert shape["findings"][0]["places"][0]["line"] == 13
    (query,) = found["queries"]
    assert (query["name"], query["status"], query["removed"]) == ("things", "changed", 1)
    assert query["rows"][0]["row"]["label"] == {"type": "literal", "xml:lang": "en", "value": "C"}
    nothing = json.loads(run("diff", "--format", "json", "--only", "shapes").stdout)
    assert nothing["triples"] is None
    assert nothing["queries"] is None


def test_a_contradiction_is_told(run, project):
    replace(project, "id:c a :Thing", "id:c a :Thing, :Person, :Place")
    output = lines(run("diff").stdout)
    assert output[0] == "+2 -0 asserted triples; the working tree contradicts itself"
    assert output[2].startswith("note: the working tree: ")
    assert any("id:c a :Person" in line or ":Person" in line for line in output)
    assert "note: inferred triples and answers of queries are not compared" in "\n".join(output)
    run("diff", "--exit-code", code=1)
    markdown = run("diff", "--format", "markdown").stdout
    assert "- the working tree: the ontology" in markdown


def test_what_goes_wrong_is_told_with_its_place(run, project, monkeypatch, tmp_path):
    assert "error: there is no revision 'nope'" in run("diff", "nope", code=2).output
    replace(project, '"B"@en', "oops:B")
    broken = "triples/facts.ttl:11:16: the prefix oops: is not declared"
    assert f"error: {broken}" in run("diff", code=3).output
    commit(project.root, "Break")
    replace(project, "oops:B", '"B"@en')
    assert f"error: HEAD:{broken}" in run("diff", code=3).output
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "error: there is no git here" in run("diff", code=2).output


def test_a_folder_that_is_in_no_repository(run, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    run("new", str(tmp_path / "kg"))
    output = run("diff", "--project", str(tmp_path / "kg"), code=2).output
    assert "is not in a git repository; expected a project kept in git" in output
