"""What follows from a few triples that are added to a graph which is closed.

The engine plans a statement for longer than a handful of triples takes to look through, and a
closure is dozens of statements. So here the rules that the closed graph has filled in are
evaluated in Python, triple by triple. That is right for triples that are facts and no more: what
changes the schema, makes terms equal, or contradicts, takes a whole inference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from kgtool.engine import ids
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import Literal, Term
from kgtool.reason import datatypes
from kgtool.reason.closure import Closure
from kgtool.reason.filling import FilledRule
from kgtool.reason.inference import Inference, vocabulary
from kgtool.reason.memory import TERMS, TRIPLES, MemoryGraph, Triple
from kgtool.reason.profile import OWL_RL, Profile
from kgtool.reason.rule import Atom, Place

_Ids: TypeAlias = tuple[int, int, int]
_Binding: TypeAlias = dict[str, int]


class ClosedGraph:
    """A graph with all that follows from it under a profile, in ``inferred``.

    ``names`` are the IRIs of the triples that will be added. Raises InconsistencyError.
    """

    def __init__(
        self, triples: Iterable[Triple], names: Iterable[str] = (), profile: Profile = OWL_RL
    ) -> None:
        self._graph = MemoryGraph(triples, dict.fromkeys([*vocabulary(profile), *names]))
        try:
            inference = Inference(self._graph.connection, TRIPLES, TERMS, profile)
            inference.run()
            inference.raise_clashes()
            rows = inference.facts.rows("SELECT s, p, o FROM inferred ORDER BY ALL")
            self._terms = {id_: term for term, id_ in self._graph.ids.items()}
            self.inferred = [self._named(row) for row in rows]
            self._facts = _Facts()
            for row in inference.facts.rows("SELECT s, p, o FROM facts"):
                self._facts.add(row)
            self._noise = inference.noise()
            self._schema = inference.closure.schema
            self._same = inference.closure.same_as
            self._type = inference.closure.ids[RDF.type]
            # Then nothing that is added is a fact and no more.
            self._is_plain = not inference.closure.same.classes() and not inference.closure.asked
            self._rules = _Rules(inference.closure) if self._is_plain else None
        finally:
            self._graph.close()

    def entailed(self, triples: Iterable[Triple]) -> list[Triple] | None:
        """What follows with these triples added, beside them, the graph, and what it entails.

        None where only a whole inference can tell.
        """
        if self._rules is None:
            return None
        given = [self._ids_of(triple) for triple in triples]
        facts, waiting = _Facts(self._facts), given[::-1]
        derived: dict[_Ids, None] = {}
        while waiting:
            triple = waiting.pop()
            if triple in facts:
                continue
            if not self._is_fact(triple):
                return None
            facts.add(triple)
            derived[triple] = None
            for head in self._rules.derive(triple, facts):
                if head is None or self._is_outside(head):
                    return None
                if not head.is_aside and head.triple not in facts:
                    waiting.append(head.triple)
        added = derived.keys() - set(given)
        return [self._named(t) for t in derived if t in added and self._noise.keeps(*t)]

    def _is_fact(self, triple: _Ids) -> bool:
        s, p, o = triple
        equal = p == self._same and s != o
        return not equal and not self._schema.has(p, o) and not self._is_ill_typed(o)

    def _is_ill_typed(self, id_: int) -> bool:
        if ids.tag_of(id_) != ids.OTHER:
            return False
        term = self._terms[id_]
        return isinstance(term, Literal) and datatypes.is_known(term.datatype)

    def _is_outside(self, head: _Head) -> bool:
        """Whether it says that a literal is in a datatype which does not have its value."""
        s, p, o = head.triple
        literal, datatype = self._terms[s], self._terms[o]
        if p != self._type or not isinstance(literal, Literal):
            return False
        name = str(getattr(datatype, "value", ""))
        if not datatypes.is_known(name):
            return False
        try:
            value = datatypes.value_of(literal)
        except ValueError:
            return False
        return value is not None and not datatypes.is_in(value, name)

    def _ids_of(self, triple: Triple) -> _Ids:
        s, p, o = map(self._id_of, triple)
        return s, p, o

    def _id_of(self, term: Term) -> int:
        id_ = self._graph.id_of(term)
        self._terms[id_] = term
        return id_

    def _named(self, triple: Sequence[int]) -> Triple:
        s, p, o = (self._terms[id_] for id_ in triple)
        return s, p, o


class _Head(NamedTuple):
    """A triple that a rule gives; one that is ``aside`` only says what is checked."""

    triple: _Ids
    is_aside: bool


class _Ready(NamedTuple):
    """A filled-in rule with one row of its axioms; an empty head is a contradiction."""

    atoms: tuple[Atom, ...]
    head: tuple[Atom, ...]
    different: tuple[tuple[Place, Place], ...]
    is_aside: bool


class _Rules:
    """The rules of a closure over facts, by the triples that their atoms match."""

    def __init__(self, closure: Closure) -> None:
        self._type = closure.ids[RDF.type]
        self._by: defaultdict[tuple[int | None, int | None], list[tuple[_Ready, int]]]
        self._by = defaultdict(list)
        for group in closure.rules().values():
            self._add(group, is_aside=False)
        self._add(closure.clash_rules(), is_aside=False)
        self._add(closure.set_aside, is_aside=True)

    def derive(self, triple: _Ids, facts: _Facts) -> Iterator[_Head | None]:
        """What rules give of a triple that has been added to ``facts``; None: a contradiction."""
        _, p, o = triple
        for key in ((p, None), (p, o), (None, None)):
            for rule, number in self._by.get(key, ()):
                binding = _matched(rule.atoms[number], triple, {})
                if binding is None:
                    continue
                rest = rule.atoms[:number] + rule.atoms[number + 1 :]
                for solution in _solutions(rest, binding, facts):
                    if any(_value(a, solution) == _value(b, solution) for a, b in rule.different):
                        continue
                    if not rule.head:
                        yield None
                    for atom in rule.head:
                        s, p, o = (solution[x] if isinstance(x, str) else x for x in atom.places)
                        yield _Head((s, p, o), rule.is_aside)

    def _add(self, rules: Iterable[FilledRule], *, is_aside: bool) -> None:
        for rule in rules:
            for row in rule.axioms if rule.columns else ((),):
                known: dict[str, Place] = dict(zip(rule.columns, row, strict=True))
                ready = _Ready(
                    tuple(atom.replaced(known) for atom in rule.atoms),
                    tuple(atom.replaced(known) for atom in rule.head),
                    tuple((known.get(a, a), known.get(b, b)) for a, b in rule.different),
                    is_aside,
                )
                for number, atom in enumerate(ready.atoms):
                    self._by[self._key(atom)].append((ready, number))

    def _key(self, atom: Atom) -> tuple[int | None, int | None]:
        if not isinstance(atom.p, int):
            return None, None
        is_class = atom.p == self._type and isinstance(atom.o, int)
        return atom.p, atom.o if is_class else None  # type: ignore[return-value]


class _Facts:
    """Triples by what of them may be known, over others that stay as they are."""

    def __init__(self, below: _Facts | None = None) -> None:
        self._below = below
        self._all: set[_Ids] = set()
        self._by_property: defaultdict[int, list[_Ids]] = defaultdict(list)
        self._by_subject: defaultdict[tuple[int, int], list[_Ids]] = defaultdict(list)
        self._by_object: defaultdict[tuple[int, int], list[_Ids]] = defaultdict(list)

    def __contains__(self, triple: _Ids) -> bool:
        return triple in self._all or (self._below is not None and triple in self._below)

    def add(self, triple: _Ids) -> None:
        s, p, o = triple
        self._all.add(triple)
        self._by_property[p].append(triple)
        self._by_subject[p, s].append(triple)
        self._by_object[p, o].append(triple)

    def like(self, s: int | None, p: int | None, o: int | None) -> Iterator[_Ids]:
        """The triples with these terms, as far as one index tells, and perhaps others."""
        if self._below is not None:
            yield from self._below.like(s, p, o)
        if p is None:
            yield from self._all
        elif s is not None:
            yield from self._by_subject.get((p, s), ())
        elif o is not None:
            yield from self._by_object.get((p, o), ())
        else:
            yield from self._by_property.get(p, ())


def _solutions(atoms: tuple[Atom, ...], binding: _Binding, facts: _Facts) -> Iterator[_Binding]:
    """The ways to match all atoms, the one of which most is known first."""
    if not atoms:
        yield binding
        return
    known = [sum(_value(x, binding) is not None for x in atom.places) for atom in atoms]
    first = known.index(max(known))
    atom, rest = atoms[first], atoms[:first] + atoms[first + 1 :]
    s, p, o = (_value(place, binding) for place in atom.places)
    for triple in facts.like(s, p, o):
        matched = _matched(atom, triple, binding)
        if matched is not None:
            yield from _solutions(rest, matched, facts)


def _matched(atom: Atom, triple: _Ids, binding: Mapping[str, int]) -> _Binding | None:
    """The binding with which an atom is the triple, or None."""
    found = dict(binding)
    for place, id_ in zip(atom.places, triple, strict=True):
        if isinstance(place, int):
            if place != id_:
                return None
        elif found.setdefault(place, id_) != id_:
            return None
    return found


def _value(place: Place, binding: Mapping[str, int]) -> int | None:
    return place if isinstance(place, int) else binding.get(place)
