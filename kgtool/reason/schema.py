"""The schema among facts: its closure, its lists, and the rules that it fills in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TypeAlias

from kgtool.rdf.namespaces import RDF
from kgtool.reason.facts import Facts
from kgtool.reason.filling import FilledRule, body_sql, derivations, fill
from kgtool.reason.lists import LIST_PROPERTIES, Listed, Lists
from kgtool.reason.literals import Literals
from kgtool.reason.profile import Profile
from kgtool.reason.rule import NUMBERS, Atom, Place, Rule, is_variable
from kgtool.reason.vocabulary import schema_classes, schema_properties

#: The properties of some triples, and the classes that something is in by them.
Present: TypeAlias = tuple[set[int], set[int]]


class Schema:
    """The triples of the facts that say what classes and properties mean.

    ``ids`` are those of the constants of the profile's rules, ``codes`` the numbers of the rules.
    """

    def __init__(
        self,
        facts: Facts,
        profile: Profile,
        ids: Mapping[str, int],
        codes: Mapping[str, int],
        literals: Literals,
        *,
        complete: bool,
    ) -> None:
        self._facts = facts
        self._profile = profile
        self._ids = ids
        self._codes = codes
        self._literals = literals
        self._complete = complete
        self._type = ids.get(RDF.type, -1)
        self._properties = self._known(schema_properties(profile.of_schema))
        self._classes = self._known(schema_classes(profile.of_schema))
        self._lists: Lists | None = None
        self._numbers: dict[str, list[int]] | None = None
        self._present: Present | None = None

    # Its triples ------------------------------------------------------------------------

    def collect(self, table: str) -> bool:
        """Take the triples of the schema from a table; whether there were new ones."""
        found = f"SELECT DISTINCT s, p, o FROM {table} WHERE {self._test()}"
        run = self._facts.connection.execute
        run(
            f"INSERT INTO schema_delta SELECT s, p, o, 0 FROM ({found}) "
            "ANTI JOIN schema USING (s, p, o)"
        )
        run("INSERT INTO schema SELECT s, p, o FROM schema_delta ANTI JOIN schema USING (s, p, o)")
        return bool(self._facts.count("schema_delta")) or self.reads(table)

    def has(self, p: int, o: int) -> bool:
        """Whether a triple with this property and object is one of the schema, or of a list."""
        return (
            p in self._properties
            or p in self._known((RDF.first, RDF.rest))
            or (p == self._type and o in self._classes)
        )

    def reads(self, triples: str) -> bool:
        """Whether a table or a query has triples of the schema or of nodes of lists."""
        nodes = _listed(self._known((RDF.first, RDF.rest))) or "NULL"
        test = f"{self._test()} OR p IN ({nodes})"
        return bool(self._facts.rows(f"SELECT 1 FROM {triples} WHERE {test} LIMIT 1"))

    def close(self) -> None:
        """Derive all of the schema that follows from it alone; ``schema_delta`` is used up."""
        facts, run = self._facts, self._facts.connection.execute
        while facts.count("schema_delta"):
            self.forget()
            selects = list(self._derivations())
            facts.fresh(selects, "schema")
            run("INSERT INTO schema SELECT s, p, o FROM fresh")
            run("DROP TABLE schema_delta; CREATE TEMP TABLE schema_delta AS FROM fresh")
            # The triples of a schema are all in it, so what it lacked no fact is.
            facts.round += 1
            facts.keep_fresh(add=True)
        self.forget()

    def forget(self) -> None:
        """Look at the triples again: they have changed."""
        self._lists = self._numbers = self._present = None

    def _derivations(self) -> Iterator[str]:
        new = self.present("schema_delta")
        for rule in self.usable(self._profile.schema, self.here):
            for number, atom in enumerate(rule.body):
                if self.may_match(atom, new):
                    tables = ["schema"] * len(rule.body)
                    tables[number] = "schema_delta"
                    filled = FilledRule(rule.name, rule.body, rule.head, rule.different)
                    yield from derivations(filled, self._codes[rule.name], tables)
        if self._profile.lists:
            for listed in self.lists.schema():
                yield from derivations(listed, self._codes[listed.name], ())

    def _test(self) -> str:
        """The SQL condition that a triple is one of the schema."""
        tests = []
        if self._properties:
            tests.append(f"p IN ({_listed(self._properties)})")
        if self._classes:
            tests.append(f"p = {self._type} AND o IN ({_listed(self._classes)})")
        return f"({' OR '.join(tests) or 'FALSE'})"

    # What it holds ----------------------------------------------------------------------

    @property
    def here(self) -> Present:
        """The properties and classes of its own triples."""
        if self._present is None:
            self._present = self.present("schema")
        return self._present

    def pairs(self, property_: str) -> list[tuple[int, int]]:
        """The (s, o) of its triples with a property."""
        id_ = self._ids.get(property_, -1)
        rows = self._facts.rows(f"SELECT s, o FROM schema WHERE p = {id_} ORDER BY s, o")
        return [(s, o) for s, o in rows]

    def present(self, table: str) -> Present:
        """The properties of a table's triples, and the classes that something is in."""
        properties = {p for (p,) in self._facts.rows(f"SELECT DISTINCT p FROM {table}")}
        classes: set[int] = set()
        if self._type in properties:
            rows = self._facts.rows(f"SELECT DISTINCT o FROM {table} WHERE p = {self._type}")
            classes = {o for (o,) in rows}
        return properties, classes

    @property
    def lists(self) -> Lists:
        """The lists that it names."""
        if self._lists is None:
            self._lists = Lists(self._found_lists(), self._ids, self._typed())
        return self._lists

    def _found_lists(self) -> dict[str, list[Listed]]:
        known = {self._ids[name]: name for name in LIST_PROPERTIES if name in self._ids}
        if not self.here[0] & set(known):
            return {}
        rows = self._facts.rows(
            f"SELECT p, s, o FROM schema WHERE p IN ({_listed(known)}) ORDER BY p, s, o"
        )
        members = self._members({o for _, _, o in rows})
        found: dict[str, list[Listed]] = {}
        for p, s, o in rows:
            if o in members:
                found.setdefault(known[p], []).append((s, members[o], o))
        return found

    def _typed(self) -> dict[str, set[int]]:
        names = {id_: name for name, id_ in self._ids.items()}
        types: dict[str, set[int]] = {}
        for s, o in self._facts.rows(f"SELECT s, o FROM schema WHERE p = {self._type}"):
            types.setdefault(names.get(o, ""), set()).add(s)
        return types

    def _members(self, heads: set[int]) -> dict[int, tuple[int, ...]]:
        """The members of the RDF lists that begin at ``heads`` and are whole."""
        first, rest = self._ids[RDF.first], self._ids[RDF.rest]
        nil = self._ids[RDF.nil]
        reached = (
            f"WITH RECURSIVE nodes(n) AS (SELECT unnest([{_listed(heads)}]::BIGINT[]) UNION "
            f"SELECT f.o FROM nodes JOIN facts AS f ON f.s = n AND f.p = {rest}) "
            "SELECT s, p, o FROM {table} SEMI JOIN nodes ON s = n "
            f"WHERE p = {first} OR p = {rest} ORDER BY s, p, o"
        )
        # What is given counts before what is only the same as that.
        nodes = {
            (s, p): o
            for table in ("facts", "given")
            for s, p, o in self._facts.rows(reached.replace("{table}", table))
        }
        found: dict[int, tuple[int, ...]] = {}
        for head in heads:
            members, node, seen = [], head, set()
            while (node, first) in nodes and (node, rest) in nodes and node not in seen:
                seen.add(node)
                members.append(nodes[node, first])
                node = nodes[node, rest]
            if node == nil:
                found[head] = tuple(members)
        return found

    # Filling in -------------------------------------------------------------------------

    def fill(self, rules: Sequence[Rule]) -> list[FilledRule]:
        """The rules with the axioms of the schema, as it is now."""
        found: list[FilledRule] = []
        for rule in self.usable(rules):
            schema = [a for a in rule.body if self._holds(a)]
            facts = [a for a in rule.body if not self._holds(a)]
            if not all(self.may_match(a, self.here) for a in schema):
                continue
            needed = {v for a in (*facts, *rule.head) for v in a.variables}
            columns = tuple(sorted(needed & {v for a in schema for v in a.variables}))
            axioms = self._axioms(rule, schema, columns) if schema else ((),)
            different = tuple(p for p in rule.different if not set(p) <= set(columns))
            found += fill(Rule(rule.name, (), rule.head, different), facts, columns, axioms)
        return found

    def _axioms(
        self, rule: Rule, schema: Sequence[Atom], columns: tuple[str, ...]
    ) -> tuple[tuple[int, ...], ...]:
        """The solutions of a rule's atoms over the schema."""
        pairs = tuple(p for p in rule.different if set(p) <= set(columns))
        body = FilledRule(rule.name, tuple(schema), (), pairs)
        source, bound = body_sql(body, ["schema"] * len(schema))
        shown = ", ".join(bound[c] for c in columns) or "0"
        rows = self._facts.rows(f"SELECT DISTINCT {shown}{source} ORDER BY ALL")
        return tuple(rows) if columns else ((),) * bool(rows)

    def usable(self, rules: Iterable[Rule], present: Present | None = None) -> Iterator[Rule]:
        """The rules whose constants the dictionary has, as ids.

        Of those only such as triples with properties and classes that are ``present`` can match.
        """
        if self._numbers is None:
            self._numbers = self._literals.numbers()
        for rule in rules:
            if rule.trivial and not self._complete:
                continue
            marks = [m for m in NUMBERS if any(m in a.places for a in rule.body)]
            for row in product(*(self._numbers.get(m, ()) for m in marks)):
                values: dict[str, Place] = {**self._ids, **dict(zip(marks, row, strict=True))}
                body = tuple(a.replaced(values) for a in rule.body)
                head = tuple(a.replaced(values) for a in rule.head)
                if any(_is_unknown(x) for a in (*body, *head) for x in a.places):
                    continue
                if present is None or all(self.may_match(a, present) for a in body):
                    yield Rule(rule.name, body, head, rule.different)

    def may_match(self, atom: Atom, present: Present) -> bool:
        """Whether triples with these properties and classes can match an atom."""
        properties, classes = present
        if not isinstance(atom.p, int):
            return True
        if atom.p not in properties:
            return False
        return atom.p != self._type or not isinstance(atom.o, int) or atom.o in classes

    def _holds(self, atom: Atom) -> bool:
        return atom.p in self._properties or (atom.p == self._type and atom.o in self._classes)

    def _known(self, names: Iterable[str]) -> set[int]:
        return {self._ids[name] for name in names if name in self._ids}


def _is_unknown(place: Place) -> bool:
    return isinstance(place, str) and not is_variable(place)


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
