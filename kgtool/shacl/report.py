"""A validation report: how much was found, by shape, and the findings one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from types import TracebackType
from typing import Literal as Choice
from typing import Protocol, Self

from kgtool.errors import Location
from kgtool.rdf.terms import Term
from kgtool.shacl.findings import Finding
from kgtool.shacl.vocabulary import VIOLATION

Graphs = Choice["asserted", "all"]


class Places(Protocol):
    """Where findings are, as far as is known."""

    def of(self, finding: Finding) -> tuple[Location, ...]: ...


class _Known:
    """What the finding itself knows."""

    def of(self, finding: Finding) -> tuple[Location, ...]:
        return finding.places


_KNOWN = _Known()


def _nothing() -> None: ...


@dataclass(frozen=True, slots=True)
class Section:
    """The findings of one severity that one named shape has; ``open`` reads them anew."""

    severity: str
    shape: Term
    title: str | None
    count: int
    open: Callable[[], Iterator[Finding]]


class ValidationReport:
    """What a validation found, worst first, by shape.

    Findings are read from where they are kept, as often as they are asked for; only ``close``
    gives up the engine's tables. ``graphs`` says what was looked at: ``asserted`` triples or
    ``all``. ``notes`` are for people: what else there is to know of the run. ``limit`` bounds
    how many findings are given out; counts are of all.
    """

    def __init__(
        self,
        sections: Sequence[Section] = (),
        *,
        graphs: str = "asserted",
        prefixes: Mapping[str, str] | None = None,
        notes: Sequence[str] = (),
        limit: int | None = None,
        places: Places = _KNOWN,
        close: Callable[[], None] = _nothing,
    ) -> None:
        self.sections = tuple(sections)
        self.graphs = graphs
        self.prefixes = dict(prefixes or {})
        self.notes = tuple(notes)
        self.limit = limit
        self.places = places
        self._close = close

    @classmethod
    def of(cls, findings: Iterable[Finding], **options: object) -> Self:
        """The report of findings that are at hand, in the order in which they are shown."""
        sections = []
        for (severity, shape), group in groupby(findings, key=lambda f: (f.severity, f.shape)):
            found = tuple(group)
            sections.append(Section(severity, shape, found[0].title, len(found), found.__iter__))
        return cls(sections, **options)  # type: ignore[arg-type]

    @property
    def findings(self) -> Iterator[Finding]:
        """The findings with the places that they are at, ``limit`` at most."""
        return islice(
            (f for section in self.sections for f in self.of_section(section)), self.limit
        )

    def of_section(self, section: Section) -> Iterator[Finding]:
        return (replace(f, places=self.places.of(f)) for f in section.open())

    @property
    def count(self) -> int:
        return sum(section.count for section in self.sections)

    @property
    def violations(self) -> int:
        return sum(s.count for s in self.sections if s.severity == VIOLATION)

    @property
    def passed(self) -> bool:
        """Whether nothing was found that is a violation; warnings do not fail a check."""
        return not self.violations

    def to_text(self, shown: int | None = None) -> str:
        """The report for people: grouped by shape, at most ``shown`` findings of each."""
        from kgtool.shacl.text import SHOWN_PER_SHAPE, report_text

        return "".join(report_text(self, SHOWN_PER_SHAPE if shown is None else shown))

    def to_json(self) -> str:
        """The report as one JSON object."""
        from kgtool.shacl.formats import report_json

        return "".join(report_json(self))

    def to_turtle(self) -> str:
        """The standard report graph as Turtle."""
        from kgtool.shacl.formats import report_turtle

        return "".join(report_turtle(self))

    def over(
        self,
        prefixes: Mapping[str, str],
        places: Places,
        close: Callable[[], None] | None = None,
    ) -> Self:
        """The same report, with these prefixes and places; it takes over what is to be closed."""
        own, self._close = self._close, _nothing
        return type(self)(
            self.sections,
            graphs=self.graphs,
            prefixes=prefixes,
            notes=self.notes,
            limit=self.limit,
            places=places,
            close=close or own,
        )

    def detached(self, most: int | None = None) -> Self:
        """The report with its findings at hand, at most so many of each section.

        This one is still to be closed.
        """
        sections = [
            replace(s, open=tuple(islice(self.of_section(s), most)).__iter__) for s in self.sections
        ]
        return type(self)(
            sections,
            graphs=self.graphs,
            prefixes=self.prefixes,
            notes=self.notes,
            limit=self.limit,
        )

    def close(self) -> None:
        close, self._close = self._close, _nothing
        close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
