"""What a worker makes of lines of N-Triples and N-Quads: terms, inline ids, and what is wrong.

It is the SQL of :mod:`kgtool.engine.ntriples` and :mod:`kgtool.engine.dictionary`, run by a DuckDB
inside the worker on some ten thousand lines at a time; what that does not know for certain the
parser library looks at, line by line. So Spark and DuckDB read the same terms.

A term is here one text, its type, a blank and its lexical form: types have no blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kgtool.engine import ids
from kgtool.engine.dictionary import FORBIDDEN_TYPES, decoded_sql, valued_sql
from kgtool.engine.inline import inline_id_sql
from kgtool.engine.keys import BadKeyError, typed_term
from kgtool.engine.ntriples import cut_lines
from kgtool.engine.sqltext import quote
from kgtool.rdf.terms import make_term

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: The columns of lines: the number of their file, where in it their block begins (which another
#: worker may read from), the text, and whether that is not UTF-8.
LINES = "number INT, block BIGINT, line STRING, damaged BOOLEAN"
#: The columns of statements. ``o`` or ``oid`` is there, and ``g`` but for the default graph. What
#: is no statement has its ``line`` and what is wrong with it; ``position`` is its place in the
#: block, from 0.
STATEMENTS = (
    "s STRING, p STRING, o STRING, oid BIGINT, g STRING, "
    "number INT, block BIGINT, position BIGINT, line STRING, problem STRING"
)
TERMS = (
    "type STRING, lex STRING, tag INT, dec DECIMAL(38,18), dbl DOUBLE, micros BIGINT, tz SMALLINT"
)
_ROWS = 100_000
_NODES = "('iri', 'bnode')"

_CUT = """
CREATE OR REPLACE TEMP TABLE cut AS
SELECT i, {s} AS s, p, {o} AS o, {g} AS g, ok
FROM (SELECT number AS i, s, p, o, g, ok FROM ({cut})) JOIN rows USING (i)
"""
_KEYS = """
CREATE OR REPLACE TEMP TABLE keys AS
SELECT key, type, type || ' ' || lex AS term, {inline} AS id
FROM (SELECT *, '^^<' || type AS datatype FROM ({decoded}))
WHERE type NOT IN ({forbidden})
"""
_USED = "SELECT DISTINCT unnest([s, p, o, g]) AS key FROM cut WHERE ok"
_GOOD = f"""
SELECT subjects.term AS s, predicates.term AS p,
       CASE WHEN objects.id IS NULL THEN objects.term END AS o, objects.id AS oid,
       graphs.term AS g, i
FROM cut
JOIN keys AS subjects ON subjects.key = cut.s AND subjects.type IN {_NODES}
JOIN keys AS predicates ON predicates.key = cut.p AND predicates.type = 'iri'
JOIN keys AS objects ON objects.key = cut.o
LEFT JOIN keys AS graphs ON graphs.key = cut.g AND graphs.type IN {_NODES}
WHERE ok AND (cut.g IS NULL OR graphs.key IS NOT NULL)
"""
_OTHERS = """
SELECT i, number, line, damaged FROM rows WHERE i NOT IN (SELECT i FROM good) AND
    (damaged OR NOT regexp_full_match(line, '[ \\t]*(?:#.*)?'))
"""


def read_lines(batches: Iterator[pa.RecordBatch], quads: bool) -> Iterator[pa.RecordBatch]:
    """Batches of ``STATEMENTS`` from batches of ``LINES``, which are in order."""
    with _connected() as connection:
        places = _Places()
        for rows in _gathered(batches):
            yield from _read(connection, rows, places.of(rows), quads)


def value_terms(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches of ``TERMS`` from batches of (type, lex)."""
    with _connected() as connection:
        for rows in _gathered(batches):
            connection.register("rows", rows)
            valued = valued_sql("SELECT type, lex FROM rows")
            named = f"SELECT * FROM ({valued}) AS t(type, lex, tag, dec, dbl, micros, tz)"
            cast = "SELECT * REPLACE (tag::INTEGER AS tag, tz::SMALLINT AS tz, micros::BIGINT AS "
            yield from _batches(connection.sql(f"{cast}micros, dbl::DOUBLE AS dbl) FROM ({named})"))


def _connected() -> duckdb.DuckDBPyConnection:
    import duckdb

    # A worker has one of several processes of an executor, and reads a part at a time.
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "temp_directory": "",
        "autoinstall_known_extensions": False,
    }
    return duckdb.connect(":memory:", config=config)


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Small batches together: a statement costs as much as some thousand rows."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= _ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting and any(each.num_rows for each in waiting):
        yield pa.Table.from_batches(waiting)


def _batches(relation: duckdb.DuckDBPyRelation) -> Iterator[pa.RecordBatch]:
    yield from relation.to_arrow_table().to_batches()


class _Places:
    """Counts the lines of each block; those of one follow each other."""

    def __init__(self) -> None:
        self._block: tuple[int, int] | None = None
        self._next = 0

    def of(self, rows: pa.Table) -> list[int]:
        """The place of each row in its block."""
        columns = rows.column("number"), rows.column("block")
        found: list[int] = []
        # Most often all are of one block.
        if any(len(column.unique()) > 1 for column in columns):
            for block in zip(*(column.to_pylist() for column in columns), strict=True):
                found.append(self._start(block))
                self._next += 1
            return found
        first = self._start((columns[0][0].as_py(), columns[1][0].as_py()))
        self._next += rows.num_rows
        return [*range(first, self._next)]

    def _start(self, block: tuple[int, int]) -> int:
        if block != self._block:
            self._block, self._next = block, 0
        return self._next


def _read(
    connection: duckdb.DuckDBPyConnection, rows: pa.Table, places: list[int], quads: bool
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    rows = rows.append_column("i", pa.array(range(rows.num_rows), pa.int64()))
    connection.register("rows", rows)
    lines = "SELECT line, i AS number, NULL::VARCHAR AS graph FROM rows WHERE NOT damaged"
    scoped = {name: _scoped(name) for name in ("s", "o", "g")}
    connection.execute(_CUT.format(cut=cut_lines(lines, quads), **scoped))
    forbidden = ", ".join(map(quote, FORBIDDEN_TYPES))
    connection.execute(
        _KEYS.format(
            decoded=decoded_sql(_USED), inline=inline_id_sql("datatype", "lex"), forbidden=forbidden
        )
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE good AS {_GOOD}")
    yield from _batches(
        connection.sql(
            "SELECT s, p, o, oid, g, NULL::INTEGER AS number, NULL::BIGINT AS block, "
            "NULL::BIGINT AS position, NULL::VARCHAR AS line, NULL::VARCHAR AS problem FROM good"
        )
    )
    blocks = rows.column("block")
    others = [
        row
        for i, number, line, damaged in connection.execute(_OTHERS).fetchall()
        for row in _parsed(line, damaged, quads, (number, blocks[i].as_py(), places[i]))
    ]
    if others:
        yield pa.RecordBatch.from_arrays(
            list(map(pa.array, zip(*others, strict=True), _types())),
            names=[field.split()[0] for field in STATEMENTS.split(", ")],
        )  # fmt: skip


def _types() -> list[pa.DataType]:
    import pyarrow as pa

    known = {"STRING": pa.string(), "BIGINT": pa.int64(), "INT": pa.int32()}
    return [known[field.split()[1]] for field in STATEMENTS.split(", ")]


def _scoped(key: str) -> str:
    """Blank nodes are told apart by the number of their file."""
    return (
        f"CASE WHEN starts_with({key}, '_:') THEN '_:s' || number || '_' || {key}[3:] "
        f"ELSE {key} END"
    )


def _parsed(
    line: str, damaged: bool, quads: bool, place: tuple[int, int, int]
) -> Iterator[tuple[Any, ...]]:
    """The rows of a line that the parser library decides about."""
    import pyoxigraph

    number = place[0]
    nothing = (None,) * 5
    if damaged:
        yield (*nothing, *place, line, "the line is not UTF-8")
        return

    def text(type_: str, lex: str) -> str:
        return f"{type_} s{number}_{lex}" if type_ == "bnode" else f"{type_} {lex}"

    format_ = pyoxigraph.RdfFormat.N_QUADS if quads else pyoxigraph.RdfFormat.N_TRIPLES
    try:
        for quad in list(pyoxigraph.parse(line, format=format_)):
            subject, predicate, object_ = map(typed_term, quad.triple)
            inline = ids.inline_id(make_term(*object_))
            default = isinstance(quad.graph_name, pyoxigraph.DefaultGraph)
            yield (
                text(*subject), text(*predicate), text(*object_) if inline is None else None,
                inline, None if default else text(*typed_term(quad.graph_name)), *nothing,
            )  # fmt: skip
    except SyntaxError as error:
        problem = re.sub(r"^Parser error .*?: ", "", str(error.msg or error), count=1, flags=re.S)
        yield (*nothing, *place, line, problem)
    except BadKeyError:
        yield (*nothing, *place, line, "triple terms (RDF 1.2) are not supported")
