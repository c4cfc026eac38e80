"""What a case is: a few triples, a question, and what is expected of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from kgtool.errors import Location
from kgtool.project.sources import SourceFile, Triple
from kgtool.project.stored import StoredQuery
from kgtool.rdf.terms import IRI, Term

#: What is known of a finding of a shape; a case compares those that it names.
FINDING = ("focus", "path", "value", "component", "severity", "message", "shape")


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """A query with its parameters.

    ``placed`` is for a query that stands in the case: the place there of one in its text.
    """

    query: StoredQuery
    parameters: Mapping[str, Term]
    placed: Callable[[Location], Location] | None = None


@dataclass(frozen=True, slots=True)
class AskedShape:
    """The findings of a shape, or with None of all shapes."""

    name: IRI | None
    place: Location


Asked: TypeAlias = AskedQuery | AskedShape


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of terms by column, None for what is unbound.

    ``columns`` are all that some row names, with the place where the first does; what no row
    names is not compared.
    """

    rows: tuple[Mapping[str, Term | None], ...]
    columns: Mapping[str, Location]


@dataclass(frozen=True, slots=True)
class Truth:
    """The answer of an ASK."""

    answer: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """The triples of a CONSTRUCT or DESCRIBE."""

    triples: tuple[Triple, ...]


Expected: TypeAlias = Rows | Truth | Graph


class World(NamedTuple):
    """The triples that are asked: what is given, with the ontology or without, and what of them
    follows or not."""

    given: tuple[SourceFile, ...]
    ontology: bool = True
    infer: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        """The same for worlds with the same triples, which were read once."""
        return tuple(map(id, self.given)), self.ontology, self.infer


@dataclass(frozen=True, slots=True)
class Case:
    """``place`` is where it stands, ``expected_at`` where its expectation does; ``prefixes`` are
    those that it may use."""

    name: str
    place: Location
    world: World
    asked: Asked
    expected: Expected
    expected_at: Location
    prefixes: Mapping[str, str]
