"""Unit tests of queries and shapes: given a few triples, what is expected (queries/tests/)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from kgtool.errors import KgtoolError, Location
from kgtool.project.cases.model import AskedQuery, Case
from kgtool.project.cases.reading import CaseReader
from kgtool.project.cases.running import differences
from kgtool.project.cases.shapes import ShapeChecks
from kgtool.project.cases.worlds import Worlds
from kgtool.project.checking import Sources, read_sources
from kgtool.project.folder import Project
from kgtool.project.outcome import Outcome, failure, outcome_of
from kgtool.project.rules import read_rules
from kgtool.rdf.namespaces import OWL, RDF, RDFS, XSD
from kgtool.shacl.vocabulary import SH

__all__ = ["run_cases"]

_DECLARATION = re.compile(r"^\s*@?prefix\s+([^\s:]*):\s*<([^<>\s]*)>", re.IGNORECASE | re.MULTILINE)
#: What cases may use, which have no place for a declaration, where no file has one.
_WELL_KNOWN = {
    "owl": OWL.base,
    "rdf": RDF.base,
    "rdfs": RDFS.base,
    "sh": SH,
    "xsd": XSD.base,
}
#: More threads than this would wait for each other.
_THREADS = 8
#: Where in a file prefixes are looked for.
_TOP = 1 << 16


def run_cases(
    project: Project, names: Sequence[str] = (), files: Sequence[Path] = ()
) -> Iterator[Outcome]:
    """The outcomes of all cases, or of those in ``files``, or of the queries ``names``.

    The project's facts are not read, and nothing is built. Raises what is wrong with the
    ontology, the shapes or the rules as errors.
    """
    sources = read_sources(project, [])
    prefixes = _prefixes(project, sources)
    cases: list[Case] = []
    for read in _read(project, files, {**_WELL_KNOWN, **prefixes}):
        if isinstance(read, Outcome):
            yield read
        elif not names or _asks(read, names):
            cases.append(read)
    if not cases:
        return
    shapes = ShapeChecks(sources.shapes, prefixes)
    rules = read_rules(project, prefixes)
    with Worlds(project, sources, rules, prefixes, (case.world for case in cases)) as worlds:
        # The engine plans for longer than it runs, and lets others run meanwhile.
        pool = ThreadPoolExecutor(min(os.cpu_count() or 1, _THREADS))
        try:
            yield from pool.map(lambda case: _outcome(case, worlds, shapes), cases)
        finally:
            pool.shutdown(cancel_futures=True)


def _outcome(case: Case, worlds: Worlds, shapes: ShapeChecks) -> Outcome:
    def run() -> list[str]:
        return differences(case, worlds.store(case.world), shapes)

    return replace(outcome_of(case.name, run), place=case.place)


def _read(
    project: Project, files: Sequence[Path], prefixes: Mapping[str, str]
) -> Iterator[Case | Outcome]:
    """The cases, and what is wrong with their files."""
    reader = CaseReader(project, prefixes)
    empty: list[Path] = []
    for path in files or project.case_files():
        try:
            cases = reader.read(path)
        except KgtoolError as error:
            yield _unread(project.name_of(path), error)
            continue
        if not cases:
            empty.append(path)
        yield from cases
    for path in empty:
        try:
            reader.check_given(path)
        except KgtoolError as error:
            yield _unread(project.name_of(path), error)


def _unread(file: str, error: KgtoolError) -> Outcome:
    return replace(failure(file, error), place=Location(file))


def _asks(case: Case, names: Sequence[str]) -> bool:
    return isinstance(case.asked, AskedQuery) and case.asked.query.name in names


def _prefixes(project: Project, sources: Sources) -> dict[str, str]:
    """The prefixes of the project's files; of those with facts, what stands at their top."""
    known: dict[str, str] = {}
    for file in sources.ontology:
        known = file.prefixes | known
    for path in project.triples_files():
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            known = dict(_DECLARATION.findall(stream.read(_TOP))) | known
    return (sources.shapes.prefixes if sources.shapes else {}) | known
