"""Filling a store's tables from the temporary tables ``dict`` and ``sorted``.

``dict`` is the dictionary (:mod:`kgtool.engine.dictionary`); ``sorted`` holds the quads as
(s, p, o, g), in the order of p, s, o and g, perhaps some of them twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kgtool.engine import dictionary, ids
from kgtool.engine.schema import FEW_PREDICATES, NEW_OWN, own_table
from kgtool.engine.statistics import EXACT_LIMIT, predicates_sql

if TYPE_CHECKING:
    import duckdb

_REPEATS = """
SELECT s, p, o, g,
       coalesce(s = lag(s) OVER () AND p = lag(p) OVER () AND o = lag(o) OVER (), FALSE) AS dup,
       coalesce(g = lag(g) OVER (), FALSE) AS same_graph
FROM sorted
"""


def fill_terms(connection: duckdb.DuckDBPyConnection, types: Sequence[str]) -> None:
    """Fill the tables of terms, which are empty; ``types`` are theirs, by their codes."""
    connection.execute(dictionary.terms_sql(types))
    connection.execute(dictionary.index_sql())
    add_types(connection, types)


def add_types(connection: duckdb.DuckDBPyConnection, types: Sequence[str], first: int = 0) -> None:
    """Add types of terms, whose codes begin at ``first``, to table ``term_types``."""
    coded = [(code, type_) for code, type_ in enumerate(types, first) if code < ids.LAST_TYPE]
    if coded:
        codes, names = zip(*coded, strict=True)
        connection.execute(
            "INSERT INTO term_types SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[])",
            [codes, names],
        )


def fill_quads(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the tables of quads and predicates, which are empty; ``sorted`` is dropped."""
    run = connection.execute
    if count(connection, f"SELECT count(*) FROM ({_REPEATS}) WHERE dup"):
        run(
            f"CREATE TEMP TABLE marked AS SELECT s, p, o, g, dup FROM ({_REPEATS}) "
            "WHERE NOT (dup AND same_graph)"
        )
        run("DROP TABLE sorted; ALTER TABLE marked RENAME TO sorted")
        dup = "dup"
    else:
        dup = "FALSE"
    run(f"INSERT INTO pso SELECT s, p, o, g, {dup} FROM sorted")
    exact = count(connection, "SELECT count(*) FROM sorted") <= EXACT_LIMIT
    run(f"INSERT INTO predicates {predicates_sql('sorted', dup, exact)}")
    own = run("SELECT n, p FROM predicates WHERE own ORDER BY n").fetchall()
    for number, p in own:
        run(NEW_OWN.format(table=own_table(number)))
        run(
            f"INSERT INTO {own_table(number)} SELECT o, s, g, {dup} FROM sorted WHERE p = {p} "
            "ORDER BY o, s, g"
        )
    run(
        f"INSERT INTO pos SELECT s, p, o, g, {dup} FROM sorted "
        "WHERE p NOT IN (SELECT p FROM predicates WHERE own) ORDER BY p, o, s, g"
    )
    listed = "SELECT DISTINCT {0}, n FROM sorted JOIN predicates USING (p) ORDER BY {0}, n"
    run(f"INSERT INTO op {listed.format('o')}")
    if lists_subjects(connection):
        run(f"INSERT INTO sp {listed.format('s')}")
    run("DROP TABLE sorted")


def lists_subjects(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether table ``sp`` is to be filled."""
    return count(connection, "SELECT count(*) FROM predicates") > FEW_PREDICATES


def drop_own_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the tables of large predicates."""
    for (number,) in connection.execute("SELECT n FROM predicates WHERE own").fetchall():
        connection.execute(f"DROP TABLE {own_table(number)}")


def fill_graphs(connection: duckdb.DuckDBPyConnection, kinds: Mapping[int, str]) -> None:
    """Fill table ``graphs``, which is empty; ``kinds`` are those of graphs, by id."""
    rows = connection.execute("SELECT g, count(*) FROM pso GROUP BY g ORDER BY g").fetchall()
    sizes = dict.fromkeys(sorted(kinds), 0) | dict(rows)
    graphs = [(g, kinds.get(g, default_kind(g)), triples) for g, triples in sorted(sizes.items())]
    if graphs:
        connection.executemany("INSERT INTO graphs VALUES (?, ?, ?)", graphs)


def default_kind(graph: int) -> str:
    """The kind of a graph of which no source says more."""
    return "default" if graph == ids.DEFAULT_GRAPH else "named"


def count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    """The number that a query gives."""
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0
