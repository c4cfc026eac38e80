"""Results of queries as objects, and the formats they are written and read in."""

from __future__ import annotations

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
