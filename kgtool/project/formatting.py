"""Brings Turtle and TriG files into their one form."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kgtool.errors import Location, RdfSyntaxError, UsageError
from kgtool.project.files import replace_file
from kgtool.project.folder import Project
from kgtool.rdf.document.formatting import format_text
from kgtool.rdf.files import merge_conflict

#: The endings of files that have a form, and whether they hold graphs.
SYNTAXES = {".ttl": False, ".trig": True}


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file's text as it is and as it should be; ``name`` is what messages call it."""

    path: Path
    name: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after

    def difference(self) -> str:
        """What would change, as a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            self.name,
            f"{self.name} (formatted)",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    def write(self) -> None:
        replace_file(self.path, self.after)


def format_files(project: Project | None, files: Sequence[Path]) -> list[Formatted]:
    """The files in their form, or where none are named all of a project's; nothing is written.

    Raises RdfSyntaxError for the first that does not parse, UsageError for another syntax.
    """
    if files:
        chosen = [path.resolve() for path in files]
    else:
        assert project is not None
        found = [*project.rdf_files(), *project.case_files()]
        chosen = [p for p in found if p.suffix.lower() in SYNTAXES]
    return [format_file(path, project.name_of(path) if project else str(path)) for path in chosen]


def format_file(path: Path, name: str) -> Formatted:
    """A file in its form. Raises RdfSyntaxError, UsageError."""
    graphs = SYNTAXES.get(path.suffix.lower())
    if graphs is None:
        raise UsageError(
            f"{name} has no form", expected=f"a file that ends in {', '.join(SYNTAXES)}"
        )
    data = path.read_bytes()
    try:
        before = data.decode()
    except UnicodeDecodeError as error:
        location = Location.at(error.start, data.decode("latin-1"), name)
        raise RdfSyntaxError("the text is not UTF-8", location=location) from None
    return Formatted(path, name, before, formatted(before, name, graphs=graphs))


def formatted(text: str, name: str, *, graphs: bool = False) -> str:
    """A text in its form, which says the same. Raises RdfSyntaxError."""
    if conflict := merge_conflict(text, name):
        raise conflict
    return format_text(text, name, graphs=graphs)
