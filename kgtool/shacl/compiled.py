"""The report of a compiled validation: its checks' findings, by severity and shape."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from kgtool.errors import UnsupportedError
from kgtool.shacl.checks import Check
from kgtool.shacl.findings import Finding
from kgtool.shacl.report import Graphs, Section, ValidationReport
from kgtool.shacl.results import Found, finding_of
from kgtool.shacl.shapes import Shapes
from kgtool.shacl.validation import Validation

if TYPE_CHECKING:
    from kgtool.engine.store import Store


class Answer(NamedTuple):
    """A check that found something: how much, and what."""

    check: Check
    total: int
    read: Callable[[], Iterable[Found]]


class Run:
    """The validation of a store: its answers, and the engine's tables until it is closed."""

    def __init__(
        self, store: Store, shapes: Shapes, graphs: Graphs, only: Container[int] | None = None
    ) -> None:
        if shapes.uncompiled:
            raise UnsupportedError(f"{', '.join(shapes.uncompiled)}")
        asking = [r for r in shapes.roots if r.inferred and graphs == "asserted"]
        rest = [r for r in shapes.roots if r not in asking]
        self.graphs: Graphs = "all" if asking and not rest else graphs
        self.notes = _notes(len(asking)) if rest else []
        self._validations: list[Validation] = []
        try:
            if rest:
                self._validations.append(Validation(store, rest, graphs, only))
            if asking:
                self._validations.append(Validation(store, asking, "all"))
        except BaseException:
            self.close()
            raise

    def answers(self) -> list[Answer]:
        return [
            Answer(check, validation.counts[check.number], _reader(validation, check))
            for validation in self._validations
            for check in validation.checks
        ]

    def close(self) -> None:
        for validation in self._validations:
            validation.close()


def sections(answers: Iterable[Answer]) -> list[Section]:
    """Answers as the sections of a report, in order."""
    ordered = sorted(answers, key=lambda answer: answer.check.order)
    groups = groupby(ordered, key=lambda each: (each.check.shape.severity, each.check.shape.owner))
    return [_section(list(group)) for _, group in groups]


def compiled_report(
    store: Store, shapes: Shapes, graphs: Graphs, max_results: int | None
) -> ValidationReport:
    """See ``kgtool.shacl.validate``."""
    run = Run(store, shapes, graphs)
    return ValidationReport(
        sections(run.answers()),
        graphs=run.graphs,
        prefixes=store.prefixes,
        notes=run.notes,
        limit=max_results,
        close=run.close,
    )


def _section(answers: list[Answer]) -> Section:
    shape = answers[0].check.shape
    title = next((a.check.shape.name for a in answers if a.check.shape.name), None)
    count = sum(answer.total for answer in answers)
    return Section(shape.severity, shape.owner, title, count, lambda: _findings(answers))


def _findings(answers: list[Answer]) -> Iterator[Finding]:
    return (finding_of(check, found) for check, _, read in answers for found in read())


def _reader(validation: Validation, check: Check) -> Callable[[], Iterable[Found]]:
    return lambda: validation.found(check)


def _notes(asking: int) -> list[str]:
    if not asking:
        return []
    plural = "shape asks" if asking == 1 else "shapes ask"
    return [f"{asking} {plural} for inferred triples too (sh:entailment)"]
