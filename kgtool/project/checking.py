"""Checks a project's asserted triples against its shapes, and says which file is at fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kgtool.errors import NotFoundError
from kgtool.project.folder import ONTOLOGY, SHAPES_FILE, Project
from kgtool.project.sources import SourceFile, read_file, unique_triples
from kgtool.rdf.terms import IRI, Term
from kgtool.shacl import Finding, ValidationReport, Validator, default_validator


@dataclass(frozen=True, slots=True)
class Sources:
    """A project's files as triples."""

    ontology: tuple[SourceFile, ...]
    triples: tuple[SourceFile, ...]
    shapes: SourceFile | None

    @property
    def asserted(self) -> list[SourceFile]:
        """Everything that is data: the facts and the ontology, without the shapes."""
        return [*self.ontology, *self.triples]

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of all files; where two differ, that of the ontology counts."""
        shapes = [self.shapes] if self.shapes else []
        known: dict[str, str] = {}
        for file in (*self.ontology, *self.triples, *shapes):
            for prefix, namespace in file.prefixes.items():
                known.setdefault(prefix, namespace)
        return known


def read_sources(project: Project, files: Sequence[Path] | None = None) -> Sources:
    """All of a project's files; ``files`` are read instead of triples/ where given."""
    triples = project.triples_files() if files is None else [p.resolve() for p in files]
    shapes = project.shapes
    return Sources(
        ontology=_read_all(project, project.ontology_files()),
        triples=_read_all(project, triples),
        shapes=read_file(shapes, project.name_of(shapes)) if shapes else None,
    )


def check_project(project: Project, files: Sequence[Path] | None = None) -> ValidationReport:
    """The report on a project, or on ``files`` with the project's ontology and shapes."""
    sources = read_sources(project, files)
    if sources.shapes is None:
        raise NotFoundError(
            f"there are no shapes in {project.root}", expected=f"{ONTOLOGY}/{SHAPES_FILE}"
        )
    return check_sources(sources)


def check_sources(sources: Sources, validator: Validator | None = None) -> ValidationReport:
    """The report on the asserted triples; without shapes there is nothing to find."""
    if sources.shapes is None:
        return ValidationReport((), (), sources.prefixes)
    validator = validator or default_validator()
    report = validator.validate(unique_triples(sources.asserted), sources.shapes.triples)
    places = _Places(sources.asserted)
    findings = tuple(replace(f, files=places.of(f)) for f in report.findings)
    return replace(report, findings=findings, prefixes=sources.prefixes)


class _Places:
    """Knows in which files a term is described."""

    def __init__(self, files: Iterable[SourceFile]) -> None:
        self._triples: defaultdict[tuple[Term, Term, Term], list[str]] = defaultdict(list)
        self._subjects: defaultdict[Term, list[str]] = defaultdict(list)
        self._objects: defaultdict[Term, list[str]] = defaultdict(list)
        for file in files:
            for triple in dict.fromkeys(file.triples):
                self._triples[triple].append(file.name)
            for subject in dict.fromkeys(s for s, _, _ in file.triples):
                self._subjects[subject].append(file.name)
            for object_ in dict.fromkeys(o for _, _, o in file.triples):
                self._objects[object_].append(file.name)

    def of(self, finding: Finding) -> tuple[str, ...]:
        """The files with the offending triple, else those that describe the focus node."""
        if finding.path and finding.path.startswith("<") and finding.value is not None:
            predicate = IRI(finding.path[1:-1])
            files = self._triples.get((finding.focus, predicate, finding.value))
            if files:
                return tuple(files)
        found = self._subjects.get(finding.focus) or self._objects.get(finding.focus) or []
        return tuple(found)


def _read_all(project: Project, paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    return tuple(read_file(path, project.name_of(path)) for path in paths)
