"""What git knows of a project's folder, asked by the ``git`` command."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kgtool.errors import DataError, KgtoolError, NotFoundError, UsageError, did_you_mean

#: The mode that git gives a symbolic link.
_LINK = "120000"
_FILE = "100"


class Blob(NamedTuple):
    """A file of a revision: its path from the folder, and what identifies its content."""

    path: str
    id: str


class Repository:
    """The repository that a folder is in, or some folder above it; paths are from that folder.

    Raises NotFoundError where git is not installed or knows of no repository there, and
    UsageError, in git's words, where it refuses.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prefix = self.run("rev-parse", "--show-prefix").decode().rstrip("\n")

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What a git command answers; ``given`` is its standard input."""
        command = ["git", "-C", str(self._folder), *arguments]
        environment = os.environ | {"LC_ALL": "C"}
        try:
            done = subprocess.run(
                command, input=given, capture_output=True, check=False, env=environment
            )
        except FileNotFoundError:
            raise NotFoundError(
                "there is no git here to ask for revisions",
                hint="Install git (https://git-scm.com).",
            ) from None
        if done.returncode:
            raise self._refusal(done.stderr.decode(errors="replace"))
        return done.stdout

    def commit(self, revision: str) -> str:
        """The hash of the commit that a revision names (gitrevisions(7)).

        Raises NotFoundError where there is none.
        """
        try:
            if revision.startswith("-"):
                raise UsageError("an option is no revision")
            name = f"{revision}^{{commit}}"
            return self.run("rev-parse", "--verify", "--quiet", name).decode().strip()
        except KgtoolError:
            raise self._no_revision(revision) from None

    def merge_base(self, one: str, other: str) -> str:
        """The commit at which two revisions part. Raises NotFoundError where there is none."""
        commits = self.commit(one), self.commit(other)
        try:
            return self.run("merge-base", *commits).decode().strip()
        except KgtoolError:
            raise NotFoundError(
                f"{one} and {other} have no commit in common", hint=self._shallow_hint()
            ) from None

    def blobs(self, commit: str, folders: Sequence[str]) -> tuple[list[Blob], list[str]]:
        """The files of a commit in some folders, and the links that lead out of the commit.

        A symbolic link to a file of the commit counts as that file.
        """
        listed = self.run("ls-tree", "-r", "-z", commit, "--", *folders)
        files: list[Blob] = []
        links: list[str] = []
        for entry in filter(None, listed.split(b"\0")):
            head, _, name = entry.partition(b"\t")
            mode, _, id_ = head.decode().split()
            path = os.fsdecode(name)
            if mode.startswith(_FILE):
                files.append(Blob(path, id_))
            elif mode == _LINK:
                links.append(path)
        targets = self._targets(commit, links)
        followed = [Blob(path, id_) for path, id_ in targets.items() if id_]
        return sorted(files + followed), [path for path, id_ in targets.items() if not id_]

    def contents(self, ids: Iterable[str]) -> Iterator[bytes]:
        """The contents of files, in the order of their ids. Raises DataError for lost ones."""
        wanted = list(ids)
        answer = self.run("cat-file", "--batch", given="".join(f"{i}\n" for i in wanted).encode())
        at = 0
        for _ in wanted:
            head, at = _line(answer, at)
            if head.endswith(" missing"):
                raise DataError(
                    f"the repository lacks the object {head.split()[0]}",
                    hint="`git fsck` tells what else is damaged.",
                )
            size = int(head.split()[2])
            yield answer[at : at + size]
            at += size + 1

    def blame(self, path: Path, line: int) -> str:
        """What ``git blame --porcelain`` says of a line."""
        where = ("-L", f"{line},{line}", "--", str(path))
        return self.run("blame", "-w", "--porcelain", *where).decode(errors="replace")

    def _targets(self, commit: str, links: Sequence[str]) -> dict[str, str]:
        """The files that links lead to; an empty id where that is none of the commit."""
        found = dict.fromkeys(links, "")
        asked = [path for path in links if "\n" not in path]  # git takes one name a line
        names = "".join(f"{commit}:{self._prefix}{path}\n" for path in asked)
        form = "--batch-check=%(objecttype) %(objectname)"
        answer = self.run("cat-file", form, "--follow-symlinks", given=os.fsencode(names))
        at = 0
        for path in asked:
            head, at = _line(answer, at)
            kind, _, id_ = head.partition(" ")
            found[path] = id_ if kind == "blob" else ""
            if kind in ("symlink", "dangling", "loop", "notdir"):
                at += int(id_) + 1  # git repeats the path
        return found

    def _no_revision(self, revision: str) -> NotFoundError:
        if not self.run("rev-list", "--max-count=1", "--all"):
            return NotFoundError(
                f"there is no revision {revision!r}: the repository has no commit yet"
            )
        names = self.run("for-each-ref", "--format=%(refname:short)").decode().split()
        hint = self._shallow_hint() or did_you_mean(revision, names)
        return NotFoundError(f"there is no revision {revision!r}", hint=hint)

    def _shallow_hint(self) -> str | None:
        if self.run("rev-parse", "--is-shallow-repository") != b"true\n":
            return None
        return "The clone is shallow; `git fetch --unshallow` brings the rest of its history."

    def _refusal(self, said: str) -> KgtoolError:
        first, _, rest = said.strip().partition("\n")
        words = first.removeprefix("fatal: ") or "it failed without a word"
        if "not a git repository" in words:
            return NotFoundError(
                f"{self._folder} is not in a git repository", expected="a project kept in git"
            )
        return UsageError(f"git: {words}", hint=" ".join(rest.split()) or None)


def _line(data: bytes, at: int) -> tuple[str, int]:
    """The line that begins at a place, and where the next one does."""
    end = data.index(b"\n", at)
    return data[at:end].decode(errors="replace"), end + 1
