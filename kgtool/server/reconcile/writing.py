"""Answers of the API, in each version's JSON."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.rdf.terms import Literal
from kgtool.reconcile.query import Candidate
from kgtool.reconcile.shown import Shown

Json = Any
#: Integers that every reader of JSON keeps.
_LARGEST = 2**53
_DAY = re.compile(r"-?(?:[1-9][0-9]*)?[0-9]{4}-(?:1[0-2]|0[1-9])-(?:3[01]|0[1-9]|[12][0-9])")
_MOMENT = re.compile(
    _DAY.pattern + r"T(?:2[0-3]|[01][0-9]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:Z|[+-](?:2[0-3]|[01][0-9]):[0-5][0-9])?"
)
_NAMES = {"name": "Name", "type": "Type"}


def candidates(
    found: Sequence[Candidate], shown: Mapping[int, Shown], names: Mapping[str, str]
) -> list[Json]:
    """The candidates of a query; ``names`` has those of properties, by their IRIs."""
    return [
        {
            **_described(shown[each.thing]),
            "type": [_named(type_) for type_ in shown[each.thing].types],
            "score": round(each.score, 2),
            "match": each.match,
            "features": [
                {
                    "id": key,
                    "name": _NAMES.get(key) or names.get(key, key),
                    "value": round(value, 2),
                }
                for key, value in each.features.items()
            ],
        }
        for each in found
        if each.thing in shown
    ]


def suggestions(found: Iterable[Shown], *, notable: bool) -> Json:
    """What a person may have meant to type; things with their types."""
    return {
        "result": [
            {**_described(each), **({"notable": [*map(_named, each.types)]} if notable else {})}
            for each in found
        ]
    }


def proposals(found: Iterable[Shown], type_: str, limit: int) -> Json:
    """Properties for more columns."""
    return {"properties": [*map(_described, found)], "type": type_, "limit": limit}


def extension(
    ids: Mapping[str, str],
    columns: Mapping[str, Shown],
    values: Mapping[tuple[str, str], Sequence[Literal | Shown]],
    *,
    draft: bool,
) -> Json:
    """The values of things: ``ids`` and ``columns`` are by the ids that were asked for."""
    meta = [{"id": key, "name": column.name} for key, column in columns.items()]
    rows = {
        id_: {
            key: [_value(each, draft=draft) for each in values[iri, column.iri]]
            for key, column in columns.items()
        }
        for id_, iri in ids.items()
    }
    if not draft:
        return {"meta": meta, "rows": rows}
    listed = [
        {"id": id_, "properties": [{"id": key, "values": each} for key, each in row.items()]}
        for id_, row in rows.items()
    ]
    return {"meta": meta, "rows": listed}


def _named(shown: Shown) -> Json:
    return {"id": shown.iri, "name": shown.name}


def _described(shown: Shown) -> Json:
    described = {"description": shown.description} if shown.description else {}
    return {**_named(shown), **described}


def _value(value: Literal | Shown, *, draft: bool) -> Json:
    if isinstance(value, Shown):
        return _named(value)
    text, datatype = value.lexical, value.datatype
    if datatype == XSD.integer or datatype in INTEGER_RANGES:
        number = _number(text)
        if number is not None and number == int(number) and abs(number) < _LARGEST:
            return {"int": int(number)}
    elif datatype in (XSD.decimal, XSD.double, XSD.float):
        number = _number(text)
        if number is not None:
            return {"float": number}
    elif datatype == XSD.date and _DAY.fullmatch(text):
        return {"date": f"{text}T00:00:00"}
    elif datatype == XSD.dateTime and _MOMENT.fullmatch(text):
        return {"date": text}
    language = {"lang": value.language} if draft and value.language else {}
    return {"str": text, **language}


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
