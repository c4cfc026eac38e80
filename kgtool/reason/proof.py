"""Why a triple holds: a proof by the rules, down to what was asserted.

The rounds of the closure say in which order triples were derived, so a proof is found by asking,
for the rule that derived a triple, for an instance of its body among the triples of earlier rounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from kgtool.reason.closure import Closure
from kgtool.reason.filling import FilledRule, instances
from kgtool.reason.rule import Atom, Place, is_variable

Ids = tuple[int, int, int]

ASSERTED = "asserted"
_RANKED = "(SELECT s, p, o, 0 AS round FROM given UNION ALL SELECT s, p, o, round FROM derived)"


@dataclass(frozen=True, slots=True)
class Step:
    """A triple, the rule that gives it (or ``ASSERTED``), and the steps to what that rests on."""

    triple: Ids
    rule: str
    premises: tuple[Step, ...] = ()


class Prover:
    """Finds proofs in a closed set of facts, where equality is by copies."""

    def __init__(self, closure: Closure) -> None:
        self._closure = closure
        self._facts = closure.facts
        self._names = {code: name for name, code in closure.codes.items()}
        self._known: dict[Ids, Step] = {}

    def prove(self, triple: Ids) -> Step | None:
        """A proof of a triple; None where it does not follow."""
        if triple not in self._known:
            found = self._prove(triple)
            if found is None:
                return None
            self._known[triple] = found
        return self._known[triple]

    def _prove(self, triple: Ids) -> Step | None:
        where = " AND ".join(f"{c} = {x}" for c, x in zip("spo", triple, strict=True))
        if self._facts.rows(f"SELECT 1 FROM given WHERE {where} LIMIT 1"):
            return Step(triple, ASSERTED)
        rows = self._facts.rows(f"SELECT rule, round FROM derived WHERE {where}")
        if not rows:
            return None
        code, round_ = rows[0]
        name = self._names[code]
        for rule in self._rules(name):
            for premises in self._instances(rule, triple, round_):
                steps = tuple(step for step in map(self.prove, premises) if step)
                return Step(triple, name, steps)
        return Step(triple, name)

    def _rules(self, name: str) -> Iterator[FilledRule]:
        """The rules of a name, over facts alone."""
        profile = self._closure.profile
        for rule in self._closure.schema.usable((*profile.schema, *profile.facts, *profile.own)):
            if rule.name == name:
                yield FilledRule(name, rule.body, rule.head, rule.different)
        if profile.lists:
            lists = self._closure.schema.lists
            yield from (
                r for r in (*lists.rules(), *lists.members(), *lists.schema()) if r.name == name
            )

    def _instances(self, rule: FilledRule, triple: Ids, before: int) -> Iterator[list[Ids]]:
        """The triples of an instance of a rule that gives a triple."""
        for head in rule.head:
            bindings = _matched(head, triple)
            if bindings is None:
                continue
            atoms = tuple(atom.replaced(bindings) for atom in rule.atoms)
            different = tuple(p for p in rule.different if not set(p) <= set(bindings))
            origin = [_triple(rule.origin.places)] if rule.origin else []
            if not atoms:
                yield origin
                continue
            table = f"(SELECT s, p, o FROM {_RANKED} WHERE round < {before})"
            bound = replace(rule, atoms=atoms, head=(), different=_renamed(different, bindings))
            sql = f"{instances(bound, [table] * len(atoms))} LIMIT 1"
            for row in self._facts.rows(sql):
                yield [*origin, *map(_triple, zip(row[::3], row[1::3], row[2::3], strict=True))]


def _triple(row: Iterable[Any]) -> Ids:
    s, p, o = row
    return int(s), int(p), int(o)


def _matched(head: Atom, triple: Ids) -> dict[str, Place] | None:
    """The values of a head's variables that make it a triple; None where nothing does."""
    found: dict[str, Place] = {}
    for place, value in zip(head.places, triple, strict=True):
        if is_variable(place):
            if found.setdefault(str(place), value) != value:
                return None
        elif place != value:
            return None
    return found


def _renamed(
    pairs: tuple[tuple[str, str], ...], bindings: dict[str, Place]
) -> tuple[tuple[str, str], ...]:
    """The pairs that are both still variables; a known one is different by the head's triple."""
    return tuple(p for p in pairs if not any(x in bindings for x in p))
