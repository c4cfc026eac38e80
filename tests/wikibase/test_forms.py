"""Entities of all kinds are written and read again, as JSON and as RDF."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.errors import Location
from kgtool.wikibase.json_format import entity_document
from kgtool.wikibase.json_reading import EntityReader
from kgtool.wikibase.model import (
    EARTH,
    NO_UNIT,
    CoordinatesValue,
    Entity,
    ItemValue,
    MonolingualValue,
    NoValue,
    QuantityValue,
    Rank,
    Snak,
    Statement,
    StringValue,
    Value,
)
from kgtool.wikibase.problems import ImportReport, Place
from kgtool.wikibase.rdf_reading import read_rdf
from kgtool.wikibase.rdf_writing import write_rdf
from kgtool.wikibase.values import decimal_text
from tests.wikibase.strategies import languages, texts, time_values
from tests.wikibase.worlds import mapping

IDS = st.integers(1, 10**9).map(lambda n: f"Q{n}")
AMOUNTS = st.decimals(-(10**12), 10**12, places=2).map(lambda n: f"{n:+f}")
DEGREES = st.decimals(-90, 90, places=6).map(decimal_text)
PRECISIONS = st.none() | st.sampled_from(["1", "0.1", "0.00001"])
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "wikibase-item": IDS.map(ItemValue),
    "string": texts.map(StringValue),
    "external-id": texts.map(StringValue),
    "url": st.sampled_from(["https://a.example/", "urn:x", "http://b.example/?q=1#f"]).map(StringValue),
    "time": time_values(),
    "quantity": st.builds(QuantityValue, AMOUNTS, st.just(NO_UNIT) | IDS)
    | st.builds(QuantityValue, AMOUNTS, IDS, AMOUNTS, AMOUNTS),
    "globe-coordinate": st.builds(
        CoordinatesValue, DEGREES, DEGREES, PRECISIONS,
        st.sampled_from([EARTH, "http://www.wikidata.org/entity/Q405"]),
    ),
    "monolingualtext": st.builds(MonolingualValue, texts, languages),
}  # fmt: skip
DATATYPES = mapping().datatypes()
UUIDS = st.uuids().map(str)


@st.composite
def snaks(draw: st.DrawFn, property_: str | None = None) -> Snak:
    property_ = property_ or draw(st.sampled_from(sorted(DATATYPES)))
    datatype = DATATYPES[property_]
    return Snak(property_, datatype, draw(VALUES[datatype] | st.sampled_from([NoValue.UNKNOWN])))


def groups() -> st.SearchStrategy[tuple[Snak, ...]]:
    """Different snaks, in the order of their properties, as both forms have them."""
    return st.lists(snaks(), max_size=4, unique=True).map(ordered)


def ordered(found: Any) -> tuple[Snak, ...]:
    return tuple(sorted(found, key=lambda snak: (int(snak.property[1:]), repr(snak.value))))


@st.composite
def entities(draw: st.DrawFn) -> Entity:
    id_ = draw(IDS)
    statements = [
        Statement(
            draw(
                snaks() | st.builds(Snak, st.just("P3"), st.just("string"), st.just(NoValue.NONE))
            ),
            draw(groups()),
            tuple(draw(st.lists(groups().filter(bool), max_size=2, unique=True))),
            draw(st.sampled_from(Rank)),
            f"{id_}${uuid}",
        )
        for uuid in draw(st.lists(UUIDS, max_size=4, unique=True))
    ]
    labels = draw(st.dictionaries(languages, texts, min_size=1, max_size=3))
    aliases = st.lists(texts, min_size=1, max_size=3, unique=True).map(lambda t: tuple(sorted(t)))
    return Entity(
        id_,
        labels,
        draw(st.dictionaries(languages, texts, max_size=2)),
        draw(st.dictionaries(languages, aliases, max_size=2)),
        tuple(statements),
    )


def unordered(entity: Entity) -> Entity:
    """An entity whose parts are in an order that does not tell how they were written."""
    statements = [
        replace(
            s,
            qualifiers=ordered(s.qualifiers),
            references=tuple(sorted(map(ordered, s.references), key=repr)),
        )
        for s in entity.statements
    ]
    return replace(entity, statements=tuple(sorted(statements, key=lambda s: s.id or "")), iri=None)


@settings(max_examples=100, deadline=None)
@given(entity=entities())
def test_json(entity: Entity) -> None:
    rules, report = mapping(), ImportReport(strict=True)
    document = json.loads(json.dumps(entity_document(entity, rules.concepts)))
    read = EntityReader(rules.concepts, None, report).entity(document, Place(Location()))
    assert read is not None
    assert unordered(read) == unordered(entity)


@settings(max_examples=100, deadline=None)
@given(entity=entities())
def test_rdf(entity: Entity) -> None:
    rules, report = mapping(), ImportReport(strict=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "entity.ttl"
        file.write_text("".join(write_rdf([entity], rules.concepts)), encoding="utf-8")
        ((read, place),) = read_rdf(file, rules, report)
    assert place.entity == entity.id
    assert unordered(read) == unordered(entity)
    assert not report.unmapped


@pytest.mark.parametrize("datatype", VALUES)
def test_each_datatype_is_in_the_mapping(datatype: str) -> None:
    assert datatype in DATATYPES.values()
