"""Which mapping a project has, to which Wikibase: [tool.kgtool.wikidata] in its pyproject.toml."""

from __future__ import annotations

from typing import NamedTuple

from kgtool.errors import NotFoundError
from kgtool.project.folder import Project
from kgtool.project.settings import Settings
from kgtool.wikibase.mapping import MappingRules
from kgtool.wikibase.mapping_reading import read_mapping

WIKIDATA = "http://www.wikidata.org/"
_TABLE = "wikidata"
_API = "https://www.wikidata.org/w/api.php"
_DEFAULTS = {"mapping": "ontology/wikidata.ttl", "base": WIKIDATA, "api": ""}


class WikibaseSettings(NamedTuple):
    """The mapping's file by its name in the project, and the concept base of the Wikibase.

    ``api`` is the address of its API, empty where that is not known.
    """

    mapping: str
    base: str
    api: str


def wikibase_settings(project: Project) -> WikibaseSettings:
    """Raises UsageError, with the line, for a setting that is none."""
    settings = Settings.of(project)
    table = {**_DEFAULTS, **settings.table(_TABLE)}
    start = next(iter(settings.starts(_TABLE)), 0)
    for key, value in table.items():
        at = settings.find(key, start)
        if key not in _DEFAULTS:
            settings.unknown(key, _DEFAULTS, f"tool.kgtool.{_TABLE}", at)
        if not isinstance(value, str):
            settings.fail(f"the value of {key!r} is no text", at, "a text")
    if not table["base"].startswith(("http://", "https://")) or not table["base"].endswith("/"):
        at = settings.find("base", start)
        settings.fail("this is no concept base", at, f"an address with a slash, such as {WIKIDATA}")
    if not table["api"] and table["base"] == WIKIDATA:
        table["api"] = _API
    return WikibaseSettings(**table)


def project_mapping(project: Project) -> MappingRules:
    """The mapping of a project. Raises NotFoundError where it has none, and DataError."""
    mapping, base, _ = wikibase_settings(project)
    path = project.root / mapping
    if not path.is_file():
        raise NotFoundError(
            f"the project has no mapping to a Wikibase: there is no {mapping}",
            hint='`mapping = "…"` in [tool.kgtool.wikidata] of pyproject.toml names another file.',
        )
    return read_mapping(path, mapping, base)
