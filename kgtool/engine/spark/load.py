"""Loading on Spark: files in, a store in Parquet out, with no step that one machine does alone.

The stages, each of which ends in files that the next one reads, so that what a lost worker has
done before it was lost is not done again:

1. *Statements* (``statements.py``, ``lines.py``): lines become terms and inline ids; what is none
   is set apart.
2. *Dictionary*: the distinct terms get tag and values, and are sorted by tag, type and text into
   ranges. A row's number is its place in its range's file and the sizes of the files before:
   so ids are those that the DuckDB engine gives, and the driver adds up a number a file.
3. *Quads*: terms are joined with their ids; each quad is kept once; sorted by predicate, subject
   and object into ranges, and by predicate, object and subject into a folder for each large
   predicate (:mod:`kgtool.engine.parquet`).
4. *Statistics*, from the sorted quads.

A store that is there already is dropped when all files have been read, and the new one is there
when all has been written: object stores have no renaming that would make one step of it.
"""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kgtool.engine import ids
from kgtool.engine.functions import library_version
from kgtool.engine.schema import FEW_PREDICATES, OWN_TABLES, OWN_TRIPLES, STORE_FORMAT
from kgtool.engine.spark.failures import errors
from kgtool.engine.spark.lines import TERMS, value_terms
from kgtool.engine.spark.session import Spark
from kgtool.engine.spark.statements import InputFile, Progress, Statements
from kgtool.engine.spark.store import SCHEMAS
from kgtool.engine.spark.tables import SparkTables
from kgtool.engine.spark.workspace import Workspace
from kgtool.engine.sqltext import quote
from kgtool.engine.statistics import EXACT_LIMIT
from kgtool.version import __version__

if TYPE_CHECKING:
    import duckdb

    from kgtool.engine.writer import Derivation

__all__ = ["InputFile", "SparkLoadReport", "load_on_spark"]

#: Tables of reasoning that are as large as the ontology, and not as the facts.
SMALL = ("schema", "schema_delta", "merged", "same")
_KEYS = """
SELECT DISTINCT key FROM (
    SELECT explode(array_compact(array(s, p, o, g))) AS key FROM {statements})
"""
_SPLIT = """
SELECT substring_index(key, ' ', 1) AS type, substr(key, instr(key, ' ') + 1) AS lex FROM ({keys})
"""
_TERMS = """
SELECT (CAST(tag AS BIGINT) << {payload}) + (CAST(coalesce(c.code, {last}) AS BIGINT) << {row})
       + f.first + t.place AS id, type, lex, dec, dbl, micros, tz
FROM {sorted} t JOIN {offsets} f USING (file) LEFT JOIN {types} c USING (type)
"""
_ENCODED = """
SELECT ks.id AS s, kp.id AS p, {object} AS o, {graph} AS g
FROM (SELECT * FROM {statements} WHERE o IS {null} NULL) t
JOIN {keys} ks ON ks.key = t.s JOIN {predicates} kp ON kp.key = t.p {objects} {graphs}
"""
_MARKED = """
SELECT s, p, o, g, before IS NOT NULL AS dup FROM (
    SELECT s, p, o, g, lag(g) OVER (PARTITION BY p, s, o ORDER BY g) AS before FROM {sorted})
WHERE before IS NULL OR before <> g
"""
_PREDICATES = """
SELECT row_number() OVER (ORDER BY p) - 1 AS n, p,
       triples >= {own} AND row_number() OVER (ORDER BY triples DESC, p) <= {most} AS own,
       triples, subjects, objects, subject_tags, object_tags
FROM (SELECT p, count(*) AS triples, {subjects} AS subjects, {objects} AS objects,
             bit_or(shiftleft(1L, CAST(s >> {payload} AS INT))) AS subject_tags,
             bit_or(shiftleft(1L, CAST(o >> {payload} AS INT))) AS object_tags
      FROM {quads} WHERE NOT dup GROUP BY p)
"""
_BY_OBJECT = """
SELECT CASE WHEN own THEN concat('pos_', n) ELSE 'pos' END AS name, s, q.p AS p, o, g, dup
FROM {quads} q JOIN {predicates} c ON q.p = c.p
"""


@dataclass(frozen=True, slots=True)
class SparkLoadReport:
    """What a load made; ``malformed`` lines are in the store's table of that name."""

    quads: int
    terms: int
    malformed: int
    seconds: float


def load_on_spark(
    spark: Spark,
    files: Sequence[InputFile],
    uri: str,
    *,
    strict: bool = False,
    meta: Mapping[str, str] | None = None,
    derivation: Derivation | None = None,
    progress: Progress = lambda stage: None,
) -> SparkLoadReport:
    """Writes a store at ``uri`` from files that all workers reach.

    ``derivation`` adds triples, by rules that are evaluated on Spark.

    Lines that are no statements are left out, and kept in the store's table ``malformed`` with
    file and line. Where it is ``strict`` they raise RdfSyntaxError instead, and nothing is written.
    """
    started = time.perf_counter()
    work = Workspace(spark, uri.rstrip("/"))
    statements = Statements(work, progress)
    try:
        with errors():
            malformed = statements.read(files)
            if malformed and strict:
                raise statements.refusal(malformed)
            loading = _Loading(work, statements, derivation, progress)
            quads, terms = loading.write({**(meta or {})}, malformed)
    finally:
        work.close()
    return SparkLoadReport(quads, terms, malformed, time.perf_counter() - started)


class _Loading:
    """The stages behind the first, which read each other's tables."""

    def __init__(
        self,
        work: Workspace,
        statements: Statements,
        derivation: Derivation | None,
        progress: Progress,
    ) -> None:
        self._work = work
        self._spark = work.spark
        self._statements = statements
        self._derivation = derivation
        self._progress = progress

    def write(self, meta: dict[str, str], malformed: int) -> tuple[int, int]:
        """Writes all tables; how many quads and terms there are.

        Until the last, which is ``meta``, it is empty, and a store that was there has gone.
        """
        self._write_meta([])
        self._progress("sorting terms")
        terms, count = self._dictionary()
        self._progress("encoding")
        encoded = self._encode(terms)
        kinds = {ids.DEFAULT_GRAPH: "default"}
        if self._derivation is not None:
            self._progress("reasoning")
            encoded, graph = self._derive(self._derivation, encoded, terms)
            kinds[graph] = "inferred"
        quads = self._sort(encoded)
        self._progress("sorting triples")
        size = self._work.count(f"SELECT count(*) FROM {quads}")
        predicates = self._predicates(quads, size)
        self._by_object(quads, predicates)
        self._occurrences(quads, predicates)
        kind = " ".join(f"WHEN {graph} THEN '{name}'" for graph, name in kinds.items())
        graphs = (
            f"SELECT g, CASE g {kind} ELSE 'named' END AS kind, "
            f"count(*) AS triples FROM {quads} GROUP BY g"
        )
        self._work.table("graphs", self._spark.sql(f"{graphs} ORDER BY g").coalesce(1))
        self._work.table("prefixes", self._spark.session.createDataFrame([], SCHEMAS["prefixes"]))
        if malformed:
            self._work.table("malformed", self._spark.sql(self._statements.problems()))
        self._write_meta(sorted(_meta(meta, count, malformed).items()))
        return size, count

    def _write_meta(self, rows: list[tuple[str, str]]) -> None:
        frame = self._spark.session.createDataFrame(rows, SCHEMAS["meta"])
        self._work.table("meta", frame.coalesce(1))

    def _dictionary(self) -> tuple[str, int]:
        """The table of terms, with its name, and their number."""
        keys = _KEYS.format(statements=self._statements.good)
        if self._derivation is not None:
            names = {*self._derivation.names, self._derivation.graph.value}
            rows = [(f"iri {name}",) for name in sorted(names)]
            keys = f"SELECT DISTINCT key FROM ({keys} UNION ALL SELECT key FROM {{}})".format(
                self._work.local("wanted", rows, "key STRING")
            )
        split = self._spark.sql(_SPLIT.format(keys=keys))
        valued = split.mapInArrow(value_terms, TERMS)
        by = ("tag", "type", "lex")
        in_order = valued.repartitionByRange(*by).sortWithinPartitions(*by)
        kept = self._work.keep("dictionary", in_order)
        path = self._spark.path_of(kept)
        placed = (
            self._spark.session.read.schema(in_order.schema)
            .parquet(path)
            .selectExpr("*", "_metadata.file_name AS file", "_metadata.row_index AS place")
        )
        numbered = self._work.view("placed", placed)
        sizes = self._spark.rows(f"SELECT file, count(*) FROM {numbered} GROUP BY file")
        total, firsts = 0, []
        for file, size in sorted(sizes):
            firsts.append((file, total))
            total += size
        types = [t for (t,) in self._spark.rows(f"SELECT DISTINCT type FROM {kept} ORDER BY type")]
        codes = list(enumerate(types))[: ids.LAST_TYPE]
        coded = self._work.local("types", codes, SCHEMAS["term_types"])
        query = _TERMS.format(
            payload=ids.PAYLOAD_BITS, row=ids.ROW_BITS, last=ids.LAST_TYPE, sorted=numbered,
            offsets=self._work.local("offsets", firsts, "file STRING, first BIGINT"), types=coded,
        )  # fmt: skip
        # Small files are read together, in the order of their sizes.
        self._work.table("terms", self._spark.sql(query).sortWithinPartitions("id"))
        self._work.table("term_types", self._spark.session.table(coded).coalesce(1))
        return self._work.table_name("terms"), total

    def _encode(self, terms: str) -> str:
        """The quads of the statements, as ids."""
        keys = self._work.named("keys", f"SELECT concat(type, ' ', lex) AS key, id FROM {terms}")
        used = f"SELECT DISTINCT {{0}} AS key FROM {self._statements.good} WHERE {{0}} IS NOT NULL"
        predicates = self._work.keep(
            "predicate_keys",
            self._spark.sql(f"SELECT key, id FROM {keys} LEFT SEMI JOIN ({used.format('p')}) "
                            "USING (key)"),
        )  # fmt: skip
        graphs = self._work.keep(
            "graph_keys",
            self._spark.sql(f"SELECT key, id FROM {keys} LEFT SEMI JOIN ({used.format('g')}) "
                            "USING (key)"),
        )  # fmt: skip
        named = not self._spark.is_empty(graphs)
        fixed = {
            "keys": keys,
            "predicates": predicates,
            "statements": self._statements.good,
            "graph": f"coalesce(kg.id, {ids.DEFAULT_GRAPH}L)" if named else f"{ids.DEFAULT_GRAPH}L",
            "graphs": f"LEFT JOIN {graphs} kg ON kg.key = t.g" if named else "",
        }
        # Objects that are held inline are in no dictionary: they need no join.
        inline = _ENCODED.format(object="t.oid", null="", objects="", **fixed)
        others = _ENCODED.format(
            object="ko.id", null="NOT", objects=f"JOIN {keys} ko ON ko.key = t.o", **fixed
        )
        return self._work.keep("quads", self._spark.sql(f"{inline} UNION ALL {others}"))

    def _derive(self, derivation: Derivation, quads: str, terms: str) -> tuple[str, int]:
        """The quads with those that follow, and the graph that these are in."""
        iri = quote(derivation.graph.value)
        ((graph,),) = self._spark.rows(f"SELECT id FROM {terms} WHERE type = 'iri' AND lex = {iri}")
        known = {"asserted": quads, "dictionary": terms}
        tables = SparkTables(self._spark, self._work.uri, lambda name: known.get(name, name), SMALL)
        try:
            derived = derivation.derive(
                cast("duckdb.DuckDBPyConnection", tables),
                "SELECT s, p, o FROM asserted",
                "SELECT id, type, lex FROM dictionary",
            )
            frame = tables.query(f"SELECT s, p, o, {graph} AS g FROM ({derived}) AS derived")
            inferred = self._work.keep("inferred", frame)
        finally:
            tables.close()
        query = f"SELECT * FROM {quads} UNION ALL SELECT * FROM {inferred}"
        return self._work.named("all_quads", query), graph

    def _sort(self, quads: str) -> str:
        """The quads in order, each once, in table ``pso``."""
        in_order = self._spark.session.table(quads).repartitionByRange("p", "s", "o")
        view = self._work.view("sorted", in_order.sortWithinPartitions("p", "s", "o", "g"))
        self._work.table("pso", self._spark.sql(_MARKED.format(sorted=view)))
        return self._work.table_name("pso")

    def _predicates(self, quads: str, size: int) -> str:
        distinct = "count(DISTINCT {})" if size <= EXACT_LIMIT else "approx_count_distinct({})"
        query = _PREDICATES.format(
            own=OWN_TRIPLES, most=OWN_TABLES, payload=ids.PAYLOAD_BITS, quads=quads,
            subjects=distinct.format("s"), objects=distinct.format("o"),
        )  # fmt: skip
        self._work.table("predicates", self._spark.sql(f"{query} ORDER BY p").coalesce(1))
        return self._work.table_name("predicates")

    def _by_object(self, quads: str, predicates: str) -> None:
        divided = self._spark.sql(_BY_OBJECT.format(quads=quads, predicates=predicates))
        by = ("name", "p", "o", "s", "g")
        in_order = divided.repartitionByRange(*by).sortWithinPartitions(*by)
        writer = in_order.write.mode("overwrite").option("compression", "zstd")
        writer.partitionBy("name").parquet(f"{self._work.uri}/pos")
        if not self._work.count(f"SELECT count(*) FROM {predicates} WHERE NOT own"):
            self._work.table(
                "pos/name=pos", self._spark.session.createDataFrame([], SCHEMAS["pos"])
            )

    def _occurrences(self, quads: str, predicates: str) -> None:
        """Tables ``op`` and ``sp``."""
        many = self._work.count(f"SELECT count(*) FROM {predicates}") > FEW_PREDICATES
        for table, node, wanted in (("op", "o", True), ("sp", "s", many)):
            query = f"SELECT DISTINCT {node}, n FROM {quads} JOIN {predicates} USING (p)"
            frame = self._spark.sql(f"{query} WHERE {str(wanted).upper()}")
            in_order = frame.repartitionByRange(node, "n").sortWithinPartitions(node, "n")
            self._work.table(table, in_order)


def _meta(given: Mapping[str, str], terms: int, malformed: int) -> dict[str, str]:
    return {
        **given,
        "terms": str(terms),
        "sorted_terms": str(terms),
        "malformed": str(malformed),
        "format": str(STORE_FORMAT),
        "functions": library_version(),
        "kgtool": __version__,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "fingerprint": uuid.uuid4().hex,
    }
