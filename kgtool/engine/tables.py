"""Filling a store's tables from the temporary tables ``dict`` and ``sorted``.

``dict`` is the dictionary (:mod:`kgtool.engine.dictionary`); ``sorted`` holds the quads as
(s, p, o, g), in that order, perhaps some of them twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kgtool.engine import dictionary, ids
from kgtool.engine.statistics import predicates_sql

if TYPE_CHECKING:
    import duckdb

_REPEATS = """
SELECT s, p, o, g,
       coalesce(s = lag(s) OVER () AND p = lag(p) OVER () AND o = lag(o) OVER (), FALSE) AS dup,
       coalesce(g = lag(g) OVER (), FALSE) AS same_graph
FROM sorted
"""


def fill_terms_and_quads(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill terms, term_index, spo and pos, which are empty; ``sorted`` is dropped."""
    run = connection.execute
    run(dictionary.terms_sql())
    run(dictionary.index_sql())
    if count(connection, f"SELECT count(*) FROM ({_REPEATS}) WHERE dup"):
        run(
            f"INSERT INTO spo SELECT s, p, o, g, dup FROM ({_REPEATS}) "
            "WHERE NOT (dup AND same_graph)"
        )
        run("INSERT INTO pos SELECT s, p, o, g, dup FROM spo ORDER BY p, o, s, g")
    else:
        run("INSERT INTO spo SELECT s, p, o, g, FALSE FROM sorted")
        run("INSERT INTO pos SELECT s, p, o, g, FALSE FROM sorted ORDER BY p, o, s, g")
    run("DROP TABLE sorted")


def fill_statistics(connection: duckdb.DuckDBPyConnection, kinds: Mapping[int, str]) -> None:
    """Fill predicates and graphs, which are empty; ``kinds`` are those of graphs, by id."""
    connection.execute(predicates_sql(count(connection, "SELECT count(*) FROM spo")))
    rows = connection.execute("SELECT g, count(*) FROM spo GROUP BY g ORDER BY g").fetchall()
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
