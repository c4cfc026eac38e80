"""kgtool export for maps, networks and web pages."""

from __future__ import annotations

import json
import sys

import pytest

DATA = """
@prefix : <https://example.org/> .
@prefix wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
:a a :Town ; wgs:lat 1 ; wgs:long 2 ; :near :b .
:b a :Town ; geo:asWKT "POINT(3 4)"^^geo:wktLiteral .
:c a :Idea .
"""


@pytest.fixture
def store(run, tmp_path):
    (tmp_path / "data.ttl").write_text(DATA)
    path = str(tmp_path / "data.duckdb")
    run("load", str(tmp_path / "data.ttl"), "--store", path)
    return path


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        ("a.geojson", '{"type": "FeatureCollection"', "wrote 2 features; 1 resource without coord"),
        ("a.kml", "<?xml", "wrote 2 placemarks; 1 resource without coordinates"),
        ("a.graphml", "<?xml", "wrote 3 nodes and 1 edge"),
        ("a.framed.jsonld", "{", "wrote 0 resources; 3 without a class in https://schema.org/"),
    ],
)
def test_the_ending_of_the_file_tells_the_format(run, store, tmp_path, name, start, said):
    out = tmp_path / name
    assert said in run("export", "--store", store, "-o", str(out)).output
    assert out.read_text().startswith(start)
    assert run("-q", "export", "--store", store, "-o", str(out)).output == ""


def test_a_query_with_parameters_chooses(run, store):
    query = "SELECT ?t { ?t a ?k FILTER(?t = $town) }"
    arguments = ("-e", query, "-p", "town=<https://example.org/b>", "--store", store)
    found = json.loads(run("-q", "export", "--format", "geojson", *arguments).output)
    assert [each["id"] for each in found["features"]] == ["https://example.org/b"]
    turtle = run("export", *arguments).output
    assert "POINT(3 4)" in turtle
    assert "near" not in turtle


def test_a_query_sees_what_is_inferred_whatever_is_written(run, built):
    (built.root / "ontology" / "more.ttl").write_text(
        "@prefix : <https://example.org/ontology#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        ":Thing rdfs:subClassOf :Entity ."
    )
    chosen = ("export", "--format", "graphml", "-e", "SELECT ?e { ?e a :Entity }")
    assert run("-q", *chosen).stdout.count("<node ") == 1
    assert "Entity" not in run("-q", *chosen).stdout
    assert "Entity" in run("-q", *chosen, "--graphs", "all").stdout


def test_terms_of_an_ontology_are_exported_where_they_are_chosen(run, built):
    chosen = ("export", "--format", "graphml", "-e", "SELECT ?c { ?c a owl:Class }")
    assert 'id="https://example.org/ontology#Thing"' in run("-q", *chosen).stdout


def test_a_stored_query_chooses(run, built):
    text = run("-q", "export", "--format", "graphml", "--query", "things").stdout
    assert 'id="https://example.org/id/first"' in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "kml", "--graphs", "inferred"), "inferred alone"),
        (("--frame", "x.json"), "--frame is for jsonld-framed"),
        (("-e", "ASK { ?s ?p ?o }"), "ASK query chooses nothing"),
        (("-e", "SELECT (1 AS ?n) {}"), "no IRIs"),
        (("-e", "SELECT ?s { ?s ?p ?o }", "--query", "x"), "two queries"),
        (("-o", "x.shp"), "does not tell which format"),
    ],
)
def test_what_does_not_go_together_is_refused(run, store, arguments, said):
    assert said in run("export", "--store", store, *arguments, code=2).output


@pytest.mark.parametrize(
    ("package", "format_", "extra"),
    [("pygeoif", "kml", "maps"), ("pyld", "jsonld-framed", "jsonld")],
)
def test_a_missing_library_is_named_with_its_extra(
    run, store, monkeypatch, package, format_, extra
):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    output = run("export", "--store", store, "--format", format_, code=2).output
    assert f"needs the package {package}" in output
    assert f"'.[{extra}]'" in output
