"""The whole pipeline: read, check, reason, store. The store is replaced only at the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from kgtool.errors import KgtoolError
from kgtool.project.checking import check_sources, read_sources
from kgtool.project.fingerprint import (
    Options,
    is_fresh,
    read_record,
    source_states,
    write_record,
)
from kgtool.project.folder import INFERRED_GRAPH, Project
from kgtool.project.sources import unique_triples
from kgtool.project.storing import write_store
from kgtool.rdf.terms import IRI
from kgtool.reason import Entailment
from kgtool.shacl import ValidationReport

Step = Callable[[str], None]


class ViolationError(KgtoolError):
    """A build found a shape violated; ``report`` has the findings."""

    exit_code = 1

    def __init__(self, report: ValidationReport) -> None:
        number = f"{report.violations:,} violation{'' if report.violations == 1 else 's'}"
        super().__init__(
            f"the facts break the shapes ({number}); the store is as it was before",
            hint="`kgtool check` shows them; `kgtool build --no-check` builds all the same.",
        )
        self.report = report


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made, for people and for .kgtool/build.json."""

    asserted: int
    inferred: int
    files: int
    checked: bool
    seconds: float

    def __str__(self) -> str:
        checked = "shapes kept" if self.checked else "shapes not checked"
        return (
            f"built {self.asserted:,} asserted and {self.inferred:,} inferred triples "
            f"from {self.files} files; {checked} ({self.seconds:.1f} s)"
        )


def build_project(
    project: Project,
    options: Options | None = None,
    step: Step = lambda text: None,
) -> BuildReport:
    """Builds a project's store from its files.

    Raises RdfSyntaxError for a file that does not parse, ViolationError where the shapes
    are violated and InconsistencyError where reasoning finds a contradiction; the store
    from before then stays.
    """
    options = options or Options()
    started = time.monotonic()
    states = source_states(project)
    step("reading")
    sources = read_sources(project)
    if options.check:
        step("checking shapes")
        report = check_sources(sources)
        if not report.passed:
            raise ViolationError(report)
    entailment = Entailment(IRI(INFERRED_GRAPH)) if options.infer else None
    step("reasoning and writing the store" if options.infer else "writing the store")
    write_store(project, sources, entailment)
    counts = entailment.counts if entailment else {}
    result = BuildReport(
        asserted=sum(1 for _ in unique_triples(sources.asserted)),
        inferred=sum(counts.values()),
        files=len(states),
        checked=options.check and sources.shapes is not None,
        seconds=time.monotonic() - started,
    )
    facts = {"asserted": result.asserted, "inferred": result.inferred, "rules": counts}
    write_record(project, options, states, facts)
    return result


def ensure_built(project: Project, step: Step = lambda text: None) -> BuildReport | None:
    """Builds a project whose files have changed, with the options of its last build."""
    if is_fresh(project):
        return None
    record = read_record(project)
    return build_project(project, record.options if record else None, step)
