"""What ids stand for, as types and lexical forms, kept for as long as a store is open.

Plans give ids; the few distinct ones of an answer are read from the dictionary in one
statement, where a join would make the engine look for each of them in all of it.
"""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from kgtool.engine import ids

if TYPE_CHECKING:
    import duckdb

#: So many texts are kept; beyond, all are dropped.
_KEPT = 200_000
#: Single rows are read one by one up to this number, all together above.
_FEW = 8
_FIRST_INLINE = ids.make_id(ids.INLINE_TAG, 0)


class Decoder:
    """``types`` and ``lexes`` of the ids of the last batch that was read, and of some before.

    None, which is unbound, has None for both.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._clear()

    def _clear(self) -> None:
        # New ones: another thread may still be reading from those before.
        self.types: dict[int | None, str | None] = {None: None}
        self.lexes: dict[int | None, str | None] = {None: None}

    def read(self, wanted: Set[int | None]) -> None:
        """Have the texts of these ids at hand."""
        missing = wanted - self.lexes.keys()
        if not missing:
            return
        if len(self.lexes) + len(missing) > _KEPT:
            self._clear()
            missing = wanted - self.lexes.keys()
        stored: list[int] = []
        for id_ in missing:
            assert id_ is not None
            if id_ < _FIRST_INLINE:
                stored.append(id_)
            else:
                literal = ids.decode_inline(id_)
                self.types[id_] = literal.datatype
                self.lexes[id_] = literal.lexical
        for id_, type_, lex in rows_of(self._connection.cursor(), stored):
            self.types[id_] = type_
            self.lexes[id_] = lex


def rows_of(connection: duckdb.DuckDBPyConnection, wanted: list[int]) -> list[tuple[int, str, str]]:
    """The rows (id, type, lexical form) of those ids that the dictionary has."""
    if not wanted:
        return []
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
