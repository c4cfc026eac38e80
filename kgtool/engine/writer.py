"""Building a store: files in, one DuckDB file out, renamed over the old one at the end."""

from __future__ import annotations

import contextlib
import datetime
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import duckdb

from kgtool.engine import dictionary, ids
from kgtool.engine.functions import install, library_version
from kgtool.engine.ingest import Ingest, Source
from kgtool.engine.keys import BadKeyError, build_dictionary
from kgtool.engine.schema import NEW_NOTES, NEW_TRIPLES, ROW_GROUP, STORE_FORMAT
from kgtool.engine.scratch import Scratch, unwritable
from kgtool.engine.sqltext import quote
from kgtool.engine.tables import count, fill_graphs, fill_quads, fill_terms
from kgtool.errors import LimitError, RdfSyntaxError, StoreError
from kgtool.rdf.namespaces import wikibase_prefixes
from kgtool.rdf.terms import IRI
from kgtool.version import __version__

__all__ = ["Derivation", "LoadReport", "Source", "StoreWriter"]

Progress = Callable[[str, float | None], None]

_ENCODE = """
CREATE TEMP TABLE quads AS
SELECT subjects.id AS s, predicates.id AS p, coalesce(raw.oid, objects.id) AS o,
       {graph} AS g
FROM raw
JOIN keys AS subjects ON subjects.key = raw.s
JOIN predicate_keys AS predicates ON predicates.key = raw.p
LEFT JOIN keys AS objects ON objects.key = raw.o
LEFT JOIN graph_keys AS graphs ON graphs.key = raw.g
"""
#: Where rows are sorted later their order does not matter, which saves time and memory.
_ANY_ORDER = "SET preserve_insertion_order = false"
_KEEP_ORDER = "SET preserve_insertion_order = true"
_SORT = "CREATE TEMP TABLE sorted AS SELECT s, p, o, g FROM quads ORDER BY p, s, o, g"
#: The base IRI of the Wikibase that the triples come from, if they come from one.
_WIKIBASE = """
SELECT min(base) FROM (
    SELECT regexp_extract(key, '^<(.*/)prop/direct/P[0-9]+$', 1) AS base FROM predicate_keys
) WHERE base != ''
"""


class Derivation(Protocol):
    """What is added to a store's triples while it is built.

    ``names`` are IRIs that need ids beforehand, and ``graph`` is where the triples go.
    """

    @property
    def names(self) -> Iterable[str]: ...

    @property
    def graph(self) -> IRI: ...

    def derive(self, connection: duckdb.DuckDBPyConnection, triples: str, terms: str) -> str:
        """A query for the (s, p, o) to add to those of query ``triples``, none of them again.

        ``terms`` is a query for (id, type, lex).
        """


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a build made: ``triples`` of the union, ``quads``, dictionary ``terms``,
    ``seconds`` from the first source to the finished file, its size in ``bytes``."""

    triples: int
    quads: int
    terms: int
    seconds: float
    bytes: int


class StoreWriter:
    """Builds the store at ``path``; use as a context manager.

    >>> with StoreWriter("graph.db") as writer:  # doctest: +SKIP
    ...     writer.add(Source(Path("facts.ttl")))
    ...     report = writer.commit({"project": "ww2"})

    Until ``commit`` returns, readers see the old store; if it is never reached nothing
    has changed. ``memory_limit`` is DuckDB's ("2GB"); beyond it, work spills to disk
    beside the store. ``progress`` is told each stage's name and, where known, the share
    of it that is done.

    Raises RdfSyntaxError for a file that does not parse, StoreError when the store cannot
    be written, LimitError when ``memory_limit`` is too small.
    """

    def __init__(
        self,
        path: str | Path,
        memory_limit: str | None = None,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.path = Path(path)
        self._progress = progress or (lambda stage, share: None)
        self._started = time.perf_counter()
        self._scratch = Scratch(self.path)
        self._file = self._scratch.folder / "store"
        self._pool = ThreadPoolExecutor(2)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._types: list[str] = []  # of terms, by their codes
        self._derived: dict[int, str] = {}  # kinds of derived graphs
        try:
            with self._errors():
                self._connection = self._connect(memory_limit, threads)
                self._schema = self._pool.submit(_create_schema, self._connection.cursor())
                self._ingest = Ingest(self._connection, self._scratch.folder, self._pool)
        except BaseException:
            self.close()
            raise

    def add(self, source: Source) -> None:
        """Read a source; it may also be read when the store is committed."""
        self._progress(f"reading {source.path.name}", None)
        with self._errors():
            self._ingest.add(source)

    def commit(
        self,
        meta: Mapping[str, str] | None = None,
        derivation: Derivation | None = None,
        finish: Callable[[Path], None] | None = None,
    ) -> LoadReport:
        """Finish the store with ``meta`` in its table of that name, and put it in place.

        ``derivation`` adds triples. ``finish`` is given the file before it is put in
        place, to change it or to refuse it by raising an error.
        """
        with self._errors():
            self._progress("reading", None)
            self._ingest.finish()
            self._open.execute(_KEEP_ORDER)
            self._progress("sorting terms", None)
            self._build_dictionary(
                () if derivation is None else (*derivation.names, derivation.graph.value)
            )
            self._encode()
            if derivation is not None:
                self._progress("reasoning", None)
                self._derive(derivation)
            self._progress("sorting triples", None)
            self._sort()
            self._write_tables()
            self._progress("finishing", None)
            triples, quads, terms = self._finish_tables(meta or {})
            self._close_connection()
            size = self._file.stat().st_size
        if finish is not None:
            finish(self._file)
        with self._errors():
            os.replace(self._file, self.path)
        self.close()
        return LoadReport(triples, quads, terms, time.perf_counter() - self._started, size)

    def close(self) -> None:
        """Drop what has not been committed."""
        self._pool.shutdown()
        self._close_connection()
        self._scratch.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _connect(self, memory_limit: str | None, threads: int | None) -> duckdb.DuckDBPyConnection:
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self._scratch.folder / "spill"),
            "autoinstall_known_extensions": False,
        }
        if memory_limit:
            config["memory_limit"] = memory_limit
        if threads:
            config["threads"] = threads
        connection = duckdb.connect(":memory:", config=config)
        file = quote(str(self._file))
        connection.execute(f"ATTACH {file} AS store (ROW_GROUP_SIZE {ROW_GROUP})")
        connection.execute(f"USE store; {_ANY_ORDER}")
        return connection

    def _close_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @property
    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            raise StoreError(f"the build of {self.path} is already finished")
        return self._connection

    def _value(self, sql: str) -> int:
        return count(self._open, sql)

    def _build_dictionary(self, names: Iterable[str]) -> None:
        try:
            self._types = build_dictionary(self._open, names)
        except BadKeyError:
            self._open.execute("DROP TABLE IF EXISTS dict; DROP TABLE IF EXISTS decoded")
            self._ingest.parse_all_anew()
            self._build_from_parsed(names)
        for column, name in (("p", "predicate_keys"), ("g", "graph_keys")):
            self._open.execute(
                f"CREATE TEMP TABLE {name} AS SELECT key, id FROM keys "
                f"SEMI JOIN (SELECT DISTINCT {column} AS key FROM raw) USING (key)"
            )

    def _build_from_parsed(self, names: Iterable[str]) -> None:
        try:
            self._types = build_dictionary(self._open, names)
        except BadKeyError as error:
            raise RdfSyntaxError(
                "a term in the sources is none of RDF 1.1",
                expected="IRIs, blank nodes and literals",
                hint="Triple terms (RDF 1.2) are not supported.",
            ) from error

    def _encode(self) -> None:
        run = self._open.execute
        default = f"{ids.DEFAULT_GRAPH}::BIGINT"
        named = self._value("SELECT count(*) FROM graph_keys")
        graph = f"coalesce(graphs.id, {default})" if named else default
        run(_ANY_ORDER)
        run(_ENCODE.format(graph=graph))
        run("DROP TABLE raw")

    def _derive(self, derivation: Derivation) -> None:
        run = self._open.execute
        ids_ = f"SELECT id, type, lex FROM ({dictionary.ids_sql(self._types)})"
        derived = derivation.derive(self._open, "SELECT s, p, o FROM quads", ids_)
        graph = self._graph_id(derivation.graph)
        run(f"INSERT INTO quads SELECT s, p, o, {graph}::BIGINT FROM ({derived})")
        self._derived[graph] = "inferred"

    def _graph_id(self, graph: IRI) -> int:
        row = self._open.execute(
            "SELECT id FROM keys WHERE key = ?", [f"<{graph.value}"]
        ).fetchone()
        assert row is not None
        return int(row[0])

    def _sort(self) -> None:
        run = self._open.execute
        run(_KEEP_ORDER)
        run(_SORT)
        run("DROP TABLE quads")

    def _write_tables(self) -> None:
        # Until here all was temporary; what goes to the file is one transaction, one flush.
        self._schema.result()
        run = self._open.execute
        run("BEGIN")
        fill_terms(self._open, self._types)
        fill_quads(self._open)

    def _finish_tables(self, meta: Mapping[str, str]) -> tuple[int, int, int]:
        run = self._open.execute
        fill_graphs(self._open, self._kinds())
        prefixes = self._wikibase_prefixes() | self._ingest.prefixes
        if prefixes:
            self._open.executemany("INSERT INTO prefixes VALUES (?, ?)", sorted(prefixes.items()))
        triples = self._value("SELECT coalesce(sum(triples), 0) FROM predicates")
        quads = self._value("SELECT coalesce(sum(triples), 0) FROM graphs")
        terms = self._value("SELECT count(*) FROM terms")
        self._open.executemany("INSERT INTO meta VALUES (?, ?)", list(_meta(meta, terms).items()))
        run("COMMIT")
        return triples, quads, terms

    def _wikibase_prefixes(self) -> dict[str, str]:
        """Those that queries over the RDF of a Wikibase take as known, where there is such."""
        row = self._open.execute(_WIKIBASE).fetchone()
        base = row[0] if row else None
        return wikibase_prefixes(base) if base else {}

    def _kinds(self) -> dict[int, str]:
        """The kinds of the sources' graphs that have triples, by the graphs' ids."""
        kinds = {s.graph_key: s.kind for s in self._ingest.sources if s.graph}
        rows = self._open.execute("SELECT key, id FROM graph_keys").fetchall()
        return {id_: kinds[key] for key, id_ in rows if key in kinds} | self._derived

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """The engine's and the system's errors in our words."""
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            raise LimitError(
                f"building {self.path} ran out of memory",
                hint="Give it more with --memory-limit, or fewer threads, which need less each.",
            ) from error
        except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
            raise unwritable(self.path, OSError(0, str(error).splitlines()[0])) from error
        except BrokenPipeError:  # of whoever is told of the progress
            raise
        except OSError as error:
            raise unwritable(self.path, error) from error


def _create_schema(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables and the functions of compiled queries.

    That takes 60 ms, as long as parsing the first files, so it is done meanwhile.
    """
    connection.execute("USE store; BEGIN")
    connection.execute(NEW_TRIPLES + NEW_NOTES)
    install(connection)
    connection.execute("COMMIT")
    connection.close()


def _meta(given: Mapping[str, str], terms: int) -> dict[str, str]:
    return {
        **given,
        "sorted_terms": str(terms),
        "format": str(STORE_FORMAT),
        "functions": library_version(),
        "kgtool": __version__,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "fingerprint": uuid.uuid4().hex,
    }
