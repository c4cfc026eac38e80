"""What findings say, and the forms of a report."""

from __future__ import annotations

import json

import pyoxigraph
import pytest

from kgtool.diagnostics import written
from kgtool.rdf.terms import IRI, Literal
from kgtool.shacl.text import report_diagnostics
from tests.shacl.checking import DECLARED, findings_of, report_of, results

DATA = ":a a :B ; :p 1 , 2 . :c a :A . :B rdfs:subClassOf :A ."
COUNT = ":S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:maxCount 1 ] ."
MISSING = ":S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:minCount 1 ] ."


def test_a_violation_has_all_its_parts():
    shapes = """:S a sh:NodeShape ; sh:name "Things"@de , "things"@en ; sh:targetClass :A ;
        sh:property [ sh:path :p ; sh:maxInclusive 1 ; sh:message "too large" ] ."""
    (finding,) = findings_of(shapes, DATA)
    assert finding.focus == IRI("urn:x:a")
    assert finding.path == IRI("urn:x:p")
    assert finding.value == Literal("2", "http://www.w3.org/2001/XMLSchema#integer")
    assert finding.shape == IRI("urn:x:S")
    assert finding.component.endswith("#MaxInclusiveConstraintComponent")
    assert finding.message == "too large"
    assert finding.expected == "at most 1"
    assert finding.is_violation


def test_warnings_do_not_fail_a_check():
    report = report_of(
        MISSING.replace("sh:minCount 1", "sh:minCount 9 ; sh:severity sh:Warning"), DATA
    )
    assert report.passed
    assert {f.severity.rpartition("#")[2] for f in report.findings} == {"Warning"}
    assert "no violations, 2 warnings or notes (asserted triples)" in report.to_text()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("[ sh:inversePath :p ]", "^<urn:x:p>"),
        ("( :p :q )", "<urn:x:p>/<urn:x:q>"),
        ("[ sh:alternativePath ( :p :q :r ) ]", "(<urn:x:p>|<urn:x:q>|<urn:x:r>)"),
        ("[ sh:zeroOrMorePath :p ]", "(<urn:x:p>)*"),
        ("[ sh:oneOrMorePath [ sh:zeroOrOnePath :p ] ]", "((<urn:x:p>)?)+"),
    ],
)
def test_paths_as_text_and_as_rdf(path, text):
    shapes = (
        f":S a sh:NodeShape ; sh:targetNode :c ; sh:property [ sh:path {path} ; sh:minCount 9 ] ."
    )
    report = report_of(shapes, DATA)
    assert [f.path_text for f in report.findings] == [text]
    pyoxigraph.Store().load(report.to_turtle().encode(), format=pyoxigraph.RdfFormat.TURTLE)


def test_messages_have_the_values_in_and_keep_their_languages():
    shapes = (
        DECLARED
        + """:S sh:targetNode :a ; sh:sparql [ sh:prefixes :px ;
        sh:message "{$this} has {?value} of {?most}, {?none}"@en , "{?value} zu viel"@de ;
        sh:select '''SELECT $this ?value ?most {
            $this :p ?value BIND (1 AS ?most) FILTER (?value > ?most) }'''
    ] ."""
    )
    (finding,) = findings_of(shapes, DATA)
    assert finding.message == "<urn:x:a> has 2 of 1, {?none}"
    assert {m.language: m.lexical for m in finding.messages}["de"] == "2 zu viel"


def test_without_a_message_what_is_expected_is_said():
    (finding,) = findings_of(COUNT, DATA)
    assert finding.messages == ()
    assert finding.message == "expected at most one value"


def test_deactivated_shapes_find_nothing():
    shapes = COUNT.replace("sh:maxCount 1", "sh:maxCount 1 ; sh:deactivated true")
    assert findings_of(shapes, DATA) == []
    shapes = COUNT.replace("sh:NodeShape ;", "sh:NodeShape ; sh:deactivated true ;")
    assert findings_of(shapes, DATA) == []
    shapes = ":S sh:targetNode :a ; sh:not [ sh:class :B ; sh:deactivated true ] ."
    assert len(findings_of(shapes, DATA)) == 1


def test_order_and_group_sort_what_a_shape_finds():
    shapes = """:S a sh:NodeShape ; sh:targetNode :c ;
        sh:property [ sh:path :p ; sh:minCount 1 ; sh:order 2 ; sh:group :g1 ] ,
            [ sh:path :q ; sh:minCount 1 ; sh:order 1 ; sh:group :g1 ] ,
            [ sh:path :r ; sh:minCount 1 ; sh:order 3 ; sh:group :g0 ] ."""
    found = [f.path_text for f in findings_of(shapes, DATA)]
    assert found == ["<urn:x:r>", "<urn:x:q>", "<urn:x:p>"]


def test_the_report_as_json_and_turtle():
    report = report_of(COUNT, DATA)
    content = json.loads(report.to_json())
    assert content["conforms"] is False
    assert content["graphs"] == "asserted"
    assert content["results"][0]["focusNode"] == {"type": "uri", "value": "urn:x:a"}
    assert "sh:ValidationReport" in report.to_turtle()
    assert "sh:resultPath :p" in report.to_turtle()
    empty = report_of(":S sh:targetNode :a .", DATA)
    assert json.loads(empty.to_json())["results"] == []
    assert "sh:conforms true" in empty.to_turtle()


def test_the_text_says_shape_expectation_node_and_hint():
    text = report_of(COUNT, DATA).to_text()
    assert "Violation: :S (1 finding)" in text
    assert "expected at most one value" in text
    assert "path :p; keep the value that is right, and take the others out" in text
    assert text.endswith("1 violation (asserted triples)\n")


def test_long_lists_are_cut_and_counted():
    data = " ".join(f":a{i} a :A ." for i in range(30))
    text = report_of(MISSING, data).to_text()
    assert "… and 10 more" in text
    assert text.endswith("30 violations (asserted triples)\n")


def test_max_results_bounds_what_is_shown_and_not_what_is_counted():
    data = " ".join(f":a{i} a :A ." for i in range(30))
    report = report_of(MISSING, data, max_results=7)
    assert len(list(report.findings)) == 7
    assert report.violations == 30
    assert "… and 23 more" in report.to_text()
    assert len(json.loads(report.to_json())["results"]) == 7


def test_github_annotations():
    shapes = MISSING.replace("sh:minCount 1", 'sh:minCount 3 ; sh:message "100%, or\\nmore"')
    lines = list(written(report_diagnostics(report_of(shapes, DATA)), "github"))
    assert lines[0] == (
        "::error title=%3AS:::a: 100%25, or%0Amore%0Aexpected at least 3 values; path :p\n"
    )


def test_inferred_triples_are_looked_at_when_asked_for():
    shapes = ":S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:maxCount 0 ] ."
    inferred = ":c :p 5 ."
    data = ":c a :A ."
    assert findings_of(shapes, data, inferred=inferred) == []
    report = report_of(shapes, data, inferred=inferred, graphs="all")
    assert report.violations == 1
    assert report.to_text().endswith("1 violation (asserted and inferred triples)\n")


def test_a_shape_may_ask_for_inferred_triples():
    entailed = "sh:entailment <http://www.w3.org/ns/entailment/OWL-RDF-Based>"
    own = f":S sh:targetClass :A ; sh:property [ sh:path :p ; sh:maxCount 0 ] ; {entailed} ."
    other = ":T sh:targetClass :A ; sh:property [ sh:path :p ; sh:maxCount 0 ] ."
    report = report_of(own + other, ":c a :A .", inferred=":c :p 5 .")
    assert [f.shape for f in report.findings] == [IRI("urn:x:S")]
    assert "1 shape asks for inferred triples" in report.to_text()
    report = report_of(f"{other} <> {entailed} .", ":c a :A .", inferred=":c :p 5 .")
    assert report.violations == 1
    assert report.graphs == "all"


def test_what_several_nodes_lead_to_is_found_for_each():
    shapes = """:S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ;
        sh:property [ sh:path :q ; sh:minCount 1 ] ] ."""
    report = report_of(shapes, ":a a :A ; :p :x . :b a :A ; :p :x .")
    assert list(results(report).values()) == [2]
    assert report.count == 2
    assert report.to_text().count(":x\n") == 1
