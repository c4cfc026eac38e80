"""Located things as placemarks of KML 2.2 (OGC 07-147r2), with the time that each took."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kgtool.project.export.geometry import Geometry
from kgtool.project.export.located import Feature, Map
from kgtool.project.export.things import Reader, joined
from kgtool.project.export.xml import DECLARATION, attributes_text, element

NAMESPACE = "http://www.opengis.net/kml/2.2"


def kml_text(features: Map, reader: Reader) -> Iterator[str]:
    """The text, in pieces: a placemark for each feature, with all that is said as extended data."""
    yield f'{DECLARATION}<kml xmlns="{NAMESPACE}">\n<Document>\n'
    for feature in features:
        yield f"<Placemark>{''.join(_parts(feature, reader, features))}</Placemark>\n"
    yield "</Document>\n</kml>\n"


def _parts(feature: Feature, reader: Reader, features: Map) -> Iterator[str]:
    thing = feature.thing
    yield element("name", thing.label)
    if thing.description:
        yield element("description", thing.description)
    yield _time(thing.begin, thing.end)
    more = reader.attributes(thing.more, features.spoken_for)
    data = {"iri": thing.iri, "type": joined(thing.kinds), **more}
    yield f"<ExtendedData>{''.join(_data(k, v) for k, v in data.items() if v)}</ExtendedData>"
    yield _geometry(feature.geometry)


def _time(begin: str | None, end: str | None) -> str:
    """A span, or a moment where both ends are one; an end that is not known is left out."""
    if begin is None and end is None:
        return ""
    if begin == end:
        return f"<TimeStamp>{element('when', begin or '')}</TimeStamp>"
    ends = {"begin": begin, "end": end}
    inner = "".join(element(name, text) for name, text in ends.items() if text is not None)
    return f"<TimeSpan>{inner}</TimeSpan>"


def _data(name: str, value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        text = "\n".join(value)
    return f"<Data{attributes_text({'name': name})}>{element('value', text)}</Data>"


def _geometry(geometry: Geometry) -> str:
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return _several(geometry["geometries"])
    positions = geometry["coordinates"]
    if kind.startswith("Multi"):
        single = kind.removeprefix("Multi")
        return _several([{"type": single, "coordinates": each} for each in positions])
    if kind == "Polygon":
        outer, *inner = positions
        rings = [("outerBoundaryIs", outer), *(("innerBoundaryIs", ring) for ring in inner)]
        boundaries = (f"<{n}><LinearRing>{_tuples(r)}</LinearRing></{n}>" for n, r in rings)
        return f"<Polygon>{''.join(boundaries)}</Polygon>"
    return f"<{kind}>{_tuples([positions] if kind == 'Point' else positions)}</{kind}>"


def _several(geometries: list[Geometry]) -> str:
    return f"<MultiGeometry>{''.join(map(_geometry, geometries))}</MultiGeometry>"


def _tuples(positions: list[Any]) -> str:
    text = " ".join(",".join(map(str, position)) for position in positions)
    return element("coordinates", text)
