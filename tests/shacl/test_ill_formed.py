"""A shapes graph that is ill-formed is an error with its file and line, before anything runs."""

from __future__ import annotations

import pytest

from kgtool.errors import ShapeError
from tests.shacl.checking import DECLARED, shapes_of

BAD = {
    "a path that is a literal": (":S sh:path 5", "is no path"),
    "a path without a step": (":S sh:path [ :p :q ]", "is no path"),
    "a path with one step": (":S sh:path ( :p )", "fewer than two"),
    "a path in a circle": (":S sh:path _:x . _:x sh:inversePath _:x", "is no path"),
    "a list without an end": (":S sh:path [ rdf:first :p ]", "not a list"),
    "two paths": (":S sh:path :p , :q", "2 values"),
    "a count that is a string": (':S sh:path :p ; sh:minCount "a"', "sh:minCount is"),
    "two counts": (":S sh:path :p ; sh:maxCount 1 , 2", "2 values"),
    "a count without a path": (":S sh:targetNode :a ; sh:minCount 1", "in a node shape"),
    "a property shape without a path": (":S sh:targetNode :a ; sh:property [ sh:minCount 1 ]",
        "in a node shape"),
    "a property shape that is none": (":S sh:property [ sh:class :A ]", "without sh:path"),
    "sh:node with a property shape": (":S sh:node [ sh:path :p ]", "property shape"),
    "a node shape with a path": (":S a sh:NodeShape ; sh:path :p", "no sh:path"),
    "a kind that is none": (":S sh:nodeKind sh:Thing", "sh:nodeKind is"),
    "a class that is a literal": (':S sh:class "A"', "sh:class is"),
    "a datatype that is a literal": (':S sh:datatype "A"', "sh:datatype is"),
    "a bound that is an IRI": (":S sh:minInclusive :a", "sh:minInclusive is"),
    "a pattern that is a number": (":S sh:pattern 5", "sh:pattern is"),
    "a flag that is a string": (':S sh:closed "yes"', "sh:closed is"),
    "sh:in that is no list": (":S sh:in :a", "not a list"),
    "a language that is an IRI": (":S sh:languageIn ( :en )", "sh:languageIn has"),
    "a severity that is a literal": (':S sh:severity "bad"', "sh:severity is no IRI"),
    "a message that is an IRI": (":S sh:message :m", "sh:message is"),
    "a target that is a literal": (':S sh:targetClass "A"', "is no IRI"),
    "a target node without a name": (":S sh:targetNode []", "a blank node"),
    "an order that is a word": (':S sh:order "first"', "is no number"),
    "a shape that is a literal": (':S sh:not "a"', "sh:not is"),
    "a shape that is its own": (":S sh:not :S", "refers to itself"),
    "shapes in a circle": (":S sh:node :T . :T sh:or ( :S )", "refers to itself"),
    "a target without a query": (":S sh:target [ a sh:SPARQLTarget ]", "no sh:select"),
}  # fmt: skip
QUERIES = {
    "nonsense": ("SELECT nonsense", "line 1"),
    "another form": ("ASK { ?s ?p ?o }", "another form"),
    "no $this": ("SELECT ?x { ?x ?p ?o }", "does not select $this"),
    "MINUS": ("SELECT $this { $this ?p ?o MINUS { ?s ?p ?o } }", "MINUS"),
    "VALUES": ("SELECT $this { VALUES ?x { 1 } }", "VALUES"),
    "SERVICE": ("SELECT $this { SERVICE <urn:x> { ?s ?p ?o } }", "SERVICE"),
    "a value for $this": ("SELECT $this { BIND (1 AS $this) }", "a value for $this"),
    "a subquery without $this": ("SELECT $this { { SELECT ?x { ?x ?p ?o } } }", "subquery"),
    "an unknown prefix": ("SELECT $this { $this none:p ?o }", "unknown prefix"),
}


@pytest.mark.parametrize("name", BAD)
def test_ill_formed_shapes(name, tmp_path):
    text, message = BAD[name]
    shapes = (
        f"# a line\n:Other a sh:NodeShape .\n{text} ; a sh:NodeShape ."
        if "sh:path :p" not in (text)
        else f"# a line\n:Other a sh:NodeShape .\n{text} ; a sh:PropertyShape ."
    )
    if "node shape with a path" in name:
        shapes = f"# a line\n:Other a sh:NodeShape .\n{text} ."
    if ". " in text or "path [" in text or "path (" in text or "path 5" in text:
        shapes = f"# a line\n:Other a sh:NodeShape .\n:S sh:targetNode :a .\n{text} ."
    with pytest.raises(ShapeError, match="ill-formed shape") as caught:
        shapes_of(shapes, tmp_path)
    assert message in str(caught.value)
    location = caught.value.location
    assert location is not None
    assert location.file == "shapes.ttl"
    assert location.line is not None
    assert location.line >= 10


@pytest.mark.parametrize("name", QUERIES)
def test_ill_formed_queries(name, tmp_path):
    text, message = QUERIES[name]
    shapes = f"{DECLARED}:S sh:targetNode :a ;\n sh:sparql [ sh:select '{text}' ] ."
    with pytest.raises(ShapeError) as caught:
        shapes_of(shapes, tmp_path)
    assert message in str(caught.value)
    assert caught.value.location is not None
    assert caught.value.location.line == 10


def test_the_line_is_that_of_the_mistake(tmp_path):
    shapes = """:A a sh:NodeShape ; sh:targetClass :A ;
  sh:property [ sh:path :p ; sh:minCount 1 ] .
:B a sh:NodeShape ; sh:targetClass :B ;
  sh:property [ sh:path :p ; sh:minCount 1 ] ;
  sh:property [ sh:path :p ;
    sh:maxCount "a" ] ."""
    with pytest.raises(ShapeError) as caught:
        shapes_of(shapes, tmp_path)
    assert str(caught.value.location).startswith("shapes.ttl:13:")
    assert caught.value.expected == "an integer"


def test_true_is_the_term_and_not_the_number(tmp_path):
    shapes = ':S sh:targetNode :a ; sh:deactivated "1"^^xsd:boolean .'
    assert len(shapes_of(shapes, tmp_path).roots) == 1
