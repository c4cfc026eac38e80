"""Versions of a project: its files as they are, or those of a revision, with a store of each.

Stores of revisions are kept in .kgtool/revisions/, each in a folder that is named for the content
of the files that it was built from, and of the kgtool that built it. So a revision is built once,
and two with the same facts share a store. The store of the project itself serves wherever the
content is that of the files as they are.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kgtool.errors import InconsistencyError, KgtoolError, NotFoundError, ShapeError
from kgtool.project.build import Step, ViolationError, build_project
from kgtool.project.files import replace_file
from kgtool.project.fingerprint import Options, build_version, is_fresh, read_record
from kgtool.project.folder import ONTOLOGY, QUERIES, TRIPLES, Project, is_source
from kgtool.project.git import Repository
from kgtool.project.stored import ENDING

FOLDER = "revisions"
#: So many built revisions are kept.
_MOST_KEPT = 8
_CONTRADICTION = "contradiction.txt"
_UNCHECKED = Options(check=False)


@dataclass(frozen=True, slots=True)
class Version:
    """A project's files at some time; ``commit`` is None for those of the working tree.

    ``ids`` are git's names of the contents, by the names of the files; ``left_out`` are links
    that lead out of the revision. ``read`` gives contents by the names of files.
    """

    name: str
    commit: str | None
    ids: Mapping[str, str]
    read: Callable[[Sequence[str]], Iterator[bytes]]
    left_out: tuple[str, ...] = ()

    @property
    def sources(self) -> list[str]:
        """The files that a build reads."""
        return sorted(filter(is_source, self.ids))

    @property
    def queries(self) -> dict[str, str]:
        """The files of the stored queries, by the names of these."""
        begin, end = len(QUERIES) + 1, -len(ENDING)
        names = sorted(n for n in self.ids if n.startswith(f"{QUERIES}/") and n.endswith(ENDING))
        return {name[begin:end]: name for name in names}

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Errors from within say that they are of this revision."""
        try:
            yield
        except KgtoolError as error:
            if self.commit is not None and error.location is not None and error.location.file:
                file = f"{self.name}:{error.location.file}"
                error.location = error.location._replace(file=file)
            elif self.commit is not None:
                error.message = f"{self.name}: {error.message}"
            raise


@dataclass(frozen=True, slots=True)
class Built:
    """A version with a store, that of ``project``.

    Where the files contradict each other, ``contradiction`` says how, and the store has none of
    what follows from them.
    """

    version: Version
    project: Project
    contradiction: str | None = None


def find_versions(
    project: Project, old: str = "HEAD", new: str | None = None
) -> tuple[Version, Version]:
    """Two versions: of revisions as git writes them, or of the working tree where ``new`` is None.

    ``old`` may be a range: ``A..B`` is from A to B, ``A...B`` from where they parted to B; an end
    that is left out is HEAD.

    Raises NotFoundError where there is no git, no repository, no such revision, or no project
    in it.
    """
    repository = Repository(project.root)
    for dots in ("...", ".."):
        if dots in old and new is None:
            first, _, last = (end or "HEAD" for end in old.partition(dots))
            if dots == "...":
                first = repository.merge_base(first, last)[:12]
            old, new = first, last
    before = _revision(project, repository, old)
    if new is None:
        return before, working_tree(project, before.commit)
    return before, _revision(project, repository, new)


def _revision(project: Project, repository: Repository, name: str) -> Version:
    commit = repository.commit(name)
    blobs, left_out = repository.blobs(commit, (ONTOLOGY, TRIPLES, QUERIES))
    ids = {blob.path: blob.id for blob in blobs if _is_inside(blob.path)}
    if not ids:
        raise NotFoundError(
            f"there is no project in {name} at {project.root}",
            expected=f"files in {ONTOLOGY}/, {TRIPLES}/ or {QUERIES}/",
        )

    def read(names: Sequence[str]) -> Iterator[bytes]:
        return repository.contents(ids[each] for each in names)

    return Version(name, commit, ids, read, tuple(filter(_is_read, left_out)))


def working_tree(project: Project, like: str | None = None) -> Version:
    """The files as they are; hashed as those of the commit ``like`` are."""
    algorithm = "sha256" if like and len(like) > 40 else "sha1"
    queries = (path for path in project.queries.rglob(f"*{ENDING}") if path.is_file())
    names = [project.name_of(path) for path in (*project.source_files(), *queries)]

    def read(wanted: Sequence[str]) -> Iterator[bytes]:
        return ((project.root / name).read_bytes() for name in wanted)

    ids = {n: _blob_id(data, algorithm) for n, data in zip(names, read(names), strict=True)}
    return Version("the working tree", None, ids, read)


def built(
    project: Project, version: Version, here: Version, step: Step = lambda text: None
) -> Built:
    """The version with a store, which is built if there is none; ``here`` is the working tree.

    The shapes are not looked at. Raises RdfSyntaxError and what else a build does, with the name
    of the revision before that of the file; a contradiction is told by the answer.
    """
    key = _key(project, version)
    if key == _key(project, here) and is_fresh(project, _UNCHECKED):
        return Built(version, project)
    folder = project.products / FOLDER / key
    kept = Project(folder, home=project.root)
    if not is_fresh(kept):
        if version.commit is None and _refreshed(project, step):
            return Built(version, project)
        with version.blamed():
            step(f"building {version.name}")
            _build(kept, version, step)
    with suppress(OSError):
        os.utime(folder)
        _prune(folder.parent)
    told = kept.products / _CONTRADICTION
    record = read_record(kept)
    closed = record is None or record.options.infer
    return Built(version, kept, None if closed else told.read_text(encoding="utf-8"))


def _refreshed(project: Project, step: Step) -> bool:
    """Whether the project's own store could be brought up to date, as it was built before.

    One that was changed by hand, or is without what follows, is left as it is.
    """
    record = read_record(project)
    if record is not None and (record.edited or not record.options.infer):
        return False
    try:
        build_project(project, record.options if record else None, step)
    except (ViolationError, ShapeError, InconsistencyError):
        return False
    return True


def _build(kept: Project, version: Version, step: Step) -> None:
    names = version.sources
    for name, data in zip(names, version.read(names), strict=True):
        replace_file(kept.root / name, data)
    kept.products.mkdir(parents=True, exist_ok=True)
    try:
        build_project(kept, _UNCHECKED, step, anew=True)
    except InconsistencyError as error:
        replace_file(kept.products / _CONTRADICTION, error.message)
        build_project(kept, Options(infer=False, check=False), step, anew=True)


def _key(project: Project, version: Version) -> str:
    """What a store comes from: relative IRIs make the place of the project a part of it."""
    contents = [(name, version.ids[name]) for name in version.sources]
    made_of = json.dumps([build_version(), project.root.as_uri(), contents])
    return hashlib.sha256(made_of.encode()).hexdigest()[:32]


def _blob_id(data: bytes, algorithm: str) -> str:
    digest = hashlib.new(algorithm, b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def _is_inside(name: str) -> bool:
    """Git allows no such names, but a repository that was made to harm may have them."""
    return not {"..", ".", ""} & set(name.split("/"))


def _is_read(name: str) -> bool:
    return is_source(name) or name.endswith(ENDING)


def _prune(folder: Path) -> None:
    """Remove all but the stores that were used last."""
    found = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[_MOST_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)
