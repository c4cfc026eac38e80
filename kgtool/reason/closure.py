"""The closure of triples under rules: semi-naive, set-wise, in the engine.

The schema is closed first. Then each round evaluates the filled-in rules on what the round before
has added, until nothing is new; a new triple of the schema closes the schema again, and rules
with new axioms see all facts once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from kgtool.engine import ids
from kgtool.engine.sqltext import quote
from kgtool.rdf.namespaces import RDF
from kgtool.reason import datatypes
from kgtool.reason.equality import Representatives
from kgtool.reason.facts import Facts
from kgtool.reason.filling import FilledRule, derivations
from kgtool.reason.literals import IS_LITERAL, Literals
from kgtool.reason.profile import Profile
from kgtool.reason.rule import Atom, iri
from kgtool.reason.rules import EQUALITY_RULES, MIRRORED, SATURATED
from kgtool.reason.schema import Present, Schema
from kgtool.reason.vocabulary import SAME_AS, TOP, constants, is_membership_property

#: The name under which triples of equal terms are counted.
EQ_REP = "eq-rep"
#: The name of what is true of every graph that names a thing.
AXIOM = "rdfs-axiom"
#: Steps that are no rules of the tables.
_OTHERS = (EQ_REP, AXIOM, "scm-int", "scm-uni", "prp-spo2", "prp-key", "cls-int1", "cls-oo",
           "dt-type2", "dt-eq", "dt-diff")  # fmt: skip
#: The code of what no rule has derived.
GIVEN = -1


class Closure:
    """Closes ``facts`` under a profile. With ``complete``, trivial rules run too.

    With ``copies`` terms that are the same all stay, and what holds of one is derived for each:
    so every triple that follows has the rule and the round that gave it.
    """

    def __init__(
        self, facts: Facts, profile: Profile, *, complete: bool = False, copies: bool = False
    ) -> None:
        if copies:
            profile = replace(profile, facts=(*profile.facts, *EQUALITY_RULES))
        self.facts = facts
        self.profile = profile
        self.ids = facts.ids_of([*constants(profile.rules), *profile.names, *datatypes.DATATYPES])
        self.same = Representatives(set(self.ids.values()))
        self.same_as = self.ids.get(SAME_AS, -1)
        names = [rule.name for rule in profile.rules] + list(_OTHERS)
        self.codes = {name: code for code, name in enumerate(dict.fromkeys(names))}
        closed = {None, *(rule.name for rule in profile.schema)}
        self._saturated = {
            name: [n for n, by in others.items() if by in closed]
            for name, others in SATURATED.items()
        }
        self.literals = Literals(facts, self.ids)
        self.schema = Schema(facts, profile, self.ids, self.codes, self.literals, complete=complete)
        #: Rules that only say that something is in a datatype, which is checked instead.
        self.set_aside: list[FilledRule] = []
        self._complete = complete
        self._copies = copies
        self._type = self.ids.get(RDF.type, -1)
        self._top = {self.ids[name] for name in TOP if name in self.ids}
        #: The datatypes of which a rule asks the members.
        self.asked: set[int] = set()
        self._answered: set[int] = set()
        self._rules: dict[str, list[FilledRule]] = {}
        self._mirrored = False

    def run(self, delta: str | None = None) -> None:
        """Derive all that follows.

        ``delta`` is a query for some (s, p, o) of the facts without which they are closed: only
        what follows from those is derived.
        """
        facts, schema = self.facts, self.schema
        facts.round = 1
        facts.fresh(self._ground())
        facts.keep_fresh()
        if delta is not None:
            facts.connection.execute(f"INSERT INTO delta SELECT s, p, o, {GIVEN} FROM ({delta})")
        schema.collect("facts")
        if self._unite("facts"):
            # Another name of a property of the schema's is one of them now.
            schema.collect("facts")
        schema.close()
        rules = self.rules()
        if delta is not None and not schema.reads(f"({delta})"):
            self._rules = rules
        while True:
            selects = self._round(rules)
            facts.round += 1
            if self._copies:
                selects = [
                    f"SELECT * FROM ({each}) WHERE {self._not_of_values()}" for each in selects
                ]
            if not facts.fresh(selects):
                break
            facts.keep_fresh()
            merged = self._unite("delta")
            if schema.collect("delta") or merged:
                schema.close()
                rules = self.rules()

    def clash_rules(self) -> list[FilledRule]:
        """The rules that must not find anything, with the axioms of the schema."""
        lists = self.schema.lists.clashes() if self.profile.lists else ()
        return [*self.schema.fill(self.profile.clashes), *lists]

    # Rounds -----------------------------------------------------------------------------

    def _ground(self) -> list[str]:
        """What is true of every graph, and of every literal."""
        selects = []
        for rule in self.schema.usable(self.profile.axioms):
            selects += derivations(FilledRule(rule.name, (), rule.head), self.codes[rule.name], ())
        selects += self._memberships()
        if self._complete and self.profile.datatypes:
            selects += [self._row(*row) for row in self.literals.everything()]
        return selects

    def _memberships(self) -> Iterator[str]:
        """What is true of the container membership properties that are named, here or anywhere."""
        if not self.profile.membership:
            return
        start = quote(f"{RDF.base}_")
        named = self.facts.rows(
            f"SELECT id, lex FROM terms_ WHERE type = 'iri' AND starts_with(lex, {start}) "
            "ORDER BY id"
        )
        heads = tuple(atom.replaced(dict(self.ids)) for atom in self.profile.membership)
        for id_, name in named:
            if is_membership_property(name):
                about = tuple(atom.replaced({"?n": id_}) for atom in heads)
                yield from derivations(FilledRule(AXIOM, (), about), self.codes[AXIOM], ())

    def _row(self, rule: str, s: int, p: int, o: int) -> str:
        return f"SELECT {s} AS s, {p} AS p, {o} AS o, {self.codes[rule]} AS rule"

    def _round(self, rules: dict[str, list[FilledRule]]) -> list[str]:
        """The SELECTs of one round: of known rules on ``delta``, of new ones on all facts."""
        present = self.schema.present("delta")
        before, self._rules = self._rules, rules
        selects: list[str] = []
        for name, group in rules.items():
            known, code = set(before.get(name, ())), self.codes[name]
            for rule in group:
                if rule in known:
                    selects += self._on_delta(rule, code, present)
                else:
                    selects += derivations(rule, code, ["facts"] * len(rule.atoms))
        if asked := self.asked - self._answered:
            selects += [self._row(*row) for row in self.literals.members(asked)]
            self._answered |= asked
        return selects

    def _on_delta(self, rule: FilledRule, code: int, present: Present) -> Iterator[str]:
        names = self._saturated.get(rule.name, [])
        if self._mirrored:
            names = [*names, *MIRRORED.get(rule.name, ())]
        skipped = [self.codes[name] for name in names if name in self.codes]
        for number, atom in enumerate(rule.atoms):
            if self._touches(rule, atom, present):
                tables = ["facts"] * len(rule.atoms)
                tables[number] = "delta"
                yield from derivations(rule, code, tables, {number: skipped} if skipped else {})

    def _touches(self, rule: FilledRule, atom: Atom, present: Present) -> bool:
        """Whether triples with these properties and classes can match an atom of a rule."""
        properties, classes = present
        values = rule.values(atom.p)
        if values is None:
            return bool(properties)
        if properties.isdisjoint(values):
            return False
        wanted = rule.values(atom.o) if atom.p == self._type else None
        return wanted is None or not classes.isdisjoint(wanted)

    # The rules --------------------------------------------------------------------------

    def rules(self) -> dict[str, list[FilledRule]]:
        """The rules over facts by name, as the schema is now."""
        inverses = self.schema.pairs(iri("owl:inverseOf"))
        properties = [p for pair in inverses for p in set(pair)]
        self._mirrored = len(properties) == len(set(properties))
        rules = self.schema.fill((*self.profile.facts, *self.profile.own))
        if self.profile.lists:
            rules += [*self.schema.lists.rules(), *self.schema.lists.members()]
        grouped: dict[str, list[FilledRule]] = {}
        for rule in rules if self._complete else self._worth_it(rules):
            grouped.setdefault(rule.name, []).append(rule)
        return grouped

    def _worth_it(self, rules: list[FilledRule]) -> list[FilledRule]:
        """Without what only says that something is in the class of all things, or in a datatype.

        Unless a rule that says more asks for that class. Whether a literal is in a datatype that it
        must be in is checked at the end (``set_aside``), not derived.
        """
        idle = self._top | self.literals.datatypes
        kept = [rule for each in rules if (rule := self._split(each, idle)[0])]
        premises = {
            c for r in (*kept, *self.clash_rules()) for a in r.atoms for c in self._classes_of(r, a)
        }
        self.asked = premises & self.literals.datatypes
        idle -= premises
        parts = [self._split(each, idle) for each in rules]
        aside = [self._split(rule, idle & self.literals.datatypes)[1] for _, rule in parts if rule]
        self.set_aside = [rule for rule in aside if rule]
        return [rule for rule, _ in parts if rule]

    def _classes_of(self, rule: FilledRule, atom: Atom) -> Collection[int]:
        """The classes that an atom asks, or tells, the members of."""
        return (rule.values(atom.o) or ()) if atom.p == self._type else ()

    def _split(
        self, rule: FilledRule, classes: set[int]
    ) -> tuple[FilledRule | None, FilledRule | None]:
        """What of a rule does not only say that something is in ``classes``, and what does."""
        told = self._classes_of(rule, rule.head[0]) if len(rule.head) == 1 else ()
        if not classes.intersection(told):
            return rule, None
        if not rule.columns:
            return None, rule
        column = rule.columns.index(str(rule.head[0].o))
        rest = tuple(row for row in rule.axioms if row[column] not in classes)
        only = tuple(row for row in rule.axioms if row[column] in classes)
        return (replace(rule, axioms=rest) if rest else None), replace(rule, axioms=only)

    # Equality ---------------------------------------------------------------------------

    def _not_of_values(self) -> str:
        """The SQL condition that a triple does not say that two literals are the same."""
        literals = " AND ".join(IS_LITERAL.format(column) for column in "so")
        return f"NOT (p = {self.same_as} AND {literals})"

    def _unite(self, table: str) -> bool:
        """Replace terms that a table says are the same by their representatives.

        Whether there were any.
        """
        merged = False
        while not self._copies:
            said = self.facts.rows(
                f"SELECT DISTINCT s, o FROM {table} WHERE p = {self.same_as} AND s <> o "
                "ORDER BY s, o"
            )
            if not self._complete:
                # Two literals with one value stay two: dt-eq says it of all, and is not kept.
                said = [row for row in said if not all(map(_is_literal, row))]
            replaced = self.same.unite((s, o) for s, o in said)
            if not replaced:
                return merged
            merged = True
            self.facts.merge(replaced, self.codes[EQ_REP])
            self.schema.forget()
            table = "delta"
        return merged


def _is_literal(id_: int) -> bool:
    return ids.tag_of(id_) not in (ids.IRI_TAG, ids.BNODE)
