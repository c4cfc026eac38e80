"""Makes an empty project, from the files in ``template/``."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from kgtool.errors import UsageError
from kgtool.project.folder import Project

#: Packaging tools drop files whose names start with a dot.
_RENAMED = {"gitignore": ".gitignore"}


def new_project(folder: Path) -> Project:
    """A project that builds and passes its own check and test.

    Raises UsageError where the folder exists and is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists and is not empty", expected="a new folder")
    _copy(resources.files("kgtool.project").joinpath("template"), folder)
    return Project(folder.resolve())


def _copy(source: Traversable, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        destination = target / _RENAMED.get(entry.name, entry.name)
        if entry.is_dir():
            _copy(entry, destination)
        else:
            destination.write_bytes(entry.read_bytes())
