"""What the algebra alone does not show: prefixes, base, parameters, positions, robustness."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.errors import KgtoolError
from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a
from kgtool.sparql import parse_query, parse_update


def predicate(text: str, **options: object) -> str:
    query = parse_query(text, **options)  # type: ignore[arg-type]
    assert isinstance(query.pattern, a.BGP)
    found = query.pattern.triples[0].predicate
    assert isinstance(found, IRI)
    return found.value


def test_own_prefix_wins_and_all_are_reported() -> None:
    given_prefixes = {"ex": "http://one/", "rdf": "http://rdf/"}
    text = "PREFIX ex: <http://two/> PREFIX : <http://three/> ASK { ?s ex:p ?o }"
    assert predicate(text, prefixes=given_prefixes) == "http://two/p"
    assert parse_query(text, prefixes=given_prefixes).prefixes == {
        "ex": "http://two/",
        "rdf": "http://rdf/",
        "": "http://three/",
    }
    assert given_prefixes["ex"] == "http://one/"


def test_relative_iris() -> None:
    assert predicate("ASK { ?s <p> ?o }") == "p"
    assert predicate("ASK { ?s <p> ?o }", base="http://b/x/y") == "http://b/x/p"
    assert predicate("BASE <http://c/> BASE <d/> ASK { ?s <p> ?o }") == "http://c/d/p"
    assert predicate("BASE <http://c/> PREFIX x: <#> ASK { ?s x:p ?o }") == "http://c/#p"
    assert parse_query("BASE <http://c/> ASK {}").base == "http://c/"


def test_update_redefines_prefixes_between_operations() -> None:
    update = parse_update(
        "PREFIX : <http://a/> CREATE GRAPH :g ; PREFIX : <http://b/> CREATE GRAPH :g"
    )
    assert update.operations == (a.Create(IRI("http://a/g")), a.Create(IRI("http://b/g")))
    assert update.prefixes == {"": "http://b/"}
    assert parse_update("").operations == ()


def test_parameters_are_what_is_written_with_dollar() -> None:
    query = parse_query("SELECT ?y { ?x ?p $y FILTER($z = '$no') } # $neither")
    assert query.parameters == {"y", "z"}
    assert parse_update("DELETE WHERE { $s ?p ?o }").parameters == {"s"}


def test_positions_of_calls_and_the_text_of_a_service() -> None:
    query = parse_query('ASK {\n  SERVICE <e:> { ?s ?p "}" }\n  FILTER(?a && <f:>(STR(?x))) }')
    assert isinstance(query.pattern, a.Filter)
    service = query.pattern.pattern
    assert isinstance(service, a.Service)
    assert service.text == '{ ?s ?p "}" }'
    assert service.position == a.Position(2, 3)
    assert isinstance(query.pattern.condition, a.And)
    call = query.pattern.condition.right
    assert isinstance(call, a.FunctionCall)
    assert call.position == a.Position(3, 16)


def test_codepoint_escapes_are_read_before_the_grammar() -> None:
    query = parse_query('\\u0041SK { ?s <http://e/\\u00E9> "\\U0001F46A\\u005Cn" } # \\u0020')
    assert isinstance(query.pattern, a.BGP)
    triple = query.pattern.triples[0]
    assert str(triple.predicate) == "<http://e/é>"
    assert str(triple.object) == '"👪\\n"'


@pytest.mark.parametrize("name", ["é", "ex-é.ü", "名前", "a·b", "a\u0301"])
def test_names_beyond_ascii(name: str) -> None:
    assert predicate(f"PREFIX x: <http://e/> ASK {{ ?s x:{name} ?o }}") == f"http://e/{name}"


def test_a_thousand_alternatives() -> None:
    text = "SELECT * {" + " UNION ".join(f"{{ ?s ?p{n} {n} }}" for n in range(1000)) + "}"
    query = parse_query(text)
    assert isinstance(query.pattern, a.Project)
    assert len(query.pattern.variables) == 1001


TEXT = """SELECT ASK CONSTRUCT WHERE FILTER OPTIONAL BIND AS VALUES GROUP BY HAVING ORDER LIMIT 5
COUNT EXISTS NOT IN INSERT DELETE DATA GRAPH MINUS UNION SERVICE a true * + - / | ^ ! = < > && || .
; , ( ) { } [ ] ?x ?y $z _:b _:b :p x:q <http://e/i> <r> "s" 's\\'s' "l @en ^^ 1 1.5 2e3 -4 STR
STRLEN IF COALESCE UNDEF DISTINCT BASE PREFIX x: # \\u0041 \\uD800 é \u00d7"""
WORDS = [*TEXT.split(), "\n"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30), st.sampled_from(["", "ASK {", "SELECT ("]))
def test_any_text_is_read_or_refused(words: list[str], start: str) -> None:
    for parse in (parse_query, parse_update):
        try:
            parse(" ".join([start, *words]), prefixes={"": "http://e/", "x": "http://x/"})
        except KgtoolError as error:
            located = error.location is not None and error.location.line is not None
        else:
            located = True
        assert located
