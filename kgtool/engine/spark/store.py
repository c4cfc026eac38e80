"""A store in Parquet, opened by Spark: what the compiler asks of it, and the rows of plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

from sqlglot import exp

from kgtool.engine import ids
from kgtool.engine.decoding import Decoder
from kgtool.engine.parquet import part_of, unfinished
from kgtool.engine.schema import STORE_FORMAT
from kgtool.engine.spark.closures import Closures
from kgtool.engine.spark.dialect import spark_sql
from kgtool.engine.spark.failures import errors
from kgtool.engine.spark.session import Spark
from kgtool.engine.spark.tables import SparkTables
from kgtool.engine.statistics import Statistics, statistics_of
from kgtool.engine.store import wrong_format
from kgtool.errors import NotFoundError, ServiceError, StoreError, UnsupportedError
from kgtool.rdf.terms import Term, lexical_form, make_term, term_type

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import DataFrame

_TRIPLE = "s BIGINT, p BIGINT, o BIGINT, g BIGINT, dup BOOLEAN"
#: The columns of tables, so that Spark need not look into files for them.
SCHEMAS = {
    "meta": "key STRING, value STRING",
    "prefixes": "prefix STRING, iri STRING",
    "graphs": "g BIGINT, kind STRING, triples BIGINT",
    "predicates": "n INT, p BIGINT, own BOOLEAN, triples BIGINT, subjects BIGINT, "
    "objects BIGINT, subject_tags BIGINT, object_tags BIGINT",
    "term_types": "code INT, type STRING",
    "terms": "id BIGINT, type STRING, lex STRING, dec DECIMAL(38,18), dbl DOUBLE, "
    "micros BIGINT, tz SMALLINT",
    "pso": _TRIPLE,
    "pos": _TRIPLE,
    "op": "o BIGINT, n INT",
    "sp": "s BIGINT, n INT",
}
#: Ids that one statement lists.
_LISTED = 10_000
_OWN = "o BIGINT, s BIGINT, g BIGINT, dup BOOLEAN"


class _SparkDecoder(Decoder):
    """Asks Spark for the texts of ids, those of one answer at once."""

    def __init__(self, store: SparkStore) -> None:
        super().__init__(cast("duckdb.DuckDBPyConnection", store), by_number=False)
        self._store = store

    def _rows(self, wanted: list[int]) -> list[tuple[int, str, str]]:
        found: list[tuple[Any, ...]] = []
        for first in range(0, len(wanted), _LISTED):
            listed = ", ".join(map(str, wanted[first : first + _LISTED]))
            query = f"SELECT id, type, lex FROM terms WHERE id IN ({listed})"
            found += self._store.rows(query)
        return [(id_, type_, lex) for id_, type_, lex in found]


class SparkStore:
    """The store at ``uri``: a local folder, or one of HDFS or of an object store.

    Raises NotFoundError where there is none, StoreError where it is of another format.
    """

    engine = "spark"

    def __init__(self, spark: Spark, uri: str) -> None:
        self.spark = spark
        self.uri = uri.rstrip("/")
        self._views: dict[str, str] = {}
        try:
            self.meta: dict[str, str] = dict(self.rows("SELECT key, value FROM meta"))
        except NotFoundError as error:
            if Path(self.uri).is_file():
                raise StoreError(
                    f"{self.uri} is a file: Spark asks stores in Parquet",
                    hint="`kgtool load` writes one where --store is parquet:DIR.",
                ) from error
            raise NotFoundError(
                f"there is no store {self.uri}",
                hint=f"`kgtool load --engine spark --store {self.uri}` makes one.",
            ) from error
        if not self.meta:
            raise unfinished(self.uri)
        if int(self.meta["format"]) != STORE_FORMAT:
            raise wrong_format(self.uri, self.meta)

    # What the compiler asks ---------------------------------------------------------------

    @cached_property
    def statistics(self) -> Statistics:
        return statistics_of(
            self.rows,
            int(self.meta["terms"]),
            int(self.meta["sorted_terms"]),
            rows_are_numbered=False,
        )

    @cached_property
    def prefixes(self) -> dict[str, str]:
        return dict(self.rows("SELECT prefix, iri FROM prefixes ORDER BY prefix"))

    def ids(self, terms: Iterable[Term]) -> dict[Term, int]:
        """The ids of those terms that have one: held inline, or in the dictionary."""
        found, others = ids.held_inline(terms)
        sought = {(term_type(term), lexical_form(term)): term for term in others}
        if sought:
            query = exp.select("id", "type", "lex").from_("terms")
            for field, texts in (("type", {t for t, _ in sought}), ("lex", {x for _, x in sought})):
                listed = [exp.Literal.string(text) for text in sorted(texts)]
                query = query.where(exp.In(this=exp.column(field), expressions=listed), copy=False)
            for id_, type_, lex in self.spark.rows(self.statement(query)):
                if (type_, lex) in sought:
                    found[sought[type_, lex]] = id_
        return found

    def terms(self, ids_: Iterable[int]) -> dict[int, Term]:
        """The terms of those ids that the store has."""
        wanted = set(ids_)
        types, lexes = self.decoder.read(wanted)
        return {
            id_: make_term(type_, lex)
            for id_ in wanted
            if (type_ := types.get(id_)) is not None and (lex := lexes.get(id_)) is not None
        }

    def predicates_of(self, position: str, node: int) -> list[int]:
        listed = {"s": "sp", "o": "op"}[position]
        return [
            p
            for (p,) in self.rows(
                f"SELECT p FROM {listed} JOIN predicates USING (n) "
                f"WHERE {position} = {node} ORDER BY p"
            )
        ]

    def accepts_pattern(self, pattern: str) -> bool:
        """Whether Java's regular expressions can read ``pattern``."""
        match = exp.Anonymous(
            this="regexp_matches", expressions=[exp.Literal.string(t) for t in ("", pattern)]
        )
        try:
            self.spark.rows(self.statement(exp.Select(expressions=[match])))
        except (ServiceError, UnsupportedError):
            return False
        return True

    # Statements ---------------------------------------------------------------------------

    def statement(self, tree: exp.Expr) -> str:
        return spark_sql(tree, self._name)

    def stream(self, tree: exp.Query) -> Iterator[tuple[Any, ...]]:
        """The rows of a plan."""
        with Closures(self.spark, self.statement, self.uri) as closures:
            frame = self.spark.sql(self.statement(closures.resolved(tree)))
            yield from self.spark.stream(frame, self.uri)

    @property
    def connection(self) -> SparkStore:
        """What gives cursors."""
        return self

    def cursor(self) -> SparkTables:
        """Temporary tables of its own beside those of the store."""
        return SparkTables(self.spark, self.uri, self._name)

    @cached_property
    def decoder(self) -> Decoder:
        return _SparkDecoder(self)

    def close(self) -> None:
        self.spark.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a short statement in the SQL that both engines have."""
        import sqlglot

        return self.spark.rows(self.statement(sqlglot.parse_one(statement, read="duckdb")))

    def _name(self, table: str) -> str:
        """The session's name of a table, which it gets when it is first read."""
        schema = SCHEMAS.get(table) or (_OWN if table.startswith("pos_") else None)
        if schema is None:
            return table
        if table not in self._views:
            self._views[table] = self.spark.fresh(table)
            self.spark.view(self._views[table], self._read(part_of(table), schema))
        return self._views[table]

    def _read(self, part: str, schema: str) -> DataFrame:
        with errors():
            return self.spark.session.read.schema(schema).parquet(f"{self.uri}/{part}")
