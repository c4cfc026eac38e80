"""What the clients ask: look-ups of entities, and the stored queries of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.generators.writing import COMMON
from benchmarks.stored import query_named

SEED = 1944
MIX = "mix"
#: Classes of requests, and how many in a hundred of the mix are of each.
SHARES = {"look-up": 90, "stored": 8, "analytic": 2}
TITLES = {
    MIX: "the mix",
    "look-up": "look-ups by entity",
    "stored": "stored queries about one entity",
    "analytic": "analytic stored queries",
}
_LOOK_UPS = (
    "SELECT ?property ?value WHERE { %s ?property ?value }",
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    "SELECT ?class ?label WHERE { %s a ?class OPTIONAL { %s rdfs:label ?label } }",
    "SELECT ?subject ?property WHERE { ?subject ?property %s }",
)
#: The stored queries of a class: about one entity, or about all of a kind.
_STORED = {
    "stored": ("offer-in-full", "reviews-of-product", "similar-products", "types-above"),
    "analytic": (
        *("offers-of-week", "prices-by-country", "reviewers-by-type", "triples-by-property"),
        "weight-by-producer",
    ),
}
#: A request: its class and its query.
Request = tuple[str, str]


class Queries(NamedTuple):
    """The texts of each class."""

    of: dict[str, list[str]]

    def requests(self, kind: str, number: int) -> Iterator[Request]:
        """So many requests of a class or of the mix, the same for each server."""
        random = Random(SEED)
        kinds = [kind] * number if kind != MIX else random.choices(
            list(SHARES), list(SHARES.values()), k=number
        )  # fmt: skip
        for each in kinds:
            yield each, random.choice(self.of[each])

    def samples(self, most: int) -> list[str]:
        """Texts whose answers are compared: all, or so many of a class that has more."""
        random = Random(SEED)
        return [
            t for texts in self.of.values() for t in random.sample(texts, min(most, len(texts)))
        ]


def queries_of(data: Path, entities: int) -> Queries:
    """The queries over a catalogue in N-Triples, with look-ups of so many of its entities."""
    names = Random(SEED).sample(sorted(_entities(data)), entities)
    stored = {
        kind: [text for name in chosen for text in query_named(name, "catalogue").texts]
        for kind, chosen in _STORED.items()
    }
    look_ups = [text.replace("%s", name) for name in names for text in _LOOK_UPS]
    return Queries({"look-up": look_ups, **stored})


def write_requests(requests: Iterator[Request], file: Path) -> None:
    """A request a line, for the client."""
    file.write_text("".join(f"{json.dumps(each)}\n" for each in requests), encoding="utf-8")


def _entities(data: Path) -> set[str]:
    """The IRIs of what has a class."""
    typed = f"<{COMMON['rdf']}type>"
    with data.open(encoding="utf-8") as lines:
        split = (line.split(" ", 2) for line in lines)
        return {subject for subject, predicate, _ in split if predicate == typed}
