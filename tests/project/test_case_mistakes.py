"""Every mistake in a case is an error with its place, and with what would have been right."""

from __future__ import annotations

import pytest

from kgtool.project.cases import run_cases
from kgtool.project.outcome import Outcome

#: name → text, place in it, what the message says.
MISTAKES = {
    "empty": ("", "1", "the file is empty; expected `query: …`"),
    "comment": ("# nothing\n", "1", "the file is empty"),
    "text": ("things\n", "1:1", "the file is not a mapping"),
    "not YAML": ("query: things\nexpect: [\n", "3:1", "the file is not YAML"),
    "tab": ("query: things\ngiven: |\n  id:a a :Thing .\n\tid:b a :Thing .\n", "4:1", "not YAML"),
    "literal": (
        'query: things\nexpect:\n  - {label: "A"@en}\n',
        "3:16",
        "A literal with a tag or a datatype stands in single quotes",
    ),
    "colon": (
        "query: things\nexpect:\n  - {thing: :a}\n",
        "3:13",
        "Inside braces a name that begins with a colon stands in single quotes",
    ),
    "unknown key": ("qery: things\nexpect: []\n", "1:1", "Did you mean 'query'?"),
    "unknown key of a case": ("cases:\n  - nam: a\n", "2:5", "Did you mean 'name'?"),
    "shared name": ("name: a\ncases: []\n", "1:1", "unknown key 'name'"),
    "key twice": ("query: things\nexpect: []\nexpect: []\n", "3:1", "'expect' stands twice"),
    "cases no list": ("cases: 5\n", "1:8", "cases is not a list"),
    "case no mapping": ("- 5\n", "1:3", "a case is not a mapping"),
    "name twice": (
        "query: things\nexpect: []\ncases:\n  - name: a\n  - name: a\n",
        "5:5",
        "two cases are named 'a'",
    ),
    "nothing asked": ("expect: []\n", "1:1", "a case that asks nothing"),
    "two asked": (
        "query: things\nshape: :ThingShape\nexpect: []\n",
        "2:1",
        "a case with both `query` and `shape`",
    ),
    "nothing expected": ("- query: things\n", "1:3", "a case without `expect`"),
    "unknown query": ("query: thngs\nexpect: []\n", "1:8", "Did you mean 'things'?"),
    "query no text": ("query: [a]\nexpect: []\n", "1:8", "the name of a query that is not text"),
    "unknown parameter": (
        "query: things\nparameters: {langage: en}\nexpect: []\n",
        "2:14",
        "Did you mean 'language'?",
    ),
    "parameters no mapping": (
        "query: things\nparameters: [en]\nexpect: []\n",
        "2:13",
        "parameters is not a mapping",
    ),
    "type of a parameter": (
        "query: counted\nparameters: {n: five}\nexpect: []\n",
        "2:17",
        "parameter 'n': 'five' is not of type integer; expected integer, such as 1944",
    ),
    "parameter missing": (
        "- query: counted\n  expect: []\n",
        "1:3",
        "the query 'counted' needs the parameter 'n'",
    ),
    "parameter of SPARQL": (
        "sparql: ASK { ?s ?p $x }\nparameters:\n  y: 5\nexpect: true\n",
        "3:3",
        "has no parameter 'y'; expected one of: x",
    ),
    "parameters of a shape": (
        "shape: :ThingShape\nparameters: {a: 5}\nexpect: []\n",
        "2:1",
        "a shape has no parameters",
    ),
    "unknown shape": ("shape: :ThinShape\nexpect: []\n", "1:8", "Did you mean ':ThingShape'?"),
    "shape no IRI": ("shape: ThingShape\nexpect: []\n", "1:8", "a shape without a name"),
    "Turtle": (
        "query: things\ngiven: |\n  id:a a :Thing ;\n    rdfs:label 'A'@en , .\nexpect: []\n",
        "4:25",
        "unexpected '.'; expected a term",
    ),
    "Turtle on a line": (
        "query: things\ngiven: 'id:a a no:Thing .'\nexpect: []\n",
        "2:16",
        "the prefix no: is not declared",
    ),
    "Turtle with an indent of its own": (
        "query: things\ngiven: |2\n     id:a idd:p 5 .\nexpect: []\n",
        "3:11",
        "Did you mean 'id'?",
    ),
    "Turtle that goes on": (
        "query: things\ngiven: id:a a\n  :Thing , .\nexpect: []\n",
        "2:8",
        "unexpected '.'",
    ),
    "literal without a value": (
        "query: things\ngiven: |\n  id:a :p '1944-02-30'^^xsd:date .\nexpect: []\n",
        "3:11",
        "'1944-02-30' is not a value of xsd:date".replace("'", '"'),
    ),
    "second text": (
        "query: things\ngiven:\n  - id:a a :Thing .\n  - id:b a .\nexpect: []\n",
        "4:12",
        "unexpected '.'",
    ),
    "given no text": ("query: things\ngiven: {a: 5}\nexpect: []\n", "2:8", "that is not text"),
    "file": (
        "query: things\ngiven: datta.ttl\nexpect: []\n",
        "2:8",
        "there is no file datta.ttl; expected Turtle, or a file, by its path from the case's own"
        "\nDid you mean 'data.ttl'?",
    ),
    "truth": ("query: things\ninfer: yes\nexpect: []\n", "2:8", "'yes' is neither true nor false"),
    "expect empty": ("query: things\nexpect:\n", "2:8", "`expect` says nothing"),
    "expect mapping": ("query: things\nexpect: {a: 5}\n", "2:9", "`expect` says nothing"),
    "row no mapping": ("query: things\nexpect: [5]\n", "2:10", "a row is not a mapping"),
    "cell no text": (
        "query: things\nexpect:\n  - {thing: [5]}\n",
        "3:13",
        "a value that is not text",
    ),
    "cell empty": (
        "query: things\nexpect:\n  - {thing: }\n",
        "3:13",
        "no value; expected a term, UNDEF where there is none, or ''",
    ),
    "cell null": ("query: things\nexpect:\n  - thing: null\n", "3:12", "no value"),
    "cell with an unknown prefix": (
        "query: things\nexpect:\n  - thing: idd:a\n",
        "3:12",
        "the prefix idd: of 'idd:a' is not known",
    ),
    "cell no IRI": (
        "query: things\nexpect:\n  - thing: id:a>b\n",
        "3:12",
        "'id:a>b' is not an IRI",
    ),
    "cell no term": (
        "query: things\nexpect:\n  - thing: <a b>\n",
        "3:12",
        "'<a b>' is not a term",
    ),
    "cell two terms": (
        'query: things\nexpect:\n  - thing: \'"a" , "b"\'\n',
        "3:12",
        "is not one term",
    ),
    "expected of a shape": (
        "shape: :ThingShape\nexpect: true\n",
        "2:9",
        "what is expected of a shape is not a list",
    ),
    "key of a finding": (
        "shape: :ThingShape\nexpect: [{fokus: id:a}]\n",
        "2:11",
        "Did you mean 'focus'?",
    ),
    "header in SPARQL": (
        "sparql: |\n  #+ sumary: x\n  ASK {}\nexpect: true\n",
        "2:6",
        "Did you mean 'summary'?",
    ),
    # What only asking tells.
    "unknown column": (
        "query: things\nexpect:\n  - {thing: id:a}\n  - {thing: id:a, lable: a}\n",
        "4:19",
        "the answer has no column 'lable'; expected one of: thing, label\nDid you mean 'label'?",
    ),
    "truth of rows": (
        "query: things\nexpect: true\n",
        "2:9",
        "true or false cannot be expected: the query gives rows",
    ),
    "graph of rows": ("query: things\nexpect: id:a a id:b .\n", "2:9", "a graph cannot be"),
    "rows of a truth": ("sparql: ASK {}\nexpect: []\n", "2:9", "rows cannot be expected"),
    "rows of a graph": (
        "sparql: CONSTRUCT WHERE {}\nexpect: []\n",
        "2:9",
        "rows cannot be expected: the query gives a graph",
    ),
    "syntax of SPARQL": (
        "sparql: |\n  SELECT * {\n    ?s ?p ,\n  }\nexpect: []\n",
        "3:11",
        "unexpected ','",
    ),
    "syntax of SPARQL on a line": ("sparql: SELECT * { ?s\nexpect: []\n", "1:22", "unexpected end"),
    "unsupported SPARQL": (
        "sparql: SELECT * { SERVICE <urn:x> { ?s ?p ?o } }\nexpect: []\n",
        "1:20",
        "SERVICE",
    ),
}
#: The same in the headers of Turtle files.
IN_HEADERS = {
    "unknown key": ("#+ qery: things\n", "1:4", "Did you mean 'query'?"),
    "tab": ("#+ query: things\n#+\texpect: []\n", "2:3", "a tab in the header"),
    "late": ("#+ query: things\n<urn:a> a 5 .\n#+ expect: []\n", "3", "after the header's end"),
    "given": ("#+ query: things\n#+ given: ''\n#+ expect: []\n", "2:4", "`given` in a Turtle file"),
    "cell": (
        "# Words.\n\n#+query: things\n#+ expect:\n#+   - thing: idd:a\n",
        "5:15",
        "the prefix idd:",
    ),
    "expected graph": (
        "#+ sparql: CONSTRUCT WHERE { ?s ?p ?o }\n#+ expect: |\n#+   id:a idd:b 5 .\n",
        "3:11",
        "the prefix idd:",
    ),
    "the triples": ("#+ query: things\n#+ expect: []\n\n<urn:a> <urn:b> .\n", "4:17", "object"),
}
COUNTED = """\
#+ summary: s
#+ parameters: [{name: n, type: integer}]
SELECT ?s { ?s ?p $n }
"""


@pytest.fixture
def outcome(project):
    """The only outcome of a file of cases."""
    folder = project.queries / "tests"
    for path in project.case_files():
        path.unlink()
    (project.queries / "counted.rq").write_text(COUNTED)
    (folder / "data").mkdir()

    def run(text: str, name: str) -> Outcome:
        (folder / name).write_text(text, encoding="utf-8")
        (found,) = run_cases(project, files=[folder / name])
        return found

    (folder / "data.ttl").write_text("")
    return run


@pytest.mark.parametrize(("text", "place", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_an_error_with_its_place(text, place, words, outcome):
    found = outcome(text, "x.yaml")
    assert found.error is not None, found.lines
    assert str(found.error.location) == f"queries/tests/x.yaml:{place}"
    assert words in "\n".join(found.lines)


@pytest.mark.parametrize(("text", "place", "words"), IN_HEADERS.values(), ids=IN_HEADERS)
def test_a_mistake_in_a_turtle_file_too(text, place, words, outcome):
    found = outcome(text, "x.ttl")
    assert found.error is not None, found.lines
    assert str(found.error.location) == f"queries/tests/x.ttl:{place}"
    assert words in "\n".join(found.lines)


def test_one_file_s_mistake_does_not_hide_the_others(project):
    folder = project.queries / "tests"
    (folder / "bad.yaml").write_text("query: thngs\n")
    (folder / "bytes.yaml").write_bytes(b"query: \xff\n")
    assert [(o.title, o.passed) for o in run_cases(project)] == [
        ("queries/tests/bad.yaml", False),
        ("queries/tests/bytes.yaml", False),
        ("queries/tests/things.yaml:4: only labels in the language that is asked for", True),
        ("queries/tests/things.yaml:13: a thing without a label breaks its shape", True),
    ]


def test_a_mistake_in_the_query_is_told_in_the_query_s_file(project):
    (project.queries / "things.rq").write_text("#+ summary: s\nSELECT * { ?s ?p }")
    (project.queries / "tests" / "things.yaml").write_text("query: things\nexpect: []\n")
    (found,) = run_cases(project)
    assert found.error is not None
    assert str(found.error.location) == "queries/things.rq:2:18"
