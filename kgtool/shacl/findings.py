"""One result of a validation (SHACL, section 3.6.2), as a value."""

from __future__ import annotations

from dataclasses import dataclass

from kgtool.errors import Location
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.shacl.paths import path_text
from kgtool.shacl.vocabulary import VIOLATION
from kgtool.sparql.algebra import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """A focus node, and what is wrong with it.

    ``source`` is the shape that found it, ``shape`` the nearest one with a name, ``title``
    what people call that. ``messages`` are those of the shape, one a language, in which
    values have been put; ``expected`` says in our words what would have been right.
    ``constraint`` is the SPARQL constraint, where one found it. ``places`` are those of
    the offending triple, or else of the description of the focus node.
    """

    focus: Term
    path: Path | None
    value: Term | None
    source: Term
    shape: Term
    component: str
    severity: str
    messages: tuple[Literal, ...]
    expected: str
    constraint: Term | None = None
    title: str | None = None
    places: tuple[Location, ...] = ()

    @property
    def is_violation(self) -> bool:
        return self.severity == VIOLATION

    @property
    def message(self) -> str:
        """The message for people: in English, or the first; else what was expected."""
        ranked = sorted(self.messages, key=lambda m: not m.language.startswith("en"))
        return ranked[0].lexical if ranked else f"expected {self.expected}"

    @property
    def path_text(self) -> str | None:
        """The path as SPARQL writes it, with full IRIs."""
        return None if self.path is None else path_text(self.path)

    @property
    def triple(self) -> tuple[Term, IRI, Term] | None:
        """The triple that is at fault, where it is a single one."""
        if isinstance(self.path, IRI) and self.value is not None:
            return self.focus, self.path, self.value
        return None
