"""Checks a whole project, or of it only what changes since the last check can have broken."""

from __future__ import annotations

from contextlib import ExitStack
from typing import NamedTuple

from kgtool.errors import UnsupportedError
from kgtool.project.checking import Bounds, Sources, asserted_store, check_store, read_shapes
from kgtool.project.folder import Project
from kgtool.project.kept import (
    Digests,
    Kept,
    changed_predicates,
    digests_of,
    forget,
    read_kept,
    shapes_key,
    write_kept,
)
from kgtool.project.places import FilePlaces
from kgtool.shacl import ValidationReport
from kgtool.shacl.checks import Check, plan_of
from kgtool.shacl.compiled import Answer, Run, sections
from kgtool.shacl.reads import is_touched, reads_of
from kgtool.shacl.results import Found
from kgtool.shacl.shapes import Shapes


class _Rest(NamedTuple):
    """The numbers of the checks to run, None for all, the answers of the others, and a note."""

    stale: set[int] | None
    answers: list[Answer]
    note: str | None = None


def check_whole(
    project: Project, sources: Sources, bounds: Bounds, changed: bool
) -> ValidationReport:
    """The report on all asserted triples of a project, which has shapes; it is to be closed."""
    assert sources.shapes is not None
    shapes = read_shapes(sources.shapes)
    key, digests = shapes_key(sources.shapes), digests_of(sources.asserted)
    places = FilePlaces(sources.asserted)
    rest = _Rest(None, [])
    if changed:
        kept = read_kept(project)
        rest = _rest(shapes, None if kept is None or kept.shapes != key else kept, digests)
    with ExitStack() as stack:
        answers, notes, graphs = rest.answers, [rest.note] if rest.note else [], bounds.graphs
        if rest.stale is None or rest.stale:
            store = stack.enter_context(asserted_store(sources, bounds))
            try:
                run = Run(store, shapes, "asserted", rest.stale)
            except UnsupportedError:
                forget(project)
                report = check_store(store, shapes, sources.shapes, bounds)
                return report.over(sources.prefixes, places)
            stack.callback(run.close)
            answers = [*answers, *run.answers()]
            notes, graphs = [*notes, *run.notes], run.graphs
        write_kept(project, key, digests, answers)
        return ValidationReport(
            sections(answers),
            graphs=graphs,
            prefixes=sources.prefixes,
            notes=notes,
            limit=bounds.max_results,
            places=places,
            close=stack.pop_all().close,
        )


def _rest(shapes: Shapes, kept: Kept | None, digests: Digests) -> _Rest:
    """What the last check leaves to do."""
    if kept is None or shapes.uncompiled or any(root.inferred for root in shapes.roots):
        return _Rest(None, [], "there is no earlier check of these shapes; all was checked")
    touched = changed_predicates(kept.digests, digests)
    plan = plan_of(shapes.roots)
    stale = {c.number for c in plan.checks if is_touched(reads_of(c, plan), touched)}
    answers = [
        _kept_answer(check, found)
        for check in plan.checks
        if check.number not in stale and (found := kept.found.get(check.number))
    ]
    note = f"{len(stale)} of {len(plan.checks)} constraints were checked again"
    return _Rest(stale, answers, note)


def _kept_answer(check: Check, found: list[Found]) -> Answer:
    return Answer(check, len(found), lambda: found)
