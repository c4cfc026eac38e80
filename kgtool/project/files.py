"""Small files: written so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from kgtool.errors import DataError


def replace_file(path: Path, content: str | bytes) -> None:
    """Writes ``content`` beside ``path`` and renames it over the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def refuse_conflict(text: str, name: str) -> None:
    """Raises DataError, with the place, where git could not merge a file's text."""
    if "<<<<<<< " not in text:
        return
    from kgtool.rdf.files import merge_conflict

    if conflict := merge_conflict(text, name):
        raise DataError(
            conflict.message, location=conflict.location, hint="Resolve the conflict first."
        )
