from __future__ import annotations

import json

import pytest

from kgtool.errors import DataError
from kgtool.project.checking import check_project
from kgtool.project.skeleton import new_project
from kgtool.project.sources import read_file
from kgtool.rdf.terms import IRI, Literal
from kgtool.shacl import ValidationReport, default_validator

PREFIXES = """
@prefix :     <urn:x:> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh:   <http://www.w3.org/ns/shacl#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
"""
DATA = ":a a :B ; :p 1 , 2 . :c a :A . :B rdfs:subClassOf :A ."


def triples(tmp_path, turtle: str):
    path = tmp_path / "a.ttl"
    path.write_text(PREFIXES + turtle)
    return read_file(path, "a.ttl").triples


def report(tmp_path, shapes: str, data: str = DATA) -> ValidationReport:
    data_triples = triples(tmp_path, data)
    return default_validator().validate(data_triples, triples(tmp_path, shapes))


def test_a_violation_has_all_its_parts(tmp_path):
    shapes = """:S a sh:NodeShape ; sh:targetClass :A ;
        sh:property [ sh:path :p ; sh:maxInclusive 1 ; sh:message "too large" ] ."""
    found = report(tmp_path, shapes)
    (finding,) = found.findings
    assert finding.focus == IRI("urn:x:a")
    assert finding.path == "<urn:x:p>"
    assert finding.value == Literal("2", "http://www.w3.org/2001/XMLSchema#integer")
    assert finding.shape == IRI("urn:x:S")
    assert finding.component.endswith("#MaxInclusiveConstraintComponent")
    assert finding.message == "too large"
    assert finding.is_violation
    assert not found.passed


def test_warnings_do_not_fail_a_check(tmp_path):
    shapes = """:S a sh:NodeShape ; sh:targetClass :A ;
        sh:property [ sh:path :p ; sh:minCount 1 ; sh:severity sh:Warning ] ."""
    found = report(tmp_path, shapes)
    assert found.passed
    assert [f.severity.rpartition("#")[2] for f in found.findings] == ["Warning"]
    assert "no violations, 1 warning or note" in found.to_text()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("[ sh:inversePath :p ]", "^<urn:x:p>"),
        ("( :p :q )", "<urn:x:p>/<urn:x:q>"),
        ("[ sh:alternativePath ( :p :q ) ]", "(<urn:x:p>|<urn:x:q>)"),
        ("[ sh:zeroOrMorePath :p ]", "(<urn:x:p>)*"),
    ],
)
def test_paths_are_written_as_sparql_writes_them(tmp_path, path, text):
    shapes = (
        f":S a sh:NodeShape ; sh:targetNode :c ; sh:property [ sh:path {path} ; sh:minCount 9 ] ."
    )
    assert [f.path for f in report(tmp_path, shapes).findings] == [text]


@pytest.mark.parametrize(
    "shapes",
    [
        ":S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path 5 ; sh:minCount 1 ] .",
        ':S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:minCount "a" ] .',
        ":S a sh:NodeShape ; sh:targetClass :A ; sh:sparql [ sh:select 'SELECT nonsense' ] .",
    ],
)
def test_ill_formed_shapes_are_an_error_and_nothing_is_logged(tmp_path, shapes, capfd):
    with pytest.raises(DataError, match="the shapes cannot be used"):
        report(tmp_path, shapes)
    assert capfd.readouterr().err == ""


def test_the_report_in_its_three_forms(tmp_path):
    shapes = ":S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:maxCount 1 ] ."
    found = report(tmp_path, shapes)
    content = json.loads(found.to_json())
    assert content["conforms"] is False
    assert content["results"][0]["focusNode"] == {"type": "uri", "value": "urn:x:a"}
    assert "sh:ValidationReport" in found.to_turtle()
    assert "sh:resultPath <urn:x:p>" in found.to_turtle()
    assert "Violation: <urn:x:S> (1 finding)" in found.to_text()
    assert found.to_text().endswith("1 violation\n")


def test_long_lists_are_cut(tmp_path):
    data = " ".join(f":a{i} a :A ." for i in range(30))
    shapes = ":S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:minCount 1 ] ."
    text = report(tmp_path, shapes, data).to_text()
    assert "… and 10 more" in text
    assert text.endswith("30 violations\n")


def test_a_project_s_findings_name_the_file(tmp_path):
    project = new_project(tmp_path / "project")
    broken = project.root / "triples" / "broken.ttl"
    broken.write_text(
        "@prefix id: <https://example.org/id/> .\nid:x a <https://example.org/ontology#Thing> ."
    )
    found = check_project(project)
    assert [f.files for f in found.findings] == [("triples/broken.ttl",)]
    text = found.to_text()
    assert "Violation: :ThingShape" in text
    assert "id:x  [triples/broken.ttl]" in text
    assert check_project(project, [project.root / "triples" / "example.ttl"]).passed
