"""Diagnostics as workflow commands, which GitHub shows as annotations of a pull request.

(https://docs.github.com/actions/reference/workflow-commands-for-github-actions)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kgtool.diagnostics.diagnostic import Diagnostic

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def diagnostics_github(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """A line for each place of each diagnostic."""
    for each in diagnostics:
        text = each.message + (f"\n{each.hint}" if each.hint else "")
        for place in (each.location, *each.also):
            properties = []
            if place is not None and place.file:
                properties.append(f"file={_property(place.file)}")
                properties += [f"line={place.line}"] if place.line else []
                properties += [f"col={place.column}"] if place.column else []
            properties.append(f"title={_property(each.rule)}")
            yield f"::{_LEVELS[each.level]} {','.join(properties)}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
