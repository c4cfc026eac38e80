"""Why a triple holds: a proof by the rules, down to what was asserted.

The rounds of the closure say in which order triples were derived, so a proof is found by asking,
for the rule that derived a triple, for an instance of its body among the triples of earlier rounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from kgtool.reason.closure import EQ_REP, Closure
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
    """Finds proofs in a closed set of facts."""

    def __init__(self, closure: Closure) -> None:
        self._closure = closure
        self._facts = closure.facts
        self._names = {code: name for name, code in closure.codes.items()}
        self._known: dict[Ids, Step | None] = {}

    def prove(self, triple: Ids) -> Step | None:
        """A proof of a triple; None where it does not follow."""
        if triple not in self._known:
            self._known[triple] = None
            self._known[triple] = self._prove(triple)
        return self._known[triple]

    def _prove(self, triple: Ids) -> Step | None:
        where = " AND ".join(f"{c} = {x}" for c, x in zip("spo", triple, strict=True))
        if self._facts.rows(f"SELECT 1 FROM ({self._facts.asserted}) WHERE {where} LIMIT 1"):
            return Step(triple, ASSERTED)
        s, p, o = triple
        if p == self._closure.same_as and s != o and self._of(s) == self._of(o):
            return self._equality(s, o)
        stands = (self._of(s), self._of(p), self._of(o))
        if stands != triple:
            return self._replaced(triple, self.prove(stands))
        rows = self._facts.rows(f"SELECT rule, round FROM derived WHERE {where}")
        if not rows:
            return None
        code, round_ = rows[0]
        name = self._names[code]
        if name == EQ_REP:
            return self._of_equal(triple)
        for rule in self._rules(name):
            for premises in self._instances(rule, triple, round_):
                steps = [self.prove(premise) for premise in premises]
                found = tuple(step for step in steps if step)
                if len(found) == len(steps):
                    return Step(triple, name, found)
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

    # Equality ---------------------------------------------------------------------------

    def _of(self, id_: int) -> int:
        return self._closure.same.of(id_)

    def _replaced(self, triple: Ids, step: Step | None) -> Step | None:
        """eq-rep: the triple of the representatives, and that they are the same."""
        if step is None:
            return None
        same = self._closure.same_as
        pairs = {(a, b) for a, b in zip(step.triple, triple, strict=True) if a != b}
        steps = [self.prove((a, same, b)) for a, b in sorted(pairs)]
        return Step(triple, EQ_REP, (step, *(s for s in steps if s)))

    def _of_equal(self, triple: Ids) -> Step | None:
        """The asserted triple of which this is the representatives' one."""
        members = self._closure.same.classes()
        tests = [
            f"{c} IN ({', '.join(map(str, members.get(x, [x])))})"
            for c, x in zip("spo", triple, strict=True)
        ]
        rows = self._facts.rows(
            f"SELECT s, p, o FROM ({self._facts.asserted}) WHERE {' AND '.join(tests)} LIMIT 1"
        )
        return self._replaced(triple, Step(_triple(rows[0]), ASSERTED)) if rows else None

    def _equality(self, one: int, two: int) -> Step | None:
        """eq-sym and eq-trans: a chain of what was said to be the same."""
        path = self._path(one, two)
        steps = [self._equation(*edge) for edge in path]
        if len(steps) == 1:
            return replace(steps[0], triple=(one, self._closure.same_as, two))
        rule = "eq-trans" if steps else "eq-ref"
        return Step((one, self._closure.same_as, two), rule, tuple(steps))

    def _equation(self, s: int, o: int, code: int) -> Step:
        triple = (s, self._closure.same_as, o)
        if code < 0:
            return Step(triple, ASSERTED)
        name = self._names[code]
        stands = (self._of(s), self._closure.same_as, self._of(o))
        for rule in self._rules(name):
            rule = replace(rule, different=())
            for premises in self._instances(rule, stands, self._facts.round + 1):
                steps = [self.prove(p) for p in dict.fromkeys(premises)]
                return Step(triple, name, tuple(step for step in steps if step))
        return Step(triple, name)

    def _path(self, one: int, two: int) -> list[tuple[int, int, int]]:
        """The equations that lead from one term to another, breadth first."""
        edges: dict[int, list[tuple[int, tuple[int, int, int]]]] = {}
        for edge in self._closure.equations:
            s, o, _ = edge
            edges.setdefault(s, []).append((o, edge))
            edges.setdefault(o, []).append((s, edge))
        reached: dict[int, list[tuple[int, int, int]]] = {one: []}
        queue = [one]
        for node in queue:
            for other, edge in edges.get(node, ()):
                if other not in reached:
                    reached[other] = [*reached[node], edge]
                    queue.append(other)
        return reached.get(two, [])


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
