"""What a comparison of two versions of a project finds, as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kgtool.errors import Location
from kgtool.project.diff.around import Around
from kgtool.project.sources import Triple
from kgtool.rdf.terms import Term
from kgtool.shacl.findings import Finding


@dataclass(frozen=True, slots=True)
class Side:
    """One of the versions: what it is called, its commit (None is the working tree's), and how
    its files contradict each other, if they do."""

    name: str
    commit: str | None
    contradiction: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A triple that was added or removed.

    ``places`` are where it stands, on the side that has it; those of triples with blank nodes
    are without lines. ``held`` says that the triple is inferred on the other side.
    """

    triple: Triple
    added: bool
    places: tuple[Location, ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Changes of a subject, and of the blank nodes that hang on it."""

    term: Term
    label: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """How many triples were added and removed, and those that are shown."""

    added: int
    removed: int
    subjects: tuple[Subject, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @property
    def hidden(self) -> int:
        return self.added + self.removed - sum(len(subject.changes) for subject in self.subjects)


@dataclass(frozen=True, slots=True)
class Move:
    """So many triples stand in another file. None is no file: another one has them, too."""

    source: str | None
    target: str | None
    count: int


@dataclass(frozen=True, slots=True)
class TripleDiff:
    """The triples added and removed; ``inferred`` is None where one side has none.

    Blank nodes that are the same on both sides have the same label. ``old`` and ``new`` have
    what is asserted of those in the changes. ``undecided`` blank nodes look like others and were
    not compared to the end. ``predicates`` are those of all changes.
    """

    asserted: Changes
    inferred: Changes | None
    moved: tuple[Move, ...] = ()
    undecided: int = 0
    predicates: frozenset[Term] = frozenset()
    old: Around[Term] = field(default_factory=Around)
    new: Around[Term] = field(default_factory=Around)

    def __bool__(self) -> bool:
        return bool(self.asserted or self.inferred)


@dataclass(frozen=True, slots=True)
class FoundChange:
    """A finding that is new, or mended, and where it is."""

    finding: Finding
    added: bool
    places: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class ShapeChange:
    """What one shape finds now that it did not find, or the other way round.

    ``before`` and ``after`` count all its findings. Where there are too many to compare them,
    nothing but the counts is known.
    """

    shape: Term
    title: str | None
    severity: str
    before: int
    after: int
    added: int
    removed: int
    findings: tuple[FoundChange, ...]

    @property
    def status(self) -> str:
        if not self.before:
            return "newly violated"
        return "with other findings" if self.after else "mended"


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of an answer that was added or removed; None is unbound."""

    terms: tuple[Term | None, ...]
    added: bool


@dataclass(frozen=True, slots=True)
class QueryChange:
    """A stored query that is new, gone, or reworded, that answers differently or not at all.

    ``status`` is one of STATUSES; ``notes`` are what rows do not tell.
    """

    name: str
    file: str
    status: str
    reworded: bool = False
    columns: tuple[str, ...] = ()
    added: int = 0
    removed: int = 0
    rows: tuple[RowChange, ...] = ()
    notes: tuple[str, ...] = ()


#: What may have become of a query, with the words for one and for more of them.
STATUSES = {
    "changed": ("query answers differently", "queries answer differently"),
    "added": ("query added", "queries added"),
    "removed": ("query removed", "queries removed"),
    "failed": ("query fails on one side", "queries fail on one side"),
    "reworded": ("query reworded", "queries reworded"),
    "skipped": ("query not asked", "queries not asked"),
}
#: Those that are no difference in what the graph says.
_SAME = ("reworded", "skipped")


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """What differs between two versions; None is what was not asked for."""

    old: Side
    new: Side
    triples: TripleDiff | None = None
    shapes: tuple[ShapeChange, ...] | None = None
    queries: tuple[QueryChange, ...] | None = None
    notes: tuple[str, ...] = ()
    prefixes: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is a difference in the graph, in what shapes find, or in an answer."""
        queries = [each for each in self.queries or () if each.status not in _SAME]
        told = self.old.contradiction != self.new.contradiction
        return bool(self.triples or self.shapes or queries or told)

    @property
    def summary(self) -> str:
        """The whole in one line."""
        parts = [*self._triples(), *self._contradictions(), *self.of_shapes(), *self.of_queries()]
        return "; ".join(parts) if self else "; ".join(["no difference", *parts])

    def of_shapes(self) -> Iterator[str]:
        """How many shapes find other things."""
        found = [shape.status for shape in self.shapes or ()]
        for status in dict.fromkeys(found):
            yield f"{counted(found.count(status), 'shape', 'shapes')} {status}"

    def of_queries(self) -> Iterator[str]:
        """What has become of how many queries; those that were not asked do not count."""
        found = [query.status for query in self.queries or ()]
        for status, words in STATUSES.items():
            if status in found and status != "skipped":
                yield counted(found.count(status), *words)

    def _triples(self) -> Iterator[str]:
        if self.triples is None:
            return
        kinds = {"asserted": self.triples.asserted, "inferred": self.triples.inferred}
        counts = [f"+{c.added:,} -{c.removed:,} {kind}" for kind, c in kinds.items() if c]
        if counts:
            yield f"{', '.join(counts)} triples"
        if moved := sum(move.count for move in self.triples.moved):
            yield f"{counted(moved, 'triple', 'triples')} in other files"

    def _contradictions(self) -> Iterator[str]:
        for side in (self.old, self.new):
            if side.contradiction is not None:
                yield f"{side.name} contradicts itself"


def counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
