from __future__ import annotations

import json

import pytest

from kgtool.errors import DataError, HeaderError, NotFoundError, ParameterError
from kgtool.project.stored import StoredQueries, loose_query
from kgtool.rdf.terms import IRI, Literal

BOUND = (
    "#+ summary: s\n#+ parameters:\n#+   - {name: x, type: iri}\nPREFIX a: <urn:a:>\nASK {$x ?p ?o}"
)


def test_names_are_sorted_and_may_have_folders(project):
    (project.queries / "more").mkdir()
    (project.queries / "more" / "a.rq").write_text(BOUND)
    assert StoredQueries(project).names() == ["more/a", "things"]
    assert StoredQueries(project).get("more/a").summary == "s"


def test_the_ending_may_be_given(project):
    assert StoredQueries(project).get("things.rq").name == "things"


def test_an_unknown_name_names_the_nearest(project):
    with pytest.raises(NotFoundError, match="Did you mean 'things'"):
        StoredQueries(project).get("thigns")


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../secret"])
def test_a_name_cannot_leave_the_folder(project, name):
    (project.root / "secret.rq").write_text(BOUND)
    with pytest.raises(NotFoundError):
        StoredQueries(project).get(name)


def test_a_header_is_read_once_and_again_when_the_text_changes(project, monkeypatch):
    StoredQueries(project).get("things")
    cached = json.loads((project.products / "queries.json").read_text())
    assert cached["queries"]["things"]["summary"] == "The things in this graph"
    with monkeypatch.context() as patched:
        patched.setattr("kgtool.project.header.read_header", None)
        assert StoredQueries(project).get("things").parameters[0].name == "language"
    (project.queries / "things.rq").write_text(BOUND)
    assert StoredQueries(project).get("things").summary == "s"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 0}', '{"version": 1}'])
def test_a_broken_cache_is_read_anew(project, content):
    project.products.mkdir()
    (project.products / "queries.json").write_text(content)
    assert StoredQueries(project).get("things").summary


def test_a_mistake_in_a_header_names_the_file(project):
    (project.queries / "bad.rq").write_text("#+ sumary: s\nASK {}")
    with pytest.raises(HeaderError, match=r"^queries/bad\.rq:1"):
        StoredQueries(project).get("bad")


def test_text_that_is_not_utf8_has_its_place(project):
    (project.queries / "bad.rq").write_bytes(b"#+ summary: s\nASK { \xff }")
    with pytest.raises(DataError, match=r"^queries/bad\.rq:2:7: .*0xFF.*UTF-8"):
        StoredQueries(project).get("bad")


def test_a_conflict_of_git_has_its_place(project):
    text = b"#+ summary: s\r\n<<<<<<< HEAD\r\n#+ tags: [a]\r\n=======\r\n>>>>>>> b\r\nASK {}"
    (project.queries / "bad.rq").write_bytes(text)
    with pytest.raises(DataError, match=r"^queries/bad\.rq:2:1: '<<<<<<<' is a mark"):
        StoredQueries(project).get("bad")


def test_parameters_are_bound_by_their_types():
    query = loose_query(BOUND, "q.rq")
    assert query.bind({"x": "a:b"}) == {"x": IRI("urn:a:b")}
    assert query.bind({"x": "p:b"}, {"p": "urn:p:"}) == {"x": IRI("urn:p:b")}


def test_a_parameter_without_default_is_needed():
    with pytest.raises(ParameterError, match="-p x="):
        loose_query(BOUND, "q.rq").bind({})


def test_an_unknown_parameter_names_the_nearest(project):
    with pytest.raises(ParameterError, match="Did you mean 'language'"):
        StoredQueries(project).get("things").bind({"langage": "en"})


def test_a_query_without_header_takes_what_it_writes_with_a_dollar():
    query = loose_query("SELECT * { $s ?p $o }", "q.rq")
    assert query.bind({"o": "5"}) == {"o": Literal("5", "http://www.w3.org/2001/XMLSchema#integer")}
    with pytest.raises(ParameterError, match="no parameter 'p'"):
        query.bind({"p": "5"})
