"""The triples that are reasoned over, as ids in temporary tables of a connection.

========== ======================================================================
given      what was asserted (s, p, o), with equal terms replaced by one of them
derived    what rules have added (s, p, o, rule, round)
facts      both, a view
delta      what the last round has added (s, p, o, rule)
schema     the triples of the schema among them (s, p, o)
terms_     the dictionary (id, type, lex), a view
========== ======================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kgtool.engine import ids
from kgtool.engine.sqltext import quote
from kgtool.rdf.terms import Term, make_term

if TYPE_CHECKING:
    import duckdb

#: Branches of one statement; the engine plans each of them in a fraction of a millisecond.
_BRANCHES = 100
_TABLES = (
    "delta",
    "fresh",
    "candidates",
    "derived",
    "schema_delta",
    "schema",
    "moved",
    "merged",
    "same",
)
_VIEWS = ("facts", "terms_")


class Facts:
    """The working tables over a query for triples (s, p, o) and one for terms (id, type, lex)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, triples: str, terms: str) -> None:
        self.connection = connection
        self.asserted = triples
        self._given_is_view = True
        self.round = 0
        run = connection.execute
        run(f"CREATE TEMP VIEW terms_ AS {terms}")
        run(f"CREATE TEMP VIEW given AS {triples}")
        run("CREATE TEMP TABLE derived(s BIGINT, p BIGINT, o BIGINT, rule INTEGER, round INTEGER)")
        run(
            "CREATE TEMP VIEW facts AS "
            "SELECT s, p, o FROM given UNION ALL SELECT s, p, o FROM derived"
        )
        for table in ("delta", "schema_delta"):
            run(f"CREATE TEMP TABLE {table}(s BIGINT, p BIGINT, o BIGINT, rule INTEGER)")
        run("CREATE TEMP TABLE schema(s BIGINT, p BIGINT, o BIGINT)")

    def drop(self) -> None:
        for table in _TABLES:
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")
        for view in _VIEWS:
            self.connection.execute(f"DROP VIEW IF EXISTS {view}")
        kind = "VIEW" if self._given_is_view else "TABLE"
        self.connection.execute(f"DROP {kind} IF EXISTS given")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def ids_of(self, iris: Iterable[str]) -> dict[str, int]:
        """The ids of those IRIs that the dictionary has."""
        names = ", ".join(map(quote, sorted(set(iris))))
        found = self.rows(f"SELECT lex, id FROM terms_ WHERE type = 'iri' AND lex IN ({names})")
        return dict(found)

    def terms_of(self, sought: Iterable[int]) -> dict[int, Term]:
        """The terms of ids."""
        wanted = set(sought)
        found: dict[int, Term] = {
            i: ids.decode_inline(i) for i in wanted if ids.tag_of(i) >= ids.INLINE_TAG
        }
        rest = wanted - set(found)
        if rest:
            listed = ", ".join(map(str, sorted(rest)))
            rows = self.rows(f"SELECT id, type, lex FROM terms_ WHERE id IN ({listed})")
            found |= {id_: make_term(type_, lex) for id_, type_, lex in rows}
        return found

    # Rounds -----------------------------------------------------------------------------

    def fresh(self, selects: Sequence[str], known: str = "facts") -> int:
        """Make table ``fresh`` of what the SELECTs derive that table ``known`` lacks; its size.

        Of two rules that derive the same triple the one with the lower number counts.
        """
        run = self.connection.execute
        for first in range(0, max(len(selects), 1), _BRANCHES):
            part = selects[first : first + _BRANCHES] or ["SELECT s, p, o, rule FROM delta LIMIT 0"]
            found = (
                f"SELECT s, p, o, min(rule) AS rule FROM ({' UNION ALL '.join(part)}) "
                f"GROUP BY s, p, o"
            )
            into = (
                "INSERT INTO candidates" if first else "CREATE OR REPLACE TEMP TABLE candidates AS"
            )
            run(f"{into} FROM ({found}) AS c ANTI JOIN {known} USING (s, p, o)")
        run("DROP TABLE IF EXISTS fresh")
        if len(selects) > _BRANCHES:
            run(
                "CREATE TEMP TABLE fresh AS SELECT s, p, o, min(rule) AS rule FROM candidates "
                "GROUP BY s, p, o; DROP TABLE candidates"
            )
        else:
            run("ALTER TABLE candidates RENAME TO fresh")
        return self.count("fresh")

    def keep_fresh(self, *, add: bool = False) -> None:
        """Add table ``fresh`` to what is derived; it becomes table ``delta``, or joins it."""
        run = self.connection.execute
        run(f"INSERT INTO derived SELECT s, p, o, rule, {self.round} FROM fresh")
        if add:
            run("INSERT INTO delta FROM fresh; DROP TABLE fresh")
        else:
            run("DROP TABLE delta; ALTER TABLE fresh RENAME TO delta")

    def count(self, table: str) -> int:
        ((number,),) = self.rows(f"SELECT count(*) FROM {table}")
        return int(number)

    # Equality ---------------------------------------------------------------------------

    def merge(self, replaced: dict[int, int], rule: int) -> None:
        """Replace ids by others in all tables; rows that become new ones join ``delta``."""
        run = self.connection.execute
        run("CREATE OR REPLACE TEMP TABLE merged(old BIGINT, new BIGINT)")
        run(
            "INSERT INTO merged SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])",
            [list(replaced), list(replaced.values())],
        )
        if self._given_is_view:
            run("DROP VIEW given")
            run(f"CREATE TEMP TABLE given AS {self.asserted}")
            self._given_is_view = False
        touched = " OR ".join(f"{c} IN (SELECT old FROM merged)" for c in "spo")
        moved = "CREATE OR REPLACE TEMP TABLE moved AS SELECT DISTINCT " + _REPLACED
        run(moved.format(more="", table="schema"))
        run(f"DELETE FROM schema WHERE {touched}; DELETE FROM schema_delta WHERE {touched}")
        run(f"INSERT INTO schema_delta SELECT s, p, o, {rule} FROM moved")
        run("INSERT INTO schema FROM moved ANTI JOIN schema USING (s, p, o)")
        # What was asserted of an equal term counts as round 0; what was derived keeps its rule.
        ranked = (
            f"(SELECT s, p, o, {rule} AS rule, 0 AS round FROM given UNION ALL "
            "SELECT s, p, o, rule, round FROM derived)"
        )
        run(moved.format(more=", rule, round", table=ranked))
        for owner in ("given", "derived", "delta"):
            run(f"DELETE FROM {owner} WHERE {touched}")
        run(
            "CREATE OR REPLACE TEMP TABLE fresh AS SELECT s, p, o, arg_min(rule, round) AS rule, "
            "min(round) AS round FROM moved ANTI JOIN facts USING (s, p, o) GROUP BY s, p, o"
        )
        run("INSERT INTO derived SELECT s, p, o, rule, round FROM fresh")
        run(f"INSERT INTO delta SELECT s, p, o, {rule} FROM fresh; DROP TABLE fresh")


_REPLACED = """coalesce(a.new, s) AS s, coalesce(b.new, p) AS p, coalesce(c.new, o) AS o{more}
FROM {table} LEFT JOIN merged AS a ON a.old = s LEFT JOIN merged AS b ON b.old = p
LEFT JOIN merged AS c ON c.old = o
WHERE a.old IS NOT NULL OR b.old IS NOT NULL OR c.old IS NOT NULL"""
