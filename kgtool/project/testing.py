"""Asks stored queries and compares their answers with those in queries/expected/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kgtool.errors import KgtoolError
from kgtool.project.expected import Answer, answer_of, compare, is_ordered, read_expected
from kgtool.project.files import replace_file
from kgtool.project.folder import Project
from kgtool.project.graph import Graph
from kgtool.project.stored import StoredQueries

EXPECTED = "expected"
ENDINGS = (".csv", ".ttl")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one query: passed, updated, or what is wrong with it."""

    name: str
    passed: bool
    lines: tuple[str, ...] = field(default=())
    updated: bool = False
    #: Where the query could not be asked at all.
    error: KgtoolError | None = None


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
        try:
            yield _update(graph, name) if update else _run(graph, name)
        except KgtoolError as error:
            yield Outcome(name, False, tuple(str(error).splitlines()), error=error)
        except Exception as error:  # one query's bug does not hide the others' answers
            words = str(error).partition("\n")[0]
            yield Outcome(name, False, (f"a bug in kgtool ({type(error).__name__}: {words})",))
    if not names:
        yield from _orphans(graph.project, wanted)


def _run(graph: Graph, name: str) -> Outcome:
    project = _project(graph)
    path = _expected_file(project, name)
    _, actual = _answer(graph, name)
    if path is None:
        wanted = project.name_of(_folder(project) / name)
        hint = f"`kgtool test --update {name}` writes it."
        return Outcome(name, False, (f"there is no {wanted}.csv or .ttl", hint))
    expected = read_expected(path, project.name_of(path))
    ordered = is_ordered(StoredQueries(project).get(name).text)
    difference = compare(expected, actual, ordered=ordered)
    return Outcome(name, not difference, tuple(difference.lines()))


def _update(graph: Graph, name: str) -> Outcome:
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
        return Outcome(name, True)
    replace_file(path, text)
    return Outcome(name, True, updated=True)


def _answer(graph: Graph, name: str) -> tuple[str, Answer]:
    return answer_of(graph.query(name))


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
