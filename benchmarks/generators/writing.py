"""What all generators share: terms as text, skewed draws, and writing as a stream."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Protocol, TextIO

Facts = list[tuple[str, str]]
Entity = tuple[str, Facts]

#: How many triples are held as text before they are written.
_BATCH = 10_000
SYLLABLES = (
    *("an", "bar", "cas", "del", "el", "fal", "gar", "hol", "is", "jar", "kur", "lan", "mon"),
    *("nor", "or", "pol", "ros", "sal", "tor", "ul", "vel", "wes", "zan", "mar", "lin", "ter"),
)
#: Prefixes that every vocabulary needs.
COMMON = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


class Names:
    """Terms as text: prefixed in Turtle, whole IRIs in N-Triples."""

    def __init__(self, turtle: bool, namespaces: dict[str, str]) -> None:
        self.turtle = turtle
        self._namespaces = namespaces
        self._known: dict[str, str] = {}
        self.end = "" if turtle else ">"
        self.type = "a" if turtle else self["rdf:type"]
        self.label = self["rdfs:label"]
        self.integer = f'"^^{self["xsd:integer"]}'
        self.decimal = f'"^^{self["xsd:decimal"]}'

    def __getitem__(self, name: str) -> str:
        """The IRI of a prefixed name."""
        found = self._known.get(name)
        if found is None:
            prefix, local = name.split(":")
            found = self.begin(prefix) + local + self.end
            self._known[name] = found
        return found

    def begin(self, prefix: str) -> str:
        """What stands before a local name and ``end``."""
        return f"{prefix}:" if self.turtle else f"<{self._namespaces[prefix]}"

    def number(self, value: int) -> str:
        return f'"{value}{self.integer}'


class Skew:
    """Draws numbers below ``size``, low ones far more often (like a Zipf distribution)."""

    def __init__(self, rng: random.Random, size: int, share: float = 0.0) -> None:
        self._random = rng.random
        self._size = size
        self._share = share

    def __call__(self) -> int:
        """Log-uniform; ``share`` of the draws are even over all."""
        random_ = self._random
        if self._share and random_() < self._share:
            return int(random_() * self._size)
        return int((self._size + 1) ** random_()) - 1


def word(rng: random.Random) -> str:
    """A name of two or three syllables."""
    count = 2 + (rng.random() < 0.5)
    return "".join(rng.choice(SYLLABLES) for _ in range(count)).capitalize()


class Generator(Protocol):
    """A module that makes the data of one vocabulary."""

    NAMESPACES: dict[str, str]

    @staticmethod
    def entities(triples: int, seed: int, names: Names) -> Iterator[Entity]:
        """Subjects with their facts, without end; ``triples`` says how large the whole is."""


def write(generator: Generator, triples: int, seed: int, turtle: bool, out: TextIO) -> int:
    """Write about ``triples`` triples (the last entity is written whole); their number."""
    names = Names(turtle, generator.NAMESPACES)
    if turtle:
        out.writelines(f"@prefix {p}: <{iri}> .\n" for p, iri in generator.NAMESPACES.items())
    return _write(generator.entities(triples, seed, names), triples, turtle, out)


def _write(entities: Iterable[Entity], triples: int, turtle: bool, out: TextIO) -> int:
    text = _turtle if turtle else _ntriples
    pending: list[str] = []
    written = flushed = 0
    for subject, facts in entities:
        pending.append(text(subject, facts))
        written += len(facts)
        if written >= triples:
            break
        if written - flushed > _BATCH:
            out.write("".join(pending))
            pending.clear()
            flushed = written
    out.write("".join(pending))
    return written


def _turtle(subject: str, facts: Facts) -> str:
    return f"\n{subject} " + " ;\n    ".join([f"{p} {o}" for p, o in facts]) + " .\n"


def _ntriples(subject: str, facts: Facts) -> str:
    return "".join([f"{subject} {p} {o} .\n" for p, o in facts])
