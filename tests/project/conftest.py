from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import kgtool
from kgtool.project.graph import Graph
from kgtool.project.lint import LintReport, lint_project
from kgtool.project.skeleton import new_project
from tests.project.exporting import PREFIXES, Export, Exported, exported
from tests.project.linting import write


@pytest.fixture
def project(tmp_path):
    """The project that `kgtool new` makes."""
    return new_project(tmp_path / "project")


@pytest.fixture
def lint(project) -> Callable[..., LintReport]:
    """Writes files into a new project, and asks rules of it."""

    def run(files: dict[str, str | bytes], *rules: str) -> LintReport:
        write(project.root, files)
        return lint_project(project, rules)

    return run


@pytest.fixture(scope="session")
def export(tmp_path_factory) -> Iterator[Export]:
    """Exports a graph that is given in Turtle: export(turtle, format, query, …)."""
    loaded: dict[str, Graph] = {}
    with ExitStack() as opened:

        def run(turtle: str, *arguments: str, **more: object) -> Exported:
            if turtle not in loaded:
                folder = tmp_path_factory.mktemp("export")
                (folder / "given.ttl").write_text(PREFIXES + turtle, encoding="utf-8")
                graph = kgtool.load(folder / "given.ttl", folder / "given.duckdb")
                loaded[turtle] = opened.enter_context(graph)
            return exported(loaded[turtle], *arguments, **more)

        yield run


@pytest.fixture(scope="session")
def shipped() -> Iterator[Graph]:
    """The graph of this repository."""
    with kgtool.open(Path(__file__).parents[2]) as graph:
        yield graph
