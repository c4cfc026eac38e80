from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kgtool.cli.main import cli
from kgtool.project.folder import Project
from kgtool.project.skeleton import new_project

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A new project, and the current folder in it."""
    made = new_project(tmp_path / "project")
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture(scope="session")
def built_folder(tmp_path_factory):
    """A new project after its build; copied, not changed."""
    folder = new_project(tmp_path_factory.mktemp("built") / "project").root
    result = CliRunner().invoke(cli, ["build", "--project", str(folder)])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def built(built_folder, tmp_path, monkeypatch):
    """A project that has been built, and the current folder in it."""
    folder = tmp_path / "project"
    shutil.copytree(built_folder, folder, copy_function=shutil.copy2)
    monkeypatch.chdir(folder)
    return Project(folder)


@pytest.fixture
def run() -> Callable[..., Result]:
    """Runs a command in this process. No exception but SystemExit may come out."""

    def invoke(*arguments: str, code: int = 0, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(cli, list(arguments), input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        assert "Traceback" not in result.output
        assert result.exit_code == code, result.output
        return result

    return invoke


class Spawn:
    """Runs a command in a process of its own."""

    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kgtool", *arguments],
            capture_output=True, text=True, timeout=120, check=False, env=self.environment,
        )  # fmt: skip


@pytest.fixture
def spawn() -> Spawn:
    return Spawn()
