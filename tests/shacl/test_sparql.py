"""SPARQL constraints, components and targets, for all focus nodes at once."""

from __future__ import annotations

import pytest

from kgtool.errors import UnsupportedError
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Literal
from tests.shacl.checking import DECLARED, difference, findings_of, report_of

DATA = """
:a a :A ; :p 1 , 5 ; :q :b . :b a :A ; :p 7 ; :r "x"@en . :c a :A ; :q :c . :d :p 9 .
"""
#: Queries that put $this in all places where a pattern reads it.
QUERIES = (
    "SELECT $this ?value { $this :p ?value FILTER (?value > 4) }",
    "SELECT $this { FILTER ($this = :a) }",
    "SELECT $this { { FILTER ($this = :a) } UNION { $this :r ?x } }",
    "SELECT $this ?value { $this :q ?value OPTIONAL { ?value :p ?n FILTER ($this != ?value) } "
    "FILTER (BOUND(?n)) }",
    "SELECT $this ?value { BIND ($this AS ?value) FILTER NOT EXISTS { ?value :p ?x } }",
    "SELECT $this ?n { { SELECT $this (COUNT(?v) AS ?n) { $this :p ?v } GROUP BY $this } "
    "FILTER (?n > 1) }",
    "SELECT DISTINCT $this { { SELECT DISTINCT $this ?x { ?x :p ?y . $this :q ?z } } "
    "FILTER (?x != $this) }",
    "SELECT $this (:p AS ?path) ?value { $this :p ?value FILTER (?value IN (1, 7)) }",
    "SELECT $this { $this :q+ $this }",
    "SELECT $this { FILTER EXISTS { $this :p ?x FILTER (?x > 6) } }",
)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_for_all_focus_nodes_is_the_query_for_each(query):
    shapes = f"""{DECLARED}:S a sh:NodeShape ; sh:targetClass :A ;
        sh:sparql [ sh:prefixes :px ; sh:select "{query}" ] ."""
    assert difference(shapes, DATA) is None
    assert findings_of(shapes, DATA) != []


def test_path_is_put_in():
    shapes = f"""{DECLARED}:S a sh:NodeShape ; sh:targetClass :A ; sh:property [
        sh:path [ sh:alternativePath ( :p :r ) ] ; sh:sparql [ sh:prefixes :px ;
        sh:select "SELECT $this ?value {{ $this $PATH ?value FILTER (isLiteral(?value)) }}" ] ] ."""
    assert difference(shapes, DATA) is None


def test_constraints_of_shapes_within():
    shapes = f"""{DECLARED}:S a sh:NodeShape ; sh:targetClass :A ; sh:not [
        sh:sparql [ sh:prefixes :px ;
            sh:select "SELECT $this {{ $this :p ?v FILTER (?v > 6) }}" ] ] ."""
    assert difference(shapes, DATA) is None


COMPONENT = """
:Component a sh:ConstraintComponent ;
    sh:parameter [ sh:path <urn:c#least> ] , [ sh:path <urn:c#note> ; sh:optional true ] ;
    sh:validator [ a sh:SPARQLAskValidator ; sh:message "{?value} is below {$least}" ;
        sh:ask "ASK { FILTER ($value >= $least) }" ] .
"""


def test_a_component_with_an_ask_validator():
    shapes = (
        COMPONENT
        + """:S a sh:NodeShape ; sh:targetClass :A ;
        sh:property [ sh:path :p ; <urn:c#least> 5 ] ."""
    )
    # pyshacl leaves sh:value out here, which section 6.3 asks for.
    (finding,) = findings_of(shapes, DATA)
    assert finding.value == Literal("1", XSD.integer)
    assert finding.message == "1 is below 5"
    assert finding.component == "urn:x:Component"


def test_a_component_without_its_parameters_asks_for_nothing():
    shapes = COMPONENT + ":S a sh:NodeShape ; sh:targetClass :A ; <urn:c#note> 5 ."
    assert findings_of(shapes, DATA) == []


def test_a_target_that_is_a_query():
    shapes = f"""{DECLARED}:S a sh:NodeShape ; sh:class :A ; sh:target [ a sh:SPARQLTarget ;
        sh:prefixes :px ; sh:select "SELECT ?this {{ ?this :p ?x FILTER (?x > 4) }}" ] ."""
    assert difference(shapes, DATA) is None
    assert len(findings_of(shapes, DATA)) == 1


def test_the_shapes_graph_can_be_read():
    shapes = f"""{DECLARED}:S a sh:NodeShape ; sh:targetClass :A ; :allowed 1 , 5 ;
        sh:sparql [ sh:prefixes :px ; sh:select '''SELECT $this ?value {{
            $this :p ?value
            FILTER NOT EXISTS {{
                GRAPH $shapesGraph {{ $currentShape :allowed ?value }} }} }}''' ] ."""
    assert [f.value.lexical for f in findings_of(shapes, DATA)] == ["7"]


def test_what_has_no_meaning_for_many_nodes_is_refused():
    query = "SELECT $this ?value { $this :p ?value } LIMIT 1"
    shapes = f"""{DECLARED}:S a sh:NodeShape ; sh:targetClass :A ;
        sh:sparql [ sh:prefixes :px ; sh:select "{query}" ] ."""
    with pytest.raises(UnsupportedError):
        report_of(shapes, DATA)


@pytest.mark.parametrize("extra", ["sh:rule [ a sh:TripleRule ]", "sh:js [ ]", "sh:expression [ ]"])
def test_what_does_not_compile_is_named(extra):
    with pytest.raises(UnsupportedError, match="sh:"):
        report_of(f":S a sh:NodeShape ; sh:targetClass :A ; {extra} .", DATA)
