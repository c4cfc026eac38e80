"""Loading on Spark: files in, a store in Parquet out, with no step that one machine does alone.

The stages, each of which ends in files that the next one reads, so that what a lost worker has
done before it was lost is not done again:

1. *Statements* (``lines.py``): lines become terms and inline ids; what is none is set apart.
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
import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import unquote

from kgtool.engine import ids
from kgtool.engine.functions import library_version
from kgtool.engine.schema import FEW_PREDICATES, OWN_TABLES, OWN_TRIPLES, STORE_FORMAT
from kgtool.engine.spark.convert import CONVERTED, FILES, convert_files
from kgtool.engine.spark.lines import LINES, STATEMENTS, TERMS, read_lines, value_terms
from kgtool.engine.spark.session import Spark, errors, remove
from kgtool.engine.spark.store import SCHEMAS
from kgtool.engine.spark.tables import SparkTables
from kgtool.engine.sqltext import quote
from kgtool.engine.statistics import EXACT_LIMIT
from kgtool.errors import Location, RdfSyntaxError, UsageError
from kgtool.rdf.files import Format
from kgtool.version import __version__

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import DataFrame

    from kgtool.engine.writer import Derivation

Progress = Callable[[str], None]

#: What Spark reads as lines by itself; others are made into lines first.
_AS_TEXT = ("", ".gz", ".bz2")
_SHOWN = 5
#: Tables of reasoning that are as large as the ontology, and not as the facts.
SMALL = ("schema", "schema_delta", "merged", "same")

_PROBLEMS = """
SELECT f.uri AS file, CASE WHEN m.position IS NULL THEN m.block ELSE
       coalesce((SELECT sum(lines) FROM {blocks} b WHERE b.number = m.number
                 AND b.block < m.block), 0) + m.position + 1 END AS line_number,
       m.line AS line, m.problem AS problem
FROM {malformed} m JOIN {files} f USING (number)
"""
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


class InputFile(NamedTuple):
    """A file to load; ``base`` resolves its relative IRIs."""

    uri: str
    syntax: Format
    base: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether Spark can cut it into lines."""
        suffix = "." + self.uri.rpartition(".")[2].lower()
        compressed = suffix in (".gz", ".bz2", ".zst")
        return self.syntax.is_lines and (suffix if compressed else "") in _AS_TEXT


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
    loading = _Loading(spark, uri.rstrip("/"), derivation, progress)
    try:
        with errors():
            malformed = loading.read(files)
            if malformed and strict:
                raise loading.refusal(malformed)
            quads, terms = loading.write({**(meta or {})}, malformed)
    finally:
        loading.close()
    return SparkLoadReport(quads, terms, malformed, time.perf_counter() - started)


class _Loading:
    """One load; its tables are named in ``self`` by stage."""

    def __init__(
        self, spark: Spark, uri: str, derivation: Derivation | None, progress: Progress
    ) -> None:
        self._spark = spark
        self._uri = uri
        self._derivation = derivation
        self._progress = progress
        self._tables: list[str] = []

    def close(self) -> None:
        self._spark.forget(self._tables)

    # Statements ---------------------------------------------------------------------------

    def read(self, files: Sequence[InputFile]) -> int:
        """Reads all files; how many lines are no statements."""
        self._progress("reading")
        numbered = list(enumerate(files))
        parts = [
            self._text([(n, f) for n, f in numbered if f.is_text and f.syntax is syntax], syntax)
            for syntax in (Format.NTRIPLES, Format.NQUADS)
        ]
        parts.append(self._converted([(n, f) for n, f in numbered if not f.is_text]))
        frames = [frame for part in parts for frame in part]
        united = frames[0]
        for frame in frames[1:]:
            united = united.unionByName(frame)
        self._everything = self._keep("statements", united)
        self._statements = self._named(
            "good", f"SELECT s, p, o, oid, g FROM {self._everything} WHERE problem IS NULL"
        )
        self._malformed = self._named(
            "bad", f"SELECT * FROM {self._everything} WHERE problem IS NOT NULL"
        )
        rows = [(n, f.uri) for n, f in numbered]
        self._files = self._local("files", rows, "number INT, uri STRING")
        return self._count(f"SELECT count(*) FROM {self._malformed}")

    def refusal(self, malformed: int) -> RdfSyntaxError:
        """The error for lines that are no statements."""
        rows = self._spark.rows(
            f"SELECT file, line_number, line, problem FROM ({self._problems()}) "
            f"ORDER BY file, line_number LIMIT {_SHOWN}"
        )
        places = [f"{file}:{line}: {problem}" for file, line, _, problem in rows[1:]]
        file, line, text, problem = rows[0]
        more = f" and {malformed - len(rows):,} more" if malformed > len(rows) else ""
        return RdfSyntaxError(
            f"{malformed:,} lines are no statements: {problem}",
            location=Location(file, line, None, text),
            hint="\n".join([*places, f"…{more}" if more else ""]).strip()
            or "Without --strict they are left out, and kept in a table of the store.",
        )

    def _text(self, files: list[tuple[int, InputFile]], syntax: Format) -> list[DataFrame]:
        if not files:
            return []
        found = self._lines(files)
        columns = found.selectExpr(*(field.split()[0] for field in LINES.split(", ")))
        return [columns.mapInArrow(partial(read_lines, quads=syntax.has_graphs), STATEMENTS)]

    def _lines(self, files: list[tuple[int, InputFile]]) -> DataFrame:
        """The lines of text files, with the number of the file and the start of the block."""
        text = self._spark.session.read.text([file.uri for _, file in files])
        known = {_plain(file.uri): number for number, file in files}
        # Spark writes addresses of files in two ways, and encodes them.
        found = {_plain(uri): known.get(_plain(unquote(uri))) for uri in text.inputFiles()}
        if None in found.values():
            unknown = next(uri for uri, number in found.items() if number is None)
            raise UsageError(f"{unknown} is in a folder; files are named one by one")
        names = self._local("names", list(found.items()), "uri STRING, number INT")
        lines = self._spark.fresh("lines")
        self._spark.view(
            lines,
            text.selectExpr(
                "value",
                "regexp_replace(_metadata.file_path, '^([a-z0-9+.-]+:)/+', '$1/') AS uri",
                "_metadata.file_block_start AS block",
            ),
        )
        self._tables.append(lines)
        return self._spark.sql(
            "SELECT /*+ BROADCAST(n) */ "
            "CASE WHEN number IS NULL THEN raise_error(concat('unknown file ', uri)) "
            "ELSE number END AS number, block, make_valid_utf8(value) AS line, "
            f"NOT is_valid_utf8(value) AS damaged FROM {lines} l LEFT JOIN {names} n USING (uri)"
        )

    def _converted(self, files: list[tuple[int, InputFile]]) -> list[DataFrame]:
        """Statements of files of other syntaxes and compressions."""
        if not files:
            return []
        self._progress("converting")
        rows = [(n, f.uri, f.syntax.value, f.base) for n, f in files]
        listed = self._spark.session.createDataFrame(rows, FILES).repartition(len(rows), "number")
        converted = self._keep("converted", listed.mapInArrow(convert_files, CONVERTED))
        good = self._spark.sql(
            f"SELECT number, block, line, damaged FROM {converted} WHERE problem IS NULL"
        )
        triples = [n for n, f in files if f.syntax is Format.NTRIPLES]
        is_triples = f"number IN ({', '.join(map(str, triples)) or 'NULL'})"
        bad = self._spark.sql(
            "SELECT NULL AS s, NULL AS p, NULL AS o, CAST(NULL AS BIGINT) AS oid, NULL AS g, "
            f"number, block, CAST(NULL AS BIGINT) AS position, line, problem FROM {converted} "
            "WHERE problem IS NOT NULL"
        )
        read = [
            good.where(f"coalesce({condition}, false)").mapInArrow(
                partial(read_lines, quads=quads), STATEMENTS
            )
            for condition, quads in ((is_triples, False), (f"NOT coalesce({is_triples}, false)",
                                                           True))
        ]  # fmt: skip
        return [*read, bad]

    def _problems(self) -> str:
        """A query for the malformed lines with their places.

        A block of a file is read by one worker, which knows a line's place in it; how many lines
        the blocks before have is counted now, in the files that need it.
        """
        texts = [
            (number, InputFile(uri, Format.NTRIPLES))
            for number, uri in self._spark.rows(
                f"SELECT DISTINCT f.number, f.uri FROM {self._malformed} m "
                f"JOIN {self._files} f USING (number) WHERE m.block > 0 AND m.position IS NOT NULL"
            )
        ]
        if texts:
            lines = self._spark.fresh("lines")
            self._spark.view(lines, self._lines(texts))
            self._tables.append(lines)
            blocks = self._named(
                "blocks",
                f"SELECT number, block, count(*) AS lines FROM {lines} GROUP BY number, block",
            )
        else:
            blocks = self._local("blocks", [], "number INT, block BIGINT, lines BIGINT")
        return _PROBLEMS.format(blocks=blocks, malformed=self._malformed, files=self._files)

    # The store ----------------------------------------------------------------------------

    def write(self, meta: dict[str, str], malformed: int) -> tuple[int, int]:
        """Writes all tables; how many quads and terms there are.

        Until the last, which is ``meta``, there is no store; one that was there has gone.
        """
        with suppress(OSError):
            remove(f"{self._uri}/meta")
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
        size = self._count(f"SELECT count(*) FROM {quads}")
        predicates = self._predicates(quads, size)
        self._by_object(quads, predicates)
        self._occurrences(quads, predicates)
        kind = " ".join(f"WHEN {graph} THEN '{name}'" for graph, name in kinds.items())
        graphs = (
            f"SELECT g, CASE g {kind} ELSE 'named' END AS kind, "
            f"count(*) AS triples FROM {quads} GROUP BY g"
        )
        self._table("graphs", self._spark.sql(f"{graphs} ORDER BY g").coalesce(1))
        self._table("prefixes", self._spark.session.createDataFrame([], SCHEMAS["prefixes"]))
        if malformed:
            self._table("malformed", self._spark.sql(self._problems()))
        rows = sorted(_meta(meta, count, malformed).items())
        frame = self._spark.session.createDataFrame(rows, SCHEMAS["meta"])
        self._table("meta", frame.coalesce(1))
        return size, count

    def _dictionary(self) -> tuple[str, int]:
        """The table of terms, with its name, and their number."""
        keys = _KEYS.format(statements=self._statements)
        if self._derivation is not None:
            names = {*self._derivation.names, self._derivation.graph.value}
            rows = [(f"iri {name}",) for name in sorted(names)]
            keys = f"SELECT DISTINCT key FROM ({keys} UNION ALL SELECT key FROM {{}})".format(
                self._local("wanted", rows, "key STRING")
            )
        split = self._spark.sql(_SPLIT.format(keys=keys))
        valued = split.mapInArrow(value_terms, TERMS)
        by = ("tag", "type", "lex")
        in_order = valued.repartitionByRange(*by).sortWithinPartitions(*by)
        kept = self._keep("dictionary", in_order)
        path = self._spark.path_of(kept)
        placed = (
            self._spark.session.read.schema(in_order.schema)
            .parquet(path)
            .selectExpr("*", "_metadata.file_name AS file", "_metadata.row_index AS place")
        )
        numbered = self._spark.fresh("placed")
        self._spark.view(numbered, placed)
        sizes = self._spark.rows(f"SELECT file, count(*) FROM {numbered} GROUP BY file")
        total, firsts = 0, []
        for file, size in sorted(sizes):
            firsts.append((file, total))
            total += size
        types = [t for (t,) in self._spark.rows(f"SELECT DISTINCT type FROM {kept} ORDER BY type")]
        codes = list(enumerate(types))[: ids.LAST_TYPE]
        coded = self._local("types", codes, SCHEMAS["term_types"])
        query = _TERMS.format(
            payload=ids.PAYLOAD_BITS, row=ids.ROW_BITS, last=ids.LAST_TYPE, sorted=numbered,
            offsets=self._local("offsets", firsts, "file STRING, first BIGINT"), types=coded,
        )  # fmt: skip
        self._tables.append(numbered)
        # Small files are read together, in the order of their sizes.
        self._table("terms", self._spark.sql(query).sortWithinPartitions("id"))
        self._table("term_types", self._spark.session.table(coded).coalesce(1))
        return self._table_name("terms"), total

    def _encode(self, terms: str) -> str:
        """The quads of the statements, as ids."""
        keys = self._named("keys", f"SELECT concat(type, ' ', lex) AS key, id FROM {terms}")
        used = f"SELECT DISTINCT {{0}} AS key FROM {self._statements} WHERE {{0}} IS NOT NULL"
        predicates = self._keep(
            "predicate_keys",
            self._spark.sql(f"SELECT key, id FROM {keys} LEFT SEMI JOIN ({used.format('p')}) "
                            "USING (key)"),
        )  # fmt: skip
        graphs = self._keep(
            "graph_keys",
            self._spark.sql(f"SELECT key, id FROM {keys} LEFT SEMI JOIN ({used.format('g')}) "
                            "USING (key)"),
        )  # fmt: skip
        named = not self._spark.is_empty(graphs)
        fixed = {
            "keys": keys,
            "predicates": predicates,
            "statements": self._statements,
            "graph": f"coalesce(kg.id, {ids.DEFAULT_GRAPH}L)" if named else f"{ids.DEFAULT_GRAPH}L",
            "graphs": f"LEFT JOIN {graphs} kg ON kg.key = t.g" if named else "",
        }
        # Objects that are held inline are in no dictionary: they need no join.
        inline = _ENCODED.format(object="t.oid", null="", objects="", **fixed)
        others = _ENCODED.format(
            object="ko.id", null="NOT", objects=f"JOIN {keys} ko ON ko.key = t.o", **fixed
        )
        return self._keep("quads", self._spark.sql(f"{inline} UNION ALL {others}"))

    def _derive(self, derivation: Derivation, quads: str, terms: str) -> tuple[str, int]:
        """The quads with those that follow, and the graph that these are in."""
        iri = quote(derivation.graph.value)
        ((graph,),) = self._spark.rows(f"SELECT id FROM {terms} WHERE type = 'iri' AND lex = {iri}")
        known = {"asserted": quads, "dictionary": terms}
        tables = SparkTables(self._spark, self._uri, lambda name: known.get(name, name), SMALL)
        try:
            derived = derivation.derive(
                cast("duckdb.DuckDBPyConnection", tables),
                "SELECT s, p, o FROM asserted",
                "SELECT id, type, lex FROM dictionary",
            )
            frame = tables.query(f"SELECT s, p, o, {graph} AS g FROM ({derived}) AS derived")
            inferred = self._keep("inferred", frame)
        finally:
            tables.close()
        query = f"SELECT * FROM {quads} UNION ALL SELECT * FROM {inferred}"
        return self._named("all_quads", query), graph

    def _sort(self, quads: str) -> str:
        """The quads in order, each once, in table ``pso``."""
        in_order = self._spark.session.table(quads).repartitionByRange("p", "s", "o")
        view = self._spark.fresh("sorted")
        self._spark.view(view, in_order.sortWithinPartitions("p", "s", "o", "g"))
        self._tables.append(view)
        self._table("pso", self._spark.sql(_MARKED.format(sorted=view)))
        return self._table_name("pso")

    def _predicates(self, quads: str, size: int) -> str:
        distinct = "count(DISTINCT {})" if size <= EXACT_LIMIT else "approx_count_distinct({})"
        query = _PREDICATES.format(
            own=OWN_TRIPLES, most=OWN_TABLES, payload=ids.PAYLOAD_BITS, quads=quads,
            subjects=distinct.format("s"), objects=distinct.format("o"),
        )  # fmt: skip
        self._table("predicates", self._spark.sql(f"{query} ORDER BY p").coalesce(1))
        return self._table_name("predicates")

    def _by_object(self, quads: str, predicates: str) -> None:
        divided = self._spark.sql(_BY_OBJECT.format(quads=quads, predicates=predicates))
        by = ("name", "p", "o", "s", "g")
        in_order = divided.repartitionByRange(*by).sortWithinPartitions(*by)
        writer = in_order.write.mode("overwrite").option("compression", "zstd")
        writer.partitionBy("name").parquet(f"{self._uri}/pos")
        if not self._count(f"SELECT count(*) FROM {predicates} WHERE NOT own"):
            self._table("pos/name=pos", self._spark.session.createDataFrame([], SCHEMAS["pos"]))

    def _occurrences(self, quads: str, predicates: str) -> None:
        """Tables ``op`` and ``sp``."""
        many = self._count(f"SELECT count(*) FROM {predicates}") > FEW_PREDICATES
        for table, node, wanted in (("op", "o", True), ("sp", "s", many)):
            query = f"SELECT DISTINCT {node}, n FROM {quads} JOIN {predicates} USING (p)"
            frame = self._spark.sql(f"{query} WHERE {str(wanted).upper()}")
            in_order = frame.repartitionByRange(node, "n").sortWithinPartitions(node, "n")
            self._table(table, in_order)

    # Tables -------------------------------------------------------------------------------

    def _table(self, name: str, frame: DataFrame) -> None:
        """Writes a table of the store."""
        writer = frame.write.mode("overwrite").option("compression", "zstd")
        writer.parquet(f"{self._uri}/{name}")

    def _table_name(self, table: str) -> str:
        """The session's name of a table of the store that has been written."""
        name = self._spark.fresh(table)
        schema = SCHEMAS[table]
        self._spark.view(
            name, self._spark.session.read.schema(schema).parquet(f"{self._uri}/{table}")
        )
        self._tables.append(name)
        return name

    def _keep(self, stem: str, frame: DataFrame) -> str:
        """Writes rows for the stages that follow, and names them."""
        name = self._spark.fresh(stem)
        self._spark.write(name, frame, self._uri)
        self._tables.append(name)
        return name

    def _named(self, stem: str, query: str) -> str:
        name = self._spark.fresh(stem)
        self._spark.view(name, self._spark.sql(query))
        self._tables.append(name)
        return name

    def _local(self, stem: str, rows: Sequence[tuple[Any, ...]], schema: str) -> str:
        """Names a few rows of the driver's."""
        name = self._spark.fresh(stem)
        self._spark.view(name, self._spark.session.createDataFrame(list(rows), schema))
        self._tables.append(name)
        return name

    def _count(self, query: str) -> int:
        return int(self._spark.rows(query)[0][0])


def _plain(uri: str) -> str:
    """An address with a scheme, and one slash behind it."""
    return re.sub(r"^([a-z0-9+.-]+:)/+", r"\1/", f"file:{uri}" if uri.startswith("/") else uri)


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
