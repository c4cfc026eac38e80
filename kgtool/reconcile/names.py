"""The names of a store, opened for reading."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from kgtool.engine.driver import duckdb
from kgtool.engine.sqltext import quote
from kgtool.engine.store import Store
from kgtool.errors import LimitError, StoreError
from kgtool.plan.stop import Stop
from kgtool.rdf.namespaces import RDF
from kgtool.reconcile.index import attached, install, known, stamp
from kgtool.reconcile.normal import NORMAL_FORMS

Row = tuple[Any, ...]

#: Seconds between two interrupts.
_AGAIN = 0.2
_SIZE = "SELECT count(*) FROM names.names"
#: How many things with a name are of each class.
_SIZES = """
SELECT o, count(DISTINCT s) FROM store.pso
SEMI JOIN (SELECT thing AS s FROM names.names WHERE kind = 0) USING (s) WHERE p = ? GROUP BY o
"""


class Names:
    """The index of a store beside the store's own tables, on a connection of its own.

    ``names.…`` are the tables of the index and ``store.…`` those of the store. Any number of
    threads may ask.
    """

    def __init__(self, store: Store, connection: duckdb.DuckDBPyConnection) -> None:
        self.store = store
        self._connection = connection

    @classmethod
    def open(cls, store: Store, path: Path, memory_limit: str | None = None) -> Names | None:
        """The index at ``path``; None where there is none, or it is that of another store."""
        if not path.is_file():
            return None
        connection = None
        try:
            connection = attached(store.path, path, memory_limit)
            connection.execute(f"ATTACH {quote(str(path))} AS names (READ_ONLY)")
            rows = connection.execute("SELECT value FROM names.meta WHERE key = 'stamp'").fetchall()
            if rows == [(stamp(store),)]:
                install(connection)
                # As for the store itself: whatever is asked, no file is read for it.
                connection.execute("SET enable_external_access = false")
                return cls(store, connection)
        except duckdb.Error:
            pass  # what cannot be read is made anew
        if connection is not None:
            connection.close()
        return None

    @cached_property
    def size(self) -> int:
        """The number of names."""
        ((size,),) = self._connection.cursor().execute(_SIZE).fetchall()
        return int(size)

    @cached_property
    def class_sizes(self) -> dict[int, int]:
        """How many things with a name are of each class: the fewer, the more it says of one."""
        return dict(
            self._connection.cursor().execute(_SIZES, known(self.store, [RDF.type])).fetchall()
        )

    def asking(self, timeout: float, stop: Stop) -> Asking:
        """For the statements of one request, which may last so many seconds."""
        return Asking(self._connection.cursor(), timeout, stop)

    def close(self) -> None:
        self._connection.close()


class Asking:
    """Statements of one request; as a context it ends with the request."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, timeout: float, stop: Stop) -> None:
        self._cursor = cursor
        self._timeout = timeout
        self._stop = stop
        self._done = threading.Event()

    def rows(self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
        """The rows of a statement. Raises LimitError when the time is up; StoreError."""
        if self._stop.is_set:
            raise self._late()
        try:
            return self._cursor.execute(sql, parameters or None).fetchall()
        except (duckdb.Error, RuntimeError) as error:
            if self._stop.is_set:
                raise self._late() from None
            raise StoreError(f"the names cannot be asked: {error}") from error

    def normal_forms(self, names: Iterable[str]) -> dict[str, str]:
        """Names with their normal forms."""
        distinct = list(dict.fromkeys(names))
        forms = self.rows(NORMAL_FORMS, [distinct])
        return {name: form for name, (form,) in zip(distinct, forms, strict=True)}

    def _late(self) -> LimitError:
        return LimitError(f"this took longer than {self._timeout:g} seconds")

    def __enter__(self) -> Asking:
        self._stop.attach(self._cursor.interrupt)
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._stop.detach()
        self._cursor.close()

    def _watch(self) -> None:
        """Ends what runs when the time is up: again and again, since an interrupt that comes
        between two steps of the engine is forgotten."""
        wait = self._timeout
        while not self._done.wait(wait):
            self._stop.set()
            wait = _AGAIN
