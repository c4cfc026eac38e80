"""The closure of triples under rules: semi-naive, set-wise, in the engine.

The schema is closed first. Then each round evaluates the filled-in rules on what the round before
has added, until nothing is new; a new triple of the schema closes the schema again, and rules
with new axioms see all facts once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from kgtool.engine import ids
from kgtool.rdf.namespaces import RDF
from kgtool.reason import datatypes
from kgtool.reason.equality import Representatives
from kgtool.reason.facts import Facts
from kgtool.reason.filling import FilledRule, derivations, fill
from kgtool.reason.literals import Literals
from kgtool.reason.lists import LIST_PROPERTIES, Listed, Lists
from kgtool.reason.profile import Profile
from kgtool.reason.rule import NUMBERS, Atom, Place, Rule, iri, is_variable
from kgtool.reason.rules import SATURATED
from kgtool.reason.vocabulary import (
    SAME_AS,
    TOP,
    constants,
    schema_classes,
    schema_properties,
)

#: The names under which steps that are no rules of the tables are counted.
EQ_REP = "eq-rep"
_OTHERS = (EQ_REP, "scm-int", "scm-uni", "prp-spo2", "prp-key", "cls-int1", "cls-oo",
           "dt-type2", "dt-eq", "dt-diff")  # fmt: skip


class Closure:
    """Closes ``facts`` under a profile. With ``complete``, trivial rules run too."""

    def __init__(self, facts: Facts, profile: Profile, *, complete: bool = False) -> None:
        self.facts = facts
        self.profile = profile
        self.complete = complete
        self.ids = facts.ids_of([*constants(profile.rules), *datatypes.DATATYPES])
        self.same = Representatives(set(self.ids.values()))
        names = [rule.name for rule in profile.rules] + list(_OTHERS)
        self.codes = {name: code for code, name in enumerate(dict.fromkeys(names))}
        self._properties = self._known(schema_properties(profile.rules))
        self._classes = self._known(schema_classes(profile.rules))
        self._type = self.ids.get(RDF.type, -1)
        self.same_as = self.ids.get(SAME_AS, -1)
        self._top = self._known(TOP)
        self.literals = Literals(facts, self.ids)
        #: Rules that only say that something is in a datatype, which is checked instead.
        self.set_aside: list[FilledRule] = []
        #: What was said to be the same, and by which rule (-1: it was asserted).
        self.equations: list[tuple[int, int, int]] = []
        self._asked: set[int] = set()
        self._answered: set[int] = set()
        self._before: dict[str, tuple[object, ...]] = {}

    # The whole ------------------------------------------------------------------------

    def run(self) -> None:
        """Derive all that follows."""
        facts = self.facts
        facts.round = 1
        facts.fresh(self._ground())
        facts.keep_fresh()
        self._collect_schema("facts")
        self._unite("facts")
        everything = True
        while True:
            self._close_schema()
            selects = self._round(everything=everything)
            facts.round += 1
            new = facts.fresh(selects)
            if not new and not facts.count("schema_delta"):
                break
            facts.keep_fresh()
            everything = False
            self._unite("delta")
            self._collect_schema("delta")

    # The schema -----------------------------------------------------------------------

    def _collect_schema(self, table: str) -> None:
        """Copy the triples of the schema from a table."""
        tests = []
        if self._properties:
            tests.append(f"p IN ({_listed(self._properties)})")
        if self._classes:
            tests.append(f"p = {self._type} AND o IN ({_listed(self._classes)})")
        if tests:
            found = f"SELECT DISTINCT s, p, o FROM {table} WHERE {' OR '.join(tests)}"
            run = self.facts.connection.execute
            run(f"INSERT INTO schema_delta SELECT s, p, o, 0 FROM ({found}) ANTI JOIN schema USING (s, p, o)")
            run("INSERT INTO schema SELECT s, p, o FROM schema_delta ANTI JOIN schema USING (s, p, o)")

    def _close_schema(self) -> None:
        """Derive all of the schema that follows from it alone; ``schema_delta`` is used up."""
        facts, run = self.facts, self.facts.connection.execute
        while facts.count("schema_delta"):
            present = self._present("schema")
            new = self._present("schema_delta")
            selects = []
            for rule in self.usable(self.profile.schema, present):
                for number, atom in enumerate(rule.body):
                    if self._may_match(atom, new):
                        tables = ["schema"] * len(rule.body)
                        tables[number] = "schema_delta"
                        filled = FilledRule(rule.name, rule.body, rule.head, rule.different)
                        selects += derivations(filled, self.codes[rule.name], tables)
            for listed in self.lists().schema() if self.profile.lists else ():
                selects += derivations(listed, self.codes[listed.name], ())
            facts.fresh(selects, "schema")
            run("INSERT INTO schema SELECT s, p, o FROM fresh")
            run("DROP TABLE schema_delta; CREATE TEMP TABLE schema_delta AS FROM fresh")
            # The triples of a schema are all in it, so what it lacked no fact is.
            facts.round += 1
            facts.keep_fresh(add=True)

    def _present(self, table: str) -> tuple[set[int], set[int]]:
        """The properties of a table's triples, and the classes that something is in."""
        properties = {p for (p,) in self.facts.rows(f"SELECT DISTINCT p FROM {table}")}
        classes: set[int] = set()
        if self._type in properties:
            rows = self.facts.rows(f"SELECT DISTINCT o FROM {table} WHERE p = {self._type}")
            classes = {o for (o,) in rows}
        return properties, classes

    def lists(self) -> Lists:
        """The lists that the schema names."""
        heads: dict[str, list[tuple[int, int]]] = {}
        known = {self.ids[name]: name for name in LIST_PROPERTIES if name in self.ids}
        if known:
            rows = self.facts.rows(
                f"SELECT p, s, o FROM schema WHERE p IN ({_listed(known)}) ORDER BY p, s, o"
            )
            for p, s, o in rows:
                heads.setdefault(known[p], []).append((s, o))
        members = self._members({o for rows in heads.values() for _, o in rows})
        lists: dict[str, list[Listed]] = {
            name: [(s, members[o], o) for s, o in rows if o in members]
            for name, rows in heads.items()
        }
        types: dict[str, set[int]] = {}
        names = {id_: name for name, id_ in self.ids.items()}
        for s, o in self.facts.rows(f"SELECT s, o FROM schema WHERE p = {self._type}"):
            types.setdefault(names.get(o, ""), set()).add(s)
        return Lists(lists, self.ids, types)

    def _members(self, heads: set[int]) -> dict[int, tuple[int, ...]]:
        """The members of the RDF lists that begin at ``heads`` and are whole."""
        first, rest = self.ids.get(RDF.first), self.ids.get(RDF.rest)
        if not heads or first is None or rest is None:
            return {}
        nil = self.ids.get(RDF.nil)
        reached = (
            f"WITH RECURSIVE nodes(n) AS (SELECT unnest([{_listed(heads)}]::BIGINT[]) UNION "
            f"SELECT f.o FROM nodes JOIN facts AS f ON f.s = n AND f.p = {rest}) "
        )
        firsts = dict(self.facts.rows(f"{reached} SELECT s, o FROM facts JOIN nodes ON s = n WHERE p = {first}"))
        rests = dict(self.facts.rows(f"{reached} SELECT s, o FROM facts JOIN nodes ON s = n WHERE p = {rest}"))
        found: dict[int, tuple[int, ...]] = {}
        for head in heads:
            members, node, seen = [], head, set()
            while node != nil and node in firsts and node in rests and node not in seen:
                seen.add(node)
                members.append(firsts[node])
                node = rests[node]
            if node == nil:
                found[head] = tuple(members)
        return found

    # Filling in -----------------------------------------------------------------------

    def filled(self, rules: Sequence[Rule]) -> list[FilledRule]:
        """The rules with the axioms of the schema, as it is now."""
        present = self._present("schema")
        found: list[FilledRule] = []
        for rule in self.usable(rules):
            schema = [a for a in rule.body if self._is_schema(a)]
            facts = [a for a in rule.body if not self._is_schema(a)]
            if not all(self._may_match(a, present) for a in schema):
                continue
            needed = {v for a in (*facts, *rule.head) for v in a.variables}
            columns = tuple(sorted(needed & {v for a in schema for v in a.variables}))
            different = tuple(p for p in rule.different if not set(p) <= set(columns))
            body = Rule(rule.name, (), rule.head, different)
            axioms = self._axioms(schema, columns, rule) if schema else ((),)
            found += fill(body, facts, columns, axioms)
        return found

    def _axioms(
        self, schema: list[Atom], columns: tuple[str, ...], rule: Rule
    ) -> tuple[tuple[int, ...], ...]:
        """The solutions of a rule's atoms over the schema."""
        pairs = tuple(p for p in rule.different if set(p) <= set(columns))
        filled = FilledRule(rule.name, tuple(schema), (Atom(0, 0, 0),), pairs)
        bound: dict[str, str] = {}
        for number, atom in enumerate(schema):
            for column, place in zip("spo", atom.places, strict=True):
                if is_variable(place):
                    bound.setdefault(str(place), f"t{number}.{column}")
        (select,) = derivations(filled, 0, ["schema"] * len(schema))
        source = select[select.index(" FROM ") :]
        shown = ", ".join(bound[c] for c in columns) or "0"
        rows = self.facts.rows(f"SELECT DISTINCT {shown}{source} ORDER BY ALL")
        if not columns:
            return ((),) if rows else ()
        return tuple(rows)

    def usable(
        self, rules: Iterable[Rule], present: tuple[set[int], set[int]] | None = None
    ) -> Iterator[Rule]:
        """The rules whose constants the dictionary and the schema have, as ids."""
        numbers = self.literals.numbers()
        for rule in rules:
            if rule.trivial and not self.complete:
                continue
            marks = [m for m in NUMBERS if any(m in a.places for a in rule.body)]
            for row in product(*(numbers.get(m, ()) for m in marks)):
                values: dict[str, Place] = {**self.ids, **dict(zip(marks, row, strict=True))}
                body = tuple(a.replaced(values) for a in rule.body)
                head = tuple(a.replaced(values) for a in rule.head)
                if any(_is_unknown(x) for a in (*body, *head) for x in a.places):
                    continue
                if present is None or all(self._may_match(a, present) for a in body):
                    yield Rule(rule.name, body, head, rule.different)

    def _is_schema(self, atom: Atom) -> bool:
        return atom.p in self._properties or (atom.p == self._type and atom.o in self._classes)

    def _may_match(self, atom: Atom, present: tuple[set[int], set[int]]) -> bool:
        """Whether triples with these properties and classes can match an atom."""
        properties, classes = present
        if not isinstance(atom.p, int):
            return True
        if atom.p not in properties:
            return False
        return atom.p != self._type or not isinstance(atom.o, int) or atom.o in classes

    # Rounds ---------------------------------------------------------------------------

    def _ground(self) -> list[str]:
        """What is true of every graph, and of every literal."""
        selects = []
        for rule in self.usable(self.profile.axioms):
            (head,) = rule.head
            selects += derivations(FilledRule(rule.name, (), (head,)), self.codes[rule.name], ())
        if self.complete and self.profile.datatypes:
            selects += [self._row(*row) for row in self.literals.everything()]
        return selects

    def _row(self, rule: str, s: Place, p: Place, o: Place) -> str:
        return f"SELECT {s} AS s, {p} AS p, {o} AS o, {self.codes[rule]} AS rule"

    def _round(self, *, everything: bool) -> list[str]:
        """The SELECTs of one round."""
        rules = self.filled(self.profile.facts)
        if self.profile.lists:
            lists = self.lists()
            rules += [*lists.rules(), *lists.members()]
        rules = self._worth_it(rules)
        present = self._present("delta") if not everything else (set(), set())
        before, self._before = self._before, {}
        selects: list[str] = []
        grouped: dict[str, list[FilledRule]] = {}
        for rule in rules:
            grouped.setdefault(rule.name, []).append(rule)
        for name, group in grouped.items():
            known = set(before.get(name, ()))
            self._before[name] = tuple(group)
            for rule in group:
                code = self.codes[name]
                if everything or rule not in known:
                    selects += derivations(rule, code, ["facts"] * len(rule.atoms))
                else:
                    selects += self._on_delta(rule, code, present)
        if asked := self._asked - self._answered:
            selects += [self._row(*row) for row in self.literals.members(asked)]
            self._answered |= asked
        return selects

    def _on_delta(
        self, rule: FilledRule, code: int, present: tuple[set[int], set[int]]
    ) -> Iterator[str]:
        skipped = [self.codes[n] for n in SATURATED.get(rule.name, ()) if n in self.codes]
        for number, atom in enumerate(rule.atoms):
            if self._touches(rule, atom, present):
                tables = ["facts"] * len(rule.atoms)
                tables[number] = "delta"
                yield from derivations(rule, code, tables, {number: skipped} if skipped else {})

    def _touches(
        self, rule: FilledRule, atom: Atom, present: tuple[set[int], set[int]]
    ) -> bool:
        properties, classes = present
        values = rule.values(atom.p)
        if values is None:
            return bool(properties)
        if not any(p in properties for p in values):
            return False
        if atom.p != self._type:
            return True
        wanted = rule.values(atom.o)
        return wanted is None or any(c in classes for c in wanted)

    def _worth_it(self, rules: list[FilledRule]) -> list[FilledRule]:
        """Without what only says that something is in the class of all things, or in a datatype.

        Unless a rule that says more asks for that class. Whether a literal is in a datatype that it
        must be in is checked at the end (``set_aside``), not derived.
        """
        if self.complete:
            return rules
        idle = self._top | self.literals.datatypes
        kept = [rule for each in rules if (rule := self._split(each, idle)[0])]
        premises = {
            c for r in (*kept, *self.clash_rules()) for a in r.atoms for c in self._classes_of(r, a)
        }
        self._asked = premises & self.literals.datatypes
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

    def clash_rules(self) -> list[FilledRule]:
        """The rules that must not find anything, with the axioms of the schema."""
        lists = self.lists().clashes() if self.profile.lists else ()
        return [*self.filled(self.profile.clashes), *lists]

    # Equality -------------------------------------------------------------------------

    def _unite(self, table: str) -> None:
        """Replace terms that a table's triples say are the same by their representatives."""
        rule = "rule" if table == "delta" else "-1"
        while True:
            said = self.facts.rows(
                f"SELECT s, o, min({rule}) FROM {table} WHERE p = {self.same_as} AND s <> o "
                "GROUP BY s, o ORDER BY s, o"
            )
            if not self.complete:
                # Two literals with one value stay two: dt-eq says it of all, and is not kept.
                said = [row for row in said if not all(map(_is_literal, row[:2]))]
            self.equations += said
            replaced = self.same.unite((s, o) for s, o, _ in said)
            if not replaced:
                return
            self.facts.merge(replaced, self.codes[EQ_REP])
            table, rule = "delta", "rule"

    def _known(self, names: Iterable[str]) -> set[int]:
        return {self.ids[name] for name in names if name in self.ids}


def _is_literal(id_: int) -> bool:
    return ids.tag_of(id_) not in (ids.IRI_TAG, ids.BNODE)


def _is_unknown(place: Place) -> bool:
    return isinstance(place, str) and not is_variable(place)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
