"""Makes HTML of what pages show, and has the files that they need."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined

from kgtool.server.pages import addresses
from kgtool.server.settings import API_PATH, SPARQL_PATH, VOID_PATH
from kgtool.version import __version__

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


class StaticFile(NamedTuple):
    content: bytes
    content_type: str
    tag: str


@cache
def static_files() -> dict[str, StaticFile]:
    """The files in static/, by their names."""
    found = {}
    for entry in resources.files("kgtool.server").joinpath("static").iterdir():
        ending = entry.name.rpartition(".")[2]
        if ending in _TYPES:
            content = entry.read_bytes()
            tag = hashlib.sha256(content).hexdigest()[:16]
            found[entry.name] = StaticFile(content, _TYPES[ending], tag)
    return found


def static_address(name: str) -> str:
    """The address of a file in static/, which is another one when the file is."""
    return f"{addresses.STATIC}/{name}?v={static_files()[name].tag}"


@cache
def _environment() -> Environment:
    """Templates escape everything; a name that is not there is an error."""
    folder = resources.files("kgtool.server").joinpath("templates")
    environment = Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["grouped"] = lambda number: f"{number:,}"
    environment.globals.update(
        static=static_address,
        version=__version__,
        paths={
            "home": "/",
            "query": addresses.QUERY,
            "search": addresses.SEARCH,
            "sparql": SPARQL_PATH,
            "api": API_PATH,
            "void": VOID_PATH,
        },
    )
    return environment


def render(template: str, **shown: object) -> str:
    """A page from the template of that name."""
    return _environment().get_template(f"{template}.html").render(**shown)


@cache
def look() -> str:
    """A text that is another one when pages would look otherwise."""
    digest = hashlib.sha256(__version__.encode())
    for folder in ("templates", "static"):
        for entry in sorted(
            resources.files("kgtool.server").joinpath(folder).iterdir(), key=lambda e: e.name
        ):
            digest.update(entry.read_bytes())
    return digest.hexdigest()[:16]
