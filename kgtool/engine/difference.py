"""What one store has and another has not, set by set.

Both are open in one connection, and the rows of the old store are written with the ids of the
new one: by type and lexical form for IRIs and literals, by a matching for blank nodes. A term
that only the old store has gets its id there, negated. So all that is asked is a comparison of
integers; a million triples take about a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, TypeAlias

from kgtool.engine import ids
from kgtool.engine.sqltext import quote
from kgtool.rdf.terms import Term

if TYPE_CHECKING:
    from kgtool.engine.store import Store

Triple: TypeAlias = tuple[int, int, int]
#: ``old`` has what the old store alone has, ``new`` what the new one has.
Which: TypeAlias = Literal["old", "new"]
#: Given the triples with blank nodes of both sides: the blank nodes that are the same.
Matcher: TypeAlias = Callable[[Sequence[Triple], Sequence[Triple]], dict[int, int]]

_LOWEST_BLANK = ids.BNODE << ids.PAYLOAD_BITS
_HIGHEST_BLANK = ((ids.BNODE + 1) << ids.PAYLOAD_BITS) - 1
_INLINE = ids.INLINE_TAG << ids.PAYLOAD_BITS

#: Blank nodes of a file have the same label where the file is the same, behind what the loader
#: has put before it.
_SAME = """
CREATE TEMP TABLE same AS
SELECT o.id AS a, n.id AS b FROM old.terms AS o JOIN store.terms AS n USING (type, lex)
WHERE type <> 'bnode'
UNION ALL
SELECT o.id, n.id FROM ({old}) AS o JOIN ({new}) AS n USING (label)
"""
_LABELS = "SELECT id, regexp_replace(lex, '^s[0-9]+_', '') AS label FROM {0}.terms WHERE {1}"
_TRANSLATED = """
CREATE OR REPLACE TEMP TABLE old_quads AS
SELECT coalesce(ms.b, -q.s) AS s, coalesce(mp.b, -q.p) AS p,
       CASE WHEN q.o >= {inline} THEN q.o ELSE coalesce(mo.b, -q.o) END AS o,
       coalesce(mg.b, -q.g) AS g, q.g IN ({inferred}) AS inferred
FROM old.pso AS q
LEFT JOIN same AS ms ON ms.a = q.s LEFT JOIN same AS mp ON mp.a = q.p
LEFT JOIN same AS mo ON mo.a = q.o LEFT JOIN same AS mg ON mg.a = q.g
"""
_INFERRED = "SELECT g FROM {0}.graphs WHERE kind = 'inferred'"
_NOW = (
    "CREATE TEMP VIEW new_quads AS SELECT s, p, o, g, g IN ({inferred}) AS inferred FROM store.pso"
)
_ONLY = """
CREATE TEMP TABLE {0} AS
SELECT * FROM {1} ANTI JOIN (SELECT s, p, o, g FROM {2}) USING (s, p, o, g)
"""
#: Asserted triples that no graph of the other side asserts.
_ASSERTED = """
SELECT s, p, o, list(g ORDER BY g), bool_or(held) FROM (
  SELECT s, p, o, g, held IS NOT NULL AS held FROM {only}
  ANTI JOIN (SELECT s, p, o FROM {other} WHERE NOT inferred) USING (s, p, o)
  LEFT JOIN (SELECT s, p, o, TRUE AS held FROM {other} WHERE inferred) USING (s, p, o)
  WHERE NOT inferred
) GROUP BY s, p, o ORDER BY s, p, o
"""
#: Inferred triples that the other side has not at all.
_DERIVED = """
SELECT s, p, o, [], FALSE FROM {only} ANTI JOIN (SELECT s, p, o FROM {other}) USING (s, p, o)
WHERE inferred ORDER BY s, p, o
"""
_MOVED = """
WITH gone AS (
  SELECT s, p, o, g FROM only_old SEMI JOIN (SELECT s, p, o FROM new_quads WHERE NOT inferred)
  USING (s, p, o) WHERE NOT inferred
), came AS (
  SELECT s, p, o, g FROM only_new SEMI JOIN (SELECT s, p, o FROM old_quads WHERE NOT inferred)
  USING (s, p, o) WHERE NOT inferred
)
SELECT gone.g, came.g, count(*) FROM gone FULL JOIN came USING (s, p, o)
GROUP BY ALL ORDER BY ALL
"""
_GIVEN = "SELECT unnest(?::BIGINT[]) AS {0}"
_QUADS: dict[Which, str] = {"old": "old_quads", "new": "new_quads"}


class Row(NamedTuple):
    """A triple of one side alone: the graphs that assert it, and whether it is inferred on the
    other side."""

    s: int
    p: int
    o: int
    graphs: list[int]
    held: bool


class Difference:
    """What two stores differ in; it reads from ``new`` and ``old``, which stay open.

    ``match`` is given the asserted triples with blank nodes of all graphs in which these differ
    or have other labels. Use as a context manager.
    """

    def __init__(self, old: Store, new: Store, match: Matcher) -> None:
        self._old, self._new = old, new
        self._connection = new.connection.cursor()
        run = self._connection.execute
        run(f"ATTACH {quote(str(old.path))} AS old (READ_ONLY)")
        labels = [_LABELS.format(side, _blank("id")) for side in ("old", "store")]
        run(_SAME.format(old=labels[0], new=labels[1]))
        run(_NOW.format(inferred=_INFERRED.format("store")))
        self._translate()
        self._match(match)
        run(_ONLY.format("only_old", "old_quads", "new_quads"))
        run(_ONLY.format("only_new", "new_quads", "old_quads"))

    def changes(self, which: Which, *, inferred: bool) -> list[Row]:
        """The triples that one side alone asserts, or that it infers and the other has not."""
        other: Which = "new" if which == "old" else "old"
        sql = _DERIVED if inferred else _ASSERTED
        return [
            Row(*row) for row in self._rows(sql.format(only=f"only_{which}", other=_QUADS[other]))
        ]

    def moved(self) -> list[tuple[int | None, int | None, int]]:
        """Triples that both sides assert, in other graphs: from where, where to, how many.

        None stands for no graph, where another holds the triple on both sides.
        """
        return self._rows(_MOVED)

    def around_blanks(self, which: Which, graphs: Iterable[int]) -> list[Triple]:
        """The asserted triples with blank nodes of some graphs of one side."""
        return self._rows(
            f"SELECT DISTINCT s, p, o FROM {_QUADS[which]} SEMI JOIN ({_GIVEN.format('g')}) "
            f"USING (g) WHERE NOT inferred AND ({_blank('s')} OR {_blank('o')}) ORDER BY ALL",
            graphs,
        )

    def graphs_of(self, which: Which, blanks: Iterable[int]) -> list[int]:
        """The graphs of one side that say something of some blank nodes."""
        ends = (
            f"SELECT g FROM {_QUADS[which]} SEMI JOIN ({_GIVEN.format(end)}) USING ({end}) "
            "WHERE NOT inferred"
            for end in ("s", "o")
        )
        listed = list(blanks)
        return [g for (g,) in self._rows(" UNION ".join(ends), listed, listed)]

    def objects(self, which: Which, subjects: Iterable[int], predicate: int) -> list[Triple]:
        """The triples of some subjects with a predicate, asserted or not."""
        return self._rows(
            f"SELECT DISTINCT s, p, o FROM {_QUADS[which]} SEMI JOIN ({_GIVEN.format('s')}) "
            f"USING (s) WHERE p = {predicate} ORDER BY ALL",
            subjects,
        )

    def ids(self, which: Which, terms: Iterable[Term]) -> dict[Term, int]:
        """The ids that those terms have in the comparison that one side has."""
        if which == "new":
            return self._new.ids(terms)
        known = self._old.ids(terms)
        same = dict(
            self._rows(f"SELECT a, b FROM same SEMI JOIN ({_GIVEN.format('a')}) USING (a)",
                       known.values())
        )  # fmt: skip
        return {t: id_ if id_ >= _INLINE else same.get(id_, -id_) for t, id_ in known.items()}

    def terms(self, wanted: Iterable[int]) -> dict[int, Term]:
        """The terms of ids; blank nodes of the two stores may have the same labels."""
        listed = list(wanted)
        found = self._new.terms(id_ for id_ in listed if id_ > 0)
        old = self._old.terms(-id_ for id_ in listed if id_ < 0)
        return found | {-id_: term for id_, term in old.items()}

    def close(self) -> None:
        for name in ("same", "old_quads", "only_old", "only_new"):
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")
        self._connection.execute("DROP VIEW IF EXISTS new_quads; DETACH old")
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _translate(self) -> None:
        inferred = _INFERRED.format("old")
        self._connection.execute(_TRANSLATED.format(inline=_INLINE, inferred=inferred))

    def _match(self, match: Matcher) -> None:
        """Take labels for what they are worth, and match what they do not."""
        graphs = self._touched()
        if not graphs:
            return
        old, new = self.around_blanks("old", graphs), self.around_blanks("new", graphs)
        pairs = match(old, new)
        blanks = {x for s, _, o in old for x in (s, o) if is_blank(x)}
        given = _GIVEN.format("b")
        rows = self._rows(f"SELECT b, a FROM same SEMI JOIN ({given}) USING (b)", blanks)
        own = dict(rows) | {x: -x for x in blanks if x < 0}
        self._rows(f"DELETE FROM same WHERE b IN ({given})", blanks)
        self._rows(
            "INSERT INTO same SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])",
            [own[x] for x in pairs],
            pairs.values(),
        )
        self._translate()

    def _touched(self) -> list[int]:
        """The graphs whose asserted triples with blank nodes differ, labels included."""
        side = "SELECT s, p, o, g FROM {0} WHERE NOT inferred AND ({1} OR {2})"
        old, new = (side.format(table, _blank("s"), _blank("o")) for table in _QUADS.values())
        either = f"({old} EXCEPT {new}) UNION ALL ({new} EXCEPT {old})"
        return [g for (g,) in self._rows(f"SELECT DISTINCT g FROM ({either}) ORDER BY g")]

    def _rows(self, sql: str, *given: Iterable[int]) -> list[Any]:
        return self._connection.execute(sql, [list(ids_) for ids_ in given]).fetchall()


def is_blank(id_: int) -> bool:
    """Whether an id of a comparison is that of a blank node."""
    return _LOWEST_BLANK <= abs(id_) <= _HIGHEST_BLANK


def _blank(column: str) -> str:
    return f"abs({column}) BETWEEN {_LOWEST_BLANK} AND {_HIGHEST_BLANK}"
