"""The run-time library of compiled queries, functions.sql, and its version.

A store keeps the library, since creating it anew takes longer than most queries. It is
code all the same: a store whose copy is not this kgtool's gets this one's for as long as
it is open.
"""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_FILE = Path(__file__).with_name("functions.sql")


@cache
def library_version() -> str:
    """A text that changes with every change of the library."""
    # hashlib would load OpenSSL, which takes longer than all else that opening a store does here.
    data = _FILE.read_bytes()
    return f"{len(data):x}-{zlib.crc32(data):08x}-{zlib.adler32(data):08x}"


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the macros in the connection's default database."""
    # One by one is faster than all at once.
    for statement in connection.extract_statements(_FILE.read_text(encoding="utf-8")):
        connection.execute(statement)
