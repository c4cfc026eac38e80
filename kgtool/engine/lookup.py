"""From terms to dictionary ids and back, without reading the whole dictionary.

Within one tag ids are in the order of types and lexical forms, so every 1024th entry, kept in
table ``term_index``, tells between which two ids a term must be. Terms that edits have added
stand behind the sorted ones, and are looked through.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from kgtool.engine import ids
from kgtool.engine.decoding import rows_of
from kgtool.engine.schema import INDEX_STEP
from kgtool.rdf.terms import Term, lexical_form, make_term, term_type

if TYPE_CHECKING:
    import duckdb

#: The entries of ``term_index`` as (tag, type, lexical form), the number of sorted terms, and
#: of all.
Index: TypeAlias = tuple[list[tuple[int, str, str]], int, int]

#: A range of the dictionary costs as much as reading so many of its terms, which one join
#: over all of them does. From ``_MANY`` ranges on planning them costs more than that, always.
_RANGE = 20_000
_MANY = 40


def read_index(connection: duckdb.DuckDBPyConnection) -> Index:
    """Load the sparse index."""
    rows = connection.execute("SELECT id, type, lex FROM term_index ORDER BY id").fetchall()
    sorted_terms, terms = connection.execute(
        "SELECT CAST(value AS BIGINT), (SELECT count(*) FROM terms) FROM meta "
        "WHERE key = 'sorted_terms'"
    ).fetchall()[0]
    return [(ids.tag_of(id_), type_, lex) for id_, type_, lex in rows], sorted_terms, terms


def find_ids(
    connection: duckdb.DuckDBPyConnection, index: Index, terms: Iterable[Term]
) -> dict[Term, int]:
    """The ids of those terms that the dictionary has."""
    entries, sorted_terms, size = index
    wanted: dict[tuple[str, str], Term] = {}
    ranges: list[tuple[int, int, str]] = []
    for term in dict.fromkeys(terms):
        type_, lex = term_type(term), lexical_form(term)
        key = (ids.dictionary_tag(term), type_, lex)
        low = max(bisect_left(entries, key) - 1, 0) * INDEX_STEP
        high = min(bisect_right(entries, key) * INDEX_STEP, sorted_terms)
        wanted[type_, lex] = term
        ranges.append((low, high, lex))
        if size > sorted_terms:
            ranges.append((sorted_terms, size, lex))
    if len(wanted) > _MANY or size <= len(wanted) * _RANGE:
        return scan_ids(connection, wanted.values())
    rows = _in_ranges(connection, ranges)
    return {wanted[type_, lex]: id_ for id_, type_, lex in rows if (type_, lex) in wanted}


def scan_ids(connection: duckdb.DuckDBPyConnection, terms: Iterable[Term]) -> dict[Term, int]:
    """The ids of those terms that the dictionary has, which is read once for all."""
    wanted = {(term_type(term), lexical_form(term)): term for term in terms}
    rows = connection.execute(
        "SELECT id, type, lex FROM terms "
        "SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS lex) USING (lex)",
        [[lex for _, lex in wanted]],
    ).fetchall()
    return {wanted[type_, lex]: id_ for id_, type_, lex in rows if (type_, lex) in wanted}


def _in_ranges(
    connection: duckdb.DuckDBPyConnection, ranges: Sequence[tuple[int, int, str]]
) -> list[tuple[int, str, str]]:
    # The limit, which cuts nothing, keeps the comparison of texts out of the scan, where
    # the engine would make it for the whole row group first.
    part = (
        "SELECT * FROM (SELECT id, type, lex FROM terms WHERE rowid >= ? AND rowid < ? "
        "LIMIT 1000000000) WHERE lex = ?"
    )
    sql = " UNION ALL ".join([part] * len(ranges))
    return connection.execute(sql, [value for row in ranges for value in row]).fetchall()


def find_terms(
    connection: duckdb.DuckDBPyConnection, sought: Iterable[int], by_number: bool = True
) -> dict[int, Term]:
    """The terms of those ids that are inline or in the dictionary (see ``rows_of``)."""
    found: dict[int, Term] = {}
    rows: list[int] = []
    for id_ in sought:
        if ids.tag_of(id_) >= ids.INLINE_TAG:
            found[id_] = ids.decode_inline(id_)
        else:
            rows.append(id_)
    for id_, type_, lex in rows_of(connection.cursor(), rows, by_number):
        found[id_] = make_term(type_, lex)
    return found
