"""What people trip over in SPARQL 1.1, pattern by pattern, with the answers by hand.

Each case is named for the section that decides it. Rows are bags, unless the query ends
with ORDER BY; terms are compared strictly. See written.py for the notation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from kgtool.errors import UnsupportedError
from kgtool.rdf.terms import IRI, Literal
from tests.plan.answers import Answer, difference
from tests.plan.written import written_row

Ask = Callable[..., list[tuple[Any, ...]]]


class Case(NamedTuple):
    name: str
    data: str
    query: str
    rows: list[str]
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed


NUMBERS = ':a :v 1, 2 . :b :v 1, "x" . :c :w 1 .'
GRAPHS = ":a :p 1 . :g1 { :a :p 1 . :b :p 2 . } :g2 { :b :p 2 . :c :q 5 . }"
CYCLE = ':a :p :b . :b :p :c . :c :p :a . :d :q "lit" .'
STRICT = {"default_graph": "strict"}

CASES = [
    # Scope ------------------------------------------------------------------------------
    Case(
        "18.2.4.4 BIND sees only its own group",
        ":a :p 1 .",
        "SELECT ?v ?w { ?s :p ?v { BIND(?v + 1 AS ?w) } }",
        ["1 | -"],
    ),
    Case(
        "18.2.2.2 a FILTER in an inner group does not see the outer one",
        ":a :p 1 .",
        "SELECT ?v { ?s :p ?v { FILTER(?v > 0) } }",
        [],
    ),
    Case(
        "18.2.2.2 a FILTER holds for its whole group wherever it stands",
        ":a :p 1 . :b :p 2 .",
        "SELECT ?s { FILTER(?v > 1) ?s :p ?v }",
        [":b"],
    ),
    Case(
        "18.2.2.6 BIND ends the basic graph pattern before it",
        ":a :p 1 . :b :p 2 .",
        "SELECT ?s ?o { BIND(:a AS ?s) ?s :p ?o }",
        [":a | 1"],
    ),
    Case(
        "6.1 the FILTER of an OPTIONAL sees both sides",
        ":a :p 1 ; :q 0, 5 . :b :p 9 ; :q 3 .",
        "SELECT ?s ?w { ?s :p ?v OPTIONAL { ?s :q ?w FILTER(?w > ?v) } }",
        [":a | 5", ":b | -"],
    ),
    Case(
        "6.1 but not through another pair of braces",
        ":a :p 1 ; :q 5 .",
        "SELECT ?s ?w { ?s :p ?v OPTIONAL { { ?s :q ?w FILTER(?w > ?v) } } }",
        [":a | -"],
    ),
    Case(
        "6.1 a FILTER of an OPTIONAL on the left side alone",
        ":a :p 1 ; :q 5 . :b :p 2 ; :q 6 .",
        "SELECT ?s ?w { ?s :p ?v OPTIONAL { ?s :q ?w FILTER(?v = 2) } }",
        [":a | -", ":b | 6"],
    ),
    Case(
        "6.1 an error in the FILTER of an OPTIONAL leaves the left side",
        ":a :p 1 ; :q 5 .",
        "SELECT ?s ?w { ?s :p ?v OPTIONAL { ?s :q ?w FILTER(?v / 0 > 1) } }",
        [":a | -"],
    ),
    Case(
        "6.1 a FILTER of an OPTIONAL that computes from both sides",
        ':a :p "x" ; :q "y" . :b :p "z" ; :q "q" .',
        "SELECT ?s ?w { ?s :p ?v OPTIONAL { ?s :q ?w FILTER(CONCAT(?v, ?w) = 'xy') } }",
        [':a | "y"', ":b | -"],
    ),
    Case(
        "6.1 a FILTER of an OPTIONAL with COALESCE of its own side",
        ':a :p 1 . :b :q "long" .',
        "SELECT ?x ?w { ?x :p ?y OPTIONAL { ?w :q ?v"
        " FILTER(STRLEN(STR(COALESCE(?w, ?v))) > ?y) } }",
        [":a | :b"],
    ),
    Case(
        "6.1 a FILTER of an OPTIONAL with COALESCE of both sides",
        ":a :p 1 ; :q 5 . :b :p 2 .",
        "SELECT ?x ?v { ?x :p ?y OPTIONAL { ?x :q ?v FILTER(COALESCE(?v, ?y) > 4) } }",
        [":a | 5", ":b | -"],
    ),
    Case(
        "6.1 a FILTER of an OPTIONAL that reads what two OPTIONALs before may bind",
        ":a :p 1 . :b :p 2 .",
        "SELECT ?z ?y ?v { VALUES (?z ?w) { (UNDEF :b) (1e0 :c) }"
        " OPTIONAL { VALUES (?z ?y) { (7 :a) (5 :e) } }"
        " OPTIONAL { ?y :p ?v FILTER(STR(?z) != STR(?y)) FILTER EXISTS { ?n :p 2 } } }",
        ["7 | :a | 1", "5 | :e | -", "1e0 | :a | 1", "1e0 | :b | 2"],
    ),
    Case(
        "18.5 OPTIONAL is evaluated from the inside out",
        ":a :p 1 . :b :q 2 . :c :r 3 .",
        "SELECT ?x ?y { :a :p ?x OPTIONAL { :b :q ?y OPTIONAL { :c :r ?x } } }",
        ["1 | -"],
    ),
    Case(
        "18.5 a variable left unbound by one OPTIONAL is bound by the next",
        ":a :p 1 ; :r 3 . :b :p 2 ; :q 7 ; :r 3 .",
        "SELECT ?s ?v { ?s :p ?x OPTIONAL { ?s :q ?v } OPTIONAL { ?s :r ?v } }",
        [":a | 3", ":b | 7"],
    ),
    Case(
        "18.3 an unbound variable is compatible with any value in a join",
        ":a :p 1 . :b :p 2 ; :q 7 .",
        "SELECT ?s ?v { { ?s :p ?x OPTIONAL { ?s :q ?v } } VALUES ?v { 7 8 } }",
        [":a | 7", ":a | 8", ":b | 7"],
    ),
    Case(
        "18.2.1 the variables of a subquery that it does not project are others",
        ":a :p 1 . :b :p 2 .",
        "SELECT ?s ?o { { SELECT ?s { ?s :p ?o FILTER(?o = 1) } } BIND(5 AS ?o) }",
        [":a | 5"],
    ),
    Case(
        "4.1.3 variables that differ only in case are two",
        ":a :p 1 .",
        "SELECT ?x ?X { ?x :p ?X }",
        [":a | 1"],
    ),
    Case(
        "4.1.3 also where they are grouped, projected and joined",
        ":a :p 1 . :b :p 2 .",
        "SELECT ?V ?v (COUNT(*) AS ?n) { { SELECT ?V { ?v :p ?V } } ?v :p ?V } GROUP BY ?V ?v",
        ["1 | :a | 1", "2 | :b | 1"],
    ),
    # Blank nodes ------------------------------------------------------------------------
    Case(
        "4.1.4 one label is one node within a basic graph pattern",
        ":a :p 1 ; :q 2 . :b :p 3 .",
        "SELECT ?x { _:n :p ?x ; :q ?y . _:n :q 2 }",
        ["1"],
    ),
    Case(
        "4.1.4 a blank node in a pattern matches any term",
        ":a :p 1 . :b :p 2 .",
        "SELECT ?x { [] :p ?x }",
        ["1", "2"],
    ),
    Case(
        "18.3.1 blank nodes of the data join with themselves alone",
        "_:n :p 1 ; :q 2 . _:m :p 3 ; :q 4 .",
        "SELECT ?x ?y { ?n :p ?x . ?n :q ?y }",
        ["1 | 2", "3 | 4"],
    ),
    # FILTER and EXISTS ------------------------------------------------------------------
    Case(
        "17.2 an error in a FILTER drops the solution",
        ':a :p 1 . :b :p "x" . :c :p :i .',
        "SELECT ?s { ?s :p ?o FILTER(?o < 5) }",
        [":a"],
    ),
    Case(
        "17.2 and so does its negation",
        ':a :p 1 . :b :p "x" . :c :p :i .',
        "SELECT ?s { ?s :p ?o FILTER(!(?o < 5)) }",
        [],
    ),
    Case(
        # DuckDB 2.0.0 makes an inner join of a LEFT JOIN that inner joins follow.
        "17.2 a disjunction over terms of two patterns (DuckDB's join order)",
        ":e :s :e . :a :r 0, -3, :i .",
        "SELECT ?z ?y ?w { ?w :s ?w . ?y :r ?z FILTER(?z > 1000 || STRLEN(STR(?w)) > 0) }",
        ["0 | :a | :e", "-3 | :a | :e", ":i | :a | :e"],
    ),
    Case(
        "18.6 EXISTS substitutes the solution",
        ":a :p 1 . :a :q 1 . :b :p 2 .",
        "SELECT ?s { ?s :p ?o FILTER EXISTS { ?s :q ?o } }",
        [":a"],
    ),
    Case(
        "18.6 EXISTS as a value",
        ":a :p 1 . :a :q 1 . :b :p 2 .",
        "SELECT ?s ?e { ?s :p ?o BIND(EXISTS { ?s :q ?x } AS ?e) }",
        [":a | true", ":b | false"],
    ),
    Case(
        "18.6 a FILTER within EXISTS sees the solution",
        ":a :p 1 ; :q 3 . :b :p 2 ; :q 1 .",
        "SELECT ?s { ?s :p ?o FILTER EXISTS { ?s :q ?x FILTER(?x > ?o) } }",
        [":a"],
    ),
    Case(
        "18.6 an OPTIONAL within EXISTS is that of the solution",
        ":a :p 1 . :b :p 2 ; :q 3 .",
        "SELECT ?s { ?s :p ?o FILTER EXISTS { ?x :p 1 OPTIONAL { ?s :q ?v } FILTER(!BOUND(?v)) } }",
        [":a"],
    ),
    Case(
        "18.6 and so is a MINUS",
        ":a :p 1 ; :r 5 . :b :p 2 . :c :q 5 .",
        "SELECT ?s { ?s :p ?o FILTER EXISTS { ?x :q ?v MINUS { ?s :r ?v } } }",
        [":b"],
    ),
    Case(
        "18.6 and a variable that one branch of a UNION leaves unbound",
        ":a :p 1 . :b :p 2 ; :q 3 .",
        "SELECT ?s { ?s :p ?o FILTER EXISTS { { ?x :q 3 } UNION { ?s :r ?o } FILTER(?o = 2) } }",
        [":b"],
    ),
    Case(
        "18.2.1 what a subquery in an EXISTS does not project is a variable of its own",
        ":a :p 1 ; :q 3 . :b :p 2 .",
        "SELECT ?s { ?s :p ?o FILTER EXISTS { SELECT ?s { ?s :q ?v FILTER(!BOUND(?o)) } } }",
        [":a"],
    ),
    Case(
        "18.6 an OPTIONAL's FILTER of both sides, beside what the solution binds",
        ":a :p 1 . :b :p 2 ; :q 3 ; :r 3 . :c :p 4 ; :q 3 .",
        "SELECT ?s { ?s :p ?o FILTER EXISTS { ?x :p ?o { ?t :p ?n FILTER(?n = ?o) "
        "OPTIONAL { ?t :q ?v FILTER EXISTS { ?t :r ?v } } FILTER(BOUND(?v)) } } }",
        [":b"],
    ),
    Case(
        "18.6 a MINUS that reads the solution, and an OPTIONAL's FILTER of both sides after it",
        ":a :p 1 ; :q 1 . :b :p 2 ; :q 2 . :c :r 1 .",
        "SELECT ?s { ?s :p ?o FILTER EXISTS { ?t :q ?n MINUS { ?u :r ?n FILTER(?n = ?o) } "
        "OPTIONAL { ?w :r ?m FILTER EXISTS { ?t :q ?m } } FILTER(BOUND(?m)) } }",
        [":b"],
    ),
    # MINUS ------------------------------------------------------------------------------
    Case(
        "8.3.3 MINUS without a shared variable removes nothing",
        ":a :p 1 . :b :p 2 .",
        "SELECT ?s { ?s :p ?o MINUS { ?x ?y ?z } }",
        [":a", ":b"],
    ),
    Case(
        "8.3.3 MINUS of a fixed triple removes nothing",
        ":a :p 1 .",
        "SELECT ?s { ?s :p ?o MINUS { :a :p 1 } }",
        [":a"],
    ),
    Case(
        "8.3.3 NOT EXISTS of a fixed triple removes all",
        ":a :p 1 .",
        "SELECT ?s { ?s :p ?o FILTER NOT EXISTS { :a :p 1 } }",
        [],
    ),
    Case(
        "8.3.3 a FILTER within NOT EXISTS sees outside",
        ":a :p 1 ; :q 1, 2 . :b :p 3.0 ; :q 4.0, 5.0 .",
        "SELECT ?x ?n { ?x :p ?n FILTER NOT EXISTS { ?x :q ?m FILTER(?n = ?m) } }",
        [":b | 3.0"],
    ),
    Case(
        "8.3.3 a FILTER within MINUS does not",
        ":a :p 1 ; :q 1, 2 . :b :p 3.0 ; :q 4.0, 5.0 .",
        "SELECT ?x ?n { ?x :p ?n MINUS { ?x :q ?m FILTER(?n = ?m) } }",
        [":a | 1", ":b | 3.0"],
    ),
    Case(
        "18.5 MINUS: solutions whose domains are disjoint stay",
        ":a :p 1 . :b :p 2 ; :q 9 .",
        "SELECT ?s ?v { ?s :p ?o OPTIONAL { ?s :q ?v } MINUS { VALUES ?v { 9 8 } } }",
        [":a | -"],
    ),
    Case(
        "18.5 MINUS: an unbound variable on the right is no obstacle",
        ":a :p 1 . :b :p 2 .",
        "SELECT ?s { ?s :p ?o MINUS { VALUES (?s ?o) { (:a UNDEF) (UNDEF 3) } } }",
        [":b"],
    ),
    # Aggregates -------------------------------------------------------------------------
    Case(
        "11.2 an error in a group leaves its SUM unbound, not the others",
        NUMBERS,
        "SELECT ?s (SUM(?o) AS ?t) (COUNT(?o) AS ?n) { ?s :v ?o } GROUP BY ?s",
        [":a | 3 | 2", ":b | - | 2"],
    ),
    Case(
        "18.5.1.2 COUNT does not count errors",
        NUMBERS,
        "SELECT ?s (COUNT(?o + 0) AS ?n) (AVG(?o + 0) AS ?m) { ?s :v ?o } GROUP BY ?s",
        [":a | 2 | 1.5", ":b | 1 | -"],
    ),
    Case(
        "18.5.1.2 COUNT counts bound values, COUNT(*) solutions",
        NUMBERS,
        "SELECT (COUNT(?w) AS ?n) (COUNT(*) AS ?m) { { ?s :v ?o } UNION { ?s :w ?w } }",
        ["1 | 5"],
    ),
    Case(
        "18.5.1 aggregates over no solutions, in one group",
        NUMBERS,
        "SELECT (COUNT(*) AS ?c) (COUNT(?o) AS ?n) (SUM(?o) AS ?s) (AVG(?o) AS ?a) (MIN(?o) AS ?m)"
        " (MAX(?o) AS ?x) (SAMPLE(?o) AS ?p) (GROUP_CONCAT(?o) AS ?g) { ?s :none ?o }",
        ['0 | 0 | 0 | 0 | - | - | - | ""'],
    ),
    Case(
        "18.5.1 the same where the pattern is only empty when it runs",
        NUMBERS,
        "SELECT (COUNT(*) AS ?c) (SUM(?o) AS ?s) (AVG(?o) AS ?a) (MIN(?o) AS ?m)"
        " (GROUP_CONCAT(?o) AS ?g) { ?s :v ?o FILTER(?o = 77) }",
        ['0 | 0 | 0 | - | ""'],
    ),
    Case(
        "18.5.1 grouped by a variable, no solutions are no groups",
        NUMBERS,
        "SELECT ?s (COUNT(*) AS ?c) { ?s :none ?o } GROUP BY ?s",
        [],
    ),
    Case(
        "18.5.1 one empty group for each graph of GRAPH ?g",
        ":g1 { :a :v 1, 2 } :g2 { :b :w 5 }",
        "SELECT ?g ?c ?t ?m { GRAPH ?g {"
        " SELECT (COUNT(?o) AS ?c) (SUM(?o) AS ?t) (MIN(?o) AS ?m) { ?s :v ?o } } }",
        [":g1 | 2 | 3 | 1", ":g2 | 0 | 0 | -"],
    ),
    Case(
        "18.5.1.3 SUM has the most general datatype",
        "",
        "SELECT (SUM(?v) AS ?r) (DATATYPE(SUM(?v)) AS ?d) { VALUES ?v { 1 2.5 } }",
        ["3.5 | xsd:decimal"],
    ),
    Case(
        "18.5.1.3 also with a float and a double",
        "",
        'SELECT (DATATYPE(SUM(?v)) AS ?d) { VALUES ?v { 1 "2"^^xsd:float 1e0 } }',
        ["xsd:double"],
    ),
    Case(
        "18.5.1.3 a sum too large for a decimal is an error where one is needed",
        ":a :p 90000000000000000000, 80000000000000000000 .",
        "SELECT (SUM(?v) + 0.5 AS ?r) (AVG(?v) AS ?a) (SUM(?v) AS ?s) { :a :p ?v }",
        ["- | - | 170000000000000000000"],
    ),
    Case(
        "18.5.1.3 a float beyond its range is infinite",
        ':a :p "3e38"^^xsd:float, "-3.1e38"^^xsd:float .',
        "SELECT (?v + ?v AS ?r) (SUM(?v) AS ?s) (xsd:float(MIN(?v) * 1e300) AS ?f)"
        " { :a :p ?v } GROUP BY ?v ORDER BY ?v",
        [
            '"-INF"^^xsd:float | "-3.1E38"^^xsd:float | "-INF"^^xsd:float',
            '"INF"^^xsd:float | "3.0E38"^^xsd:float | "INF"^^xsd:float',
        ],
    ),
    Case(
        "18.5.1.3 SUM(DISTINCT) drops equal terms",
        "",
        "SELECT (SUM(DISTINCT ?v) AS ?r) (SUM(?v) AS ?t) { VALUES ?v { 1.5 1.5 2 } }",
        ["3.5 | 5.0"],
    ),
    Case(
        "18.5.1.4 AVG of integers is a decimal",
        NUMBERS,
        "SELECT (AVG(?o) AS ?r) { :a :v ?o }",
        ["1.5"],
    ),
    Case(
        "18.5.1.5 MIN and MAX give the term as it is written",
        "",
        'SELECT (MIN(?v) AS ?a) (MAX(?v) AS ?b) { VALUES ?v { "01.50"^^xsd:decimal 2 1.6e1 } }',
        ['"01.50"^^xsd:decimal | 1.6e1'],
    ),
    Case(
        "18.5.1.5 MIN and MAX of strings and dates",
        ':a :d "1944-06-04"^^xsd:date ; :n "b" . :b :d "1943-09-08"^^xsd:date ; :n "a" .',
        "SELECT (MIN(?d) AS ?x) (MAX(?d) AS ?y) (MIN(?n) AS ?z) { ?s :d ?d ; :n ?n }",
        ['"1943-09-08"^^xsd:date | "1944-06-04"^^xsd:date | "a"'],
    ),
    Case(
        "18.5.1.7 GROUP_CONCAT with its separator",
        "",
        'SELECT (GROUP_CONCAT(?v) AS ?a) (GROUP_CONCAT(?v; SEPARATOR="") AS ?b)'
        ' (GROUP_CONCAT(DISTINCT ?v; SEPARATOR=", ") AS ?c) { VALUES ?v { "x" "x" "x" } }',
        ['"x x x" | "xxx" | "x"'],
    ),
    Case(
        "18.5.1.7 GROUP_CONCAT takes STR of each value",
        "",
        "SELECT ?k (GROUP_CONCAT(?v) AS ?r) { VALUES (?k ?v) { (1 :a) (2 1.50) (3 'x'@en) } }"
        " GROUP BY ?k",
        ['1 | "http://e/a"', '2 | "1.50"', '3 | "x"'],
    ),
    Case(
        "18.5.1.8 SAMPLE gives a value of the group",
        ":a :v 4 . :b :v 4 .",
        "SELECT (SAMPLE(?o) AS ?r) { ?s :v ?o }",
        ["4"],
    ),
    Case(
        "11.3 HAVING filters groups",
        NUMBERS,
        "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 1)",
        [":a", ":b"],
    ),
    Case(
        "11.1 an unbound key is a group",
        ":a :p 1 ; :q 7 . :b :p 2 . :c :p 3 .",
        "SELECT ?k (COUNT(*) AS ?n) { ?s :p ?o OPTIONAL { ?s :q ?k } } GROUP BY ?k",
        ["7 | 1", "- | 2"],
    ),
    Case(
        "11.1 keys are terms, not values",
        ':a :p 1 . :b :p 1.0 . :c :p "01"^^xsd:integer . :d :p 1 .',
        "SELECT ?o (COUNT(*) AS ?n) { ?s :p ?o } GROUP BY ?o",
        ["1 | 2", "1.0 | 1", '"01"^^xsd:integer | 1'],
    ),
    Case(
        "11.1 an expression as a key; one that is an error is unbound",
        ':a :p 3 . :b :p "x" . :c :p 4 .',
        "SELECT ?k (COUNT(*) AS ?n) { ?s :p ?o } GROUP BY (?o > 2 AS ?k)",
        ["true | 2", "- | 1"],
    ),
    Case(
        "18.5.1.2 COUNT(DISTINCT *)",
        "",
        "SELECT (COUNT(DISTINCT *) AS ?n) { VALUES (?x ?y) { (1 2) (1 2) (1 UNDEF) } }",
        ["2"],
    ),
    # Solution modifiers -----------------------------------------------------------------
    Case(
        "15.1 unbound, blank nodes, IRIs, literals",
        ':a :p _:n, :i, "lit" . :b :q 1 .',
        "SELECT ?o { { ?s :p ?o } UNION { ?s :q ?x } } ORDER BY ?o",
        ["-", "_:n", ":i", '"lit"'],
    ),
    Case(
        "15.1 and the other way round",
        ':a :p _:n, :i, "lit" . :b :q 1 .',
        "SELECT ?o { { ?s :p ?o } UNION { ?s :q ?x } } ORDER BY DESC(?o)",
        ['"lit"', ":i", "_:n", "-"],
    ),
    Case(
        "15.1 numbers of several datatypes by value",
        ':a :p 10, 9.5, 1e1, 8, "9.75"^^xsd:float, -3 .',
        "SELECT ?o { ?s :p ?o FILTER(?o != 1e1) } ORDER BY ?o",
        ["-3", "8", "9.5", '"9.75"^^xsd:float'],
    ),
    Case(
        "15.1 numbers of several datatypes, filtered by isNumeric",
        ':a :p 29, 9, "23.0"^^xsd:float, "x" .',
        "SELECT ?o { ?s :p ?o FILTER(isNumeric(?o)) } ORDER BY ?o",
        ["9", '"23.0"^^xsd:float', "29"],
    ),
    Case(
        "15.1 strings by codepoint",
        ':a :p "a", "B", "é", "𠮷", "ab", "" .',
        "SELECT ?o { ?s :p ?o } ORDER BY ?o",
        ['""', '"B"', '"a"', '"ab"', '"é"', '"𠮷"'],
    ),
    Case(
        "15.1 dates, and two keys",
        ':a :d "1944-06-05"^^xsd:date ; :n 2 . :b :d "1943-09-08"^^xsd:date ; :n 1 .'
        ' :c :d "1944-06-05"^^xsd:date ; :n 1 . :d :d "0099-01-01"^^xsd:date ; :n 0 .',
        "SELECT ?s { ?s :d ?d ; :n ?n } ORDER BY DESC(?d) ?n",
        [":c", ":a", ":b", ":d"],
    ),
    Case(
        "15.1 by an expression, errors first",
        ':a :p 1 . :b :p 5 . :c :p "x" .',
        "SELECT ?s { ?s :p ?o } ORDER BY (0 - ?o)",
        [":c", ":b", ":a"],
    ),
    Case(
        "15.1 by what is not projected",
        ":a :p 3 . :b :p 1 . :c :p 2 .",
        "SELECT ?s { ?s :p ?o } ORDER BY ?o",
        [":b", ":c", ":a"],
    ),
    Case(
        "15 the order is kept through DISTINCT, OFFSET and LIMIT",
        ":a :p 3, 4 . :b :p 1 . :c :p 2 .",
        "SELECT DISTINCT ?s { ?s :p ?o } ORDER BY ?s OFFSET 1 LIMIT 2",
        [":b", ":c"],
    ),
    Case(
        "15.5 LIMIT 0",
        ":a :p 1 .",
        "SELECT ?s { ?s :p ?o } LIMIT 0",
        [],
    ),
    Case(
        "12 LIMIT in a subquery, in its order",
        ":a :p 1, 2 . :b :p 3 .",
        "SELECT ?s ?o { { SELECT ?s { ?s :p ?x } ORDER BY DESC(?x) LIMIT 1 } ?s :p ?o }",
        [":b | 3"],
    ),
    Case(
        "12 the best of each: a subquery with an aggregate",
        ":a :p 1, 2 . :b :p 3 .",
        "SELECT ?s ?m { { SELECT ?s (MAX(?o) AS ?m) { ?s :p ?o } GROUP BY ?s } FILTER(?m < 3) }",
        [":a | 2"],
    ),
    Case(
        "15.3 DISTINCT: a stored and a computed number are one term",
        ":a :p 2 .",
        "SELECT DISTINCT ?v { { ?s :p ?v } UNION { ?s :p ?x BIND(?x * 1 AS ?v) } }",
        ["2"],
    ),
    Case(
        "15.3 DISTINCT: equal values of two terms are two",
        ":a :p 2, 2.0 .",
        "SELECT DISTINCT ?v { ?s :p ?v }",
        ["2", "2.0"],
    ),
    Case(
        "18.2.4 duplicates stay without DISTINCT",
        ":a :p 1, 2 .",
        "SELECT ?s { { ?s :p ?o } UNION { ?s :p 1 } }",
        [":a", ":a", ":a"],
    ),
    # Paths ------------------------------------------------------------------------------
    Case("18.4 a path of length zero from a term not in the data", CYCLE,
         "SELECT ?x { :nowhere :p* ?x }", [":nowhere"]),
    Case("18.4 and to one", CYCLE, "SELECT ?x { ?x :p? 7 }", ["7"]),
    Case("18.4 between a term and itself", CYCLE, "ASK { :nowhere :p* :nowhere }", ["true"]),
    Case("18.4 none of length one", CYCLE, "ASK { :nowhere :p+ :nowhere }", ["false"]),
    Case("18.4 not between two terms", CYCLE, "ASK { :nowhere :p* :elsewhere }", ["false"]),
    Case("18.4 both ends variables: nodes of the graph only", CYCLE,
         "SELECT ?x ?y { VALUES ?x { :nowhere :d } ?x :p* ?y }", [":d | :d"]),
    Case("18.4 both ends variables, all pairs of length zero", ":a :p :b . :c :q 1 .",
         "SELECT ?x ?y { ?x :p? ?y }",
         [":a | :a", ":b | :b", ":c | :c", "1 | 1", ":a | :b"]),
    Case("9.3 a cycle ends, each node once", CYCLE, "SELECT ?x { :a :p+ ?x }", [":b", ":c", ":a"]),
    Case("9.3 from the other end", CYCLE, "SELECT ?x { ?x :p* :a }", [":a", ":b", ":c"]),
    Case("9.3 a cycle back to its start", CYCLE, "SELECT ?x { ?x :p+ ?x }", [":a", ":b", ":c"]),
    Case("9.3 from a term to itself, where no cycle leads", ":a :p :b . :b :q :c .",
         "SELECT ?n { :a (:p|(:q)+)+ :a BIND(1 AS ?n) }", []),
    Case("9.3 from a term to itself, once", CYCLE,
         "SELECT ?n { :a (:p|(:p)+)+ :a BIND(1 AS ?n) }", ["1"]),
    Case("9.3 two steps at a time", CYCLE, "SELECT ?x { :a (:p/:p)+ ?x }", [":c", ":b", ":a"]),
    Case("9.3 nested closures", CYCLE, "SELECT ?x { :a (:p*)* ?x }", [":a", ":b", ":c"]),
    Case("9.1 a sequence keeps duplicates", ":a :p :b, :c . :b :q :d . :c :q :d .",
         "SELECT ?x { :a :p/:q ?x }", [":d", ":d"]),
    Case("9.1 so does an alternative", ":a :p :b ; :q :b .",
         "SELECT ?x { :a (:p|:q) ?x }", [":b", ":b"]),
    Case("9.1 a closure of them does not", ":a :p :b, :c ; :q :b . :b :q :d . :c :q :d .",
         "SELECT ?x { :a (:p|:q)+ ?x }", [":b", ":c", ":d"]),
    Case("9.1 inverse", ":a :p :b . :b :q :c .", "SELECT ?x { :c ^(:p/:q) ?x }", [":a"]),
    Case("9.1 negated property set, forwards and backwards", ":a :p :b ; :q :c . :d :r :a .",
         "SELECT ?x { :a !(:p|^:s) ?x }", [":c", ":d"]),
    Case("9.1 negated, of a predicate not in the data", ":a :p :b .",
         "SELECT ?x { :a !:zzz ?x }", [":b"]),
    Case("18.4 zero length in each graph of GRAPH ?g", ":g1 { :a :p :b } :g2 { :c :p :d }",
         "SELECT ?g ?x { GRAPH ?g { :a :p* ?x } }",
         [":g1 | :a", ":g1 | :b", ":g2 | :a"]),
    Case("13 a path does not leave its graph", ":g1 { :a :p :b } :g2 { :b :p :c }",
         "SELECT ?g ?x { GRAPH ?g { :a :p+ ?x } }", [":g1 | :b"]),
    Case("13 but in the union it does", ":g1 { :a :p :b } :g2 { :b :p :c }",
         "SELECT ?x { :a :p+ ?x }", [":b", ":c"]),
    # Constants that the store does not hold ---------------------------------------------
    Case("10.2 VALUES", ":a :p 1 .", "SELECT ?x { VALUES ?x { :new 77 'n'@en } }",
         [":new", "77", '"n"@en']),
    Case("10.2 VALUES, joined", ":a :p 1 .", "SELECT ?x ?o { VALUES ?x { :new :a } ?x :p ?o }",
         [":a | 1"]),
    Case("10.2 VALUES, left of OPTIONAL", ":a :p 1 .",
         "SELECT ?x ?o { VALUES ?x { :new :a } OPTIONAL { ?x :p ?o } }", [":new | -", ":a | 1"]),
    Case("10.1 BIND, and functions of it", ":a :p 1 .",
         "SELECT ?x ?n { ?s :p ?o BIND('new one' AS ?x) BIND(STRLEN(?x) AS ?n) }",
         ['"new one" | 7']),
    Case("18.5 in DISTINCT, UNION and GROUP BY", ":a :p 1 .",
         "SELECT DISTINCT ?x { { BIND(:new AS ?x) } UNION { VALUES ?x { :new :a } } }",
         [":new", ":a"]),
    Case("15.1 in ORDER BY, among stored terms", ":b :p 1 . :d :p 1 .",
         "SELECT ?x { { ?x :p 1 } UNION { VALUES ?x { :a :c :e } } } ORDER BY ?x",
         [":a", ":b", ":c", ":d", ":e"]),
    Case("17.4 in FILTER", ":a :p 1 . :b :p :new2 .",
         "SELECT ?s { ?s :p ?o FILTER(?o != :new) }", [":a", ":b"]),
    Case("18.5 in MINUS", ":a :p 1 .", "SELECT ?s { ?s :p 1 MINUS { VALUES ?s { :new } } }",
         [":a"]),
    Case("18.5 aggregated", ":a :p 1 .",
         "SELECT (MAX(?x) AS ?m) (COUNT(DISTINCT ?x) AS ?n)"
         " { VALUES ?x { 'aa' 'bb' 'bb' } }", ['"bb" | 2']),
    Case("18.5 joined with a computed term that is the same", ":a :p 1 .",
         "SELECT ?x { VALUES ?x { 'new' 'old' } BIND(CONCAT('n', 'ew') AS ?y)"
         " FILTER(sameTerm(?x, ?y)) }", ['"new"']),
    # Graphs -----------------------------------------------------------------------------
    Case("13.1 the default graph is the union, each triple once", GRAPHS,
         "SELECT ?s ?o { ?s :p ?o }", [":a | 1", ":b | 2"]),
    Case("13.1 counted too", GRAPHS, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", ["3"]),
    Case("13.1 in paths too", GRAPHS, "SELECT ?o { :b :p/:zz?/:zz? ?o }", ["2"]),
    Case("13.1 strict: the unnamed graph alone", GRAPHS, "SELECT ?s ?o { ?s :p ?o }",
         [":a | 1"], STRICT),
    Case("13.3 GRAPH ?g", GRAPHS, "SELECT ?g ?s { GRAPH ?g { ?s :p ?o } }",
         [":g1 | :a", ":g1 | :b", ":g2 | :b"]),
    Case("13.3 GRAPH with an IRI", GRAPHS, "SELECT ?s { GRAPH :g2 { ?s ?p ?o } }", [":b", ":c"]),
    Case("13.3 GRAPH with no such graph", GRAPHS, "SELECT ?s { GRAPH :g9 { ?s ?p ?o } }", []),
    Case("18.5 GRAPH ?g of the empty pattern is every graph", GRAPHS, "SELECT ?g { GRAPH ?g {} }",
         [":g1", ":g2"]),
    Case("18.5 GRAPH ?g joins with ?g elsewhere", GRAPHS + " :g1 :about :a .",
         "SELECT ?s { ?g :about ?t GRAPH ?g { ?s :p ?o } }", [":a", ":b"]),
    Case("18.5 GRAPH ?g whose variable is in its pattern", GRAPHS + " :g3 { :g3 :self 1 }",
         "SELECT ?g { GRAPH ?g { ?g :self 1 } }", [":g3"]),
    Case("18.5 MINUS within GRAPH ?g is of one graph", GRAPHS,
         "SELECT ?g ?s { GRAPH ?g { ?s :p ?o MINUS { ?s :q ?x } } }",
         [":g1 | :a", ":g1 | :b", ":g2 | :b"]),
    Case("18.5 MINUS within GRAPH: no shared variable but the graph", GRAPHS,
         "SELECT ?g ?s { GRAPH ?g { ?s :p ?o MINUS { ?x :q ?y } } }",
         [":g1 | :a", ":g1 | :b", ":g2 | :b"]),
    Case("18.6 within GRAPH ?g: MINUS from VALUES", GRAPHS,
         "SELECT ?g ?x { GRAPH ?g { VALUES ?x { :a :b } MINUS { ?x :p ?o } } }", [":g2 | :a"]),
    Case("18.6 within GRAPH ?g: OPTIONAL to VALUES", GRAPHS,
         "SELECT ?g ?o { GRAPH ?g { VALUES ?x { :a } OPTIONAL { ?x :p ?o } } }",
         [":g1 | 1", ":g2 | -"]),
    Case("18.6 within GRAPH ?g: OPTIONAL to nothing", GRAPHS,
         "SELECT ?g ?o { GRAPH ?g { OPTIONAL { :a :p ?o } } }", [":g1 | 1", ":g2 | -"]),
    Case("18.6 within GRAPH ?g: NOT EXISTS after BIND", GRAPHS,
         "SELECT ?g ?x { GRAPH ?g { BIND(1 AS ?x) FILTER NOT EXISTS { :a :p 1 } } }",
         [":g2 | 1"]),
    Case("18.6 within GRAPH ?g: NOT EXISTS after VALUES", GRAPHS,
         "SELECT ?g ?x { GRAPH ?g { VALUES ?x { :a :b } FILTER NOT EXISTS { ?x :p ?y } } }",
         [":g2 | :a"]),
    Case("18.6 within GRAPH ?g: EXISTS alone", GRAPHS,
         "SELECT ?g { GRAPH ?g { FILTER EXISTS { :c :q 5 } } }", [":g2"]),
    Case("18.6 within GRAPH ?g: EXISTS as a value", GRAPHS,
         "SELECT ?g ?e { GRAPH ?g { BIND(EXISTS { :c :q 5 } AS ?e) } }",
         [":g1 | false", ":g2 | true"]),
    Case("18.6 within GRAPH ?g: EXISTS in another graph", GRAPHS,
         "SELECT ?g ?x { GRAPH ?g { ?x :p 2 FILTER EXISTS { GRAPH :g2 { :c :q 5 } } } }",
         [":g1 | :b", ":g2 | :b"]),
    Case("18.6 within GRAPH ?g: UNION with BIND", GRAPHS,
         "SELECT ?g ?x { GRAPH ?g { { ?x :p 1 } UNION { BIND(7 AS ?x) } } }",
         [":g1 | :a", ":g1 | 7", ":g2 | 7"]),
    Case("18.6 within GRAPH ?g: LIMIT is of each graph", GRAPHS,
         "SELECT ?g ?x { GRAPH ?g { { SELECT ?x { ?x :p ?o } ORDER BY ?x LIMIT 1 } } }",
         [":g1 | :a", ":g2 | :b"]),
    Case("18.6 within GRAPH ?g: OFFSET too", GRAPHS,
         "SELECT ?g ?x { GRAPH ?g { { SELECT ?x { ?x :p ?o } ORDER BY ?x OFFSET 1 } } }",
         [":g1 | :b"]),
    Case("18.6 within GRAPH ?g: groups with keys", GRAPHS,
         "SELECT ?g ?x ?n { GRAPH ?g { { SELECT ?x (COUNT(*) AS ?n) { ?x :p ?o } GROUP BY ?x } } }",
         [":g1 | :a | 1", ":g1 | :b | 1", ":g2 | :b | 1"]),
    Case("18.6 GRAPH in GRAPH", GRAPHS,
         "SELECT ?g ?h { GRAPH ?g { ?x :p 1 GRAPH ?h { ?x :p ?o } } }", [":g1 | :g1"]),
    Case("18.6 OPTIONAL across patterns within one graph", GRAPHS,
         "SELECT ?g ?x ?y { GRAPH ?g { ?x :p ?o OPTIONAL { ?y :q 5 } } }",
         [":g1 | :a | -", ":g1 | :b | -", ":g2 | :b | :c"]),
    Case("13.2 FROM merges graphs", GRAPHS, "SELECT ?s ?o FROM :g1 FROM :g2 { ?s :p ?o }",
         [":a | 1", ":b | 2"]),
    Case("13.2 merged, each triple once whatever is projected", GRAPHS,
         "SELECT ?o FROM :g1 FROM :g2 { :b :p ?o }", ["2"]),
    Case("13.2 merged: not each projection once", ":g1 { :a :p 1, 2 } :g2 { :b :p 3 }",
         "SELECT ?p FROM :g1 FROM :g2 { ?s ?p ?o }", [":p", ":p", ":p"]),
    Case("13.2 FROM NAMED alone: the default graph is empty", GRAPHS,
         "SELECT ?s FROM NAMED :g1 { ?s ?p ?o }", []),
    Case("13.2 FROM NAMED", GRAPHS, "SELECT ?g ?s FROM NAMED :g1 { GRAPH ?g { ?s :p ?o } }",
         [":g1 | :a", ":g1 | :b"]),
    Case("13.2 FROM alone: no named graphs", GRAPHS,
         "SELECT ?g ?s FROM :g1 { GRAPH ?g { ?s :p ?o } }", []),
    Case("13.2 FROM a graph that does not exist", GRAPHS, "SELECT ?s FROM :g9 { ?s ?p ?o }", []),
    # CONSTRUCT and DESCRIBE -------------------------------------------------------------
    Case("16.2 unbound terms make no triple", ":a :p 1 . :b :p 2 ; :q 3 .",
         "CONSTRUCT { ?s :new ?v } { ?s :p ?o OPTIONAL { ?s :q ?v } }", [":b | :new | 3"]),
    Case("16.2 nor do ill-placed ones", ":a :p 1, :x .",
         "CONSTRUCT { ?o :new ?s . ?s ?o 5 } { ?s :p ?o }", [":x | :new | :a", ":a | :x | 5"]),
    Case("16.2 nor a blank node as a predicate", ":a :p _:n, :x .",
         "CONSTRUCT { ?s ?o 5 } { ?s :p ?o }", [":a | :x | 5"]),
    Case("16.2 a graph has no duplicates", ":a :p 1, 2 .",
         "CONSTRUCT { ?s :is :it } { ?s :p ?o }", [":a | :is | :it"]),
    Case("16.2.1 blank nodes of the template are new for each solution", ":a :p 1, 2 .",
         "CONSTRUCT { ?s :has _:x . _:x :value ?o } { ?s :p ?o }",
         [":a | :has | _:m", "_:m | :value | 1", ":a | :has | _:n", "_:n | :value | 2"]),
    Case("16.2.1 also where solutions are equal", ":a :p 1, 2 .",
         "CONSTRUCT { ?s :has [] } { ?s :p ?o }", [":a | :has | _:m", ":a | :has | _:n"]),
    Case("16.2 blank nodes of the data stay the same", "_:n :p 1 ; :q 2 .",
         "CONSTRUCT { ?s :a ?x . ?s :b ?y } { ?s :p ?x ; :q ?y }",
         ["_:k | :a | 1", "_:k | :b | 2"]),
    Case("16.2 a subject that only one branch of a UNION binds", ":a :p :a ; :q 1 .",
         "CONSTRUCT { ?z :t 1 } { { ?x ?z ?x } UNION { ?x :q ?y } }", [":p | :t | 1"]),
    Case("16.2 with LIMIT of solutions, in their order", ":a :p 3 . :b :p 1 .",
         "CONSTRUCT { ?s :is ?o } { ?s :p ?o } ORDER BY ?o LIMIT 1", [":b | :is | 1"]),
    Case("16.2.4 the short form", ":a :p 1 ; :q 2 .",
         "CONSTRUCT WHERE { ?s :p ?o }", [":a | :p | 1"]),
    Case("16.2 computed and constant terms in a template", ":a :p 1 .",
         'CONSTRUCT { ?s :sum ?y ; :note "new" } { ?s :p ?o BIND(?o + 1.5 AS ?y) }',
         [":a | :sum | 2.5", ':a | :note | "new"']),
    Case("16.4 DESCRIBE follows blank nodes", ":a :p _:n . _:n :q _:m . _:m :r :b . :b :s 1 .",
         "DESCRIBE :a", [":a | :p | _:n", "_:n | :q | _:m", "_:m | :r | :b"]),
    Case("16.4 also round in circles", ":a :p _:n . _:n :q _:m . _:m :q _:n .",
         "DESCRIBE :a", [":a | :p | _:n", "_:n | :q | _:m", "_:m | :q | _:n"]),
    Case("16.4 DESCRIBE what a pattern finds", ":a :p 1 . :b :p 2 . :c :q 3 .",
         "DESCRIBE ?s { ?s :p ?o FILTER(?o > 1) }", [":b | :p | 2"]),
    Case("16.4 DESCRIBE of nothing", ":a :p 1 .", "DESCRIBE :nowhere", []),
    Case("16.3 ASK", ":a :p 1 .", "ASK { ?s :p 1 }", ["true"]),
    Case("16.3 ASK in vain", ":a :p 1 .", "ASK { ?s :p 2 }", ["false"]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pattern(case: Case, ask: Ask) -> None:
    got = ask(case.data, case.query, **case.options)
    expected = [written_row(row) for row in case.rows]
    columns = tuple(map(str, range(len((got or expected or [()])[0]))))
    ordered = bool(re.search(r"ORDER BY [^{}]*$", case.query)) and "CONSTRUCT" not in case.query
    wrong = difference(
        Answer("rows", tuple(got), columns),
        Answer("rows", tuple(expected), columns, ordered=ordered),
    )
    assert wrong is None, wrong


# Predicates with one kind of number, and other terms ----------------------------------------

KINDS = {"integer": "4", "decimal": "4.5", "double": "4e0", "float": '"4"^^xsd:float'}
MIXED = " ".join(f':n :{kind} {number} . :s :{kind} "x" . :i :{kind} :i .'
                 for kind, number in KINDS.items())  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "expression",
    [
        "?o + ?o", "?o - ?o", "?o * ?o", "?o / ?o", "-?o", "+?o", "?o + 1", "1 / ?o", "2.5 * ?o",
        "1e0 - ?o", "ABS(?o)", "CEIL(?o)", "FLOOR(?o)", "ROUND(?o)", "?o < 5", "?o >= 5.5",
        "?o > 5e0", "!(?o < 1)", "?o < ?o + 1", "IF(?o < 5, 1, 2)", "xsd:integer(?o)",
    ],
)  # fmt: skip
def test_an_operand_that_is_no_number_is_an_error(kind: str, expression: str, ask: Ask) -> None:
    rows = ask(MIXED, f"SELECT ?s ({expression} AS ?r) {{ ?s :{kind} ?o }} ORDER BY ?s")
    assert [(str(s), r is None) for s, r in rows] == [
        ("<http://e/i>", True),
        ("<http://e/n>", False),
        ("<http://e/s>", True),
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("function", ["SUM", "AVG"])
def test_nor_is_there_a_sum_of_them(kind: str, function: str, ask: Ask) -> None:
    query = f"SELECT ?s ({function}(?o) AS ?r) {{ ?s :{kind} ?o }} GROUP BY ?s"
    assert {str(s): r is None for s, r in ask(MIXED, query)} == {
        "<http://e/i>": True,
        "<http://e/n>": False,
        "<http://e/s>": True,
    }
    assert ask(MIXED, f"SELECT ({function}(?o) AS ?r) {{ ?s :{kind} ?o }}") == [(None,)]


def test_whole_decimals_among_others(ask: Ask) -> None:
    """What CEIL gives has no point, and leaves the digits of other decimals alone."""
    data = ":a :dec 2.5 , 1.5 , 3.0 ."
    either = "{ :a :dec ?x BIND(CEIL(?x) AS ?z) } UNION { :a :dec ?x BIND(?x + 0 AS ?z) }"
    expected = ["1.5", "2", "2.5", "3", "3", "3.0"]
    rows = ask(data, f"SELECT ?z {{ {either} }}")
    assert sorted(z.lexical for (z,) in rows) == expected
    rows = ask(data, f"SELECT DISTINCT ?z {{ {either} }}")
    assert sorted(z.lexical for (z,) in rows) == sorted(set(expected))
    rows = ask(data, f"SELECT (SUM(?z) AS ?sum) {{ {either} }}")
    assert rows[0][0].lexical == "15.0"
    chosen = "COALESCE(?none, IF(?x < 2, ?x * 1, FLOOR(?x)))"
    rows = ask(data, f"SELECT ?x ({chosen} AS ?z) {{ :a :dec ?x }} ORDER BY ?x")
    assert [z.lexical for _, z in rows] == ["1.5", "2", "3"]
    ((one, two, three),) = ask(
        data,
        "SELECT (sameTerm(CEIL(?x), 3.0 + 0) AS ?one) (CEIL(?x) = 3.0 AS ?two)"
        " (CEIL(?x) + 0.5 AS ?three) { :a :dec ?x FILTER(?x = 2.5 && ROUND(?x)) }",
    )
    assert [one.lexical, two.lexical, three.lexical] == ["false", "true", "3.5"]


@pytest.mark.parametrize("name", ["n0", "v0", "n", "x", "k", "lex", "type", "id", "Select", "q1"])
def test_a_variable_may_have_any_name(name: str, ask: Ask) -> None:
    """Columns have the names of variables; nothing else in a statement may."""
    inner = f"{{ SELECT ?{name} {{ ?s :p ?{name} }} GROUP BY ?{name} }}"
    query = f"SELECT ?r {{ {inner} BIND(IF(?{name} > 2, ?{name} + 1, ?{name}) AS ?r) }} ORDER BY ?r"
    rows = ask(':a :p 1 , 2.5 , "x"@en .', query)
    assert [None if r is None else r.lexical for (r,) in rows] == [None, "1", "3.5"]


# Parameters -----------------------------------------------------------------------------


def test_a_parameter_is_a_term_whatever_it_says(ask: Ask) -> None:
    data = ':a :p "x" . :b :p "\\" } UNION { ?s ?p ?o" .'
    evil = Literal('" } UNION { ?s ?p ?o')
    assert ask(data, "SELECT ?s { ?s :p ?o }", {"o": evil}) == [written_row(":b")]
    assert ask(data, "SELECT ?s { ?s :p ?o }", {"o": Literal("'); DROP TABLE spo; --")}) == []


def test_a_parameter_as_an_iri_cannot_leave_its_brackets(ask: Ask) -> None:
    evil = IRI("http://e/a> :p ?o } #")
    assert ask(":a :p 1 .", "SELECT ?o { ?s :p ?o }", {"s": evil}) == []
    assert ask(":a :p 1 .", "SELECT ?s { ?x :p 1 }", {"s": evil}) == [(evil,)]


def test_a_parameter_is_projected(ask: Ask) -> None:
    rows = ask(":a :p 1 . :b :p 2 .", "SELECT ?s ?o { ?s :p ?o }", {"s": IRI("http://e/b")})
    assert rows == [written_row(":b | 2")]


def test_a_parameter_reaches_filters_subqueries_and_aggregates(ask: Ask) -> None:
    query = (
        "SELECT ?limit (COUNT(?s) AS ?n) "
        "{ { SELECT ?s { ?s :p ?o FILTER(?o >= ?limit) } } FILTER(BOUND(?limit)) } GROUP BY ?limit"
    )
    limit = Literal("2", "http://www.w3.org/2001/XMLSchema#integer")
    assert ask(":a :p 1 . :b :p 2 . :c :p 3 .", query, {"limit": limit}) == [written_row("2 | 2")]


def test_a_parameter_is_the_start_of_a_path(ask: Ask) -> None:
    rows = ask(CYCLE, "SELECT ?x { ?start :p* ?x }", {"start": IRI("http://e/nowhere")})
    assert rows == [written_row(":nowhere")]


# What is not supported --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("SELECT * {\n SERVICE :e { ?s ?p ?o } }", "SERVICE"),
        ('SELECT (1 AS ?x) {\n FILTER(:unknown("x")) }', "unknown"),
    ],
)
def test_what_is_not_supported_is_named_with_its_line(query: str, named: str, ask: Ask) -> None:
    with pytest.raises(UnsupportedError, match=named) as raised:
        ask(":a :p 1 .", query)
    assert raised.value.location is not None
    assert raised.value.location.line == 2


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("xyz", "^[a-z-[aeiou]]+$"), ("a-b", r"^\\i\\c*$"), ("abab", r"^(ab)\\1$")],
    ids=["class subtraction", "name characters", "back-reference"],
)
def test_a_regular_expression_is_right_or_refused(text: str, pattern: str, ask: Ask) -> None:
    try:
        rows = ask(":a :p 1 .", f'SELECT (REGEX("{text}", "{pattern}") AS ?r) {{}}')
    except UnsupportedError:
        return
    assert rows == [written_row("true")]


def test_a_limit_holds_where_an_optional_finds_nothing(ask: Ask) -> None:
    """DuckDB 2.0.0 took a LEFT JOIN whose right side is empty for empty, and forgot the limit."""
    data = " ".join(f":s{i} :p {i} ; :q {i} ." for i in range(300))
    query = "SELECT * { ?s :p ?v OPTIONAL { ?s :q ?w FILTER(?w > 9000) } } LIMIT 5"
    assert len(ask(data, query)) == 5


def test_what_an_optional_binds_to_a_constant_may_be_unbound(ask: Ask) -> None:
    query = "SELECT ?s ?z { ?s :p ?v OPTIONAL { ?s :q ?w VALUES ?z { false } } } ORDER BY ?s"
    rows = ask(":a :p 1 ; :q 1 . :b :p 2 .", query)
    assert [row[1] is None for row in rows] == [False, True]
