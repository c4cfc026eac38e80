"""A rule as data: triple patterns that imply triple patterns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kgtool.rdf.namespaces import OWL, RDF, RDFS, XSD

#: A variable ("?x"), the IRI of a constant, or the id of one.
Place: TypeAlias = str | int

#: Marks that stand for the integer literals with a value, whatever their datatype.
NUMBERS = {"=0": "0", "=1": "1"}
PREFIXES = {"owl": OWL.base, "rdf": RDF.base, "rdfs": RDFS.base, "xsd": XSD.base}


def iri(name: str) -> str:
    """The IRI of a prefixed name in the vocabularies that rules speak of."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def is_variable(place: Place) -> bool:
    return isinstance(place, str) and place.startswith("?")


@dataclass(frozen=True, slots=True)
class Atom:
    """A triple pattern."""

    s: Place
    p: Place
    o: Place

    @property
    def places(self) -> tuple[Place, Place, Place]:
        return self.s, self.p, self.o

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(str(place) for place in self.places if is_variable(place))

    def replaced(self, values: dict[str, Place]) -> Atom:
        """The atom with values for some of its variables or constants."""
        s, p, o = (values.get(x, x) if isinstance(x, str) else x for x in self.places)
        return Atom(s, p, o)


@dataclass(frozen=True, slots=True)
class Rule:
    """``body`` implies ``head``; an empty head is a contradiction.

    ``different`` are pairs of variables that stand for different terms. ``trivial`` rules say
    something of every graph, and are left out where their triples would not be kept.
    """

    name: str
    body: tuple[Atom, ...]
    head: tuple[Atom, ...]
    different: tuple[tuple[str, str], ...] = ()
    trivial: bool = False


def rule(name: str, body: str, head: str = "", *, trivial: bool = False) -> Rule:
    """A rule from text: atoms with a full stop between them, ``?x != ?y`` among them."""
    atoms, different = [], []
    for part in filter(None, (text.strip() for text in body.split(" . "))):
        first, second, third = part.split()
        if second == "!=":
            different.append((first, third))
        else:
            atoms.append(_atom(first, second, third))
    heads = [_atom(*part.split()) for part in filter(None, map(str.strip, head.split(" . ")))]
    return Rule(name, tuple(atoms), tuple(heads), tuple(different), trivial)


def _atom(s: str, p: str, o: str) -> Atom:
    return Atom(_place(s), _place(p), _place(o))


def _place(text: str) -> str:
    if text == "a":
        return RDF.type
    if text in NUMBERS.values():
        return next(mark for mark, number in NUMBERS.items() if number == text)
    return text if text.startswith("?") else iri(text)
