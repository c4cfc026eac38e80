"""What ids stand for, as types and lexical forms, kept for as long as a store is open.

Plans give ids; the few distinct ones of an answer are read from the dictionary in one
statement, where a join would make the engine look for each of them in all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import TYPE_CHECKING, TypeAlias

from kgtool.engine import ids

if TYPE_CHECKING:
    import duckdb

#: A term as (type, lexical form); both are None for what is unbound.
Text: TypeAlias = tuple[str | None, str | None]

#: So many texts are kept; beyond, all are dropped.
_KEPT = 200_000
#: Single rows are read one by one up to this number, all together above.
_FEW = 8


class Decoder(dict[int | None, Text]):
    """Texts by id: inline ids by themselves, those of the dictionary once they were read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__({None: (None, None)})
        self._connection = connection

    def __missing__(self, id_: int | None) -> Text:
        assert id_ is not None
        if ids.tag_of(id_) < ids.INLINE_TAG:
            return self._rows([id_])[id_]
        literal = ids.decode_inline(id_)
        self[id_] = result = (literal.datatype, literal.lexical)
        return result

    def read(self, wanted: Set[int | None]) -> None:
        """Read those that are in the dictionary, so that they are at hand for one batch."""
        missing = wanted - self.keys()
        if len(self) + len(missing) > _KEPT:
            self.clear()
            self[None] = (None, None)
            missing = wanted - self.keys()
        stored = [id_ for id_ in missing if id_ is not None and id_ < _FIRST_INLINE]
        if stored:
            self.update(self._rows(stored))

    def _rows(self, wanted: Iterable[int]) -> dict[int | None, Text]:
        rows = rows_of(self._connection.cursor(), list(wanted))
        return {id_: (type_, lex) for id_, type_, lex in rows}


_FIRST_INLINE = ids.make_id(ids.INLINE_TAG, 0)


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
