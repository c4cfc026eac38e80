"""Temporary tables of Spark that statements in DuckDB's SQL make, fill and read.

Rules and shapes work with such tables. Spark's data do not change: a table is a list of parts,
each written once; INSERT adds a part, DELETE writes the rest anew. Tables that are small, such as
those of an ontology, are in a DuckDB of the driver: a statement over such tables alone runs there,
and where one is read together with large ones Spark is sent its rows.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from kgtool.engine.driver import duckdb
from kgtool.engine.spark.closures import Closures
from kgtool.engine.spark.dialect import spark_sql
from kgtool.engine.spark.macros import PlainDuckDB
from kgtool.engine.spark.session import Spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: Calls within calls that a statement may take.
_DEPTH = 20_000
_TYPES = {"INTEGER": "INT", "VARCHAR": "STRING"}


@dataclass(slots=True)
class _Table:
    """A table on Spark: its columns with their types, its parts, and its name in the session."""

    columns: dict[str, str]
    parts: list[str] = field(default_factory=list)
    name: str = ""


class _Rows:
    """What a statement has given, as a cursor of DuckDB has it."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self._rows = rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows[0] if self._rows else None


class SparkTables:
    """What of a connection of DuckDB such statements use, over a session.

    ``known`` gives the session's names of tables that are there. Tables of the names ``small``
    stay on the driver, whatever they are filled from. Files are written below ``uri``.
    """

    def __init__(
        self, spark: Spark, uri: str, known: Callable[[str], str], small: Collection[str] = ()
    ) -> None:
        self._spark = spark
        self._uri = uri
        self._known = known
        self._last = _Rows([])
        self._small = frozenset(small)
        self._local = duckdb.connect(":memory:")
        self._here: set[str] = set()
        self._sent: dict[str, str] = {}
        self._tables: dict[str, _Table] = {}
        self._views: dict[str, exp.Query] = {}
        self._written: list[str] = []

    def execute(self, text: str, parameters: Sequence[Any] | None = None) -> _Rows:
        """Runs statements; the rows of the last."""
        if parameters is not None:
            self._last = self._with_parameters(text, parameters)
            return self._last
        with _deep():
            for statement in sqlglot.parse(text, read=PlainDuckDB):
                if statement is not None:
                    self._last = _Rows(self._run(statement))
        return self._last

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows of the last statement."""
        return self._last.fetchall()

    def query(self, text: str) -> DataFrame:
        """The rows of a query as a data frame, to be read before this is closed."""
        tree = sqlglot.parse_one(text, read=PlainDuckDB)
        assert isinstance(tree, exp.Query)
        return self._frame(self._expanded(tree))

    def stream(self, text: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, of which few are here at a time."""
        return self._spark.stream(self.query(text), self._uri)

    def close(self) -> None:
        self._local.close()
        self._spark.forget([*self._written, *self._sent.values()])

    # Statements -----------------------------------------------------------------------------

    def _with_parameters(self, text: str, parameters: Sequence[Any]) -> _Rows:
        """Rows of the driver's into a table, or a query over tables of the driver."""
        inserting = re.match(r"INSERT INTO (\w+) ", text)
        target = inserting[1] if inserting else None
        if target is not None and target not in self._here:
            # By way of a table that is here.
            columns = ", ".join(f"{n} {t}" for n, t in self._tables[target].columns.items())
            self._run(sqlglot.parse_one(f"CREATE TEMP TABLE given_({columns})", read=PlainDuckDB))
            self._local.execute(text.replace(target, "given_", 1), list(parameters))
            self.execute(f"INSERT INTO {target} SELECT * FROM given_; DROP TABLE given_")
            return _Rows([])
        if target is not None:
            self._changed(target)
        return _Rows(self._local.execute(text, list(parameters)).fetchall())

    def _run(self, statement: exp.Expr) -> list[tuple[Any, ...]]:
        match statement:
            case exp.Create():
                self._create(statement)
            case exp.Insert() if isinstance(statement.expression, exp.Values):
                # Of the driver, to a table that it has just made.
                self._local.execute(statement.sql(dialect="duckdb"))
                self._changed(_target(statement))
            case exp.Insert():
                self._insert(_target(statement), _query(statement.expression))
            case exp.Drop():
                for table in statement.find_all(exp.Table):
                    self._drop(table.name)
            case exp.Alter():
                self._rename(statement.this.name, statement.args["actions"][0].this.name)
            case exp.Delete():
                self._delete(statement)
            case exp.Query():
                return self._rows(self._expanded(statement))
            case _:
                raise AssertionError(f"no statement of ours: {statement.sql('duckdb')}")
        return []

    def _create(self, statement: exp.Create) -> None:
        schema = statement.this
        name = schema.this.name if isinstance(schema, exp.Schema) else schema.name
        self._drop(name)
        if statement.args["kind"] == "VIEW":
            self._views[name] = _query(statement.expression)
        elif statement.expression is None:
            self._local.execute(statement.sql(dialect="duckdb"))
            self._here.add(name)
        else:
            self._fill(name, self._expanded(_query(statement.expression)))

    def _fill(self, name: str, query: exp.Query) -> None:
        """Makes a table of a query."""
        if self._is_here(query):
            self._local.execute(f"CREATE TEMP TABLE {name} AS {_local_text(query)}")
            self._here.add(name)
            return
        frame = self._frame(query)
        columns = {f.name: f.dataType.simpleString() for f in frame.schema}
        self._tables[name] = _Table(columns)
        self._add(name, frame)
        if name in self._small:
            self._fetch(name)

    def _insert(self, name: str, query: exp.Query) -> None:
        query = self._expanded(query)
        if name in self._here:
            if self._is_here(query):
                self._local.execute(f"INSERT INTO {name} {_local_text(query)}")
                self._changed(name)
                return
            if name in self._small:
                self._put(name, self._rows(query))
                return
            self._send_for_good(name)
        self._add(name, self._frame(query))

    def _delete(self, statement: exp.Delete) -> None:
        name, where = statement.this.name, statement.args["where"].this
        if name in self._here and self._is_here(self._expanded(exp.select("*").where(where))):
            self._local.execute(statement.sql(dialect="duckdb"))
            self._changed(name)
            return
        if name in self._here:
            self._send_for_good(name)
        kept = exp.select("*").from_(name).where(exp.Not(this=exp.Paren(this=where.copy())))
        frame = self._frame(self._expanded(kept))
        table = self._tables[name]
        self._tables[name] = _Table(table.columns)
        self._add(name, frame)

    def _drop(self, name: str) -> None:
        self._views.pop(name, None)
        self._tables.pop(name, None)
        if name in self._here:
            self._here.discard(name)
            self._changed(name)
            self._local.execute(f"DROP TABLE {name}")

    def _rename(self, old: str, new: str) -> None:
        if old in self._here:
            self._local.execute(f"ALTER TABLE {old} RENAME TO {new}")
            self._here.discard(old)
            self._here.add(new)
            self._changed(old)
        else:
            self._tables[new] = self._tables.pop(old)

    # Queries --------------------------------------------------------------------------------

    def _expanded(self, query: exp.Query) -> exp.Query:
        """The query with views as what they are made of."""
        query = query.copy()
        while views := [t for t in query.find_all(exp.Table) if t.name in self._views]:
            for table in views:
                alias = table.alias or table.name
                inner = exp.Subquery(
                    this=self._views[table.name].copy(),
                    alias=exp.TableAlias(this=exp.to_identifier(alias)),
                )
                inner.set("joins", table.args.get("joins"))
                table.replace(inner)
        return query

    def _is_here(self, query: exp.Query) -> bool:
        """Whether all tables of a query are on the driver."""
        own = {cte.alias for cte in query.find_all(exp.CTE)}
        return all(t.name in self._here for t in query.find_all(exp.Table) if t.name not in own)

    def _rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        if self._is_here(query):
            return self._local.execute(_local_text(query)).fetchall()
        with Closures(self._spark, self._statement, self._uri) as closures:
            return self._spark.rows(self._statement(closures.resolved(query)))

    def _frame(self, query: exp.Query) -> DataFrame:
        with Closures(self._spark, self._statement, self._uri) as closures:
            resolved = closures.resolved(query)
            # What the closures have written is read when the rows are.
            self._written += closures.release()
            return self._spark.sql(self._statement(resolved))

    def _statement(self, query: exp.Expr) -> str:
        return spark_sql(query, self._name)

    def _name(self, table: str) -> str:
        """The session's name of a table; rows that are here are sent where they are read."""
        if table in self._tables:
            return self._tables[table].name
        if table not in self._here:
            return self._known(table)
        if table not in self._sent:
            found = self._local.execute(f"SELECT * FROM {table}")
            rows, columns = found.fetchall(), _columns(found)
            schema = ", ".join(f"`{n}` {t}" for n, t in columns.items())
            self._sent[table] = self._spark.fresh(table)
            frame = self._spark.session.createDataFrame(rows, schema)
            self._spark.view(self._sent[table], frame)
        return self._sent[table]

    # Parts ----------------------------------------------------------------------------------

    def _add(self, name: str, frame: DataFrame) -> None:
        """Adds the rows of a data frame to a table on Spark, by the order of the columns."""
        table = self._tables[name]
        frame = frame.toDF(*table.columns)
        cast = [f"CAST(`{n}` AS {t}) AS `{n}`" for n, t in table.columns.items()]
        part = self._spark.fresh(name)
        self._spark.write(part, frame.selectExpr(*cast), self._uri)
        self._written.append(part)
        table.parts.append(part)
        table.name = self._spark.fresh(name)
        self._spark.unite(table.name, table.parts)
        self._written.append(table.name)

    def _send_for_good(self, name: str) -> None:
        """A table of the driver becomes one on Spark."""
        columns = _columns(self._local.execute(f"SELECT * FROM {name} LIMIT 0"))
        frame = self._spark.session.table(self._name(name))
        self._tables[name] = _Table(columns)
        self._add(name, frame)
        self._here.discard(name)
        self._local.execute(f"DROP TABLE {name}")

    def _fetch(self, name: str) -> None:
        """A table on Spark becomes one of the driver."""
        table = self._tables.pop(name)
        back = {spark: duck for duck, spark in _TYPES.items()}
        columns = ", ".join(f"{n} {back.get(t.upper(), t)}" for n, t in table.columns.items())
        self._local.execute(f"CREATE TEMP TABLE {name}({columns})")
        self._here.add(name)
        self._put(name, self._spark.rows(f"SELECT * FROM {table.name}"))

    def _put(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self._changed(name)
            listed = ", ".join(["unnest(?)"] * len(rows[0]))
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._local.execute(f"INSERT INTO {name} SELECT {listed}", columns)

    def _changed(self, name: str) -> None:
        """What was sent of a table is that of before."""
        if sent := self._sent.pop(name, None):
            self._written.append(sent)


@contextmanager
def _deep() -> Iterator[None]:
    """Lets statements be deep, as those of nested shapes are.

    The parser calls itself some thirty times for a bracket.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _target(statement: exp.Insert) -> str:
    return str(statement.this.this.name if isinstance(statement.this, exp.Schema)
               else statement.this.name)  # fmt: skip


def _query(tree: exp.Expr) -> exp.Query:
    """A query, which DuckDB lets begin with FROM."""
    inner = tree.this if isinstance(tree, exp.Subquery) and not tree.alias else tree
    if isinstance(inner, exp.From):
        return exp.select("*").from_(inner.this)
    assert isinstance(inner, exp.Query), tree.sql("duckdb")
    return inner


def _local_text(query: exp.Query) -> str:
    return query.sql(dialect="duckdb", normalize_functions=False)


def _columns(cursor: Any) -> dict[str, str]:
    """The columns of a cursor of DuckDB with their types in Spark."""
    return {name: _TYPES.get(str(kind), str(kind)) for name, kind, *_ in cursor.description}
