"""Rules with their schema filled in, and the SQL that each of them is.

The schema is small and the facts are many, so the atoms of a rule that ask for the schema are
evaluated first. Each solution, an axiom, leaves a rule over facts with known properties: of
``?p rdfs:domain ?c . ?x ?p ?y`` implies ``?x a ?c`` there remains, for each property and its
domain, ``?x :p ?y`` implies ``?x a :C``. Axioms of a rule with one atom over facts share one scan.

The SQL holds nothing but names of tables and ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kgtool.reason.rule import Atom, Place, Rule, is_variable

#: Up to so many axioms a rule over several facts is a statement for each, with constants.
_APART = 32
#: A list of so many values is written into a condition, for the engine to skip blocks by.
_LISTED = 200


@dataclass(frozen=True, slots=True)
class FilledRule:
    """``atoms``, over facts, imply ``head``; an empty head is a contradiction.

    ``columns`` are variables that ``axioms`` give values for, row by row.
    """

    name: str
    atoms: tuple[Atom, ...]
    head: tuple[Atom, ...]
    different: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    axioms: tuple[tuple[int, ...], ...] = ()
    #: The triple with the list that a rule over a list was made from.
    origin: Atom | None = None

    def values(self, place: Place) -> Collection[int] | None:
        """The ids that a place of an atom can have; None where that may be any."""
        if isinstance(place, int):
            return (place,)
        if place in self.columns:
            column = self.columns.index(place)
            return {row[column] for row in self.axioms}
        return None


def fill(
    rule: Rule, facts: Sequence[Atom], columns: tuple[str, ...], axioms: Sequence[tuple[int, ...]]
) -> Iterator[FilledRule]:
    """The rules that are left of ``rule`` where ``columns`` have the values of ``axioms``.

    ``facts`` are its atoms that are not evaluated yet.
    """
    if columns and (len(axioms) <= 1 or (len(facts) > 1 and len(axioms) <= _APART)):
        for row in axioms:
            known: dict[str, Place] = dict(zip(columns, row, strict=True))
            yield FilledRule(
                rule.name,
                tuple(atom.replaced(known) for atom in facts),
                tuple(atom.replaced(known) for atom in rule.head),
                rule.different,
            )
    elif axioms or not columns:
        yield FilledRule(rule.name, tuple(facts), rule.head, rule.different, columns, tuple(axioms))


def derivations(
    rule: FilledRule, code: int, tables: Sequence[str], skipped: Mapping[int, Sequence[int]] = {}
) -> list[str]:
    """SELECTs of (s, p, o, rule) for what the rule derives, its atoms read from ``tables``.

    ``skipped`` names, for an atom's number, rules whose triples it does not read.
    """
    if len(rule.atoms) == 2 and rule.different and (merging := _merging(rule, code, tables)):
        return [merging]
    source, bound = body_sql(rule, tables, skipped)
    heads = []
    for atom in rule.head:
        s, p, o = (_expression(place, bound) for place in atom.places)
        heads.append(f"SELECT {s} AS s, {p} AS p, {o} AS o, {code} AS rule{source}")
    return heads


def instances(rule: FilledRule, tables: Sequence[str]) -> str:
    """A SELECT of the triples of each solution of the rule's atoms, three columns an atom."""
    source, _ = body_sql(rule, tables)
    columns = ", ".join(f"t{i}.s, t{i}.p, t{i}.o" for i in range(len(rule.atoms)))
    return f"SELECT {columns}{source}"


def body_sql(
    rule: FilledRule, tables: Sequence[str], skipped: Mapping[int, Sequence[int]] = {}
) -> tuple[str, dict[str, str]]:
    """FROM and WHERE of a rule's body, and where its variables are."""
    sources, conditions, bound = [], [], {}
    if rule.columns:
        names = [f"c{i}" for i in range(len(rule.columns))]
        rows = ", ".join(f"({', '.join(map(str, row))})" for row in rule.axioms)
        sources.append(f"(VALUES {rows}) AS a({', '.join(names)})")
        bound = {column: f"a.{name}" for column, name in zip(rule.columns, names, strict=True)}
    for number, (atom, table) in enumerate(zip(rule.atoms, tables, strict=True)):
        sources.append(f"{table} AS t{number}")
        for column, place in zip("spo", atom.places, strict=True):
            here = f"t{number}.{column}"
            if is_variable(place) and place not in bound:
                bound[str(place)] = here
                continue
            conditions.append(f"{here} = {_expression(place, bound)}")
            values = rule.values(place) if place in rule.columns else None
            if values is not None and len(values) <= _LISTED:
                conditions.append(f"{here} IN ({', '.join(map(str, sorted(values)))})")
        if names_ := skipped.get(number):
            conditions.append(f"t{number}.rule NOT IN ({', '.join(map(str, names_))})")
    conditions += [f"{bound[a]} <> {bound[b]}" for a, b in rule.different]
    source = f" FROM {', '.join(sources)}" if sources else ""
    return source + (f" WHERE {' AND '.join(conditions)}" if conditions else ""), bound


def _expression(place: Place, bound: Mapping[str, str]) -> str:
    return str(place) if isinstance(place, int) else bound[place]


def _merging(rule: FilledRule, code: int, tables: Sequence[str]) -> str | None:
    """prp-fp and prp-ifp without all pairs: each value equals the least of its group."""
    one, two = rule.atoms
    if one.p != two.p or rule.columns or len(set(tables)) > 1 or tables[0] != "facts":
        return None
    if one.s == two.s and is_variable(one.s):
        key, value = "s", "o"
    elif one.o == two.o and is_variable(one.o):
        key, value = "o", "s"
    else:
        return None
    (head,) = rule.head
    group = (
        f"SELECT {key} AS k, min({value}) AS least FROM facts WHERE p = {one.p} "
        f"GROUP BY {key} HAVING min({value}) <> max({value})"
    )
    return (
        f"SELECT m.least AS s, {head.p} AS p, f.{value} AS o, {code} AS rule "
        f"FROM ({group}) AS m JOIN facts AS f ON f.{key} = m.k "
        f"WHERE f.p = {one.p} AND f.{value} <> m.least"
    )
