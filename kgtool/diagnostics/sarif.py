"""Diagnostics as SARIF 2.1.0, which code-scanning services and editors read.

(https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from kgtool import __version__
from kgtool.diagnostics.diagnostic import Diagnostic
from kgtool.errors import Location

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def diagnostics_sarif(
    diagnostics: Iterable[Diagnostic], rules: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The log in pieces. Paths are relative to the project, which is the root of the sources.

    ``rules`` describes rules by their names.
    """
    results = [_result(each) for each in diagnostics]
    names = dict.fromkeys([*(rules or ()), *(result["ruleId"] for result in results)])
    driver = {
        "name": "kgtool",
        "version": __version__,
        "rules": [_rule(name, (rules or {}).get(name)) for name in names],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    yield json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(name: str, description: str | None) -> dict[str, Any]:
    return {"id": name} | ({"shortDescription": {"text": description}} if description else {})


def _result(each: Diagnostic) -> dict[str, Any]:
    text = each.message + (f"\n{each.hint}" if each.hint else "")
    result: dict[str, Any] = {
        "ruleId": each.rule,
        "level": each.level,
        "message": {"text": text},
    }
    if each.location is not None and each.location.file:
        result["locations"] = [_location(each.location)]
    if each.also:
        result["relatedLocations"] = [_location(place) for place in each.also]
    return result


def _location(place: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file or "")}}
    if place.line:
        region: dict[str, Any] = {"startLine": place.line}
        if place.column:
            region["startColumn"] = place.column
        if place.text is not None:
            region["snippet"] = {"text": place.text}
        physical["region"] = region
    return {"physicalLocation": physical}
