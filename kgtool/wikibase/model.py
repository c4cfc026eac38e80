"""The data model of Wikibase (https://www.mediawiki.org/wiki/Wikibase/DataModel) as values.

Ids are texts such as Q362 and P31; what a statement says is a snak: a property with a value, or
without a known one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias

from kgtool.rdf.timevalues import TimeValue

#: What a quantity without a unit has for its unit, and the globe of coordinates.
NO_UNIT: Final = "1"
EARTH: Final = "http://www.wikidata.org/entity/Q2"

#: Datatypes of properties: the name in JSON, and the local name in RDF (wikibase:propertyType).
DATATYPES: Final = {
    "wikibase-item": "WikibaseItem",
    "string": "String",
    "external-id": "ExternalId",
    "url": "Url",
    "time": "Time",
    "quantity": "Quantity",
    "globe-coordinate": "GlobeCoordinate",
    "monolingualtext": "Monolingualtext",
}

_ID = re.compile(r"[QPL][1-9]\d{0,9}")


def is_id(text: str) -> bool:
    """Whether a text is the id of an entity."""
    return _ID.fullmatch(text) is not None


def id_order(id_: str) -> tuple[str, int]:
    """A sort key: P2 before P10."""
    return id_[:1], int(id_[1:]) if id_[1:].isdecimal() else 0


@dataclass(frozen=True, slots=True)
class ItemValue:
    """Another entity, by its id."""

    id: str


@dataclass(frozen=True, slots=True)
class StringValue:
    """A text: also that of a URL, or an identifier elsewhere."""

    text: str


@dataclass(frozen=True, slots=True)
class MonolingualValue:
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class QuantityValue:
    """A number as decimal text, such as +24000; ``unit`` is the id of an item, or NO_UNIT."""

    amount: str
    unit: str = NO_UNIT
    lower: str | None = None
    upper: str | None = None


@dataclass(frozen=True, slots=True)
class CoordinatesValue:
    """A point, in degrees as decimal texts."""

    latitude: str
    longitude: str
    precision: str | None = None
    globe: str = EARTH


class NoValue(Enum):
    """What stands in a value's place: there is one but it is not known, or there is none."""

    UNKNOWN = "somevalue"
    NONE = "novalue"


Value: TypeAlias = (
    ItemValue
    | StringValue
    | MonolingualValue
    | QuantityValue
    | CoordinatesValue
    | TimeValue
    | NoValue
)


@dataclass(frozen=True, slots=True)
class Snak:
    property: str
    datatype: str
    value: Value


class Rank(Enum):
    PREFERRED = "preferred"
    NORMAL = "normal"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True)
class Statement:
    """A main snak with its qualifiers; each reference is a tuple of snaks.

    ``id`` is None where the Wikibase has not given it one, and else such as Q1$….
    """

    main: Snak
    qualifiers: tuple[Snak, ...] = ()
    references: tuple[tuple[Snak, ...], ...] = ()
    rank: Rank = Rank.NORMAL
    id: str | None = None


Texts: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entity:
    """An item. ``id`` is None for one that is to be made; ``iri`` is our name of it, if any."""

    id: str | None
    labels: Texts = field(default_factory=dict)
    descriptions: Texts = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    iri: str | None = None
