"""The whole pipeline: read, check, reason, store. The store is replaced only at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kgtool.engine.store import Store
from kgtool.errors import KgtoolError
from kgtool.project.checking import Sources, read_shapes, read_sources, report_on
from kgtool.project.fingerprint import (
    Options,
    SourceState,
    is_fresh,
    read_record,
    source_states,
    write_record,
)
from kgtool.project.folder import INFERRED_GRAPH, Project
from kgtool.project.increment import add_triples, added_triples
from kgtool.project.rules import read_rules
from kgtool.project.sources import Triple, unique_triples
from kgtool.project.storing import write_store
from kgtool.rdf.names import Names
from kgtool.rdf.terms import IRI
from kgtool.reason import OWL_RL, Entailment, Profile
from kgtool.reason.clashes import ContradictionError
from kgtool.reason.own import OwnRule, apply_rules, with_rules
from kgtool.shacl import ValidationReport

Step = Callable[[str], None]
#: Raises ViolationError for a store that violates the shapes.
Check = Callable[[Store], None]


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
    *,
    anew: bool = False,
) -> BuildReport:
    """Builds a project's store from its files.

    Where they have only gained triples since the last build, what follows from those is added
    to the store, unless the build is to be made ``anew``.

    Raises RdfSyntaxError for a file that does not parse, ViolationError where the shapes
    are violated and InconsistencyError where reasoning finds a contradiction; the store
    from before then stays.
    """
    options = options or Options()
    started = time.monotonic()
    states = source_states(project)
    step("reading")
    sources = read_sources(project)
    rules = read_rules(project, sources.prefixes)
    check = _check_of(sources) if options.check else None
    if options.infer:
        step("reasoning, checking and writing the store")
        added = None if anew else _updated(project, sources, rules, states, check)
        counts = write_closed(project, sources, rules, check) if added is None else added
    else:
        step("checking and writing the store")
        write_store(project, sources, finish=None if check is None else _on_file(check))
        counts = {}
    result = BuildReport(
        asserted=sum(1 for _ in unique_triples(sources.asserted)),
        # Not all that rules have ever added: some may have been asserted since.
        inferred=_size(project, INFERRED_GRAPH) if options.infer else 0,
        files=len(states),
        checked=options.check and sources.shapes is not None,
        seconds=time.monotonic() - started,
    )
    facts = {"asserted": result.asserted, "inferred": result.inferred, "rules": counts}
    write_record(project, options, states, facts)
    return result


def _size(project: Project, graph: str) -> int:
    """The number of triples of a graph in the project's store."""
    with Store.open(project.store_path) as store:
        id_ = store.ids([IRI(graph)]).get(IRI(graph))
        return next((g.triples for g in store.statistics.graphs if g.id == id_), 0)


def _check_of(sources: Sources) -> Check | None:
    """What raises ViolationError where a store's asserted triples violate the shapes.

    Raises ShapeError where those are ill-formed.
    """
    if sources.shapes is None:
        return None
    shapes = read_shapes(sources.shapes)

    def check(store: Store) -> None:
        report = report_on(store, sources, shapes)
        if not report.passed:
            raise ViolationError(report)

    return check


def _on_file(check: Check) -> Callable[[Path], None]:
    def checked(path: Path) -> None:
        with Store.open(path) as store:
            check(store)

    return checked


def _updated(
    project: Project,
    sources: Sources,
    rules: list[OwnRule],
    states: Sequence[SourceState],
    check: Check | None,
) -> dict[str, int] | None:
    """Adds what the files have gained to the store; None where a full build is needed."""
    record = read_record(project)
    if record is None or not all(rule.as_rule() for rule in rules):
        return None
    gained = added_triples(project, sources, states, record)
    if gained is None:
        return None
    before: dict[str, int] = record.facts.get("rules", {})
    more: dict[str, int] = {}
    if gained:
        with _told_with_files(sources):
            more = add_triples(project, gained, rules, check)
    elif check is not None:
        _on_file(check)(project.store_path)
    return {name: before.get(name, 0) + more.get(name, 0) for name in before | more}


def write_closed(
    project: Project,
    sources: Sources,
    rules: list[OwnRule],
    check: Check | None = None,
    regime: Profile = OWL_RL,
    path: Path | None = None,
) -> dict[str, int]:
    """Writes the store, or one at ``path``, with all that follows.

    Gives the number of triples that each rule added. Raises InconsistencyError, and LimitError
    for rules that do not end.
    """
    graph = IRI(INFERRED_GRAPH)
    profile = with_rules(regime, rules)
    entailment = Entailment(graph, profile)
    added: dict[str, int] = {}

    def finish(store: Path) -> None:
        if check is not None:
            _on_file(check)(store)
        added.update(apply_rules(store, rules, profile, graph))

    with _told_with_files(sources):
        write_store(project, sources, entailment, finish, path)
    return {n: entailment.counts.get(n, 0) + added.get(n, 0) for n in entailment.counts | added}


@contextmanager
def _told_with_files(sources: Sources) -> Iterator[None]:
    """Tells contradictions with prefixed names, and the files that each triple stands in."""
    try:
        yield
    except ContradictionError as error:
        raise ContradictionError(error.clashes, _writer(sources)) from None


def _writer(sources: Sources) -> Callable[[Triple], str]:
    names = Names(sources.prefixes)
    files: dict[Triple, list[str]] = {}
    for file in sources.asserted:
        for triple in dict.fromkeys(file.triples):
            files.setdefault(triple, []).append(file.name)

    def written(triple: Triple) -> str:
        terms = [(isinstance(t, IRI) and names.short(t.value)) or str(t) for t in triple]
        return f"{' '.join(terms)}  [{', '.join(files.get(triple, ['inferred']))}]"

    return written


def ensure_built(project: Project, step: Step = lambda text: None) -> BuildReport | None:
    """Builds a project whose files have changed, with the options of its last build."""
    if is_fresh(project):
        return None
    record = read_record(project)
    return build_project(project, record.options if record else None, step)
