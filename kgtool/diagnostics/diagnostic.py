"""One thing to say about a place in a project's files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice

from kgtool.errors import Location

#: The levels of SARIF, worst first.
Level = Choice["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """``rule`` is the name of what found it, ``hint`` what to do about it.

    ``location`` names the file as the project does; ``also`` are further places of the same.
    """

    rule: str
    level: Level
    message: str
    location: Location | None = None
    hint: str | None = None
    also: tuple[Location, ...] = ()
