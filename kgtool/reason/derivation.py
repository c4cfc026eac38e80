"""Reasoning while a store is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgtool.rdf.terms import IRI
from kgtool.reason.inference import Inference, vocabulary
from kgtool.reason.profile import OWL_RL, Profile

if TYPE_CHECKING:
    import duckdb


class Entailment:
    """A derivation (:class:`kgtool.engine.writer.Derivation`): what a profile entails.

    With ``reflexive`` that a class is below itself counts as entailed, too (see
    :mod:`kgtool.reason.noise`), as queries under SPARQL's entailment regimes expect.

    ``counts`` then has the number of kept triples for each rule. Raises InconsistencyError where
    the triples contradict each other.
    """

    def __init__(self, graph: IRI, profile: Profile = OWL_RL, *, reflexive: bool = False) -> None:
        self.graph = graph
        self.profile = profile
        self._reflexive = reflexive
        self.counts: dict[str, int] = {}

    @property
    def names(self) -> list[str]:
        return vocabulary(self.profile)

    def derive(self, connection: duckdb.DuckDBPyConnection, triples: str, terms: str) -> str:
        inference = Inference(connection, triples, terms, self.profile, reflexive=self._reflexive)
        inference.run()
        inference.raise_clashes()
        self.counts = inference.counts()
        return inference.finish()
