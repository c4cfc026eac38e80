"""Reasoning as one step: triples in, what they entail out, with counts and contradictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgtool.reason import datatypes
from kgtool.reason.clashes import Clash, ContradictionError, find_clashes
from kgtool.reason.closure import EQ_REP, Closure
from kgtool.reason.facts import Facts
from kgtool.reason.noise import Noise
from kgtool.reason.profile import Profile
from kgtool.reason.vocabulary import constants

if TYPE_CHECKING:
    import duckdb

#: Clashes of one rule that are told.
_SHOWN = 10


def vocabulary(profile: Profile) -> list[str]:
    """The IRIs that need ids before reasoning begins."""
    return sorted({*constants(profile.rules), *profile.names, *datatypes.DATATYPES})


class Inference:
    """What follows from a connection's triples.

    ``triples`` and ``terms`` are queries for (s, p, o) and (id, type, lex); :func:`vocabulary` has
    the IRIs that must be among the terms. With ``complete`` also what is true of every graph is
    derived, and kept. After :meth:`run` table ``inferred`` has (s, p, o, rule).
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        triples: str,
        terms: str,
        profile: Profile,
        *,
        complete: bool = False,
        reflexive: bool = False,
        copies: bool = False,
    ) -> None:
        self._asserted = triples
        self._complete = complete
        self._reflexive = reflexive
        self.facts = Facts(connection, triples, terms)
        self.closure = Closure(self.facts, profile, complete=complete, copies=copies)

    def run(self, delta: str | None = None) -> None:
        """Derive all that follows into table ``inferred``; of ``delta`` see :meth:`Closure.run`."""
        self.closure.run(delta)
        kept = "TRUE" if self._complete else self.noise().condition()
        run = self.facts.connection.execute
        run(f"CREATE OR REPLACE TEMP TABLE inferred AS FROM ({self._derived()}) WHERE {kept}")

    def noise(self) -> Noise:
        """What is not kept of what follows."""
        return Noise.of(self.facts, reflexive=self._reflexive)

    def counts(self) -> dict[str, int]:
        """How many triples each rule added, of those that are kept; most first."""
        names = {code: name for name, code in self.closure.codes.items()}
        rows = self.facts.rows("SELECT rule, count(*) FROM inferred GROUP BY rule")
        found = {names[rule]: int(number) for rule, number in rows}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def clashes(self) -> list[Clash]:
        return find_clashes(self.closure, _SHOWN)

    def raise_clashes(self) -> None:
        """Raises ContradictionError where the triples contradict each other."""
        if clashes := self.clashes():
            raise ContradictionError(clashes)

    def finish(self) -> str:
        """Drop the working tables; a query for the (s, p, o) that follow, which stay."""
        self.facts.drop()
        return "SELECT s, p, o FROM inferred"

    def _derived(self) -> str:
        """What is derived and not asserted, written out for all terms that are the same."""
        classes = self.closure.same.classes()
        if not classes:
            return "SELECT s, p, o, rule FROM derived"
        pairs = [(rep, member) for rep, members in classes.items() for member in members]
        run = self.facts.connection.execute
        run("CREATE OR REPLACE TEMP TABLE same(rep BIGINT, member BIGINT)")
        run(
            "INSERT INTO same SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])",
            list(zip(*pairs, strict=True)),
        )
        rep = self.closure.codes[EQ_REP]
        stands = " OR ".join(f"{column} IN (SELECT rep FROM same)" for column in "spo")
        known = (
            "SELECT s, p, o, rule FROM derived UNION ALL "
            f"SELECT s, p, o, {rep} AS rule FROM given WHERE {stands}"
        )
        expanded = (
            "SELECT coalesce(a.member, s) AS s, coalesce(b.member, p) AS p, "
            "coalesce(c.member, o) AS o, min(CASE WHEN coalesce(a.member, s) = s AND "
            "coalesce(b.member, p) = p AND coalesce(c.member, o) = o "
            f"THEN rule ELSE {rep} END) AS rule FROM ({known}) "
            "LEFT JOIN same AS a ON a.rep = s LEFT JOIN same AS b ON b.rep = p "
            "LEFT JOIN same AS c ON c.rep = o GROUP BY ALL"
        )
        return f"FROM ({expanded}) ANTI JOIN ({self._asserted}) AS a USING (s, p, o)"
