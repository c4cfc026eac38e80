"""Names of people, places, events and units that nobody bears, the same for the same seed.

Words are syllables, so that many are alike, and a few of them are in most names, as in life.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple, TextIO

EX = "http://example.org/"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

_ONSETS = (
    "b", "br", "c", "cl", "d", "dr", "f", "g", "gr", "h", "j", "k", "kr", "l", "m", "n", "p", "pr",
    "r", "s", "st", "t", "tr", "v", "w", "z", "sch", "th",
)  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "ei", "ie", "au", "oo", "é", "ü", "ö")
_CODAS = ("", "n", "r", "s", "l", "t", "ck", "m", "nd", "ng", "rt", "lli", "ni", "ski", "sen")
_KINDS = (
    "Infantry Division", "Armored Division", "Infantry Regiment", "Field Artillery Battalion",
    "Corps", "Engineer Battalion", "Tank Battalion",
)  # fmt: skip
_EVENTS = ("Battle of", "Siege of", "Crossing of", "Bombing of", "Liberation of")
_PLACES = ("Monte", "Castel", "San", "Ponte", "Villa", "Lake", "River", "Fort")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Named(NamedTuple):
    """A thing: its IRI, its class, its name."""

    iri: str
    class_: str
    name: str


def named(number: int, seed: int) -> Iterator[Named]:
    """So many things with names of which no two are the same."""
    chance = random.Random(seed)
    first, last, place = (_words(chance, size) for size in (2_000, 60_000, 80_000))
    known: set[str] = set()
    while len(known) < number:
        class_, name = _named(chance, first, last, place)
        if name not in known:
            iri = f"{EX}{len(known)}"
            known.add(name)
            yield Named(iri, EX + class_, name)


def write(things: Iterator[Named], out: TextIO) -> None:
    """N-Triples of things: their labels and their types."""
    for each in things:
        out.write(f'<{each.iri}> <{_LABEL}> "{each.name}"@en .\n')
        out.write(f"<{each.iri}> <{_TYPE}> <{each.class_}> .\n")


def mistyped(chance: random.Random, name: str, errors: int) -> str:
    """A name with so many letters left out, added, replaced, or changed for the next."""
    for _ in range(errors):
        at, kind, letter = chance.randrange(1, len(name)), chance.random(), chance.choice(_LETTERS)
        if kind < 0.3:
            name = name[:at] + name[at + 1 :]
        elif kind < 0.6:
            name = name[:at] + letter + name[at + 1 :]
        elif kind < 0.8:
            name = name[:at] + letter + name[at:]
        else:
            name = name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]
    return name


def turned(name: str) -> str:
    """A name with its words in the other order."""
    return " ".join(reversed(name.split()))


def _words(chance: random.Random, number: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < number:
        syllables = (
            chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS)
            for _ in range(chance.choice((1, 2, 2, 3)))
        )
        found["".join(syllables).capitalize()] = None
    return list(found)


def _frequent(chance: random.Random, words: list[str]) -> str:
    """A word; the first ones most of the time."""
    return words[int(len(words) * chance.random() ** 2.5)]


def _named(
    chance: random.Random, first: list[str], last: list[str], place: list[str]
) -> tuple[str, str]:
    kind = chance.random()
    if kind < 0.55:
        middle = chance.random()
        parts = [_frequent(chance, first)]
        if middle < 0.3:
            parts.append(chance.choice("ABCDEFGHIJKLMNOPRSTW") + ".")
        elif middle < 0.45:
            parts.append(_frequent(chance, first))
        return "Person", " ".join((*parts, _frequent(chance, last)))
    if kind < 0.75:
        before = chance.choice(_PLACES) + " " if chance.random() < 0.3 else ""
        return "Place", before + _frequent(chance, place)
    if kind < 0.9:
        return "Event", f"{chance.choice(_EVENTS)} {_frequent(chance, place)}"
    number = chance.randint(1, 999)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    if 10 < number % 100 < 14:
        ending = "th"
    of = f" ({_frequent(chance, place)})" if chance.random() < 0.8 else ""
    return "Unit", f"{number}{ending} {chance.choice(_KINDS)}{of}"
