"""kgtool: cargo for knowledge graphs.

    import kgtool

    with kgtool.open("path/to/project") as graph:
        for row in graph.query("liberation-of-rome"):
            print(row)

What stands in ``__all__`` is imported when it is first used, so that ``import kgtool``
costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kgtool.version import __version__

if TYPE_CHECKING:
    from kgtool.errors import KgtoolError
    from kgtool.project.graph import Graph, load, open
    from kgtool.rdf.terms import IRI, BlankNode, Literal

_HOMES = {
    "BlankNode": "kgtool.rdf.terms",
    "Graph": "kgtool.project.graph",
    "IRI": "kgtool.rdf.terms",
    "KgtoolError": "kgtool.errors",
    "Literal": "kgtool.rdf.terms",
    "load": "kgtool.project.graph",
    "open": "kgtool.project.graph",
}

__all__ = ["IRI", "BlankNode", "Graph", "KgtoolError", "Literal", "__version__", "load", "open"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
