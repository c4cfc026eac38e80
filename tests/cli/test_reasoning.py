"""why, infer, load --entailment: reasoning at the command line."""

from __future__ import annotations

import json

import pyoxigraph
import pytest

from kgtool.project.folder import Project
from tests.reason.closing import PREFIXES

FACTS = """
@prefix :     <https://example.org/ontology#> .
@prefix id:   <https://example.org/id/> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

:partOf a owl:TransitiveProperty ; owl:inverseOf :hasPart .
id:a :partOf id:b ; prov:wasDerivedFrom id:book .
id:b :partOf id:c .
id:book rdfs:label "The Book" .
"""
RULE = "CONSTRUCT { ?x :inside ?y } WHERE { ?x :partOf ?y }"


@pytest.fixture
def reasoned(project) -> Project:
    (project.root / "triples" / "facts.ttl").write_text(FACTS)
    (project.root / "ontology" / "rules").mkdir()
    (project.root / "ontology" / "rules" / "inside.rq").write_text(RULE)
    return project


def test_why_shows_the_proof_down_to_files_and_sources(run, reasoned):
    assert run("why", "id:a :inside id:c").output == (
        "id:a :inside id:c\n"
        "  by inside.rq\n"
        "  └─ id:a :partOf id:c\n"
        "       by prp-trp: a transitive property goes on\n"
        "       ├─ :partOf a owl:TransitiveProperty\n"
        "       │    asserted in triples/facts.ttl:8:11\n"
        "       ├─ id:a :partOf id:b\n"
        "       │    asserted in triples/facts.ttl:9:14\n"
        "       │    cites id:book (The Book)\n"
        "       └─ id:b :partOf id:c\n"
        "            asserted in triples/facts.ttl:10:14\n"
    )


def test_why_as_json(run, reasoned, tmp_path):
    out = tmp_path / "why.json"
    run("why", "id:b", ":hasPart", "id:a", "--format", "json", "-o", str(out))
    proof = json.loads(out.read_text())
    assert proof["rule"] == "prp-inv1"
    assert proof["triple"] == [
        "<https://example.org/id/b>",
        "<https://example.org/ontology#hasPart>",
        "<https://example.org/id/a>",
    ]
    schema, fact = proof["premises"]
    assert schema["rule"] == fact["rule"] == "asserted"
    assert fact["places"][0]["file"] == "triples/facts.ttl"
    assert fact["cites"] == ["<https://example.org/id/book>"]
    assert schema["cites"] == fact["premises"] == []


def test_why_of_what_is_asserted(run, reasoned):
    output = run("why", "id:a :partOf id:b").output
    assert output.startswith("id:a :partOf id:b\n  asserted in triples/facts.ttl:9:14\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id:c :partOf id:a", "neither stands in the files nor follows"),
        ("id:a :partOf ?x", "not one triple of known terms"),
        ("id:a :partOf id:b . id:b :partOf id:c", "not one triple of known terms"),
        ("id:a :partOf", "line 1"),
        ("id:a none:partOf id:b", "none"),
    ],
)
def test_why_of_what_is_no_triple_or_does_not_hold(run, reasoned, text, says):
    assert says in run("why", text, code=2).output


def test_infer_tells_how_many_each_rule_added(run, reasoned, tmp_path):
    out = tmp_path / "inferred.ttl"
    lines = [line.split() for line in run("infer", "-o", str(out)).output.splitlines()]
    counts = {name: int(number) for number, name, *_ in lines}
    assert counts == {"inside.rq": 3, "prp-inv1": 3, "prp-trp": 1, "inferred": 7}
    assert len(list(pyoxigraph.parse(path=str(out)))) == 7


def test_infer_by_other_regimes(run, reasoned, tmp_path):
    out = tmp_path / "inferred.ttl"
    assert "0  inferred triples" in run("infer", "--entailment", "none", "-o", str(out)).output
    output = run("infer", "--entailment", "rdfs", "-o", str(out)).output
    assert "inside.rq" in output
    assert "prp-trp" not in output


@pytest.mark.parametrize(
    ("regime", "answer"),
    [
        ("none", "0"),
        ("rdf", "0"),
        ("rdfs", "1"),
        ("owl-rl", "2"),
    ],
)
def test_load_with_entailment(run, tmp_path, regime, answer):
    data, store = tmp_path / "data.ttl", tmp_path / "store.duckdb"
    data.write_text(
        PREFIXES + ":p rdfs:domain :C . :q owl:inverseOf :p . :a :p :b . :c :q :d . :b :q :a ."
    )
    run("load", str(data), "--store", str(store), "--entailment", regime)
    query = "SELECT (COUNT(*) AS ?n) { ?x a <urn:x:C> }"
    output = run("-q", "query", "-e", query, "--store", str(store), "-f", "csv").output
    assert output.splitlines()[-1] == answer


def test_a_contradiction_stops_a_load(run, tmp_path):
    data, store = tmp_path / "data.ttl", tmp_path / "store.duckdb"
    data.write_text(PREFIXES + ":a a owl:Nothing .")
    arguments = ("load", str(data), "--store", str(store))
    assert "cls-nothing2" in run(*arguments, "--entailment", "owl-rl", code=3).output
    assert not store.exists()
    run(*arguments)
    assert store.exists()


def test_a_contradiction_is_told_with_files(run, reasoned):
    path = reasoned.root / "triples" / "facts.ttl"
    path.write_text(path.read_text() + ":partOf a owl:IrreflexiveProperty . id:c :partOf id:a .\n")
    output = run("build", code=3).output
    assert "an irreflexive property relates something to itself (prp-irp):" in output
    assert "id:a :partOf id:a  [inferred]" in output


def test_build_force_builds_anew(run, reasoned):
    assert "built" in run("build").output
    assert "up to date" in run("build").output
    assert "built" in run("build", "--force").output
