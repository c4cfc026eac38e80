"""Where answers go: standard output, or a file that appears when it is complete."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from kgtool.errors import NotFoundError, UsageError


@contextmanager
def output_stream(path: Path | None, *, binary: bool = True) -> Iterator[Any]:
    """A stream for an answer; a file takes its name only if all was written."""
    if path is None:
        out = sys.stdout.buffer if binary else sys.stdout
        yield out
        out.flush()  # what is said of the answer comes behind it
        return
    if path.exists() and not path.is_file():  # /dev/null, a pipe
        with _opened(path, path) as out:
            yield out
        return
    with written_file(path) as temporary, _opened(temporary, path) as out:
        yield out


@contextmanager
def written_file(path: Path) -> Iterator[Path]:
    """Where to write what takes the name ``path`` when all of it is written."""
    if not path.parent.is_dir():
        raise NotFoundError(f"there is no folder {path.parent}")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _opened(path: Path, meant: Path) -> BinaryIO:
    """The file open for writing; ``meant`` is the name that messages know."""
    try:
        return path.open("wb")
    except OSError as error:
        raise UsageError(
            f"cannot write {meant}: {error.strerror}", expected="a file in a folder of yours"
        ) from None
