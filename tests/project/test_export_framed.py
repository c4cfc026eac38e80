"""Framed JSON-LD, read back as RDF by pyld."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyld import jsonld
from rdflib import Graph
from rdflib.compare import isomorphic

from kgtool.errors import DataError, NotFoundError, UsageError
from tests.project.exporting import BASE, PREFIXES, exported

FACTS = """
:Battle a owl:Class ; rdfs:subClassOf :Happening .
:Happening a owl:Class ; skos:closeMatch schema:Event .
:Town a owl:Class ; skos:exactMatch <http://schema.org/City> .
:at a owl:ObjectProperty ; rdfs:subPropertyOf schema:location .
:in a owl:ObjectProperty ; skos:closeMatch schema:containedInPlace .
:on a owl:DatatypeProperty ; skos:closeMatch schema:startDate , schema:endDate .
:fight a :Battle ; rdfs:label "Fight"@en , "Kampf"@de ; :at :rome ; :on "1944-06-04"^^xsd:date ;
   :secret "unaligned" ; :people 12 .
:rome a :Town ; rdfs:label "Rome"@en ; :in :italy ; geo:hasGeometry [
   a <http://www.opengis.net/ont/sf#Point> ; wgs:lat 41.9 ; wgs:long 12.5 ] .
:italy a schema:Country ; skos:prefLabel "Italy"@en ; :in :europe .
:europe a schema:Place ; :in :earth .
:earth a schema:Place ; :in :space .
:note a :Remark ; rdfs:label "no class of schema.org" .
"""
EXPECTED = """
:fight a schema:Event ; schema:name "Fight" ; schema:location :rome ;
   schema:startDate "1944-06-04" ; schema:endDate "1944-06-04" .
:rome a schema:City ; schema:name "Rome" ; schema:containedInPlace :italy ; schema:geo [
   a schema:GeoCoordinates ; schema:latitude 41.9e0 ; schema:longitude 12.5e0 ] .
:italy a schema:Country ; schema:name "Italy" ; schema:containedInPlace :europe .
:europe a schema:Place ; schema:containedInPlace :earth .
:earth a schema:Place ; schema:containedInPlace :space .
"""


def as_rdf(text: str) -> Graph:
    """The triples of a document, as another reader of JSON-LD has them."""
    lines = jsonld.to_rdf(json.loads(text), {"format": "application/n-quads"})
    return Graph().parse(data=lines, format="nt")


def triples(turtle: str) -> Graph:
    return Graph().parse(data=PREFIXES + turtle, format="turtle")


def normal(graph: Graph) -> Graph:
    """With one form for each number."""
    found = Graph()
    for s, p, o in graph:
        number = getattr(o, "value", None)
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        found.add((s, p, type(o)(float(number)) if is_number else o))
    return found


def test_the_document_says_what_the_ontology_is_aligned_with_and_no_more(export):
    text, notes = export(FACTS, "jsonld-framed")
    assert isomorphic(normal(as_rdf(text)), normal(triples(EXPECTED)))
    assert notes == ["wrote 5 resources; 1 without a class in https://schema.org/ are left out"]


def test_values_are_plain_as_pages_have_them(export):
    found = json.loads(export(FACTS, "jsonld-framed").text)["@graph"]
    fight = next(each for each in found if each["@id"] == f"{BASE}fight")
    assert fight == {
        "@id": f"{BASE}fight", "@type": "Event", "startDate": "1944-06-04",
        "endDate": "1944-06-04", "location": {"@id": f"{BASE}rome"},
        "name": "Fight",
    }  # fmt: skip
    german = export(FACTS, "jsonld-framed", language="de").text
    assert '"Kampf"' in german
    assert '"Fight"' not in german
    assert '"Rome"' in german


def test_a_chosen_resource_stands_alone_with_what_is_two_links_away(export):
    text, _ = export(FACTS, "jsonld-framed", "SELECT ?b { ?b a :Battle }")
    found = json.loads(text)
    assert "@graph" not in found
    rome = found["location"]
    assert rome["geo"] == {"@type": "GeoCoordinates", "latitude": 41.9, "longitude": 12.5}
    assert rome["containedInPlace"]["name"] == "Italy"
    assert rome["containedInPlace"]["containedInPlace"] == {"@id": f"{BASE}europe"}


def test_a_construct_may_translate_itself(export):
    query = "CONSTRUCT { ?t a schema:City ; schema:name ?n } { ?t a :Town ; rdfs:label ?n }"
    found = json.loads(export(FACTS, "jsonld-framed", query).text)
    del found["@context"]
    assert found == {"@id": f"{BASE}rome", "@type": "City", "name": "Rome"}


def frame(tmp_path, content: Any) -> Any:
    path = tmp_path / "frame.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_a_frame_says_the_shape(export, tmp_path):
    own = {
        "@context": {"@vocab": "https://schema.org/"},
        "@type": "City",
        "@explicit": True,
        "containedInPlace": {"@embed": "@always", "@explicit": True},
    }
    found = json.loads(export(FACTS, "jsonld-framed", frame=frame(tmp_path, own)).text)
    del found["@context"]
    assert found == {
        "@id": f"{BASE}rome",
        "@type": "City",
        "containedInPlace": {"@id": f"{BASE}italy", "@type": "Country"},
    }


def test_a_frame_without_a_vocabulary_keeps_the_terms_as_they_are(export, tmp_path):
    own = {
        "@context": {"@base": BASE, "people": f"{BASE}people"}, "@type": f"{BASE}Battle",
        "@explicit": True, "people": {},
    }  # fmt: skip
    found = json.loads(export(FACTS, "jsonld-framed", frame=frame(tmp_path, own)).text)
    assert found["people"] == {
        "@type": "http://www.w3.org/2001/XMLSchema#integer", "@value": "12",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ('{\n "@context": {,\n}', DataError, r"frame.json:2:15: the frame is no JSON"),
        ("[]", DataError, "the frame is no object"),
        ({"@context": "https://schema.org/"}, UsageError, "nothing is fetched"),
        ({"@context": {"@vocab": 5}}, DataError, "cannot be used"),
        ({"@context": {"@vocab": 'x:"\n'}, "@type": [5]}, DataError, "cannot be used"),
        ({"@context": {"name": {"@id": []}}}, DataError, r"frame\.json: the frame cannot be used"),
    ],
)
def test_a_bad_frame_is_told(export, tmp_path, content, error, said):
    with pytest.raises(error, match=said):
        export(FACTS, "jsonld-framed", frame=frame(tmp_path, content))
    with pytest.raises(NotFoundError):
        export(FACTS, "jsonld-framed", frame=tmp_path / "none.json")


def test_the_shipped_graph_is_pages_of_schema_org(shipped):
    query = "SELECT ?e { VALUES ?e { id:liberation-of-rome } }"
    text, _ = exported(shipped, "jsonld-framed", query)
    found = json.loads(text)
    assert found["@type"] == "Event"
    assert found["name"] == "Liberation of Rome"
    assert found["location"]["@type"] == "City"
    assert found["location"]["geo"]["latitude"] == 41.89193
    whole = as_rdf(exported(shipped, "jsonld-framed").text)
    asked = shipped.query("places-as-schema-org")
    names = {str(s.value) for s, p, o in asked if p.value.endswith("/geo")}
    geo = "https://schema.org/geo"
    assert {str(s) for s, p, _ in whole if str(p) == geo} == names
