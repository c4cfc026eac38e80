"""The services and functions that query.wikidata.org adds to SPARQL."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from kgtool.analysis import analyze
from kgtool.errors import QuerySyntaxError, UnsupportedError
from kgtool.plan import run_query
from kgtool.rdf.terms import IRI, Literal

PREFIXES = """
PREFIX wd: <http://www.wikidata.org/entity/> PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX wikibase: <http://wikiba.se/ontology#> PREFIX bd: <http://www.bigdata.com/rdf#>
PREFIX hint: <http://www.bigdata.com/queryHints#> PREFIX schema: <http://schema.org/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX geof: <http://www.opengis.net/def/function/geosparql/>
"""
DATA = """
@prefix wd: <http://www.wikidata.org/entity/> . @prefix schema: <http://schema.org/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
wd:Q220 rdfs:label "Rome"@en, "Roma"@it ; skos:altLabel "Eternal City"@en , "Urbs"@en ;
    schema:description "capital"@en ; wdt:P17 wd:Q38 ; wdt:P571 "753 BC" ;
    wdt:P625 "Point(12.4828 41.8931)"^^geo:wktLiteral .
wd:Q241717 rdfs:label "Anzio"@it ; skos:altLabel "Antium"@it ; wdt:P17 wd:Q38 ;
    wdt:P625 "Point(12.6167 41.4833)"^^geo:wktLiteral .
wd:Q38 rdfs:label "Italy"@en, "Italian Republic"@en .
wd:Q712 wdt:P17 wd:Q712 ; wdt:P625 "Point(178.0 -17.8)"^^geo:wktLiteral .
wd:Q683 wdt:P17 wd:Q712 ; wdt:P625 "point ( -172.1  -13.8 )"^^geo:wktLiteral .
wd:Q405 wdt:P17 wd:Q38 ;
    wdt:P625 "<http://www.wikidata.org/entity/Q405> Point(12.5 41.9)"^^geo:wktLiteral .
wd:Q1 wdt:P17 wd:Q38 ; wdt:P625 "nowhere"^^geo:wktLiteral, "Point(12.5 41.9)" .
"""
LABELS = "SERVICE wikibase:label { bd:serviceParam wikibase:language 'en,it' }"


def short(term):
    return term.value.rpartition("/")[2] if isinstance(term, IRI) else term


@pytest.fixture
def rows(ask):
    def asked(query, data=DATA):
        return [tuple(map(short, row)) for row in ask(data, PREFIXES + query)]

    return asked


def english(text):
    return Literal.tagged(text, "en")


def italian(text):
    return Literal.tagged(text, "it")


def test_labels_in_the_first_language_that_has_one_and_never_two_rows(rows):
    found = rows(f"SELECT ?x ?xLabel ?cLabel {{ ?x wdt:P17 ?c {LABELS} }} ORDER BY ?x")
    assert found == [
        ("Q1", Literal("Q1"), english("Italian Republic")),
        ("Q220", english("Rome"), english("Italian Republic")),
        ("Q241717", italian("Anzio"), english("Italian Republic")),
        ("Q405", Literal("Q405"), english("Italian Republic")),
        ("Q683", Literal("Q683"), Literal("Q712")),
        ("Q712", Literal("Q712"), Literal("Q712")),
    ]


def test_aliases_and_descriptions_are_unbound_where_there_are_none(rows):
    found = rows(
        "SELECT ?x ?xAltLabel ?xDescription { VALUES ?x { wd:Q220 wd:Q241717 wd:Q38 } "
        f"{LABELS} }} ORDER BY ?x"
    )
    aliases = {x: a and frozenset(a.lexical.split(", ")) for x, a, _ in found}
    assert aliases == {"Q220": {"Eternal City", "Urbs"}, "Q241717": {"Antium"}, "Q38": None}
    assert [d for _, _, d in found] == [english("capital"), None, None]


def test_the_reader_is_english(rows):
    service = "SERVICE wikibase:label { bd:serviceParam wikibase:language '[AUTO_LANGUAGE],it' }"
    assert rows(f"SELECT ?xLabel {{ VALUES ?x {{ wd:Q220 }} {service} }}") == [(english("Rome"),)]


def test_the_label_of_a_literal_is_its_text_and_of_nothing_is_nothing(rows):
    found = rows(
        "SELECT ?x ?yearLabel { VALUES ?x { wd:Q220 wd:Q38 } OPTIONAL { ?x wdt:P571 ?year } "
        f"{LABELS} }} ORDER BY ?x"
    )
    assert found == [("Q220", Literal("753 BC")), ("Q38", None)]


def test_labels_by_name(rows):
    found = rows(
        "SELECT ?x ?name ?also ?what { VALUES ?x { wd:Q220 } SERVICE wikibase:label { "
        "bd:serviceParam wikibase:language 'it,en' . ?x rdfs:label ?name . "
        "?x schema:description ?what . wd:Q38 rdfs:label ?also } }"
    )
    assert found == [("Q220", italian("Roma"), english("Italian Republic"), english("capital"))]


@pytest.mark.parametrize(
    "where",
    [
        "{ ?x wdt:P17 wd:Q38 SERVICE FILTER(CONTAINS(?xLabel, 'o')) }",
        "{ SERVICE ?x wdt:P17 wd:Q38 . FILTER(CONTAINS(?xLabel, 'o')) }",
        "{ ?x wdt:P17 ?c OPTIONAL { ?c wdt:P31 ?k } SERVICE BIND(UCASE(?xLabel) AS ?u) "
        "FILTER(CONTAINS(?u, 'O')) }",
        "{ { SELECT ?x ?xLabel { ?x wdt:P17 wd:Q38 SERVICE } } FILTER(CONTAINS(?xLabel, 'o')) }",
        "{ ?x wdt:P17 wd:Q38 SERVICE } GROUP BY ?x ?xLabel HAVING(CONTAINS(?xLabel, 'o'))",
    ],
)
def test_labels_come_after_what_binds_and_before_what_reads_them(rows, where):
    found = rows(f"SELECT ?x ?xLabel {where.replace('SERVICE', LABELS)}")
    assert sorted(found, key=str) == [("Q220", english("Rome")), ("Q241717", italian("Anzio"))]


def test_a_label_that_the_query_binds_itself_stays(rows):
    found = rows(f"SELECT ?xLabel {{ wd:Q220 rdfs:label ?xLabel BIND(wd:Q38 AS ?x) {LABELS} }}")
    assert {label.lexical for (label,) in found} == {"Rome", "Roma"}


def test_labels_within_a_graph_are_those_of_the_graph(rows):
    data = f"{DATA} <http://e/g> {{ wd:Q220 wdt:P1 1 ; rdfs:label 'Roma'@en }}"
    found = rows(f"SELECT ?xLabel {{ GRAPH <http://e/g> {{ ?x wdt:P1 1 {LABELS} }} }}", data)
    assert found == [(english("Roma"),)]


def test_what_is_around_a_point(rows):
    found = rows(
        "SELECT ?x ?km { wd:Q220 wdt:P625 ?here SERVICE wikibase:around { ?x wdt:P625 ?where . "
        "bd:serviceParam wikibase:center ?here ; wikibase:radius '50' ; wikibase:distance ?km } "
        "} ORDER BY ?km"
    )
    assert [x for x, _ in found] == ["Q220", "Q241717"]
    assert [round(float(km.lexical), 1) for _, km in found] == [0.0, 46.9]


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        ({"SouthWest": "12.5 41", "NorthEast": "13 42"}, {"Q241717"}),
        ({"West": "12.5 42", "East": "13 41"}, {"Q241717"}),
        ({"SouthWest": "170 -20", "NorthEast": "-170 0"}, {"Q712", "Q683"}),
        ({"SouthWest": "179 -20", "NorthEast": "-170 0"}, {"Q683"}),
    ],
)
def test_what_is_in_a_box(rows, corners, expected):
    points = " ; ".join(
        f"wikibase:corner{name} 'Point({point})'^^geo:wktLiteral" for name, point in corners.items()
    )
    box = f"?x wdt:P625 ?w . bd:serviceParam {points} ; wikibase:globe wd:Q2"
    assert {x for (x,) in rows(f"SELECT ?x {{ SERVICE wikibase:box {{ {box} }} }}")} == expected


def test_distances_are_those_of_the_great_circle(rows):
    """Beside the angle between two vectors, which is another way to the same number."""
    random.seed(1)
    points = [(random.uniform(-180, 180), random.uniform(-90, 90)) for _ in range(12)]
    point = "<http://www.opengis.net/ont/geosparql#wktLiteral>"
    data = " ".join(
        f"<http://e/{i}> <http://e/at> 'Point({x} {y})'^^{point} ."
        for i, (x, y) in enumerate(points)
    )
    found = rows(
        "SELECT ?a ?b (geof:distance(?p, ?q) AS ?km) { ?a <http://e/at> ?p . ?b <http://e/at> ?q }",
        data,
    )
    kilometres = {(int(a), int(b)): float(km.lexical) for a, b, km in found}
    for a, b in itertools.product(range(12), repeat=2):
        first, second = (
            (math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y))
            for x, y in (map(math.radians, points[i]) for i in (a, b))
        )
        angle = math.acos(max(-1, min(1, sum(p * q for p, q in zip(first, second, strict=True)))))
        assert kilometres[a, b] == pytest.approx(6371.0088 * angle, abs=1e-3)


def test_points_that_are_none_have_no_place(rows):
    found = rows(
        "SELECT ?x (geof:latitude(?p) AS ?lat) (geof:longitude(?p) AS ?lon) "
        "(geof:globe(?p) AS ?on) "
        "(geof:distance(?p, ?p, <http://www.opengis.net/def/uom/OGC/1.0/metre>) AS ?m) "
        "{ VALUES ?x { wd:Q1 wd:Q683 wd:Q405 } ?x wdt:P625 ?p } ORDER BY ?x"
    )
    numbers = [
        (x, *(None if n is None else float(n.lexical) for n in (lat, lon, m)), on)
        for x, lat, lon, on, m in found
    ]
    nowhere = ("Q1", None, None, None, None)
    assert numbers == [
        nowhere,
        nowhere,
        ("Q405", 41.9, 12.5, 0.0, "Q405"),
        ("Q683", -13.8, -172.1, 0.0, "Q2"),
    ]


def test_hints_are_left_aside_with_a_note(store_of, rows):
    query = (
        "SELECT ?c { hint:Query hint:optimizer 'None' . wd:Q220 wdt:P17 ?c . hint:Prior hint:x 1 }"
    )
    assert rows(query) == [("Q38",)]
    assert "hint:" in run_query(store_of(DATA), PREFIXES + query).notes[0]


def test_subqueries_by_name(rows):
    found = rows(
        "SELECT ?x (COUNT(?y) AS ?n) WITH { SELECT ?c { wd:Q220 wdt:P17 ?c } } AS %country "
        "WITH { SELECT ?y { INCLUDE %country ?y wdt:P17 ?c } } AS %towns "
        "WHERE { INCLUDE %towns INCLUDE %country BIND(?c AS ?x) } GROUP BY ?x"
    )
    assert [(x, n.lexical) for x, n in found] == [("Q38", "4")]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * { INCLUDE %nothing }", "no WITH has named %nothing"),
        ("SELECT * { ?x wdt:P17 ?y SERVICE wikibase:label { ?x wdt:P17 ?z } }", "cannot look this"),
        ("SELECT * { SERVICE wikibase:label { OPTIONAL { ?x rdfs:label ?z } } }", "but triples"),
        ("SELECT * { SERVICE wikibase:around { ?x wdt:P625 ?w } }", "needs wikibase:center"),
        ("SELECT * { SERVICE wikibase:box { bd:serviceParam wikibase:cornerWest 1 } }", "where a"),
    ],
)
def test_services_that_are_used_wrongly(ask, query, message):
    with pytest.raises(QuerySyntaxError, match=message) as caught:
        ask(DATA, PREFIXES + query)
    assert caught.value.location.line == PREFIXES.count("\n") + 1


def test_services_of_wikidata_alone_are_named(ask):
    with pytest.raises(UnsupportedError, match="one of Wikidata's own"):
        ask(DATA, PREFIXES + "SELECT * { SERVICE wikibase:mwapi { ?x ?y ?z } }")


def test_the_prefixes_of_a_wikibase_are_known(store_of):
    prefixes = store_of(DATA).prefixes
    assert prefixes["p"] == "http://www.wikidata.org/prop/"
    assert prefixes["wikibase"] == "http://wikiba.se/ontology#"
    own = store_of("<http://e/entity/Q1> <http://e/prop/direct/P1> 1 .").prefixes
    assert own["pq"] == "http://e/prop/qualifier/"
    assert "wdt" not in store_of("<http://e/a> <http://e/P1> 1 .").prefixes


def test_look_ups_can_be_explained(store_of):
    query = f"{PREFIXES} SELECT ?xLabel {{ ?x wdt:P17 wd:Q38 {LABELS} }}"
    texts = [each.operator.text for each in analyze(store_of(DATA), query).measured]
    assert any("(SELECT MIN(" in text for text in texts)
