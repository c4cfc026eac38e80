"""What the shapes of two versions find that the other version's do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import TypeAlias

from kgtool.engine.difference import Difference, Which
from kgtool.engine.store import Store
from kgtool.errors import Location
from kgtool.project.checking import check_store, read_all, read_shapes
from kgtool.project.diff.model import FoundChange, ShapeChange
from kgtool.project.diff.places import VersionPlaces
from kgtool.project.folder import Project
from kgtool.project.places import StorePlaces
from kgtool.rdf.terms import IRI, BlankNode, Term
from kgtool.shacl import Finding, ValidationReport
from kgtool.shacl.report import Section

#: Of a shape with more findings only their number is compared.
_MOST = 10_000

#: What tells shapes of both sides apart: severity and name.
_Key: TypeAlias = tuple[str, Term | None]


class Checked:
    """One version checked by its own shapes; closed with the stack that it is given."""

    def __init__(
        self, side: Which, project: Project, store: Store, places: VersionPlaces, stack: ExitStack
    ) -> None:
        self.side = side
        self._places = places
        report = ValidationReport()
        if project.shapes is not None:
            (source,) = read_all(project, [project.shapes])
            report = stack.enter_context(check_store(store, read_shapes(source), source))
            report = report.over(store.prefixes, StorePlaces(store))
        self._report = stack.enter_context(report)
        self.sections: dict[_Key, Section] = {}
        for section in report.sections:
            # Shapes without a name of their own go together.
            self.sections.setdefault((section.severity, _name(section.shape)), section)

    def findings(self, key: _Key) -> list[Finding]:
        sections = [s for s in self._report.sections if (s.severity, _name(s.shape)) == key]
        return [finding for s in sections for finding in self._report.of_section(s)]

    def count(self, key: _Key) -> int:
        return sum(s.count for s in self._report.sections if (s.severity, _name(s.shape)) == key)

    def change(self, finding: Finding) -> FoundChange:
        files = (place.file for place in finding.places)
        places = tuple(self._place(finding, file) for file in files if file is not None)
        return FoundChange(finding, self.side == "new", places)

    def _place(self, finding: Finding, file: str) -> Location:
        """Where the triple at fault stands, else what is said of the focus node."""
        if finding.triple is not None:
            place = self._places.triple(finding.triple, file)
            if place.line is not None:
                return place
        return self._places.term(finding.focus, file)


def diff_shapes(
    old: Checked, new: Checked, difference: Difference, most: int | None = None
) -> Iterator[ShapeChange]:
    """The shapes with other findings, with so many of these at most."""
    for key in dict.fromkeys((*new.sections, *old.sections)):
        before, after = old.count(key), new.count(key)
        section = new.sections.get(key) or old.sections[key]
        named = (section.shape, section.title, section.severity, before, after)
        if max(before, after) > _MOST:
            if before != after:
                counts = max(after - before, 0), max(before - after, 0)
                yield ShapeChange(*named, *counts, ())
            continue
        gone, came = _differing(old.findings(key), new.findings(key), difference)
        if gone or came:
            findings = (*map(old.change, gone[:most]), *map(new.change, came[:most]))
            yield ShapeChange(*named, len(came), len(gone), findings[:most])


def _differing(
    old: Sequence[Finding], new: Sequence[Finding], difference: Difference
) -> tuple[list[Finding], list[Finding]]:
    """The findings that each side alone has, compared as values."""
    olds, news = _values(old, "old", difference), _values(new, "new", difference)
    return _surplus(old, olds, news), _surplus(new, news, olds)


def _surplus(
    findings: Sequence[Finding], values: Sequence[object], others: Iterable[object]
) -> list[Finding]:
    spare = Counter(others)
    surplus = []
    for finding, value in zip(findings, values, strict=True):
        if spare[value]:
            spare[value] -= 1
        else:
            surplus.append(finding)
    return surplus


def _values(findings: Sequence[Finding], side: Which, difference: Difference) -> list[object]:
    """What findings are compared by: blank nodes are the same as in the graphs."""
    terms = {term for f in findings for term in (f.focus, f.value) if isinstance(term, BlankNode)}
    known = difference.ids(side, terms)

    def value(term: Term | None) -> object:
        return known[term] if isinstance(term, BlankNode) else term

    return [
        (value(f.focus), f.path_text, value(f.value), _name(f.shape), f.component, f.severity)
        for f in findings
    ]


def _name(shape: Term) -> IRI | None:
    return shape if isinstance(shape, IRI) else None
