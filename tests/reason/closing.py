"""Closes small graphs in Turtle, and says what follows, why, and what clashes."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph

from kgtool.rdf.convert import from_oxigraph
from kgtool.reason import OWL_RL, Inference, Profile
from kgtool.reason.clashes import Clash
from kgtool.reason.inference import vocabulary
from kgtool.reason.memory import TERMS, TRIPLES, MemoryGraph, Triple
from kgtool.reason.proof import Prover, Step

PREFIXES = """
@prefix :     <urn:x:> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix rdf:  <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(turtle: str) -> list[Triple]:
    """The triples of a text without declarations of prefixes; blank nodes keep their labels."""
    quads = pyoxigraph.parse(PREFIXES + turtle, format=pyoxigraph.RdfFormat.TURTLE)
    found = [tuple(map(from_oxigraph, (q.subject, q.predicate, q.object))) for q in quads]
    return list(dict.fromkeys((s, p, o) for s, p, o in found))


class Closed:
    """A graph with all that follows from it."""

    def __init__(
        self,
        given: str | Iterable[Triple],
        profile: Profile = OWL_RL,
        *,
        complete: bool = False,
        reflexive: bool = False,
        copies: bool = False,
        delta: Iterable[Triple] | None = None,
    ) -> None:
        self.given = triples(given) if isinstance(given, str) else list(given)
        self.graph = MemoryGraph(self.given, vocabulary(profile))
        self.inference = Inference(
            self.graph.connection,
            TRIPLES,
            TERMS,
            profile,
            complete=complete,
            reflexive=reflexive,
            copies=copies,
        )
        self.inference.run(None if delta is None else self._query(delta))
        self.prover = Prover(self.inference.closure)

    def __enter__(self) -> Closed:
        return self

    def __exit__(self, *_: object) -> None:
        self.graph.close()

    @property
    def inferred(self) -> set[Triple]:
        """What is kept of what follows."""
        rows = self.inference.facts.rows("SELECT s, p, o FROM inferred")
        assert len(rows) == len(set(rows)), "a triple is inferred twice"
        return {self.named(row) for row in rows}

    @property
    def clashes(self) -> list[Clash]:
        return self.inference.clashes()

    def proof(self, triple: Triple) -> Step | None:
        s, p, o = (self.graph.id_of(term) for term in triple)
        return self.prover.prove((s, p, o))

    def named(self, row: Iterable[int]) -> Triple:
        if not hasattr(self, "_terms"):
            self._terms = {id_: term for term, id_ in self.graph.ids.items()}
        s, p, o = (self._terms[id_] for id_ in row)
        return s, p, o

    def _query(self, delta: Iterable[Triple]) -> str:
        rows = ", ".join(str(tuple(self.graph.id_of(term) for term in t)) for t in delta)
        return f"SELECT * FROM (VALUES {rows}) AS delta(s, p, o)"


def inferred(turtle: str, profile: Profile = OWL_RL) -> set[Triple]:
    """What is kept of what follows from a text."""
    with Closed(turtle, profile) as closed:
        return closed.inferred
