"""The indexes of the names of a store's versions: made when one is asked for, and kept."""

from __future__ import annotations

import os
import tempfile
import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from kgtool.errors import KgtoolError
from kgtool.plan.stop import Stop
from kgtool.reconcile.index import build_index, index_path
from kgtool.reconcile.names import Names
from kgtool.server.layouts import locked
from kgtool.server.settings import Settings
from kgtool.server.stores import Version, Versions

#: Seconds between two interrupts of an index that is not wanted any more.
_AGAIN = 0.1
#: Versions whose names stay open: the newest, and the one before it.
_KEPT = 2


class Indexes:
    """Opens the index of each version, and makes it in a thread where there is none."""

    def __init__(self, settings: Settings, versions: Versions) -> None:
        self._settings = settings
        self._versions = versions
        self._lock = threading.Lock()
        self._known: dict[str, _Index] = {}
        self._own: tempfile.TemporaryDirectory[str] | None = None

    def is_ready(self) -> bool:
        """Whether the newest version can be asked; else that will come to be."""
        with self._versions.lease() as version:
            return self._of(version).done.is_set()

    def names(self, version: Version) -> Names | None:
        """The names of a version; None where they are not there yet.

        Raises StoreError where they cannot be had.
        """
        index = self._of(version)
        if not index.done.is_set():
            return None
        if index.error is not None:
            raise index.error
        return index.names

    def close(self) -> None:
        """Nobody asks any more."""
        with self._lock:
            known, self._known = self._known, {}
        for index in known.values():
            index.close()
        if self._own is not None:
            self._own.cleanup()

    def _of(self, version: Version) -> _Index:
        key = version.store.fingerprint
        with self._lock:
            if key not in self._known:
                while len(self._known) >= _KEPT:
                    oldest = self._known.pop(next(iter(self._known)))
                    oldest.close()
                self._known[key] = _Index(
                    self._versions, version, self._settings, self._place(version)
                )
            return self._known[key]

    def _place(self, version: Version) -> Path:
        """Where the index is: beside the store if that can be, so that it is there next time."""
        beside = index_path(version.store.path)
        if os.access(beside.parent, os.W_OK) or beside.is_file():
            return beside
        if self._own is None:
            self._own = tempfile.TemporaryDirectory(prefix="kgtool-")
        return Path(self._own.name, beside.name)


class _Index:
    """One index on its way. When it is ``done`` there are ``names``, or an ``error``."""

    def __init__(
        self, versions: Versions, version: Version, settings: Settings, path: Path
    ) -> None:
        self.done = threading.Event()
        self.names: Names | None = None
        self.error: KgtoolError | None = None
        self._settings = settings
        self._path = path
        self._stop = Stop()
        versions.hold(version)
        self._thread = threading.Thread(
            target=self._make, args=(versions, version), name="kgtool-names", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Ends what makes it, and closes it."""
        while self._thread.is_alive():
            # Again and again: an interrupt that comes between two steps is forgotten.
            self._stop.set()
            self._thread.join(_AGAIN)
        if self.names is not None:
            self.names.close()

    def _make(self, versions: Versions, version: Version) -> None:
        store, limit = version.store, self._settings.memory_limit
        try:
            self.names = Names.open(store, self._path, limit)
            if self.names is None:
                with self._alone():
                    # Another process may just have made it.
                    self.names = Names.open(store, self._path, limit)
                    if self.names is None:
                        build_index(store, self._path, limit, self._stop)
                        self.names = Names.open(store, self._path, limit)
        except KgtoolError as error:
            self.error = error
        finally:
            versions.give_back(version)
            self.done.set()

    def _alone(self) -> AbstractContextManager[None]:
        scratch = self._settings.scratch
        return locked(scratch / "names.lock") if scratch is not None else nullcontext()
