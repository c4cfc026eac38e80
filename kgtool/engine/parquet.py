"""A store as a folder of Parquet files, which DuckDB reads in place and Spark too.

A table of a store (:mod:`kgtool.engine.schema`) is a folder of files, with the same columns, ids
and order. The tables by object are in one folder, divided by predicate::

    DIR/meta/…  prefixes/…  graphs/…  predicates/…  term_types/…
    DIR/terms/…                     sorted by id
    DIR/pso/…                       sorted by p, s, o, g
    DIR/pos/name=pos_1/…            sorted by o, s, g; a folder for each large predicate
    DIR/pos/name=pos/…              all others, sorted by p, o, s, g
    DIR/op/…  sp/…

Parquet keeps the least and the greatest value of each column of some hundred thousand rows, so a
scan with a bound prefix, or a look-up of a term, reads little. There is no other index.
"""

from __future__ import annotations

import shutil
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kgtool.engine.driver import duckdb
from kgtool.engine.functions import install
from kgtool.engine.places import SCHEME
from kgtool.engine.schema import STORE_FORMAT
from kgtool.engine.scratch import unwritable
from kgtool.engine.sqltext import quote
from kgtool.engine.statistics import Statistics, statistics_of
from kgtool.engine.store import Store, wrong_format
from kgtool.errors import NotFoundError, StoreError

if TYPE_CHECKING:
    from kgtool.rdf.terms import Term

#: Tables that are read into memory when a store is opened.
SMALL_TABLES = ("meta", "prefixes", "graphs", "predicates", "term_types")
#: Tables that stay where they are, and the order of their rows.
LARGE_TABLES = {"terms": "id", "pso": "p, s, o, g", "op": "o, n", "sp": "s, n"}
_FILE_SIZE = "256MB"
_ROWS = 122_880  # of a row group


def part_of(table: str) -> str:
    """Where a store has a table."""
    return f"pos/name={table}" if table.startswith("pos") else table


class ParquetStore(Store):
    """A store in Parquet, opened for reading by DuckDB; nothing is copied but small tables."""

    rows_are_numbered = False

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        memory_limit: str | None = None,
        threads: int | None = None,
        writable: bool = False,
    ) -> Self:
        """Open the store in folder ``path``.

        Raises NotFoundError when there is none, StoreError when the folder is not a store, or of
        another format, or is to be changed.
        """
        path = Path(path)
        if writable:
            raise _unchangeable(path)
        if not path.is_dir():
            raise NotFoundError(
                f"there is no store {path}", hint=f"`kgtool load --store {SCHEME}{path}` makes one."
            )
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False
        }
        if memory_limit:
            config["memory_limit"] = memory_limit
        if threads:
            config["threads"] = threads
        connection = duckdb.connect(":memory:", config=config)
        try:
            return cls(path, connection, _attach(path, connection))
        except BaseException:
            connection.close()
            raise

    @property
    def fingerprint(self) -> str:
        # Plans for the file that this was written from find terms in another way.
        return f"{self.meta['fingerprint']}-parquet"

    def refuse_changes(self) -> None:
        raise _unchangeable(self.path)

    @cached_property
    def statistics(self) -> Statistics:
        cursor = self.connection.cursor()
        return statistics_of(
            lambda sql: cursor.execute(sql).fetchall(),
            int(self.meta["terms"]),
            int(self.meta["sorted_terms"]),
            rows_are_numbered=self.rows_are_numbered,
        )

    def _stored_ids(self, terms: list[Term]) -> dict[Term, int]:
        from kgtool.engine.lookup import scan_ids

        return scan_ids(self.connection.cursor(), terms)


def unfinished(path: Path | str) -> StoreError:
    """The error for a store whose table ``meta`` is empty, as while it is loaded."""
    return StoreError(
        f"the store {path} is not whole: a load is writing it, or was ended",
        hint="Wait for the load, or load it again.",
    )


def _unchangeable(path: Path) -> StoreError:
    return StoreError(
        f"the store {path} cannot be changed: it is in Parquet",
        hint="Load its sources again, or change a store in a file.",
    )


def _attach(path: Path, connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Make the tables of a store out of its files; what its table ``meta`` says."""
    try:
        meta: dict[str, str] = dict(connection.execute(f"FROM {_scan(path, 'meta')}").fetchall())
        if not meta:
            raise unfinished(path)
        if int(meta["format"]) != STORE_FORMAT:
            raise wrong_format(path, meta)
        for table in SMALL_TABLES:
            connection.execute(f"CREATE TABLE {table} AS FROM {_scan(path, table)}")
        own = connection.execute("SELECT n FROM predicates WHERE own").fetchall()
        for table in (*LARGE_TABLES, "pos", *(f"pos_{n}" for (n,) in own)):
            connection.execute(f"CREATE VIEW {table} AS FROM {_scan(path, table)}")
    except (duckdb.Error, KeyError, ValueError) as error:
        raise StoreError(
            f"{path} is no store in Parquet: {str(error).splitlines()[0]}",
            hint=f"`kgtool load --store {SCHEME}{path}` makes one.",
        ) from error
    install(connection)
    return meta


def _scan(path: Path, table: str) -> str:
    files = str(path / part_of(table) / "*.parquet")
    return f"read_parquet({quote(files)}, hive_partitioning = false)"


def write_parquet(store: Store, folder: Path) -> None:
    """Writes an open store as a folder of Parquet; one that exists is replaced at the end.

    Raises StoreError when the folder cannot be written, or has something else in it.
    """
    check_replaceable(folder)
    new = folder.with_name(f".{folder.name}.new")
    cursor = store.connection.cursor()
    try:
        shutil.rmtree(new, ignore_errors=True)
        for table, order in LARGE_TABLES.items():
            _copy(cursor, f"FROM {table} ORDER BY {order}", new / table)
        for (own,) in cursor.execute("SELECT n FROM predicates WHERE own ORDER BY n").fetchall():
            _copy(cursor, f"FROM pos_{own} ORDER BY o, s, g", new / part_of(f"pos_{own}"))
        _copy(cursor, "FROM pos ORDER BY p, o, s, g", new / part_of("pos"))
        for table in SMALL_TABLES[1:]:
            _copy(cursor, f"FROM {table} ORDER BY ALL", new / table)
        counted = "SELECT 'terms' AS key, count(*)::VARCHAR AS value FROM terms"
        _copy(cursor, f"FROM meta UNION ALL {counted} ORDER BY key", new / "meta")
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)
    except (OSError, duckdb.IOException) as error:
        raise unwritable(
            folder, error if isinstance(error, OSError) else OSError(0, str(error))
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def check_replaceable(folder: Path) -> None:
    """Raises StoreError where a folder has something else than a store in it, or is a file.

    What begins with ``_`` a load on Spark has left that was ended before it wrote a store.
    """
    if folder.is_file():
        raise StoreError(f"{folder} is a file", expected="the folder of a store in Parquet")
    if not folder.is_dir() or (folder / "meta").is_dir():
        return
    if any(not file.name.startswith("_") for file in folder.iterdir()):
        raise StoreError(
            f"the folder {folder} has something else than a store in it",
            expected="a new folder, an empty one, or a store in Parquet, which is replaced",
        )


def _copy(cursor: duckdb.DuckDBPyConnection, query: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    cursor.execute(
        f"COPY ({query}) TO {quote(str(folder))} (FORMAT parquet, COMPRESSION zstd, "
        f"ROW_GROUP_SIZE {_ROWS}, FILE_SIZE_BYTES '{_FILE_SIZE}', OVERWRITE_OR_IGNORE)"
    )
