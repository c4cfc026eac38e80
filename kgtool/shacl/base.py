"""What every validator does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias

from kgtool.rdf.terms import Term
from kgtool.shacl.report import ValidationReport

Triple: TypeAlias = tuple[Term, Term, Term]


class Validator(Protocol):
    """Checks data against a shapes graph.

    Only the subclass reasoning that SHACL itself defines is applied: the data are what
    was asserted. It raises DataError where the shapes graph is ill-formed.
    """

    name: str

    def validate(self, data: Iterable[Triple], shapes: Iterable[Triple]) -> ValidationReport: ...
