"""The endpoints that a project's queries may ask: [tool.kgtool.endpoints] and the presets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kgtool.errors import UsageError
from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.federation.run import Services
from kgtool.project.folder import Project
from kgtool.project.settings import Settings
from kgtool.project.stored import StoredQuery

#: The folder of queries/ with recordings.
RECORDINGS = "replay"

_TABLE = "tool.kgtool.endpoints"
_KEYS = tuple(f.name for f in fields(Endpoint) if f.name != "name")
_NUMBERS = ("connections", "rate", "timeout", "bindings", "most_bindings", "cache")


def project_endpoints(project: Project | None, allowed: Sequence[str] = ()) -> Endpoints:
    """The endpoints by name: presets, those of the project's settings, and ``allowed`` URLs.

    Those that are allowed may be at private addresses. Raises UsageError, for settings with the
    line, where one is no address.
    """
    for url in allowed:
        if urlsplit(url).scheme not in ("http", "https"):
            raise UsageError(f"--allow-service {url}: no address", expected="http://… or https://…")
    named = [Endpoint(url, url, private=True) for url in allowed]
    if project is not None:
        named = [*_configured(Settings.of(project)), *named]
    return Endpoints().with_more(named)


def _configured(settings: Settings) -> Iterator[Endpoint]:
    for name, entry in settings.table("endpoints").items():
        heads = settings.starts("endpoints", name)
        start = heads[0] if heads else settings.find(name)
        if not isinstance(entry, dict):
            settings.fail(f"{name!r} is no table", start, f"[{_TABLE}.{name}]")
        for key, value in entry.items():
            at = settings.find(key, start)
            if key not in _KEYS:
                settings.unknown(key, _KEYS, f"{_TABLE}.{name}", at)
            if key in _NUMBERS and (isinstance(value, bool) or not _is_number(value)):
                settings.fail(f"the value of {key!r} is no number", at, "a number from 0 on")
            if key == "private" and not isinstance(value, bool):
                settings.fail(f"the value of {key!r} is neither", at, "true or false")
            if key == "headers" and not _is_texts(value):
                settings.fail("the headers are no texts by name", at, 'headers = { Name = "…" }')
        url = entry.get("url")
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
            at = settings.find("url", start)
            settings.fail(f"the endpoint {name!r} has no url", at, 'url = "https://…"')
        headers = tuple(entry.get("headers", {}).items())
        yield Endpoint(**{**entry, "name": name, "headers": headers})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and value >= 0


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())


def recording_of(project: Project, name: str) -> Path:
    """The file with the answers of endpoints to a stored query, which is asked offline with it."""
    return project.queries / RECORDINGS / f"{name}.jsonl"


def offline(project: Project, query: StoredQuery) -> Services | None:
    """How tests, lint and diff ask a stored query: they leave the network alone.

    None where it asks no endpoint; else there has to be a recording.
    """
    if not query.may_ask_endpoints:
        return None
    return Services(project_endpoints(project), replay=recording_of(project, query.name))
