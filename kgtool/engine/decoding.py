"""What ids stand for, as types and lexical forms, kept for as long as a store is open.

Plans give ids; the few distinct ones of an answer are read from the dictionary in one
statement, where a join would make the engine look for each of them in all of it.
"""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING, TypeAlias

from kgtool.engine import ids

if TYPE_CHECKING:
    import duckdb

Texts: TypeAlias = dict[int | None, str | None]

#: So many texts are kept; beyond, all are dropped.
_KEPT = 200_000
#: Single rows are read one by one up to this number, all together above.
_FEW = 8
_FIRST_INLINE = ids.make_id(ids.INLINE_TAG, 0)


class Decoder:
    """``types`` and ``lexes`` of the ids that were read last, and of some before.

    None, which is unbound, has None for both. Any number of threads may read at once.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, by_number: bool = True) -> None:
        self._connection = connection
        self._by_number = by_number
        self.types: Texts = {None: None}
        self.lexes: Texts = {None: None}

    def read(self, wanted: Set[int | None]) -> tuple[Texts, Texts]:
        """Types and lexical forms, which have those of these ids."""
        types, lexes = self.types, self.lexes
        missing = [id_ for id_ in wanted if id_ not in lexes]
        if len(lexes) + len(missing) > _KEPT:
            # New ones: another thread may still be reading from those before.
            types, lexes = {None: None}, {None: None}
            self.types, self.lexes = types, lexes
            missing = [id_ for id_ in wanted if id_ is not None]
        stored: list[int] = []
        for id_ in missing:
            assert id_ is not None
            if id_ < _FIRST_INLINE:
                stored.append(id_)
            else:
                literal = ids.decode_inline(id_)
                types[id_] = literal.datatype
                lexes[id_] = literal.lexical
        if stored:
            for id_, type_, lex in self._rows(stored):
                # In this order: what has a lexical form has been read.
                types[id_] = type_
                lexes[id_] = lex
        return types, lexes

    def _rows(self, wanted: list[int]) -> list[tuple[int, str, str]]:
        return rows_of(self._connection.cursor(), wanted, self._by_number)


def rows_of(
    connection: duckdb.DuckDBPyConnection, wanted: list[int], by_number: bool = True
) -> list[tuple[int, str, str]]:
    """The rows (id, type, lexical form) of those ids that the dictionary has.

    They are found ``by_number`` of the row, which is in the id, where the dictionary is a table.
    """
    if not wanted:
        return []
    if not by_number:
        sought = "(SELECT unnest(?::BIGINT[]) AS id)"
        sql = f"SELECT id, type, lex FROM terms SEMI JOIN {sought} USING (id)"
        return connection.execute(sql, [wanted]).fetchall()
    if len(wanted) <= _FEW:
        # A row's number is in the id; one that names another row is of no term.
        part = "SELECT id, type, lex FROM terms WHERE rowid = {} AND id = {}"
        sql = " UNION ALL ".join(part.format(id_ & ids.ROW_MASK, id_) for id_ in wanted)
        return connection.execute(sql).fetchall()
    sql = (
        "SELECT id, type, lex FROM terms JOIN (SELECT unnest(?::BIGINT[]) AS sought) "
        f"ON terms.rowid = sought & {ids.ROW_MASK} AND id = sought"
    )
    return connection.execute(sql, [wanted]).fetchall()
