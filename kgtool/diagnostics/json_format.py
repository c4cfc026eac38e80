"""Diagnostics as one JSON array, a diagnostic a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kgtool.diagnostics.diagnostic import Diagnostic
from kgtool.errors import Location


def diagnostics_json(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    separator = "[\n  "
    for each in diagnostics:
        yield separator + json.dumps(_object(each), ensure_ascii=False)
        separator = ",\n  "
    yield "[]\n" if separator.startswith("[") else "\n]\n"


def _object(each: Diagnostic) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "level": each.level,
        "message": each.message,
        "hint": each.hint,
        "places": [place_json(p) for p in (each.location, *each.also) if p is not None],
    }


def place_json(place: Location) -> dict[str, Any]:
    """A place as an object of file, line and column."""
    return {"file": place.file, "line": place.line, "column": place.column}
