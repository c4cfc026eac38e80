"""Which part of a query each piece of its statement comes from.

A compilation may keep a record: for every alias of a FROM item and every name of a CTE the
node of the algebra that made it, and likewise for conditions, computed columns and sort keys.
Nodes are told apart as objects, not as values; a triple pattern is a node of its own. What is
compiled without a record is told to ``NO_RECORD``, which forgets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple
from typing import Literal as Choice

if TYPE_CHECKING:
    from kgtool.plan.relation import Relation, Source
    from kgtool.plan.sql import SQL

Clause = Choice["FROM", "WHERE", "SELECT", "ORDER BY"]
_SILENT = nullcontext()


class Piece(NamedTuple):
    """A part of the statement; ``part`` is a FROM item, else a condition or an expression.

    ``word`` is the variable of a column, or the direction of a sort key.
    """

    node: object
    clause: Clause
    part: Source | SQL
    word: str = ""


class NoRecord:
    """Forgets what it is told."""

    def at(self, node: object) -> AbstractContextManager[Any]:
        """What is named and made inside belongs to ``node``, unless to a node within it."""
        return _SILENT

    def named(self, alias: str) -> None:
        """A FROM item or a CTE has got this name."""

    def made(self, relation: Relation) -> Relation:
        """A relation is complete as far as the present node goes; gives it back."""
        return relation


NO_RECORD = NoRecord()


class Record(NoRecord):
    """Keeps what it is told.

    ``aliases`` has the node of each alias and CTE. ``correlated`` holds the nodes, by ``id``,
    whose solutions depend on those of a group around an EXISTS.
    """

    def __init__(self) -> None:
        self.aliases: dict[str, object] = {}
        self.pieces: list[Piece] = []
        self.correlated: set[int] = set()
        self._open: list[object] = []
        self._known: set[int] = set()

    @contextmanager
    def at(self, node: object) -> Iterator[None]:
        self._open.append(node)
        try:
            yield
        finally:
            self._open.pop()

    def named(self, alias: str) -> None:
        if self._open:
            self.aliases[alias] = self._open[-1]

    def made(self, relation: Relation) -> Relation:
        from sqlglot.expressions import Column

        for source in relation.sources:
            self._keep("FROM", source)
        for condition in relation.where:
            self._keep("WHERE", condition)
        for name, value in relation.columns.items():
            if not isinstance(value.sql, Column):
                self._keep("SELECT", value.sql, name)
        for key in relation.order:
            self._keep("ORDER BY", key.tree, "DESC" if key.descending else "ASC")
        if relation.correlated:
            self.correlated.add(id(self._open[-1]))
        return relation

    def _keep(self, clause: Clause, part: Source | SQL, word: str = "") -> None:
        # A part is new where no node within this one has had it. Parts that are kept live as
        # long as the record, so that no other object takes their place in memory.
        if id(part) not in self._known:
            self._known.add(id(part))
            self.pieces.append(Piece(self._open[-1], clause, part, word))
