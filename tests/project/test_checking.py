"""A project's check: files, stores, pyshacl as the fallback, and what has changed."""

from __future__ import annotations

import json
import random

import pytest

from kgtool.diagnostics import written
from kgtool.engine.store import Store
from kgtool.errors import Location, UsageError
from kgtool.project.build import build_project
from kgtool.project.checking import (
    Bounds,
    check_loaded,
    check_project,
    read_shapes,
    read_sources,
    report_on,
)
from kgtool.project.load import load_files
from kgtool.project.storing import write_asserted
from kgtool.shacl.text import report_diagnostics

PREFIXES = """
@prefix : <https://example.org/ontology#> .
@prefix id: <https://example.org/id/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
HEAD = PREFIXES.count("\n")
SHAPES = """
:px sh:declare [ sh:prefix "" ; sh:namespace "https://example.org/ontology#"^^xsd:anyURI ] .
:S1 a sh:NodeShape ; sh:targetClass :A ;
    sh:property [ sh:path :p ; sh:minCount 1 ; sh:maxCount 2 ; sh:nodeKind sh:Literal ] ,
        [ sh:path :q ; sh:class :B ] .
:S2 a sh:NodeShape ; sh:targetSubjectsOf :r ; sh:severity sh:Warning ;
    sh:or ( [ sh:property [ sh:path ( :q :p ) ; sh:minCount 1 ] ] [ sh:class :A ] ) .
:S3 a sh:NodeShape ; sh:targetClass :B ; sh:closed true ; sh:ignoredProperties ( rdf:type :p ) .
:S4 a sh:NodeShape ; sh:targetObjectsOf :q ; sh:sparql [ sh:prefixes :px ;
    sh:message "{$this} {?value}" ;
    sh:select "SELECT $this ?value { ?value :q $this FILTER NOT EXISTS { ?value :p ?x } }" ] .
:S5 a sh:NodeShape ; sh:targetNode id:n0 ; sh:property [ sh:path :q ;
    sh:property [ sh:path :r ; sh:lessThan :p ] ] .
"""


@pytest.fixture
def shaped(project):
    """A project with shapes of many kinds, and no facts."""
    (project.root / "ontology" / "shapes.ttl").write_text(PREFIXES + SHAPES)
    for file in project.triples_files():
        file.unlink()
    return project


def write(project, name: str, turtle: str):
    path = project.root / "triples" / name
    path.write_text(PREFIXES + turtle)
    return path


def texts(report) -> tuple[bool, str]:
    with report:
        return report.passed, report.to_json().replace(" ", "")


def test_a_finding_names_the_file_of_the_triple_else_of_the_node(shaped):
    write(shaped, "a.ttl", "id:x a :A ; :q id:y .")
    write(shaped, "b.ttl", "id:x rdfs:label 'x' .")
    with check_project(shaped) as report:
        places = {f.component.rpartition("#")[2]: f.places for f in report.findings}
        text = report.to_text()
    line = HEAD + 1
    assert [str(p) for p in places["ClassConstraintComponent"]] == [f"triples/a.ttl:{line}:16"]
    assert [str(p) for p in places["MinCountConstraintComponent"]] == [
        f"triples/a.ttl:{line}:1",
        f"triples/b.ttl:{line}:1",
    ]
    assert (
        f"      triples/a.ttl:{line}:16: id:x → id:y\n"
        f"        {line} | id:x a :A ; :q id:y .\n"
        f"        {' ' * len(str(line))} |                ^^^^\n"
    ) in text


def test_a_node_that_is_only_pointed_to_has_the_line_of_that(shaped):
    (shaped.root / "ontology" / "shapes.ttl").write_text(
        PREFIXES + ":S a sh:NodeShape ; sh:targetObjectsOf :q ; sh:class :A ."
    )
    write(shaped, "a.ttl", "id:x a :A .\nid:x :q id:nobody .")
    with check_project(shaped) as report:
        assert f"triples/a.ttl:{HEAD + 2}:9: id:nobody\n" in report.to_text()


def test_a_blank_node_has_its_place(shaped):
    write(
        shaped, "a.ttl", "id:x a :A ; :p 1 .\nid:y :p 1 ; :q [ a :A , :B ] , [ a :A , :B ; :p 1 ] ."
    )
    with check_project(shaped) as report:
        (finding,) = report.findings
    assert [str(place) for place in finding.places] == [f"triples/a.ttl:{HEAD + 2}:16"]


def test_diagnostics_name_the_shape_and_the_place(shaped):
    write(shaped, "a.ttl", "id:x a :A ; :p 1 ; :q id:y .")
    with check_project(shaped) as report:
        log = json.loads("".join(written(report_diagnostics(report), "sarif")))
    (result,) = log["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == (":S1", "error")
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "triples/a.ttl"
    assert (physical["region"]["startLine"], physical["region"]["startColumn"]) == (HEAD + 1, 23)


def test_only_files_are_checked_in_place_of_the_facts(shaped, tmp_path):
    write(shaped, "a.ttl", "id:x a :A .")
    good = tmp_path / "good.ttl"
    good.write_text(PREFIXES + "id:y a :A ; :p 1 .")
    with check_project(shaped, [good]) as report:
        assert report.passed
    with pytest.raises(UsageError):
        check_project(shaped, [good], changed=True)


def test_inferred_triples_need_a_build_and_are_asked_for(shaped):
    (shaped.root / "ontology" / "more.ttl").write_text(
        PREFIXES + ":q rdfs:range :A . :A a rdfs:Class . :q a rdf:Property ."
    )
    write(shaped, "a.ttl", "id:x a :A ; :p 1 ; :q id:y . id:y a :B ; :p 2 .")
    with check_project(shaped) as report:
        assert report.passed
        assert report.graphs == "asserted"
    with check_project(shaped, bounds=Bounds("all")) as report:
        assert report.graphs == "all"


def test_a_loaded_store_by_the_shapes_of_a_file(shaped, tmp_path):
    path = write(shaped, "a.ttl", "id:x a :A .")
    store = tmp_path / "loaded.duckdb"
    load_files([path], store)
    with check_loaded(store, shaped.shapes, Bounds(max_results=1)) as report:
        assert report.violations == 1
    with pytest.raises(UsageError, match="--shapes"):
        check_loaded(store)


def test_a_store_that_a_build_made_knows_the_files(shaped):
    write(shaped, "a.ttl", "id:x a :A ; :q id:y . id:x :p 1 . id:y a :B .")
    build_project(shaped)
    shapes = shaped.root / "other.ttl"
    shapes.write_text(PREFIXES + ":S a sh:NodeShape ; sh:targetClass :B ; sh:class :A .")
    with check_loaded(shaped.store_path, shapes) as report:
        assert [f.places for f in report.findings] == [(Location("triples/a.ttl"),)]


def test_a_store_of_the_files_is_reported_on(shaped, tmp_path):
    write(shaped, "a.ttl", "id:x a :A .")
    sources = read_sources(shaped)
    path = tmp_path / "written.duckdb"
    write_asserted(path, sources)
    with Store.open(path) as store:
        report = report_on(store, sources, read_shapes(sources.shapes))
    assert [str(p) for f in report.findings for p in f.places] == [f"triples/a.ttl:{HEAD + 1}:1"]


def test_pyshacl_runs_what_does_not_compile_and_the_report_says_so(shaped):
    (shaped.root / "ontology" / "shapes.ttl").write_text(
        PREFIXES
        + """:S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:minCount 1 ] ;
            sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object 5 ] ."""
    )
    write(shaped, "a.ttl", "id:x a :A .")
    for changed in (False, True):
        with check_project(shaped, changed=changed) as report:
            assert report.passed
            assert "checked by pyshacl" in report.to_text()


def random_edit(shaped, generator: random.Random) -> None:
    """One file gets other facts, or goes."""
    name = f"{generator.choice('abc')}.ttl"
    path = shaped.root / "triples" / name
    if path.exists() and generator.random() < 0.2:
        path.unlink()
        return
    lines = path.read_text().splitlines()[len(PREFIXES.splitlines()) :] if path.exists() else []
    lines = [line for line in lines if generator.random() < 0.9]
    for _ in range(generator.randint(1, 2)):
        subject = generator.choice(("id:n0", "id:n1", "id:n2", "_:b"))
        predicate = generator.choice(("a", ":p", ":q", ":r", ":s", "rdfs:label"))
        object_ = generator.choice(
            (":A", ":B") if predicate == "a" else ("1", "2", "id:n1", "id:n2")
        )
        lines.append(f"{subject} {predicate} {object_} .")
    if generator.random() < 0.1:
        lines.append(":C rdfs:subClassOf :A . id:n2 a :C .")
    write(shaped, name, "\n".join(lines))


@pytest.mark.parametrize("seed", range(3))
def test_what_changed_is_checked_with_the_verdict_of_the_whole(shaped, seed):
    generator = random.Random(seed)
    for _ in range(8):
        random_edit(shaped, generator)
        report = check_project(shaped, changed=True)
        again = texts(report)
        whole = texts(check_project(shaped))
        assert notes_off(again) == notes_off(whole)


def notes_off(found: tuple[bool, str]) -> tuple[bool, str]:
    passed, text = found
    before, _, rest = text.partition('"notes":[')
    return passed, before + rest.partition("]")[2]


def test_nothing_is_checked_again_where_nothing_that_is_read_has_changed(shaped):
    write(shaped, "a.ttl", "id:x a :A .")
    check_project(shaped).close()
    (shaped.root / "ontology" / "shapes.ttl").write_text(
        PREFIXES
        + ":S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:minCount 1 ] ."
    )
    with check_project(shaped, changed=True) as report:
        assert "all was checked" in report.notes[0]
    write(shaped, "b.ttl", "id:x rdfs:label 'x' .")
    with check_project(shaped, changed=True) as report:
        assert report.notes == ("0 of 1 constraints were checked again",)
        assert report.violations == 1
    write(shaped, "b.ttl", "id:x :p 1 .")
    with check_project(shaped, changed=True) as report:
        assert report.notes == ("1 of 1 constraints were checked again",)
        assert report.passed
