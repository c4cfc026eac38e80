"""What the compiler knows about a store before it looks at a triple."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kgtool.engine import ids
from kgtool.engine.schema import OWN_TABLES, OWN_TRIPLES, own_table

if TYPE_CHECKING:
    import duckdb

#: Up to this many quads distinct values are counted, above they are estimated.
EXACT_LIMIT = 500_000


@dataclass(frozen=True, slots=True)
class PredicateStatistics:
    """One predicate over the union of all graphs.

    ``subject_tags`` and ``object_tags`` have bit ``1 << tag`` set for each tag that occurs.
    ``table`` has its quads by object; it is the predicate's own unless that is ``pos``.
    """

    table: str
    triples: int
    subjects: int
    objects: int
    subject_tags: int
    object_tags: int


@dataclass(frozen=True, slots=True)
class GraphStatistics:
    """One graph: id (``ids.DEFAULT_GRAPH`` for the default graph), kind, size."""

    id: int
    kind: str
    triples: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """A store in numbers; ``triples`` counts the union of all graphs, ``quads`` each graph.

    The first ``sorted_terms`` of the ``terms`` are in order; edits have added the others.
    ``types`` has the codes of the types of terms. Where ``rows_are_numbered``, the engine finds
    a term by the number of its row, which is in its id; else by the id.
    """

    predicates: dict[int, PredicateStatistics]
    graphs: list[GraphStatistics]
    triples: int
    quads: int
    terms: int
    sorted_terms: int
    types: dict[str, int]
    rows_are_numbered: bool = True

    @property
    def ids_are_sorted(self) -> bool:
        """Whether ids of one tag are in the order of lexical forms: no edit has added terms."""
        return self.sorted_terms == self.terms

    @property
    def own_tables(self) -> bool:
        """Whether a predicate has a table of its own."""
        return any(p.table != "pos" for p in self.predicates.values())

    @property
    def types_are_coded(self) -> bool:
        """Whether every type has a code of its own."""
        return len(self.types) < ids.LAST_TYPE

    @property
    def languages(self) -> int:
        """How many language tags the terms have."""
        return sum(1 for type_ in self.types if type_.startswith("@"))

    @property
    def has_duplicates(self) -> bool:
        """Whether a triple stands in more than one graph."""
        return self.quads > self.triples


def predicates_sql(quads: str, dup: str, exact: bool, first: int = 0) -> str:
    """A query for the rows of table ``predicates`` of all that ``quads`` holds.

    Predicates are numbered from ``first`` on, and those that are large get tables of their
    own. ``dup`` is the condition that a quad's triple stands in an earlier graph; without
    ``exact`` distinct values are estimated.
    """
    distinct = "count(DISTINCT {})" if exact else "approx_count_distinct({})"
    tags = f"bit_or(1::BIGINT << ({{}} >> {ids.PAYLOAD_BITS}))"
    return f"""
        SELECT row_number() OVER (ORDER BY p) + {first - 1} AS n, p,
            triples >= {OWN_TRIPLES}
                AND row_number() OVER (ORDER BY triples DESC, p) <= {OWN_TABLES} AS own,
            triples, subjects, objects, subject_tags, object_tags
        FROM (
            SELECT p, count(*) AS triples,
                {distinct.format("s")} AS subjects, {distinct.format("o")} AS objects,
                {tags.format("s")} AS subject_tags, {tags.format("o")} AS object_tags
            FROM {quads} WHERE NOT {dup} GROUP BY p)
        ORDER BY p"""


_PREDICATES = (
    "SELECT n, p, own, triples, subjects, objects, subject_tags, object_tags "
    "FROM predicates ORDER BY p"
)
_GRAPHS = "SELECT g, kind, triples FROM graphs ORDER BY g"
_TYPES = "SELECT type, code FROM term_types"


def read_statistics(connection: duckdb.DuckDBPyConnection) -> Statistics:
    """The statistics of an open store."""
    terms, sorted_terms = connection.execute(
        "SELECT (SELECT count(*) FROM terms), "
        "(SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'sorted_terms')"
    ).fetchall()[0]
    return statistics_of(
        lambda sql: connection.execute(sql).fetchall(), terms, sorted_terms, rows_are_numbered=True
    )


def statistics_of(
    rows: Callable[[str], Sequence[Sequence[Any]]],
    terms: int,
    sorted_terms: int,
    *,
    rows_are_numbered: bool,
) -> Statistics:
    """The statistics of a store whose engine gives the rows of a query."""
    predicates = {
        p: PredicateStatistics(own_table(n) if own else "pos", *counts)
        for n, p, own, *counts in rows(_PREDICATES)
    }
    graphs = [GraphStatistics(*row) for row in rows(_GRAPHS)]
    return Statistics(
        predicates,
        graphs,
        triples=sum(p.triples for p in predicates.values()),
        quads=sum(g.triples for g in graphs),
        terms=terms,
        sorted_terms=sorted_terms,
        types={str(type_): int(code) for type_, code in rows(_TYPES)},
        rows_are_numbered=rows_are_numbered,
    )
