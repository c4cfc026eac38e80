"""Reads the files of queries/tests/: YAML, or Turtle with YAML in its ``#+`` header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kgtool.errors import CaseError, Location, placed_in
from kgtool.project.cases.documents import Documents
from kgtool.project.cases.entries import ASKED, KEYS, SHARED, CaseEntries, Entries
from kgtool.project.cases.model import Case
from kgtool.project.folder import Project
from kgtool.project.placed_yaml import PlacedYaml
from kgtool.project.sources import SourceFile
from kgtool.project.stored import StoredQueries, read_query_text

_CASES = "cases"
_EXPECTED = "`query: …`, `given: …` and `expect: …`"


class CaseReader:
    """Reads case files of a project, whose prefixes they may use."""

    def __init__(self, project: Project, prefixes: Mapping[str, str]) -> None:
        self._project = project
        self._prefixes = prefixes
        self._queries = StoredQueries(project)
        self._documents = Documents(project)

    def read(self, path: Path) -> list[Case]:
        """The cases of a file; none for a Turtle file without a header.

        Raises CaseError for a mistake, with its line and column; RdfSyntaxError for Turtle, and
        what a stored query that is named may raise.
        """
        name = self._project.name_of(path)
        text = read_query_text(path, name)
        with placed_in(text, name):
            return self._read(path, text, name)

    def _read(self, path: Path, text: str, name: str) -> list[Case]:
        if path.suffix.lower() != ".ttl":
            yaml_ = PlacedYaml(text, name, CaseError, "the file")
            return list(self._cases(yaml_, self._prefixes))
        yaml_ = PlacedYaml.of_header(text, name, CaseError)
        if yaml_.is_empty:
            return []
        given = self._documents.file(path)
        return list(self._cases(yaml_, {**self._prefixes, **given.prefixes}, given))

    def check_given(self, path: Path) -> None:
        """Raises CaseError for a file without cases that no case which has been read names."""
        if path.resolve() not in self._documents.named:
            raise CaseError(
                "the file has no case, and no case is given it",
                location=Location(self._project.name_of(path), 1),
                expected=f"`#+` lines at its top with {_EXPECTED}",
            )

    def _cases(
        self, yaml_: PlacedYaml, prefixes: Mapping[str, str], given: SourceFile | None = None
    ) -> Iterator[Case]:
        names: set[str] = set()
        for entries, place in _each(yaml_):
            case = CaseEntries(
                yaml_, entries, place, self._queries, self._documents, prefixes, given
            ).case()
            if "name" in entries and case.name in names:
                yaml_.fail(f"two cases are named {case.name!r}", entries["name"][0])
            names.add(case.name)
            yield case


def _each(yaml_: PlacedYaml) -> Iterator[tuple[Entries, Location]]:
    """The entries of each case of a file, with what the file says for all of them."""
    root = yaml_.root(_EXPECTED)
    shared: Entries = {}
    items = [root]
    if yaml_.is_sequence(root):
        items = yaml_.sequence(root, "the file")
    else:
        entries = yaml_.entries(root, (*KEYS, _CASES), "the file")
        if _CASES in entries:
            shared = yaml_.entries(root, (_CASES, *SHARED), "the file")
            _, cases = shared.pop(_CASES)
            items = yaml_.sequence(cases, "cases")
    for item in items:
        own = yaml_.entries(item, KEYS, "a case")
        yield _merged(shared, own), yaml_.place(item)


def _merged(shared: Entries, own: Entries) -> Entries:
    """A case's entries and those for all cases, of which its own come first."""
    if any(key in own for key in ASKED):
        shared = {key: value for key, value in shared.items() if key not in ASKED}
    return {**shared, **own}
