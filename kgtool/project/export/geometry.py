"""Coordinates of a graph as geometries of GeoJSON (RFC 7946).

Read are geo:wktLiteral and geo:geoJSONLiteral by any property, and pairs of latitude and
longitude in degrees. Positions are longitude, latitude (WGS 84), and a height where there is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import pairwise
from math import inf
from typing import Any, TypeAlias

from kgtool.extras import missing_extra
from kgtool.rdf.namespaces import WELL_KNOWN_PREFIXES

#: A geometry as the library for JSON takes it.
Geometry: TypeAlias = dict[str, Any]

WKT = WELL_KNOWN_PREFIXES["geo"] + "wktLiteral"
GEOJSON = WELL_KNOWN_PREFIXES["geo"] + "geoJSONLiteral"

_CRS = re.compile(r"\s*<([^>]*)>\s*")
#: Reference systems that are WGS 84, and whether the latitude comes first in them.
_SYSTEMS = {
    "http://www.opengis.net/def/crs/OGC/1.3/CRS84": False,
    "http://www.opengis.net/def/crs/EPSG/0/4326": True,
}
#: A kind of geometry with measures, such as POINT ZM.
_MEASURED = re.compile(r"\s*\w+?\s*Z?M\s*\(", re.IGNORECASE)
#: Collections within collections go no deeper.
_DEEPEST = 16
_KINDS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


class GeometryError(ValueError):
    """Coordinates that cannot be read; the message says why."""


def from_wkt(text: str) -> Geometry:
    """The geometry of a geo:wktLiteral (GeoSPARQL 1.1, 8.5.1). Raises GeometryError."""
    try:
        from pygeoif.exceptions import WKTParserError
        from pygeoif.factories import from_wkt as parsed
    except ImportError as error:
        raise missing_extra("A map of geo:wktLiteral", "maps", error) from error
    system = _CRS.match(text)
    swapped = False
    if system is not None:
        swapped = _axes(system[1])
        text = text[system.end() :]
    if _MEASURED.match(text):
        raise GeometryError("measures (M) are not coordinates")
    if _depth(text) > _DEEPEST:
        raise GeometryError("it is nested too deeply")
    try:
        found = parsed(text.strip())
    except (WKTParserError, ValueError, TypeError, AttributeError, ArithmeticError):
        raise GeometryError("it is no Well-Known Text with coordinates") from None
    if found is None or found.is_empty:
        raise GeometryError("it is empty")
    return checked(found.__geo_interface__, swapped)


def from_geojson(text: str) -> Geometry:
    """The geometry of a geo:geoJSONLiteral. Raises GeometryError."""
    try:
        return checked(json.loads(text))
    except json.JSONDecodeError:
        raise GeometryError("it is no JSON") from None
    except RecursionError:
        raise GeometryError("it is nested too deeply") from None


def point(latitude: str, longitude: str) -> Geometry:
    """A point of two numbers in degrees. Raises GeometryError."""
    try:
        position = [float(longitude), float(latitude)]
    except ValueError:
        raise GeometryError("latitude and longitude are no numbers") from None
    return checked({"type": "Point", "coordinates": position})


def together(geometries: Iterable[Geometry]) -> Geometry:
    """One geometry of one or several, each of them once."""
    found = list({json.dumps(each): each for each in geometries}.values())
    if len(found) == 1:
        return found[0]
    if all(each["type"] == "Point" for each in found):
        return {"type": "MultiPoint", "coordinates": [each["coordinates"] for each in found]}
    return {"type": "GeometryCollection", "geometries": found}


def checked(geometry: Any, swapped: bool = False) -> Geometry:
    """The geometry with no more than RFC 7946 has; outer rings run anticlockwise."""
    if not isinstance(geometry, dict):
        raise GeometryError("it is no geometry")
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list | tuple) or not parts:
            raise GeometryError("it is an empty collection")
        return {"type": kind, "geometries": [checked(part, swapped) for part in parts]}
    if kind not in _KINDS:
        raise GeometryError(f"{kind!r} is no kind of geometry")
    positions = _nested(geometry.get("coordinates"), _KINDS[kind], swapped)
    for line in {"LineString": [positions], "MultiLineString": positions}.get(kind, ()):
        if len(line) < 2:
            raise GeometryError("a line has one position")
    if kind == "Polygon":
        positions = _wound(positions)
    elif kind == "MultiPolygon":
        positions = [_wound(polygon) for polygon in positions]
    return {"type": kind, "coordinates": positions}


def _depth(text: str) -> int:
    """How deep the deepest parenthesis is: the library takes a time for each that grows with it."""
    depth = deepest = 0
    for sign in re.findall("[()]", text):
        depth += 1 if sign == "(" else -1
        deepest = max(deepest, depth)
    return deepest


def _axes(system: str) -> bool:
    if system not in _SYSTEMS:
        raise GeometryError(f"<{system}> is not WGS 84")
    return _SYSTEMS[system]


def _nested(value: Any, depth: int, swapped: bool) -> list[Any]:
    if not isinstance(value, list | tuple) or not value:
        raise GeometryError("coordinates are missing")
    if depth:
        return [_nested(each, depth - 1, swapped) for each in value]
    if len(value) not in (2, 3) or not all(
        isinstance(n, int | float) and not isinstance(n, bool) and abs(n) < inf for n in value
    ):
        raise GeometryError("a position is not of two or three numbers")
    longitude, latitude, *height = value
    if swapped:
        longitude, latitude = latitude, longitude
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise GeometryError(f"{longitude} east, {latitude} north is not on the earth")
    return [longitude, latitude, *height]


def _wound(rings: list[Any]) -> list[Any]:
    """The rings of a polygon, the outer one anticlockwise, the others clockwise (3.1.6)."""
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise GeometryError("a ring is not closed")
    return [ring if (_area(ring) >= 0) == (n == 0) else ring[::-1] for n, ring in enumerate(rings)]


def _area(ring: list[Any]) -> float:
    """Twice the area; negative for a ring that runs clockwise."""
    return float(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)))
