"""Files that cannot be read: each is told with its place, and the other rules go on."""

from __future__ import annotations

import pytest

from tests.project.linting import HEADER, PREFIXES, QUERY, TURTLE, told

BAD: dict[str, tuple[dict[str, str | bytes], list[str]]] = {
    "Turtle": (
        {"triples/a.ttl": "id:a :p ]", "triples/b.ttl": "id:a x:p 1 ."},
        [
            f"triples/a.ttl:{TURTLE}:9: ] is not a valid RDF object",
            f"triples/b.ttl:{TURTLE}:6: the prefix x: is not declared",
        ],
    ),
    "a file that is being written": (
        {"triples/a.ttl": "id:a :p 1 .\nid:b", "triples/b.nt": b"<urn:a> <urn:"},
        [
            f"triples/a.ttl:{TURTLE + 1}:5: the file ends in the middle of a statement",
            "triples/b.nt:1:9: the file ends in the middle of a statement",
        ],
    ),
    "a conflict": (
        {"triples/a.ttl": "id:a :p 1 .\n<<<<<<< HEAD\nid:a :p 2 .\n=======\n>>>>>>> b\n"},
        [f"triples/a.ttl:{TURTLE + 1}:1: '<<<<<<<' is a mark of a merge conflict"],
    ),
    "other syntaxes": (
        {"triples/a.jsonld": b'{"@id": ]', "ontology/b.rdf": b"<a>\n<b></a>"},
        ["ontology/b.rdf:2:6: ", "triples/a.jsonld:1:9: "],
    ),
    "not UTF-8": (
        {
            "triples/a.ttl": b'<urn:a> <urn:b> "\xff" .',
            "queries/a.rq": b"#+ summary: s\nASK { \xff }",
            "ontology/rules/r.rq": b"\xff",
            "queries/expected/things.csv": b"a\n\xff",
        },
        [
            "ontology/rules/r.rq:1:1: the byte 0xFF is not UTF-8",
            "queries/a.rq:2:7: the byte 0xFF is not UTF-8",
            "queries/expected/things.csv:2:1: not UTF-8",
            "triples/a.ttl:1:18: byte 0xff at offset 17 is not valid UTF-8",
        ],
    ),
    "a value that its datatype does not have": (
        {"triples/a.ttl": "id:a :p '1944-02-30'^^<http://www.w3.org/2001/XMLSchema#date> ."},
        [f'triples/a.ttl:{TURTLE}:9: "1944-02-30" is not a value of xsd:date'],
    ),
    "an import": (
        {"ontology/o.ttl": "<urn:o> owl:imports <urn:x> ."},
        [f"ontology/o.ttl:{TURTLE}:21: <urn:x> is imported"],
    ),
    "shapes": (
        {"ontology/shapes.ttl": ":S a sh:NodeShape ; sh:targetClass 'x' ."},
        [f"ontology/shapes.ttl:{TURTLE}:36: ill-formed shape"],
    ),
    "rules": (
        {
            "ontology/rules/a.rq": b"SELECT * { ?s ?p ?o }",
            "ontology/rules/b.rq": b"CONSTRUCT { ?s ?p } WHERE {}",
        },
        [
            "ontology/rules/a.rq:1:1: a rule is a CONSTRUCT query",
            "ontology/rules/b.rq:1:19: unexpected '}'",
        ],
    ),
    "queries": (
        {
            "queries/a.rq": b"#+ summary: s\nASK { ?s :p 1 }",
            "queries/b.rq": b"ASK {}",
            "queries/c.rq": "ASK { }\n<<<<<<< HEAD\n=======\n>>>>>>> b\n",
        },
        [
            "queries/a.rq:2:10: unknown prefix ':'",
            "queries/b.rq:1: the stored query has no header",
            f"queries/c.rq:{QUERY + 1}:1: '<<<<<<<' is a mark of a merge conflict",
        ],
    ),
    "a query that cannot be asked": (
        {"queries/d.rq": b"#+ summary: s\nASK { SERVICE <urn:x> {} }"},
        ["queries/d.rq: there is no recording"],
    ),
    "expected answers": (
        {"queries/expected/things.csv": b'a\n"b', "queries/expected/x.ttl": b"<urn:a>"},
        ["queries/expected/things.csv:2: not CSV", "queries/expected/x.ttl:1:8: not Turtle"],
    ),
}


@pytest.mark.parametrize(("files", "expected"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("form", ["plain", "mark and CRLF"])
def test_all_are_told_each_at_its_place(lint, files, expected, form):
    if form != "plain":
        files = {name: windows(name, content) for name, content in files.items()}
    report = lint(files)
    found = [line for line, d in zip(told(report), report.diagnostics, strict=True)
             if d.rule == "unreadable"]  # fmt: skip
    assert len(found) == len(expected)
    assert [(line, wanted) for line, wanted in zip(found, expected, strict=True)
            if not offset_free(line).startswith(offset_free(wanted))] == []  # fmt: skip
    assert not report.passed


def windows(name: str, content: str | bytes) -> bytes:
    """The same as an editor on Windows would write it."""
    if isinstance(content, str):
        head = {"ttl": PREFIXES, "rq": HEADER}.get(name.rpartition(".")[2], "")
        content = (head + content).encode()
    return b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")


def offset_free(line: str) -> str:
    """Bytes of the file are counted with the mark."""
    return line.replace("at offset 17 ", "").replace("at offset 20 ", "")


def test_tabs_are_one_sign(lint):
    files = {"triples/a.ttl": "id:a\t:p\t1 ;\n\t:p\t1 .", "triples/b.ttl": "\tx"}
    assert [line.partition(": ")[0] for line in told(lint(files, "duplicate-triple"))] == [
        f"triples/a.ttl:{TURTLE + 1}:5",
        f"triples/b.ttl:{TURTLE}:2",
    ]


def test_what_is_readable_is_looked_at_and_the_rest_left_out(lint):
    files = {
        "triples/a.ttl": "id:a :p 1 , 1 , id:nobody ; rdfs:label 'a', 'b' .",
        "triples/b.ttl": "id:b",
        "queries/a.rq": "SELECT * { ?s :p id:A }",
        "queries/b.rq": b"#+ summary: s\nPREFIX x: <urn:x:>\nSELECT",
        "queries/expected/x.csv": b"true\n",
    }
    report = lint(files)
    rules = {each.rule for each in report.diagnostics}
    assert rules == {
        "unreadable", "duplicate-triple", "duplicate-label", "iri-case", "unused-prefix",
        "stale-answer",
    }  # fmt: skip
    assert report.left_out == {
        "not all files can be read": [
            "dangling-reference", "unlinked-entity", "unused-class", "unused-property",
            "unknown-name", "empty-query", "stale-answer",
        ]
    }  # fmt: skip


def test_a_broken_file_s_prefixes_are_known_to_rules(lint):
    files = {
        "triples/a.ttl": b"@prefix own: <urn:own:> .\n]",
        "ontology/rules/r.rq": b"CONSTRUCT { ?s own:p 1 } WHERE { ?s own:q 1 }",
    }
    assert [line.partition(": ")[0] for line in told(lint(files))] == ["triples/a.ttl:2:1"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            {"triples/a.ttl": "id:a a :Thing ."},
            "the facts break the shapes (1 violation); the store is as it was before",
        ),
        (
            {
                "ontology/o.ttl": ":A owl:disjointWith :B .",
                "triples/a.ttl": "id:a a :A , :B .",
            },
            "the ontology and the facts contradict each other",
        ),
    ],
)
def test_a_project_that_does_not_build_is_an_error_and_rules_of_files_go_on(lint, files, words):
    report = lint(files | {"triples/c.ttl": "id:first :p 1 , 1 ; :p id:none ."})
    first, *rest = report.diagnostics
    assert (first.rule, first.level, first.location) == ("unbuilt", "error", None)
    assert first.message.startswith(words)
    assert {"duplicate-triple", "dangling-reference"} <= {each.rule for each in rest}
    assert list(report.left_out) == ["the project does not build"]
    assert "unused-class" in report.left_out["the project does not build"]
    # Whichever rule is asked, what stops it is told.
    again = lint({}, "unused-class")
    assert [each.rule for each in again.diagnostics] == ["unbuilt"]


def test_a_file_that_goes_away_is_told(lint, project, monkeypatch):
    gone = project.root / "triples" / "gone.ttl"
    files = [*project.triples_files(), gone]
    monkeypatch.setattr(type(project), "triples_files", lambda self: files)
    (line,) = told(lint({}, "unreadable"))
    assert line == f"triples/gone.ttl: there is no file {gone}"
