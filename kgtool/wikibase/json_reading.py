"""Entities from Wikibase JSON: the reverse of ``json_format``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

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
    Rank,
    Snak,
    Statement,
    StringValue,
    Value,
    is_id,
)
from kgtool.wikibase.problems import ImportReport, Place
from kgtool.wikibase.values import amount, decimal_text, degrees

Json: TypeAlias = Any

_KINDS = (
    "wikibase-entityid", "string", "time", "quantity", "globecoordinate", "monolingualtext",
)  # fmt: skip


_STATEMENT_ID = re.compile(r"[QPL]\d+\$[0-9A-Z-]+", re.I)


class Malformed(Exception):
    """A part of a document is not as Wikibase has it; the text says what."""


class EntityReader:
    """Reads documents; what they say with ``properties``, or all of it where that is None.

    What is malformed is reported, what has another property is counted, and both are left out.
    """

    def __init__(
        self, concepts: Concepts, properties: Collection[str] | None, report: ImportReport
    ) -> None:
        self._concepts = concepts
        self._properties = properties
        self._report = report

    def entity(self, document: Json, place: Place) -> Entity | None:
        """The item of a document; None for other entities and for what is none."""
        if not isinstance(document, dict):
            self._report.problem("not an entity", place, "this is no entity document")
            return None
        id_ = document.get("id")
        if id_ is not None and not (isinstance(id_, str) and is_id(id_)):
            self._report.problem("unknown id", place, f"{id_!r} is no id of an entity")
            return None
        place = place._replace(entity=id_ or "")
        if "missing" in document:
            self._report.problem("unknown id", place, "the Wikibase has no such entity")
            return None
        if document.get("type", "item") != "item":
            return None
        return Entity(
            id_,
            self._texts(document, "labels", place),
            self._texts(document, "descriptions", place),
            self._aliases(document, place),
            tuple(self._statements(document, place)),
        )

    def _texts(self, document: Json, key: str, place: Place) -> dict[str, str]:
        return {
            language: text
            for language, value in self._table(document, key, place).items()
            if (text := self._text(value, key, place)) is not None
        }

    def _aliases(self, document: Json, place: Place) -> dict[str, tuple[str, ...]]:
        return {
            language: tuple(
                text
                for value in (values if isinstance(values, list) else [None])
                if (text := self._text(value, "aliases", place)) is not None
            )
            for language, values in self._table(document, "aliases", place).items()
        }

    def _text(self, value: Json, key: str, place: Place) -> str | None:
        text = value.get("value") if isinstance(value, dict) else None
        if isinstance(text, str):
            return text
        self._report.problem("malformed", place, f"one of the {key} is no text")
        return None

    def _table(self, document: Json, key: str, place: Place) -> Mapping[str, Json]:
        """An object by its key; PHP writes an empty one as a list."""
        found = document.get(key) or {}
        if isinstance(found, dict):
            return found
        self._report.problem("malformed", place, f"the {key} are no object")
        return {}

    def _statements(self, document: Json, place: Place) -> Iterator[Statement]:
        for property_, statements in self._table(document, "claims", place).items():
            if not isinstance(statements, list):
                self._report.problem("malformed", place, f"the claims of {property_} are no list")
                continue
            if not self._is_mapped(property_):
                self._report.unmapped["statements of", property_] += len(statements)
                continue
            for statement in statements:
                try:
                    found = self._statement(statement, place)
                except Malformed as error:
                    self._report.problem("malformed", place, f"{property_}: {error}")
                    continue
                if found.main.property == property_:
                    yield found
                else:
                    message = f"{property_}: a statement of {found.main.property} stands here"
                    self._report.problem("malformed", place, message)

    def _is_mapped(self, property_: str) -> bool:
        return self._properties is None or property_ in self._properties

    def _statement(self, document: Json, place: Place) -> Statement:
        if not isinstance(document, dict):
            raise Malformed("a statement is no object")
        try:
            rank = Rank(document.get("rank", "normal"))
        except ValueError:
            raise Malformed(f"{document['rank']!r} is no rank") from None
        id_ = document.get("id")
        if id_ is not None and not (isinstance(id_, str) and _STATEMENT_ID.fullmatch(id_)):
            raise Malformed(f"{id_!r} is no id of a statement")
        references = _list(document.get("references"), "references")
        return Statement(
            self._snak(document.get("mainsnak")),
            tuple(self._snaks(document, "qualifiers", "qualifiers", place)),
            tuple(
                tuple(self._snaks(reference, "snaks", "parts of references", place))
                for reference in references
            ),
            rank,
            id_,
        )

    def _snaks(self, document: Json, key: str, what: str, place: Place) -> Iterator[Snak]:
        """Those that are mapped and well-formed; the rest is counted or reported."""
        found = (document.get(key) or {}) if isinstance(document, dict) else None
        if not isinstance(found, dict):
            raise Malformed(f"the {what} are no object")
        order = _list(document.get(f"{key}-order"), f"{key}-order")
        for name in sorted(found, key=lambda n: order.index(n) if n in order else len(order)):
            snaks = _list(found[name], key)
            if not self._is_mapped(name):
                self._report.unmapped[what, name] += len(snaks)
                continue
            for snak in snaks:
                try:
                    yield self._snak(snak)
                except Malformed as error:
                    self._report.problem("malformed", place, f"{what}: {error}")

    def _snak(self, document: Json) -> Snak:
        if not isinstance(document, dict) or not isinstance(document.get("property"), str):
            raise Malformed("a snak has no property")
        property_ = document["property"]
        kind = document.get("snaktype", "value")
        if kind in ("somevalue", "novalue"):
            return Snak(property_, document.get("datatype", ""), NoValue(kind))
        value = document.get("datavalue")
        if not isinstance(value, dict) or value.get("type") not in _KINDS:
            raise Malformed(f"the value of {property_} is none that kgtool knows")
        datatype = document.get("datatype") or ""
        try:
            return Snak(property_, datatype, self._value(value["type"], value["value"]))
        except (KeyError, TypeError, AttributeError, ArithmeticError):
            raise Malformed(f"the value of {property_} lacks a part") from None
        except ValueError as error:
            raise Malformed(f"{property_}: {error}") from None

    def _value(self, kind: str, value: Json) -> Value:
        match kind:
            case "wikibase-entityid":
                id_ = value.get("id") or f"Q{value['numeric-id']}"
                if not is_id(id_):
                    raise ValueError(f"{id_!r} is no id of an entity")
                return ItemValue(id_)
            case "string":
                return StringValue(_string(value))
            case "monolingualtext":
                return MonolingualValue(_string(value["text"]), _string(value["language"]))
            case "quantity":
                bounds = [value.get(name) for name in ("lowerBound", "upperBound")]
                lower, upper = (None if each is None else amount(each) for each in bounds)
                unit = self._unit(_string(value["unit"]))
                return QuantityValue(amount(value["amount"]), unit, lower, upper)
            case "globecoordinate":
                precision = value.get("precision")
                return CoordinatesValue(
                    _degrees(value["latitude"]),
                    _degrees(value["longitude"]),
                    None if precision is None else _degrees(precision),
                    _string(value["globe"]),
                )
            case _:
                calendar = _string(value["calendarmodel"])
                return TimeValue.parse(value["time"], value["precision"], calendar)

    def _unit(self, text: str) -> str:
        if text == NO_UNIT:
            return text
        id_ = self._concepts.id_of(text)
        if id_ is None:
            raise ValueError(f"{text!r} is no unit")
        return id_


def _list(value: Json, what: str) -> list[Json]:
    """A list; none where there is nothing."""
    if isinstance(value, list) or value is None:
        return value or []
    raise Malformed(f"the {what} are no list")


def _string(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _degrees(value: Json) -> str:
    return decimal_text(degrees(str(value)))
