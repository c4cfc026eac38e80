"""The versions of a store: who reads keeps the one he began with, while builds replace it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from kgtool.engine.adjacency import Adjacency
from kgtool.engine.ids import DEFAULT_GRAPH
from kgtool.engine.layout import can_be_laid_out
from kgtool.engine.store import Store
from kgtool.errors import KgtoolError
from kgtool.plan.forms import Forms
from kgtool.rdf.terms import IRI
from kgtool.server.layouts import Layouts
from kgtool.server.refusals import Refusal

#: What tells a file from the one that takes its place.
_Stamp: TypeAlias = tuple[int, int, int, int]
_MOST_NOTES = 32


@dataclass(eq=False, slots=True)
class Version:
    """A store as it was opened; ``notes`` are what has been made of it before.

    Once it has been laid out, ``adjacency`` is for look-ups.
    """

    store: Store
    stamp: _Stamp
    forms: Forms
    adjacency: Adjacency | None = None
    readers: int = 0
    retired: bool = False
    notes: dict[str, str] = field(default_factory=dict)

    def keep(self, key: str, text: str) -> None:
        """Keeps a text for as long as the version lives; of many, the latest."""
        if len(self.notes) >= _MOST_NOTES:
            self.notes.clear()
        self.notes[key] = text

    def close(self) -> None:
        self.store.close()
        if self.adjacency is not None:
            self.adjacency.close()


class Versions:
    """Opens a store anew when its file is another one.

    The one before is closed when its last reader is done. A file that cannot be opened, as one
    of another kgtool's format, leaves the last good one in place; ``warn`` is told.
    """

    def __init__(
        self,
        path: Path,
        memory_limit: str | None,
        warn: Callable[[str], None],
        layouts: Layouts | None = None,
    ) -> None:
        self._path = path
        self._name = os.fspath(path)  # which takes as long as the rest of a stat
        self._layouts = layouts
        self._memory_limit = memory_limit
        self._warn = warn
        self._lock = threading.Lock()
        self._bad: _Stamp | None = None
        self.opened = 0
        self._current = self._open(self._stamp())
        self._lay_out()

    @property
    def is_laid_out(self) -> bool:
        return self._current.adjacency is not None

    @contextmanager
    def lease(self) -> Iterator[Version]:
        """The newest version, which stays open until the block ends."""
        version = self.take()
        try:
            yield version
        finally:
            self.give_back(version)

    def take(self) -> Version:
        """The newest version; to be given back."""
        with self._lock:
            self._renew()
            self._current.readers += 1
            return self._current

    def take_at_once(self) -> Version | None:
        """As ``take``; None where that would have to wait, or to open a store."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            if self._stamp() != self._current.stamp:
                return None
            self._current.readers += 1
            return self._current
        except OSError:
            return None
        finally:
            self._lock.release()

    def hold(self, version: Version) -> None:
        """Takes a version that the caller has once more; to be given back."""
        with self._lock:
            version.readers += 1

    def give_back(self, version: Version) -> None:
        with self._lock:
            version.readers -= 1
            if version.retired and not version.readers:
                version.close()

    def close(self) -> None:
        """No more readers come; the store is closed behind the last."""
        with self._lock:
            self._retire()

    def _renew(self) -> None:
        try:
            # Before it is opened: a file that comes in between is seen the next time.
            stamp = self._stamp()
        except OSError as error:
            self._warn(f"the store {self._path} is not there: {error.strerror}")
            return
        if stamp in (self._current.stamp, self._bad):
            return
        try:
            fresh = self._open(stamp)
        except KgtoolError as error:
            self._bad = stamp
            self._warn(f"the new store is not served, but the one before it: {error}")
            return
        self._retire()
        self._current = fresh
        self._lay_out()

    def _lay_out(self) -> None:
        """Has the current version laid out, meanwhile."""
        if self._layouts is None or not can_be_laid_out(self._current.store):
            return
        version = self._current
        version.readers += 1
        self._layouts.begin(version, lambda: self.give_back(version))

    def _retire(self) -> None:
        old = self._current
        old.retired = True
        if not old.readers:
            old.close()

    def _open(self, stamp: _Stamp) -> Version:
        store = Store.open(self._path, memory_limit=self._memory_limit)
        # SQL is written by the compiler alone; if that should fail, no file is read by it.
        store.connection.execute("SET enable_external_access = false")
        self.opened += 1
        return Version(store, stamp, Forms(store.prefixes))

    def _stamp(self) -> _Stamp:
        found = os.stat(self._name)
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def no_graph(graph: IRI | None) -> Refusal:
    return Refusal(404, f"there is no graph {graph}")


def has_graph(store: Store, graph: IRI | None) -> bool:
    """Whether a store has a graph; the default graph is always there."""
    if graph is None:
        return True
    id_ = store.ids([graph]).get(graph, DEFAULT_GRAPH)
    return id_ != DEFAULT_GRAPH and any(each.id == id_ for each in store.statistics.graphs)
