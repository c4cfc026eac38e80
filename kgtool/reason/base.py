"""What every reasoner does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias

from kgtool.rdf.terms import Term

Triple: TypeAlias = tuple[Term, Term, Term]


class Reasoner(Protocol):
    """Finds what follows from triples.

    ``infer`` returns only triples that are not given, in a stable order, without those
    that say nothing (see ``kgtool.reason.noise``). It raises InconsistencyError, with
    the clash in words, where the triples contradict each other.
    """

    name: str

    def infer(self, triples: Iterable[Triple]) -> list[Triple]: ...
