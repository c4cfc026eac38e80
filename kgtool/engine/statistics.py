"""What the compiler knows about a store before it looks at a triple."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgtool.engine import ids

if TYPE_CHECKING:
    import duckdb

#: Up to this many quads distinct values are counted, above they are estimated.
EXACT_LIMIT = 500_000


@dataclass(frozen=True, slots=True)
class PredicateStatistics:
    """One predicate over the union of all graphs.

    ``subject_tags`` and ``object_tags`` have bit ``1 << tag`` set for each tag that occurs.
    """

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
    """

    predicates: dict[int, PredicateStatistics]
    graphs: list[GraphStatistics]
    triples: int
    quads: int
    terms: int
    sorted_terms: int

    @property
    def ids_are_sorted(self) -> bool:
        """Whether ids of one tag are in the order of lexical forms: no edit has added terms."""
        return self.sorted_terms == self.terms

    @property
    def has_duplicates(self) -> bool:
        """Whether a triple stands in more than one graph."""
        return self.quads > self.triples


def predicates_sql(quads: int, chosen: str = "TRUE") -> str:
    """The statement that adds to table ``predicates`` the ``chosen`` ones of table ``pos``."""
    count = "count(DISTINCT {})" if quads <= EXACT_LIMIT else "approx_count_distinct({})"
    tags = f"bit_or(1::BIGINT << ({{}} >> {ids.PAYLOAD_BITS}))"
    return (
        f"INSERT INTO predicates SELECT p, count(*), {count.format('s')}, {count.format('o')}, "
        f"{tags.format('s')}, {tags.format('o')} FROM pos WHERE NOT dup AND {chosen} "
        "GROUP BY p ORDER BY p"
    )


def read_statistics(connection: duckdb.DuckDBPyConnection) -> Statistics:
    """The statistics of an open store."""
    predicates = {
        row[0]: PredicateStatistics(*row[1:])
        for row in connection.execute(
            "SELECT p, triples, subjects, objects, subject_tags, object_tags FROM predicates"
        ).fetchall()
    }
    graphs = [
        GraphStatistics(*row)
        for row in connection.execute("SELECT g, kind, triples FROM graphs ORDER BY g").fetchall()
    ]
    terms, sorted_terms = connection.execute(
        "SELECT (SELECT count(*) FROM terms), "
        "(SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'sorted_terms')"
    ).fetchall()[0]
    return Statistics(
        predicates,
        graphs,
        triples=sum(p.triples for p in predicates.values()),
        quads=sum(g.triples for g in graphs),
        terms=terms,
        sorted_terms=sorted_terms,
    )
