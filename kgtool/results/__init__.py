"""Results of queries as objects, and the formats they are written and read in.

What stands in ``__all__`` is imported when it is first used: a query needs a few of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgtool.results.formats import FORMATS, Format, format_named, formats_for
    from kgtool.results.reading import read_result
    from kgtool.results.result import AskResult, GraphResult, Result, SelectResult
    from kgtool.results.row import Row

__all__ = [
    "FORMATS",
    "AskResult",
    "Format",
    "GraphResult",
    "Result",
    "Row",
    "SelectResult",
    "format_named",
    "formats_for",
    "read_result",
]

_HOMES = {
    "FORMATS": "formats",
    "AskResult": "result",
    "Format": "formats",
    "GraphResult": "result",
    "Result": "result",
    "Row": "row",
    "SelectResult": "result",
    "format_named": "formats",
    "formats_for": "formats",
    "read_result": "reading",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
