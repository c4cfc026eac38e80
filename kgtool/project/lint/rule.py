"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kgtool.diagnostics import Level
from kgtool.errors import Location
from kgtool.rdf.terms import Term

if TYPE_CHECKING:
    from kgtool.project.lint.view import View


class Finding(NamedTuple):
    """``places`` are where it is, the one to mend first; ``about`` is the term in question."""

    message: str
    places: tuple[Location, ...] = ()
    hint: str | None = None
    about: Term | None = None


class LeftOutError(Exception):
    """A rule cannot tell; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``description`` is a sentence for people; ``find`` may raise LeftOutError."""

    name: str
    level: Level
    description: str
    find: Callable[[View], Iterable[Finding]]


def by_place(place: Location | None) -> tuple[str, int, int]:
    """A key that sorts places by file, line and column."""
    place = place or Location()
    return place.file or "", place.line or 0, place.column or 0
