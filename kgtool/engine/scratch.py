"""The folder a build works in: beside the store, locked while its process lives."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: folders of dead processes are told by their age
    fcntl = None  # type: ignore[assignment]

from kgtool.errors import StoreError

_SUFFIX = ".building"
_LOCK = "lock"
#: A folder this old without a lock is stale whatever its process id says, in seconds.
_STALE_AGE = 60.0 if fcntl else 86_400.0


class Scratch:
    """A new folder beside the store at ``path``; ``remove`` deletes it with all in it."""

    def __init__(self, path: Path) -> None:
        remove_stale(path)
        prefix = f".{path.name}.{os.getpid()}-"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(_SUFFIX, prefix, path.parent.resolve()))
        except OSError as error:
            raise unwritable(path, error) from error
        self._lock = (self.folder / _LOCK).open("w")
        if fcntl:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def remove(self) -> None:
        self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def remove_stale(path: Path) -> None:
    """Delete what killed builds of the store at ``path`` left behind."""
    pattern = re.compile(rf"\.{re.escape(path.name)}\.(\d+)-.*{re.escape(_SUFFIX)}")
    with contextlib.suppress(OSError):
        for folder in path.parent.iterdir():
            found = pattern.fullmatch(folder.name)
            if found and _is_stale(folder, int(found[1])):
                shutil.rmtree(folder, ignore_errors=True)


def _is_stale(folder: Path, process: int) -> bool:
    old = time.time() - folder.stat().st_mtime > _STALE_AGE
    if not old and _is_alive(process):
        return False
    if fcntl is None:
        return old
    try:
        with (folder / _LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _is_alive(process: int) -> bool:
    if fcntl is None:  # elsewhere os.kill does kill
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def unwritable(path: Path, error: OSError) -> StoreError:
    """The error for a store that cannot be written where it should be."""
    return StoreError(
        f"cannot write the store {path}: {error.strerror or error}",
        hint=f"Check that {path.parent} is a folder you may write to and that its disk has room.",
    )
