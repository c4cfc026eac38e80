"""Asks stored queries and compares their answers with those in queries/expected/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from kgtool.project.expected import Answer, answer_of, compare, is_ordered, read_expected
from kgtool.project.files import replace_file
from kgtool.project.folder import Project
from kgtool.project.graph import Graph
from kgtool.project.outcome import Outcome, outcome_of
from kgtool.project.services import offline
from kgtool.project.stored import StoredQueries

EXPECTED = "expected"
ENDINGS = (".csv", ".ttl")


def run_tests(
    graph: Graph, names: Sequence[str] = (), *, update: bool = False
) -> Iterator[Outcome]:
    """The outcome of each query named, or of all and of expected answers without a query.

    Parameters have their defaults. With ``update`` what a query answers is written down
    as what is expected.
    """
    assert graph.project is not None, "only a project has stored queries"
    stored = StoredQueries(graph.project)
    wanted = [name.removesuffix(".rq") for name in names] or stored.names()
    for name in wanted:
        stored.require(name)
    for name in wanted:
        yield _updated(graph, name) if update else outcome_of(name, partial(_run, graph, name))
    if not names:
        yield from _orphans(graph.project, wanted)


def _run(graph: Graph, name: str) -> Sequence[str]:
    """What differs from the expected answer, in lines."""
    project = _project(graph)
    path = _expected_file(project, name)
    _, actual = _answer(graph, name)
    if path is None:
        wanted = project.name_of(_folder(project) / name)
        hint = f"`kgtool test --update {name}` writes it."
        return f"there is no {wanted}.csv or .ttl", hint
    expected = read_expected(path, project.name_of(path))
    ordered = is_ordered(StoredQueries(project).get(name).text)
    return compare(expected, actual, ordered=ordered).lines()


def _updated(graph: Graph, name: str) -> Outcome:
    written: list[Path] = []
    outcome = outcome_of(name, partial(_update, graph, name, written))
    return replace(outcome, updated=bool(written))


def _update(graph: Graph, name: str, written: list[Path]) -> Sequence[str]:
    """Writes the expected answer where another one stands, and then notes the file."""
    project = _project(graph)
    text, actual = _answer(graph, name)
    ending = ".csv" if actual.is_table else ".ttl"
    path = _folder(project) / (name + ending)
    for other in ENDINGS:
        if other != ending:
            (_folder(project) / (name + other)).unlink(missing_ok=True)
    old = read_expected(path, name) if path.is_file() else None
    ordered = is_ordered(StoredQueries(project).get(name).text)
    if old is not None and not compare(old, actual, ordered=ordered):
        return ()
    replace_file(path, text)
    written.append(path)
    return ()


def _answer(graph: Graph, name: str) -> tuple[str, Answer]:
    query = graph.find(name)
    return answer_of(graph.query(query, services=offline(_project(graph), query)))


def _project(graph: Graph) -> Project:
    assert graph.project is not None
    return graph.project


def _folder(project: Project) -> Path:
    return project.queries / EXPECTED


def _expected_file(project: Project, name: str) -> Path | None:
    paths = (_folder(project) / (name + ending) for ending in ENDINGS)
    return next((path for path in paths if path.is_file()), None)


def _orphans(project: Project, names: Sequence[str]) -> Iterator[Outcome]:
    """Expected answers that no query gives: one was renamed or deleted."""
    for name, path in expected_files(project):
        if name not in names:
            yield Outcome(name, False, (f"{project.name_of(path)} has no query",))


def expected_files(project: Project) -> Iterator[tuple[str, Path]]:
    """The expected answers that there are, each with the name of its query."""
    folder = _folder(project)
    for path in sorted(p for p in folder.rglob("*") if p.suffix in ENDINGS):
        yield path.relative_to(folder).with_suffix("").as_posix(), path
