"""Changing a store: a set of quads at a time, on a copy that takes the store's place at the end.

Readers keep the store as it was, whatever happens here. Terms that the store lacks are
added behind its sorted ones; a store that has changed much, or is small, is sorted anew
before it is put in place.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

import duckdb

from kgtool.engine import dictionary, ids
from kgtool.engine.ingest import Ingest, Source
from kgtool.engine.inline import inline_id_sql
from kgtool.engine.keys import build_dictionary
from kgtool.engine.schema import NEW_TRIPLES, own_table
from kgtool.engine.scratch import Scratch, unwritable
from kgtool.engine.statistics import EXACT_LIMIT, predicates_sql
from kgtool.engine.store import Store
from kgtool.engine.tables import (
    add_types,
    count,
    default_kind,
    drop_own_tables,
    fill_graphs,
    fill_quads,
    fill_terms,
    lists_subjects,
)
from kgtool.errors import LimitError, NotFoundError, StoreError
from kgtool.rdf.terms import IRI, BlankNode, Term, lexical_form, term_type

if TYPE_CHECKING:
    from io import BufferedReader

try:
    import fcntl
except ImportError:  # not a POSIX system: there the last of two editors wins
    fcntl = None  # type: ignore[assignment]

#: Subject, predicate, object, and the graph, None for the default graph.
Quad: TypeAlias = tuple[Term, Term, Term, IRI | BlankNode | None]

#: Columns of a staged change: each position has an id, or a type and a lexical form.
STAGED = ("added", *(f"{position}{part}" for position in "spog" for part in ("", "_type", "_lex")))
#: Up to so many quads a store is always sorted anew.
_SMALL = 100_000
#: Sorted anew, too, when one in so many of its quads and terms has changed.
_SHARE = 8
#: Seconds that an editor waits for another one.
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Change:
    """How many quads an edit has added and removed."""

    added: int = 0
    removed: int = 0

    def __add__(self, other: Change) -> Change:
        return Change(self.added + other.added, self.removed + other.removed)


class StoreEditor(AbstractContextManager["StoreEditor"]):
    """Edits the store at ``path``; nothing has changed until ``commit`` returns.

    >>> with StoreEditor(Path("graph.db")) as editor:  # doctest: +SKIP
    ...     editor.insert([(subject, predicate, object_, None)])
    ...     editor.commit()

    One editor at a time has a store; another waits some seconds. ``memory_limit`` is
    DuckDB's ("2GB"). Raises NotFoundError where there is no store, StoreError when it
    cannot be read or written or stays in another editor's hands, LimitError when
    ``memory_limit`` is too small.
    """

    def __init__(
        self, path: str | Path, *, memory_limit: str | None = None, threads: int | None = None
    ) -> None:
        self.path = Path(path)
        self._lock = _locked(self.path)
        self._store: Store | None = None
        self._edits = 0
        try:
            self._scratch = Scratch(self.path)
        except BaseException:
            self._lock.close()
            raise
        try:
            with self._errors():
                copy = self._scratch.folder / "store"
                shutil.copyfile(self.path, copy)
                self._store = Store.open(
                    copy, memory_limit=memory_limit, threads=threads, writable=True
                )
                self._edits = int(self._store.meta.get("edits", "0"))
        except BaseException:
            self.close()
            raise

    @property
    def store(self) -> Store:
        """The store with all edits so far."""
        if self._store is None:
            raise StoreError(f"the edit of {self.path} is already finished")
        return self._store

    # Editing ----------------------------------------------------------------------------

    def insert(self, quads: Iterable[Quad]) -> Change:
        """Add quads; those that the store has stay as they are."""
        return self._edit_terms(list(quads), added=True)

    def delete(self, quads: Iterable[Quad]) -> Change:
        """Remove those of the quads that the store has."""
        return self._edit_terms(list(quads), added=False)

    def apply(self, query: str) -> Change:
        """Carry out the change whose rows ``query`` gives, with the columns ``STAGED``.

        Rows that are not ``added`` are removed, and that first. A position has an id, or
        NULL and the type and lexical form of a term; a graph's id may be
        ``ids.DEFAULT_GRAPH``. Raises duckdb.InterruptException when it is interrupted.
        """
        with self._errors(), self._transaction():
            self._run(f"CREATE TEMP TABLE staged AS {query}")
            return self._carry_out()

    def load(self, source: Source) -> Change:
        """Add a file's triples; its blank nodes are new ones.

        Raises RdfSyntaxError for a file that does not parse.
        """
        with self._errors(), self._transaction(), ThreadPoolExecutor(2) as pool:
            ingest = Ingest(self.store.connection, self._scratch.folder, pool)
            ingest.add(source)
            ingest.finish()
            # Keys that only the whole file can explain are an error of the file.
            build_dictionary(self.store.connection)
            self._run(f"CREATE TEMP TABLE staged AS {_loaded_sql(uuid.uuid4().hex[:12])}")
            self._run("DROP VIEW keys; DROP TABLE aliases; DROP TABLE dict; DROP TABLE raw")
            return self._carry_out()

    def create_graph(self, graph: IRI | BlankNode) -> None:
        """Record a graph that the store does not have; it may stay empty."""
        positions = ", ".join(
            f"NULL::BIGINT AS {p}, NULL::VARCHAR AS {p}_type, NULL::VARCHAR AS {p}_lex"
            for p in "spo"
        )
        named = f"SELECT TRUE AS added, {positions}, NULL::BIGINT AS g, ? AS g_type, ? AS g_lex"
        name = [term_type(graph), lexical_form(graph)]
        with self._errors(), self._transaction():
            # A row without a triple adds no more than the graph's name.
            self._run(f"CREATE TEMP TABLE staged AS {named}", name)
            self._carry_out()
            self._run(
                "INSERT INTO graphs SELECT id, 'named', 0 FROM terms WHERE type = ? AND lex = ?",
                name,
            )
            self._refresh()

    def add_names(self, names: Sequence[str]) -> None:
        """Give ids to IRIs that no quad need have."""
        known = self.store.ids([IRI(name) for name in names])
        missing = [name for name in names if IRI(name) not in known]
        if not missing:
            return
        columns = ", ".join(
            f"NULL::BIGINT AS {p}, NULL::VARCHAR AS {p}_type, NULL::VARCHAR AS {p}_lex"
            for p in "pog"
        )
        staged = (
            "SELECT TRUE AS added, NULL::BIGINT AS s, 'iri' AS s_type, "
            f"unnest(?::VARCHAR[]) AS s_lex, {columns}"
        )
        with self._errors(), self._transaction():
            # A row that is no quad adds no more than its terms.
            self._run(f"CREATE TEMP TABLE staged AS {staged}", [missing])
            self._carry_out()

    def forget_graphs(self, graphs: Sequence[int]) -> None:
        """Strike graphs, which are empty, off the list."""
        with self._errors():
            self._run("DELETE FROM graphs WHERE list_contains(?::BIGINT[], g)", [list(graphs)])
            self._refresh()

    def set_prefixes(self, prefixes: Mapping[str, str]) -> None:
        """Replace the prefixes that the store keeps for what is shown."""
        with self._errors(), self._transaction():
            self._run("DELETE FROM prefixes")
            self._run(
                "INSERT INTO prefixes SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                [list(prefixes), list(prefixes.values())],
            )
            self._refresh()

    def commit(self) -> Store:
        """Put the edited store in place, and open it."""
        with self._errors():
            store = self.store
            quads = store.statistics.quads
            if quads <= _SMALL or self._edits * _SHARE > quads + store.statistics.terms:
                self._sort()
            self._set_meta("edits", str(self._edits))
            self._set_meta("fingerprint", uuid.uuid4().hex)
            self._run("CHECKPOINT")
            store.close()
            self._store = None
            os.replace(store.path, self.path)
        self.close()
        return Store.open(self.path)

    def close(self) -> None:
        """Drop what has not been committed."""
        if self._store is not None:
            self._store.close()
            self._store = None
        self._scratch.remove()
        self._lock.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # The steps of an edit ---------------------------------------------------------------

    def _edit_terms(self, quads: list[Quad], added: bool) -> Change:
        if not quads:
            return Change()
        terms = {term for quad in quads for term in quad if term is not None}
        known = self.store.ids(terms)
        columns: list[list[object]] = []
        for position in range(4):
            each = [quad[position] for quad in quads]
            columns += [
                [ids.DEFAULT_GRAPH if t is None else known.get(t) for t in each],
                [None if t is None or t in known else term_type(t) for t in each],
                [None if t is None or t in known else lexical_form(t) for t in each],
            ]
        types = ("BIGINT", "VARCHAR", "VARCHAR") * 4
        lists = ", ".join(
            f"unnest(?::{type_}[]) AS {name}" for type_, name in zip(types, STAGED[1:], strict=True)
        )
        with self._errors(), self._transaction():
            self._run(f"CREATE TEMP TABLE staged AS SELECT {added} AS added, {lists}", columns)
            return self._carry_out()

    def _carry_out(self) -> Change:
        """Make the change in table ``staged``."""
        self._resolve()
        removed = self._delete()
        added = self._insert()
        if removed or added:
            self._edits += removed + added
            self._update_duplicates()
            self._update_statistics()
        self._run("DROP TABLE change")
        self._refresh()
        return Change(added, removed)

    def _resolve(self) -> None:
        """Table ``change`` (added, s, p, o, g) from ``staged``; new terms get their ids."""
        texts = " UNION ALL ".join(
            f"SELECT {p}_type AS type, {p}_lex AS lex, added FROM staged WHERE {p} IS NULL"
            for p in "spog"
        )
        inline = inline_id_sql("concat('^^<', type)", "lex")
        self._run(
            f"CREATE TEMP TABLE texts AS SELECT type, lex, bool_or(added) AS added, {inline} AS id "
            f"FROM ({texts}) WHERE lex IS NOT NULL GROUP BY type, lex"
        )
        if self._count("SELECT count(*) FROM texts"):
            self._add_terms()
            joins = " ".join(
                f"LEFT JOIN texts AS {p}t ON staged.{p}_type = {p}t.type AND "
                f"staged.{p}_lex = {p}t.lex"
                for p in "spog"
            )
            columns = ", ".join(f"coalesce(staged.{p}, {p}t.id) AS {p}" for p in "spog")
        else:
            joins, columns = "", "s, p, o, g"
        self._run(
            f"CREATE TEMP TABLE change AS SELECT DISTINCT * FROM "
            f"(SELECT staged.added, {columns} FROM staged {joins}) "
            "WHERE s IS NOT NULL AND p IS NOT NULL AND o IS NOT NULL AND g IS NOT NULL"
        )
        self._run("DROP TABLE texts; DROP TABLE staged")

    def _add_terms(self) -> None:
        """Fill the ids in table ``texts``, those of terms to be added too."""
        self._run(
            "UPDATE texts SET id = terms.id FROM terms "
            "WHERE texts.id IS NULL AND terms.type = texts.type AND terms.lex = texts.lex"
        )
        new = "FROM texts WHERE id IS NULL AND added"
        if not self._count(f"SELECT count(*) {new}"):
            return
        self._run(dictionary.rebuild_sql(f"SELECT concat(type, ' ', lex) AS key, type, lex {new}"))
        # Inside a transaction the rows of a new table are not numbered from 0.
        first = self._count("SELECT (SELECT count(*) FROM terms) - min(rowid) FROM dict")
        types = self._add_types()
        self._run(dictionary.terms_sql(types, first))
        self._run(
            f"UPDATE texts SET id = dict.id FROM ({dictionary.ids_sql(types, first)}) AS dict "
            "WHERE texts.id IS NULL AND dict.type = texts.type AND dict.lex = texts.lex"
        )
        self._edits += self._count("SELECT count(*) FROM dict")
        self._run("DROP TABLE dict")

    def _add_types(self) -> list[str]:
        """All types of terms by their codes, those of table ``dict`` too."""
        connection = self.store.connection
        rows = connection.execute("SELECT type FROM term_types ORDER BY code").fetchall()
        known = [type_ for (type_,) in rows]
        found = [type_ for (type_,) in connection.execute(dictionary.TYPES_SQL).fetchall()]
        new = [type_ for type_ in found if type_ not in known]
        add_types(connection, new, len(known))
        return known + new

    def _delete(self) -> int:
        if not self._count("SELECT count(*) FROM change WHERE NOT added"):
            return 0
        gone = "NOT c.added AND"
        for table, same in self._by_object():
            self._run(f"DELETE FROM {table} USING change AS c WHERE {gone} {same}")
        return self._count(f"DELETE FROM pso USING change AS c WHERE {gone} {_same('pso')}")

    def _insert(self) -> int:
        self._run(
            "CREATE TEMP TABLE fresh AS SELECT s, p, o, g FROM change "
            "ANTI JOIN pso USING (s, p, o, g) WHERE added"
        )
        self._run("INSERT INTO pso SELECT s, p, o, g, FALSE FROM fresh ORDER BY p, s, o, g")
        for table, p in self._own_tables():
            self._run(
                f"INSERT INTO {table} SELECT o, s, g, FALSE FROM fresh WHERE p = {p} "
                "ORDER BY o, s, g"
            )
        self._run(
            "INSERT INTO pos SELECT s, p, o, g, FALSE FROM fresh "
            "WHERE p NOT IN (SELECT p FROM predicates WHERE own) ORDER BY p, o, s, g"
        )
        added = self._count("SELECT count(*) FROM fresh")
        self._run("DROP TABLE fresh")
        return added

    def _own_tables(self) -> list[tuple[str, int]]:
        """The tables of their own that the change's predicates have, and these."""
        rows = self._run("SELECT n, p FROM predicates SEMI JOIN change USING (p) WHERE own")
        return [(own_table(number), p) for number, p in rows.fetchall()]

    def _by_object(self) -> Iterator[tuple[str, str]]:
        """The tables by object that the change may touch, with the condition of a match."""
        yield "pos", _same("pos")
        for table, p in self._own_tables():
            yield table, f"c.p = {p} AND {_same(table, 'sog')}"

    def _update_duplicates(self) -> None:
        """Mark a triple in all of its graphs but the first."""
        graphs = "SELECT g FROM graphs UNION SELECT g FROM change"
        if self._count(f"SELECT count(*) FROM ({graphs})") < 2:
            return
        self._run(
            "CREATE TEMP TABLE marks AS SELECT s, p, o, g, "
            "g > min(g) OVER (PARTITION BY s, p, o) AS dup "
            "FROM pso SEMI JOIN change USING (s, p, o)"
        )
        for table, same in (("pso", _same("pso")), *self._by_object()):
            self._run(
                f"UPDATE {table} SET dup = c.dup FROM marks AS c "
                f"WHERE {same} AND {table}.dup <> c.dup"
            )
        self._run("DROP TABLE marks")

    def _update_statistics(self) -> None:
        quads = "(FROM pso SEMI JOIN change USING (p))"
        exact = self._count("SELECT count(*) FROM pso") <= EXACT_LIMIT
        first = self._count("SELECT coalesce(max(n) + 1, 0) FROM predicates")
        self._run(f"CREATE TEMP TABLE counted AS {predicates_sql(quads, 'dup', exact, first)}")
        counts = ("triples", "subjects", "objects", "subject_tags", "object_tags")
        self._run(
            f"UPDATE predicates SET {', '.join(f'{name} = c.{name}' for name in counts)} "
            "FROM counted AS c WHERE predicates.p = c.p"
        )
        gone = "p IN (SELECT p FROM change) AND p NOT IN (SELECT p FROM counted)"
        for (number,) in self._run(f"SELECT n FROM predicates WHERE own AND {gone}").fetchall():
            self._run(f"DROP TABLE {own_table(number)}")
        self._run(f"DELETE FROM predicates WHERE {gone}")
        self._run(
            f"INSERT INTO predicates SELECT n, p, FALSE, {', '.join(counts)} "
            "FROM counted ANTI JOIN predicates USING (p)"
        )
        self._run("DROP TABLE counted")
        self._list_predicates("op", "o", "change")
        if not lists_subjects(self.store.connection):
            self._run("DELETE FROM sp")
        else:
            # All of them, where there were few predicates before.
            listed = self._count("SELECT count(*) FROM sp")
            self._list_predicates("sp", "s", "change" if listed else "pso")
        self._run(
            "UPDATE graphs SET triples = "
            "coalesce((SELECT count(*) FROM pso WHERE pso.g = graphs.g), 0)"
        )
        self._run(
            f"INSERT INTO graphs SELECT g, CASE g WHEN {ids.DEFAULT_GRAPH} "
            f"THEN '{default_kind(ids.DEFAULT_GRAPH)}' ELSE 'named' END, count(*) "
            "FROM pso ANTI JOIN graphs USING (g) GROUP BY g"
        )

    def _list_predicates(self, table: str, node: str, quads: str) -> None:
        """Say anew with which predicates the nodes of ``quads`` occur."""
        touched = f"(SELECT DISTINCT {node} FROM {quads})"
        self._run(f"DELETE FROM {table} USING {touched} AS c WHERE {table}.{node} = c.{node}")
        self._run(
            f"INSERT INTO {table} SELECT DISTINCT {node}, n FROM pso SEMI JOIN {touched} AS c "
            f"USING ({node}) JOIN predicates USING (p) ORDER BY {node}, n"
        )

    def _sort(self) -> None:
        """Number all terms in use anew, in order, and sort the quads by their new ids."""
        used = "SELECT s AS id FROM pso UNION SELECT p FROM pso UNION SELECT o FROM pso"
        used += " UNION SELECT g FROM graphs"
        decoded = f"SELECT CAST(id AS VARCHAR) AS key, type, lex FROM terms SEMI JOIN ({used}) u"
        self._run(dictionary.rebuild_sql(f"{decoded} USING (id)"))
        types = [type_ for (type_,) in self._run(dictionary.TYPES_SQL).fetchall()]
        self._run(
            "CREATE TEMP TABLE renumbered AS "
            f"SELECT CAST(key AS BIGINT) AS old, id FROM ({dictionary.keys_sql(types)})"
        )
        columns = ", ".join(f"coalesce(n_{p}.id, pso.{p}) AS {p}" for p in "spog")
        joins = " ".join(f"LEFT JOIN renumbered AS n_{p} ON n_{p}.old = pso.{p}" for p in "spog")
        self._run(
            f"CREATE TEMP TABLE sorted AS SELECT {columns} FROM pso {joins} ORDER BY p, s, o, g"
        )
        rows = self._run(
            "SELECT coalesce(r.id, g), kind FROM graphs LEFT JOIN renumbered AS r ON r.old = g"
        ).fetchall()
        connection = self.store.connection
        with self._transaction():
            # New tables, since rows of one that was emptied would not be numbered from 0.
            drop_own_tables(connection)
            self._run(NEW_TRIPLES)
            fill_terms(connection, types)
            fill_quads(connection)
            fill_graphs(connection, dict(rows))
            self._set_meta("sorted_terms", str(self._count("SELECT count(*) FROM terms")))
        self._edits = 0
        self._run("DROP TABLE renumbered; DROP TABLE dict")

    # Helpers ----------------------------------------------------------------------------

    def _run(self, sql: str, values: object = None) -> duckdb.DuckDBPyConnection:
        return self.store.connection.execute(sql, values)

    def _count(self, sql: str) -> int:
        return count(self.store.connection, sql)

    def _set_meta(self, key: str, value: str) -> None:
        self._run("DELETE FROM meta WHERE key = ?", [key])
        self._run("INSERT INTO meta VALUES (?, ?)", [key, value])

    def _refresh(self) -> None:
        """What has been read of the store before may no longer hold."""
        old = self.store
        meta = {**old.meta, "fingerprint": uuid.uuid4().hex}
        self._store = Store(old.path, old.connection, meta)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; temporary tables go the same way."""
        self._run("BEGIN")
        try:
            yield
        except BaseException:
            with contextlib.suppress(duckdb.Error):
                self._run("ROLLBACK")
            raise
        self._run("COMMIT")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """The engine's and the system's errors in our words."""
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            raise LimitError(
                f"changing {self.path} needs more memory than it may use",
                hint="Give it more with --memory-limit, or make the change in parts.",
            ) from error
        except (duckdb.IOException, duckdb.FatalException) as error:
            raise unwritable(self.path, OSError(0, str(error).splitlines()[0])) from error
        except OSError as error:
            raise unwritable(self.path, error) from error


def _same(table: str, columns: str = "spog") -> str:
    return " AND ".join(f"{table}.{column} = c.{column}" for column in columns)


def _loaded_sql(token: str) -> str:
    """The staged change that adds all that ``raw`` and ``dict`` hold."""
    keys = "SELECT key, type, lex FROM dict UNION ALL SELECT key, type, lex FROM aliases"
    lex = f"CASE type WHEN 'bnode' THEN concat('{token}', lex) ELSE lex END"
    columns = ["TRUE AS added"]
    for position in "spog":
        id_ = {"o": "raw.oid", "g": f"CASE WHEN raw.g IS NULL THEN {ids.DEFAULT_GRAPH} END"}
        columns.append(f"CAST({id_.get(position, 'NULL')} AS BIGINT) AS {position}")
        columns += [f"{position}k.{part} AS {position}_{part}" for part in ("type", "lex")]
    joins = " ".join(f"LEFT JOIN named AS {p}k ON {p}k.key = raw.{p}" for p in "spog")
    return (
        f"WITH named AS (SELECT key, type, {lex} AS lex FROM ({keys})) "
        f"SELECT {', '.join(columns)} FROM raw {joins}"
    )


def _locked(path: Path) -> BufferedReader:
    """The store's file, locked against other editors, who replace it when they are done."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            file = path.open("rb")
        except FileNotFoundError as error:
            raise NotFoundError(
                f"there is no store {path}", hint=f"`kgtool load FILE … --store {path}` makes one."
            ) from error
        except OSError as error:
            raise StoreError(f"cannot read the store {path}: {error.strerror}") from error
        if fcntl is None:
            return file
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(file.fileno()).st_ino == path.stat().st_ino:
                return file
        file.close()
        if time.monotonic() > deadline:
            raise StoreError(
                f"the store {path} is being changed by someone else",
                hint="Try again when that is done.",
            )
        time.sleep(0.02)
