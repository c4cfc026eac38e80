"""Lays out the versions of a store for look-ups, while they are being read as they are."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kgtool.engine.adjacency import Adjacency
from kgtool.engine.driver import duckdb
from kgtool.engine.layout import NotWanted, lay_out

try:
    import fcntl
except ImportError:  # a system where a server is one process
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from kgtool.server.stores import Version


class Layouts:
    """A folder for the files of laid out versions, which several processes may share.

    Each version is laid out once, by the process that is first. The files of the version before
    are removed then: whoever reads them has them open. Without ``scratch`` the folder is a
    temporary one, which goes with ``close``.
    """

    def __init__(self, scratch: Path | None, warn: Callable[[str], None]) -> None:
        self._scratch = scratch
        self._own: tempfile.TemporaryDirectory[str] | None = None
        self._warn = warn
        self._threads: list[threading.Thread] = []

    def begin(self, version: Version, done: Callable[[], None]) -> None:
        """Lays out a version, which the caller has taken, for its adjacency; then ``done``."""

        if self._scratch is None:
            self._own = tempfile.TemporaryDirectory(prefix="kgtool-")
            self._scratch = Path(self._own.name)
        scratch = self._scratch

        def work() -> None:
            try:
                version.adjacency = _adjacency(version, scratch)
            except NotWanted:
                pass
            except (OSError, duckdb.Error) as error:
                if not version.retired:
                    self._warn(f"look-ups are answered by the engine: {error}")
            finally:
                done()

        thread = threading.Thread(target=work, name="kgtool-layout")
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def close(self) -> None:
        """Removes the files, behind the threads that write them. No version is wanted any more."""
        for thread in self._threads:
            thread.join()
        if self._own is not None:
            self._own.cleanup()


def _adjacency(version: Version, scratch: Path) -> Adjacency:
    name = version.store.fingerprint
    folder = scratch / name
    with locked(scratch / f"{name}.lock"):
        if not folder.is_dir():
            for other in scratch.iterdir():
                if other.is_dir() and other.suffix != ".part":
                    shutil.rmtree(other, ignore_errors=True)
            partial = folder.with_suffix(".part")
            partial.mkdir()
            try:
                lay_out(version.store, partial, lambda: not version.retired)
                partial.rename(folder)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
        return Adjacency(folder)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds off other processes, until the block ends."""
    with path.open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
