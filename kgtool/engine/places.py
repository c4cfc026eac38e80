"""What the name of a store says of where it is, without looking there."""

from __future__ import annotations

import re
from pathlib import Path

#: What the name of a store in Parquet begins with, before its folder.
SCHEME = "parquet:"
_URI = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)  # a single letter is a drive


def folder_of(name: str | Path) -> str | None:
    """The folder that the name of a store means; None where it means no store of Parquet."""
    is_parquet = isinstance(name, str) and name.startswith(SCHEME)
    return str(name).removeprefix(SCHEME) if is_parquet else None


def is_uri(name: str) -> bool:
    """Whether a file or a folder is named by a URI, and not by a path of this machine."""
    return _URI.match(name) is not None


def address_of(name: str) -> str:
    """Where Spark finds the store of a name: the URI, or the path from the root."""
    place = name.removeprefix(SCHEME)
    return place if is_uri(place) else str(Path(place).resolve())
