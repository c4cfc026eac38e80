from __future__ import annotations

from collections.abc import Callable

import pytest

from kgtool.project.lint import LintReport, lint_project
from kgtool.project.skeleton import new_project
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
