"""What is wrong, where, what was expected, and what to do."""

from __future__ import annotations

import pytest

from kgtool.errors import Location, QuerySyntaxError, UnsupportedError
from kgtool.sparql import parse_query, parse_update

P = {"": "http://example.org/", "ex": "http://example.org/"}

# text, line, column, part of the message, part of what was expected, part of the hint
QUERIES = [
    # misspelt keywords
    ("SELCT ?x {}", 1, 1, "'SELCT'", "SELECT", "'SELECT'"),
    ("SELECT ?x\nWHRE { ?s ?p ?o }", 2, 1, "'WHRE'", "WHERE", "'WHERE'"),
    ("SELECT ?x { ?s ?p ?o FLITER(?o) }", 1, 22, "'FLITER'", "FILTER", "'FILTER'"),
    ("SELECT ?x {\n  ?s ?p ?o .\n  OPTINAL { } }", 3, 3, "'OPTINAL'", "OPTIONAL", "'OPTIONAL'"),
    ("SELECT ?x {} ODER BY ?x", 1, 14, "'ODER'", "ORDER BY", "'ORDER BY'"),
    ("SELECT ?x {} GROUP BY ?x HAVIGN (1)", 1, 26, "'HAVIGN'", "HAVING", "'HAVING'"),
    ("SELECT DISTNCT ?x {}", 1, 8, "'DISTNCT'", "DISTINCT", "'DISTINCT'"),
    ("ASK { FILTER EXIST { ?s ?p ?o } }", 1, 14, "'EXIST'", "an expression", "'EXISTS'"),
    # what other languages have
    ("ASK { FILTER(?x <> 1) }", 1, 17, "'<>'", "')'", "!="),
    ("ASK { FILTER(NOT ?x) }", 1, 18, "'?x'", "EXISTS", "is !"),
    ("SELECT COUNT(?x) AS ?n {}", 1, 8, "'COUNT'", "'('", "(COUNT(…) AS ?name)"),
    ("INSERT DATA { <s> <p> 1 }", 1, 1, "begins an update", "SELECT", "kgtool update"),
    # prefixes
    (
        "ASK { ?s foaf:name ?o }",
        1,
        10,
        "'foaf:'",
        None,
        "PREFIX foaf: <http://xmlns.com/foaf/0.1/>",
    ),
    ("ASK { ?s exx:name ?o }", 1, 10, "'exx:'", None, "'ex'"),
    ("ASK { ?s zzzz:name ?o }", 1, 10, "'zzzz:'", None, None),
    ("PREFIX ex <http://e/> ASK {}", 1, 8, "'ex'", "colon", None),
    # functions
    ("ASK { FILTER(STRLENGTH(?x)) }", 1, 14, "unknown function 'STRLENGTH'", None, "'STRLEN'"),
    ("ASK { FILTER(SUBSTR(?x)) }", 1, 14, "SUBSTR takes 2 or 3 arguments, not 1", None, None),
    ("ASK { FILTER(str()) }", 1, 14, "str takes 1 argument, not 0", None, None),
    ("ASK { FILTER(RAND(1)) }", 1, 14, "RAND takes 0 arguments, not 1", None, None),
    ("ASK { FILTER(IF(1, 2)) }", 1, 14, "IF takes 3 arguments, not 2", None, None),
    ("ASK { FILTER(BOUND(1)) }", 1, 20, "'1'", "a variable", None),
    ("ASK {} ORDER BY FOOO(?x)", 1, 17, "unknown function 'FOOO'", None, "'FLOOR'"),
    # end of input, brackets
    ("", 1, 1, "end of the text", "SELECT", None),
    ("ASK {\n ?s ?p ?o", 2, 10, "end of the text", "'}'", "'{' of line 1, column 5"),
    ("ASK { FILTER(1", 1, 15, "end of the text", "')'", "'(' of line 1, column 13"),
    ("ASK { ?s ?p (1 2", 1, 17, "end of the text", "')'", "'(' of line 1, column 13"),
    ("ASK { ?s ?p ?o } }", 1, 18, "'}'", "the end of the text", None),
    # strings, characters and IRIs
    ('ASK { ?s ?p "abc }', 1, 13, "not closed", '"', '"""'),
    ("ASK { ?s ?p '''abc' }", 1, 13, "not closed", "'''", None),
    ('ASK { ?s ?p "a\\qc" }', 1, 15, "unknown escape", None, "\\\\"),
    ("ASK { ?s ?p <http://a b> }", 1, 13, "'<'", "an IRI", "<http://a b> is not an IRI"),
    ("ASK { ?s ?p €5 }", 1, 13, "'€'", None, None),
    ("ASK { ?s\u00d7y ?p 5 }", 1, 9, "U+00D7", None, None),
    ("ASK { FILTER(?a & ?b) }", 1, 17, "'&'", None, "&&"),
    # codepoint escapes (section 19.2); columns are those of the text as written
    ('ASK { ?s ?p "\\uD800" }', 1, 14, "\\uD800", None, None),
    ('ASK { ?s ?p "\\U00110000" }', 1, 14, "\\U00110000", None, None),
    ("ASK { ?s ?p '\ud800' }", 1, 14, "U+D800", None, None),
    ('ASK { ?s ?p "\\u0041", "\\U00000042" ] }', 1, 36, "']'", None, None),
    ("ASK { ?s\\u0020?p 1 }", 1, 9, "escaped white space", None, None),
    # things written as elsewhere
    ("ASK { FILTER(?x == 1) }", 1, 18, "'='", "an expression", "one ="),
    ("ASK { FILTER(?x AND ?y) }", 1, 17, "'AND'", None, "&&"),
    ("ASK { FILTER ?x }", 1, 14, "'?x'", "'('", "FILTER (expression)"),
    ("ASK { ?s ?p name }", 1, 13, "'name'", "a variable", "?name"),
    ("SELECT ?a, ?b {}", 1, 10, "','", None, "commas"),
    ("INSERT DATA {}", 1, 1, "INSERT begins an update", "SELECT", None),
    ("SELECT (GROUP_CONCAT(?x, ',') AS ?y) {}", 1, 24, "','", "';'", "SEPARATOR"),
    # triples
    ("ASK { ?s ?p ?o ?s ?p ?o }", 1, 16, "'?s'", "'.'", "separated by '.'"),
    ("ASK { ?s ?p }", 1, 13, "'}'", "an IRI", None),
    ("ASK { ?s }", 1, 10, "'}'", "a predicate", None),
    ("ASK { ?s A :x }", 1, 10, "'A'", "a predicate", None),
    ("ASK { [] }", 1, 10, "'}'", "a predicate", None),
    ("ASK { () }", 1, 10, "'}'", "a predicate", None),
    ("ASK { ?s ?p ?o . . }", 1, 18, "'.'", None, None),
    ("CONSTRUCT { ?s :p/:q ?o } {}", 1, 18, "path cannot stand in a CONSTRUCT", None, None),
    # scope
    ("ASK { ?s ?p ?o BIND(1 AS ?o) }", 1, 26, "BIND cannot assign ?o", None, None),
    ("SELECT (1 AS ?s) { ?s ?p ?o }", 1, 14, "?s has a value already", None, None),
    ("SELECT (1 AS ?a) (2 AS ?a) { }", 1, 24, "?a has a value already", None, None),
    ("SELECT ?a (2 AS ?a) { }", 1, 17, "?a has a value already", None, None),
    ("SELECT (1 AS ?z) {} VALUES ?z { 2 }", 1, 14, "?z has a value already", None, None),
    ("SELECT ?o { ?s ?p ?o } GROUP BY ?s", 1, 8, "?o is neither", None, "SAMPLE(?o)"),
    ("SELECT ?o (COUNT(?s) AS ?n) {?s ?p ?o}", 1, 8, "?o is neither", None, "GROUP BY"),
    ("SELECT (COUNT(?o) + ?o AS ?n) {?s ?p ?o}", 1, 21, "?o is neither", None, None),
    ("SELECT * { ?s ?p ?o } GROUP BY ?s", 1, 8, "SELECT *", None, None),
    ("SELECT (1 AS ?s) {?s ?p ?o} GROUP BY ?s", 1, 14, "?s has a value already", None, None),
    ("SELECT ?s {?s ?p ?o} GROUP BY (1 AS ?s)", 1, 37, "?s has a value already", None, None),
    ("ASK { _:a :p 1 OPTIONAL { _:a :q 2 } }", 1, 27, "_:a is used in two", None, "?a"),
    ("ASK { _:a :p 1 BIND(1 AS ?x) _:a :q 2 }", 1, 30, "_:a is used in two", None, None),
    # aggregates
    ("ASK { FILTER(COUNT(?x) > 1) }", 1, 14, "COUNT cannot stand here", None, "HAVING"),
    ("SELECT (SUM(MAX(?x)) AS ?y) {}", 1, 13, "MAX cannot stand here", None, "one another"),
    ("SELECT ?x {} GROUP BY (MAX(?x))", 1, 24, "MAX cannot stand here", None, "GROUP BY"),
    # values
    ("ASK { VALUES (?x ?y) { (1) } }", 1, 24, "has 1 value", "2 values", "UNDEF"),
    ("ASK {} VALUES (?x) { (1 2) }", 1, 22, "has 2 values", "1 value", None),
    ("ASK { VALUES (?x ?x) { } }", 1, 18, "?x stands twice", None, None),
    ("ASK { VALUES ?x { ?y } }", 1, 19, "'?y'", "UNDEF", None),
    ("SELECT ?x {} LIMIT ten", 1, 20, "'ten'", "a whole number", None),
    ("SELECT ?x {} LIMIT -1", 1, 20, "'-1'", "a whole number", None),
    ("ASK { FILTER(" + "(" * 5000 + " }", 1, None, "nested too deeply", None, None),
]

UPDATES = [
    ("SELECT * {}", 1, 1, "SELECT begins a query", "INSERT", None),
    ("INSRT DATA {}", 1, 1, "'INSRT'", "INSERT", "'INSERT'"),
    ("INSERT DATA {\n ?x :p 1 }", 2, 2, "a variable cannot stand in INSERT DATA", None, None),
    ("INSERT DATA { GRAPH ?g { :s :p 1 } }", 1, 21, "a variable cannot stand", None, None),
    (
        "INSERT DATA { _:b :p 1 };\nINSERT DATA { _:b :p 1 }",
        2,
        15,
        "_:b is used in two",
        None,
        None,
    ),
    ("DELETE DATA { _:x :p 1 }", 1, 15, "a blank node cannot stand in DELETE DATA", None, None),
    ("DELETE { [] :p 1 } WHERE {}", 1, 10, "cannot stand in a DELETE template", None, "variable"),
    ("DELETE { (1) :p 1 } WHERE {}", 1, 10, "cannot stand in a DELETE template", None, None),
    ("DELETE WHERE { ?x :p [] }", 1, 22, "cannot stand in DELETE WHERE", None, None),
    ("DELETE { ?x :p 1 FILTER(?x) } WHERE {}", 1, 18, "FILTER cannot stand", None, "WHERE"),
    ("INSERT { ?x :p/:q 1 } WHERE {}", 1, 15, "path cannot stand in an INSERT", None, None),
    ("INSERT { ?x :p 1 }", 1, 19, "end of the text", "WHERE", None),
    ("CLEAR", 1, 6, "end of the text", "ALL", None),
    ("COPY :a :b", 1, 9, "':b'", "TO", None),
    ("DELETE DATA {} INSERT DATA {}", 1, 16, "'INSERT'", "';'", "separated by ';'"),
    ("INSERT DATA { :s :p 1", 1, 22, "end of the text", "'}'", "'{' of line 1, column 13"),
]


@pytest.mark.parametrize(
    ("update", "case"), [(False, case) for case in QUERIES] + [(True, case) for case in UPDATES]
)
def test_error(
    update: bool, case: tuple[str, int, int | None, str, str | None, str | None]
) -> None:
    text, line, column, message, expected, hint = case
    with pytest.raises(QuerySyntaxError) as caught:
        (parse_update if update else parse_query)(text, prefixes=P, file="q.rq")
    error = caught.value
    assert message in error.message
    assert error.location is not None
    assert (error.location.file, error.location.line) == ("q.rq", line)
    assert column is None or error.location.column == column
    assert (expected or "") in (error.expected or "")
    assert (hint or "") in (error.hint or "")
    assert hint or not error.hint or "Did you mean" not in error.hint


def test_custom_aggregates_are_not_supported() -> None:
    text = "SELECT (:f(DISTINCT ?x) AS ?y) {}"
    with pytest.raises(UnsupportedError) as caught:
        parse_query(text, prefixes=P)
    assert caught.value.location == Location(None, 1, 9, text)


def test_the_whole_message() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query("SELECT ?x\nWHRE { ?x a ?y }", file="people.rq")
    assert str(caught.value) == (
        "people.rq:2:1: unexpected 'WHRE'; expected FROM, WHERE or '{'\nDid you mean 'WHERE'?"
    )
