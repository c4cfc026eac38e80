"""GeoJSON, read by the library geojson, and KML, read and validated by fastkml."""

from __future__ import annotations

import json
from typing import Any

import geojson
import pytest
from fastkml import KML, Placemark
from fastkml.utils import find_all
from fastkml.validator import validate
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pygeoif.factories import shape

from kgtool.project.export.geometry import (
    GeometryError,
    from_geojson,
    from_wkt,
    point,
    together,
)
from kgtool.project.export.moments import first, last
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Literal
from tests.project.exporting import BASE, exported

PLACES = """
:rome a :City ; rdfs:label "Rome"@en , "Roma"@it ; geo:hasGeometry [
    geo:asWKT "POINT(12.5 41.9)"^^geo:wktLiteral ; wgs:lat 1 ; wgs:long 1 ] ; :people 3000000 .
:anzio a :City ; wgs:lat 41.45 ; wgs:long "12.62" ; :port true .
:nowhere a :City ; rdfs:label "Nowhere" .
:City a owl:Class ; rdfs:label "city"@en .
:fight a :Battle ; :at :rome , :nowhere ; :on "1944-06-04"^^xsd:date .
:march a :Battle ; :at :rome , :anzio ; :since "1944-05"^^xsd:gYearMonth ;
   :until "1944"^^xsd:gYear .
:at rdfs:subPropertyOf sem:hasPlace .
:on skos:closeMatch sem:hasTimeStamp .
:since skos:exactMatch schema:startDate .
:until owl:equivalentProperty :last .
:last rdfs:subPropertyOf <http://schema.org/endDate> .
"""


def features(text: str) -> dict[str, Any]:
    """The features of a document that the library finds valid, by the names of their things."""
    found = geojson.loads(text)
    assert isinstance(found, geojson.FeatureCollection)
    assert found.is_valid, found.errors()
    return {each.id.removeprefix(BASE): each for each in found.features}


def placemarks(text: str) -> dict[str, Placemark]:
    """The placemarks of a document that OGC's schema of KML finds valid, by their names."""
    assert validate(element=etree.fromstring(text.encode())) is True
    return {
        p.name: p for p in find_all(KML.from_string(text.partition("\n")[2]), of_type=Placemark)
    }


def test_what_has_coordinates_or_is_at_a_place_is_a_feature(export):
    text, notes = export(PLACES, "geojson")
    found = features(text)
    assert {name: each.geometry["coordinates"] for name, each in found.items()} == {
        "anzio": [12.62, 41.45],
        "fight": [12.5, 41.9],
        "march": [[12.62, 41.45], [12.5, 41.9]],
        "rome": [12.5, 41.9],
    }
    assert found["march"].geometry["type"] == "MultiPoint"
    assert notes == ["wrote 4 features; 1 resource without coordinates"]


def test_a_feature_tells_name_kind_time_and_the_rest_as_json_has_it(export):
    found = features(export(PLACES, "geojson").text)
    assert found["rome"].properties == {
        "label": "Rome", "type": "city", "rdfs:label": "Roma", ":people": 3000000,
    }  # fmt: skip
    assert found["anzio"].properties == {"label": "anzio", "type": "city", ":port": True}
    assert found["march"].properties["start"] == "1944-05"
    assert found["march"].properties["end"] == "1944"
    assert found["fight"].properties == {
        "label": "fight", "type": "Battle", "start": "1944-06-04", "end": "1944-06-04",
        ":at": [f"{BASE}nowhere", f"{BASE}rome"], ":on": "1944-06-04",
    }  # fmt: skip


def test_labels_are_in_the_language_asked_for(export):
    found = features(export(PLACES, "geojson", language="it").text)
    assert found["rome"].properties["label"] == "Roma"


def test_a_query_chooses_resources(export):
    text, notes = export(PLACES, "geojson", "SELECT ?name ?c { ?c a :City BIND(1 AS ?name) }")
    assert sorted(features(text)) == ["anzio", "rome"]
    assert notes[-1].endswith("1 resource without coordinates")


def test_a_construct_gives_the_triples_and_the_ontology_still_counts(export):
    query = "CONSTRUCT { ?b :on ?d ; :at [ wgs:lat 5 ; wgs:long 6 ] } { ?b :on ?d }"
    found = features(export(PLACES, "geojson", query).text)
    assert list(found) == ["fight"]
    assert found["fight"].geometry["coordinates"] == [6, 5]
    assert found["fight"].properties["start"] == "1944-06-04"


def test_coordinates_that_cannot_be_read_are_told_and_left_out(export):
    bad = "\n".join(f":b{n} wgs:lat 91 ; wgs:long {n} ." for n in range(9))
    turtle = f'{PLACES} :mars geo:asWKT "POINT(1)"^^geo:wktLiteral . {bad}'
    text, notes = export(turtle, "geojson")
    assert len(features(text)) == 4
    assert notes[0] == (
        f'<{BASE}mars>: "POINT(1)"^^<http://www.opengis.net/ont/geosparql#wktLiteral> is left out:'
        " it is no Well-Known Text with coordinates"
    )
    assert "is not on the earth" in notes[1]
    assert notes[5] == "… and 5 more coordinates that cannot be read"


@pytest.mark.parametrize("format_", ["geojson", "kml", "graphml", "jsonld-framed"])
def test_an_export_is_the_same_each_time_and_an_empty_one_is_valid(export, format_):
    assert export(PLACES, format_) == export(PLACES, format_)
    text = export(":a a owl:Class .", format_).text
    if format_ == "geojson":
        assert features(text) == {}
    elif format_ == "kml":
        assert placemarks(text) == {}


def test_placemarks_have_spans_of_time(export):
    found = placemarks(export(PLACES, "kml").text)
    assert sorted(found) == ["Rome", "anzio", "fight", "march"]
    assert str(found["fight"].time_stamp) == "1944-06-04"
    march = found["march"]
    assert (str(march.begin), str(march.end)) == ("1944-05", "1944")
    assert {tuple(p.coords[0]) for p in march.geometry.geoms} == {(12.5, 41.9), (12.62, 41.45)}
    assert found["anzio"].begin is None


def test_placemarks_have_all_that_is_said_as_data(export):
    said = {
        e.name: e.value
        for e in placemarks(export(PLACES, "kml").text)["Rome"].extended_data.elements
    }
    assert said == {
        "iri": f"{BASE}rome", "type": "city", ":people": "3000000", "rdfs:label": "Roma",
    }  # fmt: skip


def test_kml_holds_every_character_and_every_geometry(export):
    collection = json.dumps(
        {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
                {
                    "type": "Polygon",
                    "coordinates": [
                        [[0, 0], [9, 0], [9, 9], [0, 0]],
                        [[2, 1], [3, 1], [3, 2], [2, 1]],
                    ],
                },
            ],
        }
    ).replace('"', '\\"')
    turtle = (
        f':x rdfs:label "a < b & \\"c\\" \\u0001" ; rdfs:comment "why" ;'
        f' geo:asGeoJSON "{collection}"^^geo:geoJSONLiteral .'
    )
    (found,) = placemarks(export(turtle, "kml").text).values()
    assert found.name == 'a < b & "c" \ufffd'
    assert found.description == "why"
    line, polygon = found.geometry.geoms
    assert [tuple(c) for c in line.coords] == [(0, 0), (1, 1)]
    assert len(list(polygon.interiors)) == 1


# ----------------------------------------------------------------------------
# Geometries

_degrees = st.floats(-90, 90).map(lambda n: round(n, 5))
_position = st.tuples(_degrees, _degrees)
_ring = st.lists(_position, min_size=3, max_size=5, unique=True).map(lambda r: (*r, r[0]))
_polygon = st.lists(_ring, min_size=1, max_size=2).map(tuple)
_geometries = st.one_of(
    *(
        st.fixed_dictionaries({"type": st.just(kind), "coordinates": coordinates})
        for kind, coordinates in {
            "Point": _position,
            "LineString": st.lists(_position, min_size=2, max_size=4, unique=True).map(tuple),
            "Polygon": _polygon,
            "MultiPoint": st.lists(_position, min_size=1, max_size=3, unique=True).map(tuple),
            "MultiPolygon": st.lists(_polygon, min_size=1, max_size=2).map(tuple),
        }.items()
    )
)


def _json(value: object) -> Any:
    return json.loads(json.dumps(value))


@settings(deadline=None)
@given(_geometries)
def test_well_known_text_becomes_the_geometry_it_was_made_of(geometry):
    found = from_wkt(shape(geometry).wkt)
    assert geojson.loads(json.dumps(found)).is_valid or "Polygon" in found["type"]
    assert found == from_geojson(json.dumps(geometry))
    if "Polygon" not in found["type"]:
        assert _json(found) == _json(geometry)


def test_outer_rings_run_anticlockwise_and_inner_ones_clockwise():
    outer = [[0, 0], [0, 9], [9, 9], [0, 0]]
    inner = [[1, 2], [2, 3], [1, 3], [1, 2]]
    found = from_geojson(json.dumps({"type": "Polygon", "coordinates": [outer, inner]}))
    assert found["coordinates"] == [outer[::-1], inner[::-1]]


def test_the_order_of_axes_is_that_of_the_reference_system():
    epsg = "<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(41.9 12.5)"
    crs84 = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> Point Z (12.5 41.9 7)"
    assert from_wkt(epsg)["coordinates"] == [12.5, 41.9]
    assert from_wkt(crs84)["coordinates"] == [12.5, 41.9, 7]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("POINT(1)", "no Well-Known Text"),
        ("POINT(200 0)", "not on the earth"),
        ("POINT EMPTY", "no Well-Known Text"),
        ("POINT M (1 2 3)", "measures"),
        ("POINT ZM (1 2 3 4)", "measures"),
        ("<http://www.opengis.net/def/crs/EPSG/0/3857> POINT(1 2)", "not WGS 84"),
        ("", "no Well-Known Text"),
        (f"POINT({'1' * 5000} 2)", "no Well-Known Text"),
        (f"{'GEOMETRYCOLLECTION(' * 50}POINT(1 2){')' * 50}", "nested too deeply"),
        ("LINESTRING(1 2,1 2)", "one position"),
    ],
)
def test_bad_well_known_text_says_why(text, reason):
    with pytest.raises(GeometryError, match=reason):
        from_wkt(text)


@pytest.mark.parametrize(
    "text",
    ["no", "[]", "{}", '{"type": "Point", "coordinates": [true, 1]}', '{"type": "Point"}',
     '{"type": "GeometryCollection", "geometries": []}', '{"type": "Blob", "coordinates": [1, 2]}',
     '{"type": "GeometryCollection", "geometries": [1]}', '{"type": "Point", "coordinates": [1]}',
        '{"type": "Point", "coordinates": [1, 2, Infinity]}',
        "[" * 100_000,
        '{"type": "GeometryCollection", "geometries": [' * 700 + "1" + "]}" * 700,
        '{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 0], [0, 1]]]}'],
)  # fmt: skip
def test_bad_geojson_is_refused(text):
    with pytest.raises(GeometryError):
        from_geojson(text)


def test_one_geometry_of_several_holds_each_once():
    a, b = point("1", "2"), point("3", "4")
    line = from_wkt("LINESTRING(0 0,1 1)")
    assert together([a, a]) == a
    assert together([a, b])["type"] == "MultiPoint"
    assert together([a, line]) == {"type": "GeometryCollection", "geometries": [a, line]}


# ----------------------------------------------------------------------------
# Dates


def _dated(*texts: str) -> list[Literal]:
    kinds = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
    return [Literal(text, kinds.get(len(text), XSD.dateTime)) for text in texts]


def test_the_first_date_and_the_last_of_any_precision():
    assert first(_dated("1944-06", "1944-06-02", "1944-05-30")) == "1944-05-30"
    assert last(_dated("1944-06-30", "1944-06", "1944-05")) == "1944-06"
    assert first(_dated("1944", "1944-01-01")) == "1944-01-01"
    assert last(_dated("1944-06-04", "1944-06-04T08:00:00Z")) == "1944-06-04"
    assert first([Literal("long ago"), Literal("x", XSD.date)]) is None


# ----------------------------------------------------------------------------
# The graph of this repository


def test_the_shipped_graph_is_a_map(shipped):
    text, (note,) = exported(shipped, "geojson")
    found = {i.rpartition("/")[2]: f for i, f in features(text).items()}
    assert found["rome"].geometry == {"type": "Point", "coordinates": [12.51133, 41.89193]}
    liberation = found["liberation-of-rome"]
    assert liberation.geometry == found["rome"].geometry
    assert liberation.properties["type"] == "liberation"
    assert liberation.properties["start"] == liberation.properties["end"] == "1944-06-04"
    assert note.startswith(f"wrote {len(found)} features; ")
    reasoned = features(exported(shipped, "geojson", graphs="all").text)
    assert len(reasoned) > len(found)
    assert len(placemarks(exported(shipped, "kml").text)) == len(found)


def test_items_of_a_wikibase_are_features_with_time_and_place(export):
    turtle = """
    @prefix wd: <http://www.wikidata.org/entity/> .
    @prefix wdt: <http://www.wikidata.org/prop/direct/> .
    wd:Q1 rdfs:label "Anzio"@en ; wdt:P625 "Point(12.6 41.4)"^^geo:wktLiteral .
    wd:Q2 rdfs:label "Battle"@en ; wdt:P276 wd:Q1 ;
      wdt:P580 "1944-01-22T00:00:00Z"^^xsd:dateTime ;
      wdt:P582 "1944-06-05T00:00:00Z"^^xsd:dateTime .
    wd:Q3 wdt:P625 "<http://www.wikidata.org/entity/Q405> Point(1 2)"^^geo:wktLiteral .
    """
    text, notes = export(turtle, "geojson", "SELECT ?item { ?item wdt:P580|wdt:P625 ?value }")
    found = {each.properties["label"]: each for each in features(text).values()}
    assert found["Battle"].geometry == found["Anzio"].geometry
    assert found["Battle"].properties["start"] == "1944-01-22T00:00:00Z"
    assert found["Battle"].properties["end"] == "1944-06-05T00:00:00Z"
    assert "is not WGS 84" in notes[0]
    assert notes[1] == "wrote 2 features; 1 resource without coordinates"
