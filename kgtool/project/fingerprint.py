"""Knows whether a project's store is up to date without opening it.

.kgtool/build.json records what a build read (path, size, time of change, SHA-256), with
which options, and which store came of it. Files whose size and time are unchanged are
taken as unchanged; the others are hashed, so that touching a file rebuilds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from kgtool.engine.functions import library_version
from kgtool.engine.schema import STORE_FORMAT
from kgtool.project.files import replace_file
from kgtool.project.folder import Project
from kgtool.version import __version__

#: A change this soon before a build may hide behind an equal time stamp.
_RACY_NS = 2_000_000_000


class Options(NamedTuple):
    """What a build was asked for."""

    infer: bool = True
    check: bool = True


class SourceState(NamedTuple):
    name: str
    size: int
    mtime_ns: int
    sha256: str


class BuildRecord(NamedTuple):
    """What .kgtool/build.json says; ``facts`` is what the build had to say of itself.

    ``edited`` says that the store has been changed since, by hand.
    """

    version: str
    options: Options
    sources: tuple[SourceState, ...]
    store: tuple[int, int]
    facts: dict[str, Any]
    edited: bool = False

    def holds(self, project: Project, options: Options | None = None) -> bool:
        """Whether the store is what a build with ``options`` would make now.

        Without options any store of the present sources will do, an edited one too.
        """
        if self.version != build_version() or self.store != _stamp(project.store_path):
            return False
        if options is not None and (self.edited or not self._serves(options)):
            return False
        files = project.source_files()
        if [project.name_of(p) for p in files] != [s.name for s in self.sources]:
            return False
        return all(_unchanged(path, state) for path, state in zip(files, self.sources, strict=True))

    def is_closed(self, project: Project) -> bool:
        """Whether the store is the closure of the sources as they were."""
        whole = self.version == build_version() and self.store == _stamp(project.store_path)
        return whole and self.options.infer and not self.edited

    def _serves(self, options: Options) -> bool:
        return self.options.infer == options.infer and (self.options.check or not options.check)


def read_record(project: Project) -> BuildRecord | None:
    """The record of the last build, or None where there is none that can be read."""
    try:
        content = json.loads(_path(project).read_text(encoding="utf-8"))
        return BuildRecord(
            version=content["version"],
            options=Options(**content["options"]),
            sources=tuple(SourceState(*fields) for fields in content["sources"]),
            store=(content["store"][0], content["store"][1]),
            facts=content["facts"],
            edited=content["edited"],
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def write_record(
    project: Project, options: Options, sources: Iterable[SourceState], facts: dict[str, Any]
) -> None:
    _write(
        project,
        BuildRecord(
            build_version(), options, tuple(sources), _stamp(project.store_path) or (0, 0), facts
        ),
    )


def record_edit(project: Project) -> None:
    """Say that the store, if it was up to date, was meant to be changed."""
    record = read_record(project)
    if record is not None:
        stamp = _stamp(project.store_path) or (0, 0)
        _write(project, record._replace(store=stamp, edited=True))


def _write(project: Project, record: BuildRecord) -> None:
    options = record.options
    content = {
        "version": record.version,
        "options": {"infer": options.infer, "check": options.check},
        "sources": [[s.name, s.size, s.mtime_ns, s.sha256] for s in record.sources],
        "store": list(record.store),
        "facts": record.facts,
        "edited": record.edited,
    }
    replace_file(_path(project), json.dumps(content, ensure_ascii=False, indent=1))


def build_version() -> str:
    """A store of another version, or with other tables or functions, is out of date."""
    return f"{__version__} {STORE_FORMAT} {library_version()}"


def is_fresh(project: Project, options: Options | None = None) -> bool:
    """Whether the store is up to date; without options, whichever they were."""
    record = read_record(project)
    return record is not None and record.holds(project, options)


def source_states(project: Project) -> tuple[SourceState, ...]:
    """The state of every source now. Taken before they are read, so that a later change shows."""
    return tuple(_state(project, path) for path in project.source_files())


def _state(project: Project, path: Path) -> SourceState:
    import time

    stat = path.stat()
    racy = time.time_ns() - stat.st_mtime_ns < _RACY_NS
    mtime_ns = 0 if racy else stat.st_mtime_ns
    return SourceState(project.name_of(path), stat.st_size, mtime_ns, _sha256(path))


def _unchanged(path: Path, state: SourceState) -> bool:
    stat = path.stat()
    if stat.st_size != state.size:
        return False
    return stat.st_mtime_ns == state.mtime_ns or _sha256(path) == state.sha256


def _sha256(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _path(project: Project) -> Path:
    return project.products / "build.json"
