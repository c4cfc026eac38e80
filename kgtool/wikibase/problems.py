"""What an import meets: what it has read, what it leaves aside, and what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kgtool.errors import DataError, Location

#: The problems that are kept with their places.
_MOST = 1_000


class Place(NamedTuple):
    """Where something stands: the file, the line where it is known, and the entity."""

    location: Location
    entity: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.location), self.entity) if part)


class Problem(NamedTuple):
    """Something wrong. ``kind`` is what it is counted as."""

    kind: str
    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(slots=True)
class ImportReport:
    """Counts, and problems in the order of the input; a strict one ends at the first problem.

    Of problems the first are kept, and all are counted by their kinds.
    """

    strict: bool = False
    entities: int = 0
    statements: int = 0
    deprecated: int = 0
    #: What the mapping does not have, by property: statements, qualifiers, parts of references.
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def problem(self, kind: str, place: Place, message: str) -> None:
        """Raises DataError in a strict import."""
        if self.strict:
            where = f"{place.entity}: " if place.entity else ""
            raise DataError(
                where + message,
                location=place.location,
                hint="Without --strict this is left out and counted.",
            )
        self.kinds[kind] += 1
        if len(self.problems) < _MOST:
            self.problems.append(Problem(kind, place, message))

    def lines(self, most: int | None = 20) -> Iterator[str]:
        """The summary; of what is not mapped the ``most`` frequent."""
        yield f"read {self.entities:,} entities with {self.statements:,} statements that are mapped"
        if self.deprecated:
            yield f"left out: {self.deprecated:,} statements of deprecated rank"
        counted = sorted(self.unmapped.items(), key=lambda each: (-each[1], each[0]))
        for (what, property_), number in counted[:most]:
            yield f"{number:>8,}  {what} {property_}: not mapped"
        if most is not None and len(counted) > most:
            rest = sum(number for _, number in counted[most:])
            yield f"{rest:>8,}  of {len(counted) - most:,} other properties and items: not mapped"
        for kind, number in sorted(self.kinds.items()):
            yield f"{number:>8,}  {kind}"
