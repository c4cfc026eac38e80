"""DuckDB as the engine alone: ``from kgtool.engine.driver import duckdb``.

The package ``duckdb`` is the extension module ``_duckdb``, which it re-exports, and a layer
of Python for relations, expressions and data frames. That layer takes three times as long to
import as the extension, longer than most queries take, and running SQL needs none of it.
Both have the same classes, so who imports ``duckdb`` beside this loses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
else:
    try:
        import _duckdb as duckdb
    except ImportError:  # a DuckDB that is packed otherwise
        import duckdb

__all__ = ["duckdb"]
