"""Entities as Wikibase JSON (https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from kgtool.rdf.timevalues import TimeValue
from kgtool.wikibase.mapping import Concepts
from kgtool.wikibase.model import (
    NO_UNIT,
    CoordinatesValue,
    Entity,
    ItemValue,
    MonolingualValue,
    NoValue,
    QuantityValue,
    Snak,
    Statement,
    StringValue,
    Value,
)
from kgtool.wikibase.naming import statement_id

_KINDS = {"Q": "item", "P": "property", "L": "lexeme"}


def write_entities(entities: Iterable[Entity], concepts: Concepts) -> Iterator[str]:
    """A list of entity documents, one on a line, as dumps have them."""
    before = "[\n"
    for entity in entities:
        document = entity_document(entity, concepts)
        yield before + json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def entity_document(entity: Entity, concepts: Concepts) -> dict[str, Any]:
    """The document that the API takes: without an id, for an item that is to be made."""
    document: dict[str, Any] = {"type": "item"}
    if entity.id is not None:
        document["id"] = entity.id
    document["labels"] = _texts(entity.labels)
    document["descriptions"] = _texts(entity.descriptions)
    document["aliases"] = {
        language: [_text(language, text) for text in texts]
        for language, texts in entity.aliases.items()
    }
    claims: dict[str, list[Any]] = {}
    for statement in entity.statements:
        made = _statement(statement, concepts)
        if entity.id is not None:  # without it the API gives ids
            made["id"] = statement_id(concepts.iri(entity.id), statement)
        claims.setdefault(statement.main.property, []).append(made)
    document["claims"] = claims
    return document


def _texts(texts: Any) -> dict[str, Any]:
    return {language: _text(language, text) for language, text in texts.items()}


def _text(language: str, text: str) -> dict[str, str]:
    return {"language": language, "value": text}


def _statement(statement: Statement, concepts: Concepts) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": "statement",
        "mainsnak": snak_document(statement.main, concepts),
        "rank": statement.rank.value,
    }
    if statement.qualifiers:
        document |= _snaks("qualifiers", statement.qualifiers, concepts)
    if statement.references:
        document["references"] = [_snaks("snaks", r, concepts) for r in statement.references]
    return document


def _snaks(key: str, snaks: tuple[Snak, ...], concepts: Concepts) -> dict[str, Any]:
    """Snaks by property, and the order of the properties."""
    found: dict[str, list[Any]] = {}
    for snak in snaks:
        found.setdefault(snak.property, []).append(snak_document(snak, concepts))
    return {key: found, f"{key}-order": list(found)}


def snak_document(snak: Snak, concepts: Concepts) -> dict[str, Any]:
    """A snak."""
    document: dict[str, Any] = {"snaktype": "value", "property": snak.property}
    if isinstance(snak.value, NoValue):
        return {**document, "snaktype": snak.value.value, "datatype": snak.datatype}
    return {**document, "datavalue": _value(snak.value, concepts), "datatype": snak.datatype}


def _value(value: Value, concepts: Concepts) -> dict[str, Any]:
    match value:
        case ItemValue(id_):
            kind = _KINDS[id_[0]]
            inner: Any = {"entity-type": kind, "numeric-id": int(id_[1:]), "id": id_}
            return {"value": inner, "type": "wikibase-entityid"}
        case StringValue(text):
            return {"value": text, "type": "string"}
        case MonolingualValue(text, language):
            return {"value": {"text": text, "language": language}, "type": "monolingualtext"}
        case QuantityValue():
            inner = {"amount": value.amount, "unit": unit_iri(value.unit, concepts)}
            if value.upper is not None and value.lower is not None:
                inner |= {"upperBound": value.upper, "lowerBound": value.lower}
            return {"value": inner, "type": "quantity"}
        case CoordinatesValue():
            inner = {
                "latitude": _number(value.latitude),
                "longitude": _number(value.longitude),
                "altitude": None,
                "precision": None if value.precision is None else _number(value.precision),
                "globe": value.globe,
            }
            return {"value": inner, "type": "globecoordinate"}
        case TimeValue():
            inner = {
                "time": value.text,
                "timezone": 0,
                "before": 0,
                "after": 0,
                "precision": value.precision,
                "calendarmodel": value.calendar,
            }
            return {"value": inner, "type": "time"}
    raise TypeError(value)


def unit_iri(unit: str, concepts: Concepts) -> str:
    """A unit as values have it: an IRI, or 1."""
    return unit if unit == NO_UNIT else concepts.iri(unit)


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)
