"""What a graph becomes in a Wikibase, and what it cannot become."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import pyoxigraph
import pytest

from kgtool.rdf.terms import IRI
from kgtool.rdf.timevalues import TimeValue
from kgtool.wikibase.exporting import Export, with_terms
from kgtool.wikibase.json_format import write_entities
from kgtool.wikibase.model import (
    CoordinatesValue,
    Entity,
    ItemValue,
    MonolingualValue,
    QuantityValue,
    Snak,
    StringValue,
)
from kgtool.wikibase.rdf_writing import write_rdf
from tests.wikibase.worlds import BASE, EX, exported, mapping

MATCHES = """
:rome a :City ; rdfs:label "Rome"@en ; skos:exactMatch wb:Q10 .
:anzio a :Battle ; rdfs:label "Anzio"@en ; skos:exactMatch wb:Q2 .
:p1 a :Passage ; :inSource wb:Q70 ; :section "12" ; :retrieved "2026-11-01"^^xsd:date .
:p2 a :Passage .
"""


def entity(found: Export, id_: str | None) -> Entity:
    (one,) = [each for each in found.entities if each.id == id_]
    return one


def said(found: Export, id_: str | None = "Q2") -> list[tuple[str, object]]:
    statements = entity(found, id_).statements
    return [(s.main.property, s.main.value) for s in statements if s.main.property != "P1"]


@cache
def _each(turtles: tuple[str, ...]) -> dict[str, Export]:
    lines = "".join(
        f':thing{n} a :Battle ; rdfs:label "Thing"@en ; {turtle} .\n'
        for n, turtle in enumerate(turtles)
    )
    found = exported(MATCHES + lines)
    return {
        turtle: Export(
            [each for each in found.entities if each.iri == f"{EX}thing{n}"],
            [loss for loss in found.losses if loss.thing == IRI(f"{EX}thing{n}")],
        )
        for n, turtle in enumerate(turtles)
    }


def each_said(cases: Sequence[tuple[Any, ...]]) -> dict[str, Export]:
    """The export of a thing for each case, by what is said of it; all in one world."""
    return _each(tuple(case[0] for case in cases))


def losses(found: Export) -> set[tuple[str, str]]:
    return {(loss.property.removeprefix(EX), loss.reason) for loss in found.losses}


VALUES = [
    (":partOf :rome", ItemValue("Q10")),
    (":partOf wb:Q99", ItemValue("Q99")),
    (':motto "So"', StringValue("So")),
    (':key "a-1"', StringValue("a-1")),
    (":page <https://a.example/x>", StringValue("https://a.example/x")),
    (':page "https://a.example/x"^^xsd:anyURI', StringValue("https://a.example/x")),
    (':date "1944"^^xsd:gYear', TimeValue(1944, 0, 0, 9)),
    (':date "1944-06"^^xsd:gYearMonth', TimeValue(1944, 6, 0, 10)),
    (':date "1944-06-04"^^xsd:date', TimeValue(1944, 6, 4, 11)),
    (':date "0000"^^xsd:gYear', TimeValue(-1, 0, 0, 9)),
    (':date "-0043-03-15"^^xsd:date', TimeValue(-44, 3, 15, 11)),
    (":length 12", QuantityValue("+12", "Q903")),
    (":people -1.50", QuantityValue("-1.50")),
    (':people "007"^^xsd:nonNegativeInteger', QuantityValue("+7")),
    (':title "So"@pt-BR', MonolingualValue("So", "pt-br")),
    (
        ':point "POINT(12.5 41.25)"^^geo:wktLiteral',
        CoordinatesValue("41.25", "12.5", "0.01"),
    ),
]


@pytest.mark.parametrize(("turtle", "value"), VALUES)
def test_values_by_datatype(turtle: str, value: object) -> None:
    found = each_said(VALUES)[turtle]
    assert found.losses == []
    assert [s.main.value for s in found.entities[0].statements if s.main.property != "P1"] == [
        value
    ]


LOST = [
    (":partOf :nowhere", "P2", "has no item"),
    (':motto "So"@en', "P3", "is no plain text"),
    (':motto "two\\nlines"', "P3", "has line breaks, tabs, or spaces at its ends"),
    (':motto ""', "P3", "is empty"),
    (':date "June 1944"', "P6", "is no date that Wikibase has"),
    (':date "1944-02-30"^^xsd:date', "P6", "is no date that Wikibase has"),
    (":people 1e3", "P9", "is no decimal number"),
    (':title "So"', "P10", "has no language"),
    (':point "LINESTRING(1 2, 3 4)"^^geo:wktLiteral', "P11", "is no point as WKT in degrees"),
    (':point "POINT(1 91)"^^geo:wktLiteral', "P11", "is no point on a globe"),
    (':description "So"', "description", "has no language"),
    (f':description "{"x" * 251}"@en', "description", "is longer than 250 characters"),
    (
        'rdfs:label "Again"@en',
        "http://www.w3.org/2000/01/rdf-schema#label",
        "is a second one in its language",
    ),
]


@pytest.mark.parametrize(("turtle", "property_", "reason"), LOST)
def test_what_cannot_be_said_is_left_out_and_told(turtle: str, property_: str, reason: str) -> None:
    found = exported(f"{MATCHES} :anzio {turtle} .")
    assert said(found) == []
    assert losses(found) == {(property_, reason)}


def test_an_hour_becomes_its_day_once() -> None:
    found = exported(
        MATCHES
        + """:anzio :date "1944-06-04"^^xsd:date, "1944-06-04T08:00:00+02:00"^^xsd:dateTime ;
        :edtf "1944-06-04T08:00:00+02:00~" ."""
    )
    assert said(found) == [("P6", TimeValue(1944, 6, 4))]
    assert losses(found) == {("P6", "is said to the day")}
    assert all(not s.qualifiers for s in entity(found, "Q2").statements), "the day is exact"


def test_a_time_that_is_approximate_has_a_qualifier() -> None:
    found = exported(
        MATCHES + ':anzio :date "1944"^^xsd:gYear, "1945"^^xsd:gYear ; :edtf "1944~" .'
    )
    circa = Snak("P40", "wikibase-item", ItemValue("Q900"))
    qualified = {
        s.main.value: s.qualifiers
        for s in entity(found, "Q2").statements
        if s.main.property == "P6"
    }
    assert qualified == {TimeValue(1944, 0, 0, 9): (circa,), TimeValue(1945, 0, 0, 9): ()}


def test_a_node_is_a_statement_with_qualifiers_and_references() -> None:
    found = exported(
        MATCHES
        + """
        :c1 a :Command ; :commandOf :anzio ; :holder wb:Q20 ; :cites :p1, :p2 .
        :c2 a :Command ; :commandOf :anzio ; :holder wb:Q21 ; :replaces :c1 ; :role wb:Q30 ;
            :begin "1944-02"^^xsd:gYearMonth ; :end "1944"^^xsd:gYear ; :edtf "1944-02~" ."""
    )
    first, second = (s for s in entity(found, "Q2").statements if s.main.property == "P20")
    assert first.main.value == ItemValue("Q20")
    assert [[(s.property, s.value) for s in reference] for reference in first.references] == [
        [
            ("P5", StringValue(EX + "p1")),
            ("P50", ItemValue("Q70")),
            ("P51", StringValue("12")),
            ("P52", TimeValue(2026, 11, 1)),
        ],
        [("P5", StringValue(EX + "p2"))],
    ]
    assert [(s.property, s.value) for s in second.qualifiers] == [
        ("P7", TimeValue(1944, 2, 0, 10)),
        ("P12", TimeValue(1944, 0, 0, 9)),
        ("P30", ItemValue("Q30")),
        ("P31", ItemValue("Q20")),
    ]
    assert losses(found) == {("P40", "only some of its times are approximate")}


def test_a_triple_cites_what_its_pin_cites_and_else_what_its_subject_does() -> None:
    found = exported(
        MATCHES
        + """:anzio :cites :p2 ; :motto "a", "b" .
        :pin a :Pin ; rdf:subject :anzio ; rdf:predicate :motto ; rdf:object "a" ; :cites :p1 ."""
    )
    cited = {s.main.value: s.references[0][0].value for s in entity(found, "Q2").statements}
    assert cited == {
        StringValue("a"): StringValue(EX + "p1"),
        StringValue("b"): StringValue(EX + "p2"),
        ItemValue("Q901"): StringValue(EX + "p2"),
    }


def test_what_is_inferred_is_not_exported() -> None:
    """Only classes that are asserted become statements, though narrower ones are items too."""
    found = exported(":siege a :Siege . :Siege rdfs:subClassOf :Battle .")
    assert [each.iri for each in found.entities] == [EX + "siege"]
    assert entity(found, None).statements == ()


def test_things_that_are_not_one_to_one_with_items_stay_out() -> None:
    found = exported(
        """:a a :City ; skos:exactMatch wb:Q2, wb:Q10 . :b a :City ; skos:exactMatch wb:Q3 .
        :c a :City ; skos:exactMatch wb:Q3 . :d a :City ; :partOf :a, :b, :c ."""
    )
    assert [each.id for each in found.entities] == ["Q3", None]
    assert losses(found) == {
        ("", "has two items, Q2 and Q10"),
        ("", f"has the item Q3, which <{EX}b> has"),
        ("P2", "has two items, Q2 and Q10"),
    }


def test_statements_keep_the_ids_that_their_nodes_are_named_by() -> None:
    found = exported(MATCHES + "wbs:Q2-ab-c a :Command ; :commandOf :anzio ; :holder wb:Q20 .")
    assert [s.id for s in entity(found, "Q2").statements if s.main.property == "P20"] == ["Q2$ab-c"]


def test_only_and_new_only() -> None:
    turtle = MATCHES + ":new a :City ."
    only = exported(turtle, only=f"?s a <{EX}City>")
    assert [each.id for each in only.entities] == ["Q10", None]
    assert [each.iri for each in exported(turtle, new_only=True).entities] == [EX + "new"]


def test_terms_of_new_items_only() -> None:
    found = exported(MATCHES + ':new a :City ; rdfs:label "New"@en .')
    named = {each.id: dict(each.labels) for each in with_terms(found.entities, "new")}
    assert named == {"Q2": {}, "Q10": {}, None: {"en": "New"}}


def test_an_export_is_the_same_in_any_order() -> None:
    lines = [*MATCHES.splitlines(), ':anzio :motto "a", "b" ; skos:altLabel "x"@en, "y"@en .']
    lines += [f":anzio :cites :p{n} ." for n in (2, 1)]
    forms = []
    for order in (lines, lines[::-1]):
        entities = exported("\n".join(order)).entities
        forms.append(
            ["".join(write(entities, mapping().concepts)) for write in (write_entities, write_rdf)]
        )
    assert forms[0] == forms[1]


def test_new_items_have_no_ids_and_others_have_ids_of_statements() -> None:
    found = exported(MATCHES + ":new a :City ; :partOf :anzio .")
    documents = {d.get("id"): d for d in json.loads("".join(_json(found)))}
    assert set(documents) == {"Q2", "Q10", None}
    assert "id" not in documents[None]["claims"]["P2"][0]
    assert documents["Q2"]["claims"]["P1"][0]["id"].startswith("Q2$")


def test_the_rdf_is_that_of_dumps() -> None:
    found = exported(
        MATCHES
        + ':anzio :date "-0043-03"^^xsd:gYearMonth ; :length 12 ; :page <https://a.example/> .'
    )
    store = pyoxigraph.Store()
    text = "".join(write_rdf(found.entities, mapping().concepts))
    store.load(text.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    rows = store.query(f"""
        PREFIX p: <{BASE}prop/> PREFIX ps: <{BASE}prop/statement/>
        PREFIX psv: <{BASE}prop/statement/value/> PREFIX wdt: <{BASE}prop/direct/>
        PREFIX wikibase: <http://wikiba.se/ontology#>
        SELECT ?time ?precision ?unit ?page {{
          <{BASE}entity/Q2> p:P6 [ a wikibase:BestRank ; ps:P6 ?time ;
                                   psv:P6 [ wikibase:timeValue ?time ;
                                            wikibase:timePrecision ?precision ] ] ;
                            p:P8/psv:P8/wikibase:quantityUnit ?unit ; wdt:P5 ?page .
          ?item wikibase:directClaim wdt:P5 ; wikibase:propertyType wikibase:Url .
        }}""")
    assert [[term.value for term in row] for row in rows] == [
        ["-0043-03-01T00:00:00Z", "10", f"{BASE}entity/Q903", "https://a.example/"]
    ]


def _json(found: Export) -> list[str]:
    return list(write_entities(found.entities, mapping().concepts))


def test_losses_name_thing_and_value() -> None:
    (loss,) = exported(MATCHES + ":anzio :partOf :nowhere .").losses
    assert (loss.thing, loss.value) == (IRI(EX + "anzio"), IRI(EX + "nowhere"))


@pytest.mark.parametrize(
    ("text", "value", "is_circa"),
    [
        ("194X", TimeValue(1940, 0, 0, 8), False),
        ("194X~", TimeValue(1940, 0, 0, 8), True),
        ("1944-06", TimeValue(1944, 6, 0, 10), False),
        ("1944-06~", TimeValue(1944, 6, 0, 10), True),
        ("1944-06-04~", TimeValue(1944, 6, 4), True),
    ],
)
def test_times_of_edtf_keep_their_precision(text: str, value: TimeValue, is_circa: bool) -> None:
    found = exported(f'{MATCHES} :anzio :date "{text}"^^edtf:EDTF .')
    (statement,) = [s for s in entity(found, "Q2").statements if s.main.property == "P6"]
    assert statement.main.value == value
    assert [s.property for s in statement.qualifiers] == ["P40"] * is_circa


@pytest.mark.parametrize(
    "text", ["19XX", "1944-XX", "1944-06?", "1944-22", "1943/1944", "soon", "1944-02-30", "Y17000"]
)
def test_other_times_of_edtf_are_lost_with_a_reason(text: str) -> None:
    found = exported(f'{MATCHES} :anzio :date "{text}"^^edtf:EDTF .')
    assert any("EDTF" in loss.reason for loss in found.losses if loss.property == "P6")
