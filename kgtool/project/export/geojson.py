"""Located things as a FeatureCollection (RFC 7946), one feature a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kgtool.project.export.located import Feature, Map
from kgtool.project.export.things import Reader


def geojson_text(features: Map, reader: Reader) -> Iterator[str]:
    """The text, in pieces. Features have the IRI as their id, and properties by prefixed names."""
    yield '{"type": "FeatureCollection", "features": [\n'
    yield from _lines(features, reader, features.spoken_for)
    yield "\n]}\n"


def _lines(features: Iterable[Feature], reader: Reader, without: Iterable[str]) -> Iterator[str]:
    before = ""
    for feature in features:
        made = json.dumps(_feature(feature, reader, without), ensure_ascii=False, allow_nan=False)
        yield before + made
        before = ",\n"


def _feature(feature: Feature, reader: Reader, without: Iterable[str]) -> dict[str, Any]:
    thing = feature.thing
    kinds = thing.kinds
    known = {
        "label": thing.label,
        "type": kinds[0] if len(kinds) == 1 else list(kinds) or None,
        "start": thing.begin,
        "end": thing.end,
    }
    more = reader.attributes(thing.more, without)
    properties = {**{k: v for k, v in known.items() if v is not None}, **more}
    return {
        "type": "Feature",
        "id": thing.iri,
        "geometry": feature.geometry,
        "properties": properties,
    }
