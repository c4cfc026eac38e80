"""kgtool test: cases beside expected answers."""

from __future__ import annotations

from xml.etree import ElementTree

CASE = "query: things\ngiven: 'id:a a :Thing .'\nexpect: [{thing: id:a}]\n"


def write(project, name: str, text: str) -> str:
    path = project.queries / "tests" / name
    path.write_text(text)
    return str(path.relative_to(project.root))


def test_cases_and_answers_are_counted_apart(run, built):
    write(built, "wrong.yaml", CASE)
    output = run("test", code=1).output
    assert output == (
        "FAILED queries/tests/wrong.yaml:1: things\n"
        "  - {thing: id:a}\n"
        "1 passed, 0 failed; cases: 2 passed, 1 failed\n"
    )


def test_each_is_named_with_verbose(run, built):
    output = run("test", "-v").output
    assert "passed queries/tests/things.yaml:4: only labels in the language" in output
    assert "passed things\n" in output


def test_a_named_query_has_its_answer_and_its_cases(run, built):
    write(built, "other.yaml", "sparql: ASK {}\nexpect: false\n")
    assert run("test", "things").output == "1 passed, 0 failed; cases: 1 passed, 0 failed\n"
    assert run("test", "things.rq").output == "1 passed, 0 failed; cases: 1 passed, 0 failed\n"


def test_a_file_of_cases_needs_no_build(run, project):
    (project.root / "triples" / "broken.ttl").write_text("no Turtle")
    assert run("test", "queries/tests/things.yaml").output == "cases: 2 passed, 0 failed\n"
    assert not project.store_path.exists()


def test_an_argument_is_a_query_or_a_file(run, project):
    assert "Did you mean 'things'" in run("test", "thing", code=2).output
    assert (
        "there is no file queries/tests/x.yaml"
        in run("test", "queries/tests/x.yaml", code=2).output
    )


def test_a_mistake_in_a_case_is_wrong_use(run, built):
    write(built, "x.yaml", "query: thngs\nexpect: []\n")
    output = run("test", code=2).output
    assert "FAILED queries/tests/x.yaml\n" in output
    assert "  queries/tests/x.yaml:1:8: there is no stored query 'thngs'\n" in output
    assert output.endswith("1 passed, 0 failed; cases: 2 passed, 1 failed\n")
    write(built, "y.yaml", CASE)
    run("test", code=1)


def test_an_ontology_that_does_not_parse_is_bad_data(run, project):
    (project.root / "ontology" / "more.ttl").write_text("<urn:a> <urn:b>")
    assert "ontology/more.ttl:1" in run("test", "queries/tests/things.yaml", code=3).output


def test_update_writes_answers_and_no_cases(run, built):
    path = write(built, "wrong.yaml", CASE)
    assert run("test", "--update").output == "1 passed, 0 failed\n"
    assert (built.root / path).read_text() == CASE
    assert "--update writes expected answers" in run("test", "--update", path, code=2).output


def test_a_project_without_cases(run, built):
    for path in built.case_files():
        path.unlink()
    assert run("test").output == "1 passed, 0 failed\n"


def test_outcomes_for_continuous_integration(run, built, tmp_path):
    write(built, "a.yaml", CASE)
    write(built, "b.yaml", 'query: things\nexpect: [{lable: a}]\nname: <&"\x85\n')
    (built.queries / "bad.rq").write_text("#+ summary: s\nSELECT * { ?s ?p }")
    report = tmp_path / "deep" / "junit.xml"
    run("test", "--junit", str(report), code=1)
    root = ElementTree.parse(report).getroot()
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == [
        "queries/expected",
        "queries/tests/a.yaml",
        "queries/tests/b.yaml",
        "queries/tests/things.yaml",
    ]
    counts = [tuple(s.get(n) for n in ("tests", "failures", "errors")) for s in suites.values()]
    assert counts == [("2", "0", "1"), ("1", "1", "0"), ("1", "0", "1"), ("2", "0", "0")]
    (case,) = suites["queries/tests/a.yaml"]
    assert (case.get("name"), case.get("line")) == ("things", "1")
    (failure,) = case
    assert (failure.tag, failure.text) == ("failure", "- {thing: id:a}")
    (case,) = suites["queries/tests/b.yaml"]
    assert case.get("name") == '<&"'
    assert case[0].tag == "error"
    assert "no column 'lable'" in str(case[0].text)


def test_fmt_forms_the_turtle_of_cases(run, project):
    text = "#+ query: things\n#+ expect: []\n\n@prefix : <urn:x:> .\n:b :q 1 ; a :T.\n"
    path = write(project, "x.ttl", text)
    assert "x.ttl" in run("fmt", "--check", code=1).output
    run("fmt")
    assert (project.root / path).read_text() == (
        "#+ query: things\n#+ expect: []\n\n@prefix : <urn:x:> .\n\n:b\n    a :T ;\n    :q 1 .\n"
    )


def test_cases_are_no_queries_and_nothing_that_is_built(run, built):
    run("build")
    write(built, "x.ttl", "#+ query: things\n#+ expect: []\n")
    assert run("build").output == "up to date\n"
    assert run("queries").output == "things  The things in this graph\n"
