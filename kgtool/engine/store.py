"""An open store: one DuckDB file, read-only, and what can be asked of it without SPARQL."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from kgtool.engine.driver import duckdb
from kgtool.engine.functions import install, library_version
from kgtool.engine.schema import ROW_GROUP, STORE_FORMAT
from kgtool.engine.sqltext import quote
from kgtool.errors import NotFoundError, StoreError

if TYPE_CHECKING:
    from typing import Any

    from kgtool.engine.decoding import Decoder
    from kgtool.engine.lookup import Index
    from kgtool.engine.statistics import Statistics
    from kgtool.rdf.terms import Term

_USE = "USE store"
_USE_LIBRARY = "SET search_path = 'memory.main,store.main'"
_REBUILD = "Build it again with `kgtool build` or `kgtool load`."


class Store:
    """A store opened for reading; any number of processes can have it open.

    ``connection`` is a DuckDB connection whose default database is the store; so are its
    cursors, one of which each thread needs for itself.
    """

    #: What runs statements; a store that Spark has open says so.
    engine = "duckdb"
    #: Whether a row of the dictionary is found by its number, which is in the id.
    rows_are_numbered = True

    def __init__(
        self, path: Path, connection: duckdb.DuckDBPyConnection, meta: Mapping[str, str]
    ) -> None:
        self.path = path
        self.connection = connection
        self.meta = meta
        self._cursors: list[duckdb.DuckDBPyConnection] = []

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        memory_limit: str | None = None,
        threads: int | None = None,
        writable: bool = False,
    ) -> Self:
        """Open the store at ``path``; ``memory_limit`` is DuckDB's ("2GB").

        Only an editor, on a file of its own, has one ``writable``.

        Raises NotFoundError when there is none, StoreError when the file is not a store,
        is damaged, or was written in another format by another kgtool.
        """
        path = Path(path)
        if path.is_dir():
            raise NotFoundError(
                f"{path} is a folder, where the file of a store is wanted",
                hint=f"queries take one in Parquet as --store parquet:{path}",
            )
        if not path.is_file():
            raise NotFoundError(f"there is no store {path}", hint=_REBUILD)
        connection = _connect(path, memory_limit, threads, writable)
        try:
            meta = _read_meta(path, connection)
            if meta.get("functions") != library_version():
                connection = (_renewed if writable else _with_library)(connection)
        except BaseException:
            connection.close()
            raise
        return cls(path, connection, meta)

    @property
    def fingerprint(self) -> str:
        """A text that no other build has."""
        return self.meta["fingerprint"]

    @cached_property
    def statistics(self) -> Statistics:
        from kgtool.engine.statistics import read_statistics

        return read_statistics(self.connection.cursor())

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the sources declared, without colons, and their IRIs."""
        rows = self.connection.cursor().execute("SELECT prefix, iri FROM prefixes ORDER BY prefix")
        return dict(rows.fetchall())

    def ids(self, terms: Iterable[Term]) -> dict[Term, int]:
        """The ids of those terms that have one: held inline, or in the dictionary."""
        from kgtool.engine.ids import held_inline

        found, others = held_inline(terms)
        return found | self._stored_ids(others) if others else found

    def _stored_ids(self, terms: list[Term]) -> dict[Term, int]:
        """The ids of those terms that the dictionary has."""
        from kgtool.engine.lookup import find_ids

        return find_ids(self.connection.cursor(), self._index, terms)

    def predicates_of(self, position: str, node: int) -> list[int]:
        """The predicates that a term, by its id, occurs with as ``s`` or as ``o``."""
        listed = {"s": "sp", "o": "op"}[position]
        rows = self.connection.cursor().execute(
            f"SELECT p FROM {listed} JOIN predicates USING (n) WHERE {position} = ? ORDER BY p",
            [node],
        )
        return [p for (p,) in rows.fetchall()]

    @cached_property
    def decoder(self) -> Decoder:
        """The texts of ids that have been asked for."""
        from kgtool.engine.decoding import Decoder

        return Decoder(self.connection, self.rows_are_numbered)

    def terms(self, ids: Iterable[int]) -> dict[int, Term]:
        """The terms of those ids that the store has, blank nodes scoped by source file."""
        from kgtool.engine.lookup import find_terms

        return find_terms(self.connection, ids, self.rows_are_numbered)

    def take_cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for one statement: one that was returned, or a new one."""
        try:
            return self._cursors.pop()
        except IndexError:
            return self.connection.cursor()

    def return_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Keep a cursor, whose rows have all been read, for the next statement."""
        self._cursors.append(cursor)

    def accepts_pattern(self, pattern: str) -> bool:
        """Whether the engine's regular expressions (RE2) can read ``pattern``."""
        try:
            self.connection.cursor().execute("SELECT regexp_matches('', ?)", [pattern])
        except duckdb.InvalidInputException:
            return False
        return True

    def refuse_changes(self) -> None:
        """Raises StoreError where no edit can change the store."""

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @cached_property
    def _index(self) -> Index:
        from kgtool.engine.lookup import read_index

        return read_index(self.connection.cursor())


class _Connection:
    """A DuckDB connection whose cursors have its default database, or other setting, too."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, use: str) -> None:
        self._connection = connection
        self._use = use
        connection.execute(use)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return with_setting(self._connection.cursor(), self._use)

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._connection, name)
        except AttributeError:
            import_module("duckdb")  # gives connections the methods that make relations
            return getattr(self._connection, name)


def with_setting(connection: duckdb.DuckDBPyConnection, use: str) -> duckdb.DuckDBPyConnection:
    """The connection after a statement that sets something, which its cursors begin with too."""
    return cast("duckdb.DuckDBPyConnection", _Connection(connection, use))


def _connect(
    path: Path, memory_limit: str | None, threads: int | None, writable: bool
) -> duckdb.DuckDBPyConnection:
    # Attached to a database of its own: DuckDB shares one opened by name within the
    # process, so that a reader would get the file as it was before a rebuild.
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "temp_directory": spill_folder(path),
    }
    if memory_limit:
        config["memory_limit"] = memory_limit
    if threads:
        config["threads"] = threads
    connection = duckdb.connect(":memory:", config=config)
    try:
        mode = f" (ROW_GROUP_SIZE {ROW_GROUP})" if writable else " (READ_ONLY)"
        connection.execute(f"ATTACH {quote(str(path))} AS store{mode}")
        return with_setting(connection, _USE)
    except duckdb.Error as error:
        connection.close()
        raise StoreError(
            f"{path} cannot be opened as a store: {str(error).splitlines()[0]}", hint=_REBUILD
        ) from error


def spill_folder(path: Path) -> str:
    """Where a query that outgrows its memory goes on; else it would be the current folder."""
    if os.access(path.parent, os.W_OK):
        return f"{path}.tmp"
    return os.path.join(os.environ.get("TMPDIR", "/tmp"), f"kgtool-{os.getpid()}.tmp")


def _with_library(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Puts this kgtool's functions before those of a store that another one wrote."""
    cursor = connection.cursor()
    cursor.execute("USE memory")
    install(cursor)
    inner = cast(_Connection, connection)
    return with_setting(inner._connection, _USE_LIBRARY)


def _renewed(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Replaces the functions in the store itself by this kgtool's."""
    install(connection)
    connection.execute("DELETE FROM meta WHERE key = 'functions'")
    connection.execute("INSERT INTO meta VALUES ('functions', ?)", [library_version()])
    return connection


def _read_meta(path: Path, connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    try:
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        format_ = int(meta["format"])
    except (duckdb.Error, KeyError, ValueError) as error:
        raise StoreError(
            f"{path} is a DuckDB file, but not a kgtool store", hint=_REBUILD
        ) from error
    if format_ != STORE_FORMAT:
        raise wrong_format(path, meta)
    return meta


def wrong_format(path: Path | str, meta: Mapping[str, str]) -> StoreError:
    """The error for a store of another layout, by its table ``meta``."""
    written = f"kgtool {meta.get('kgtool', '?')} in format {meta['format']}"
    return StoreError(
        f"the store {path} was written by {written}",
        expected=f"format {STORE_FORMAT}",
        hint="Build or load it again, or use the version of kgtool that wrote it.",
    )
