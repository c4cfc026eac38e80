"""Where a triple stands in a project's files, and which commits wrote its lines."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgtool.errors import KgtoolError, Location, NotFoundError
from kgtool.project.checking import read_sources
from kgtool.project.folder import Project
from kgtool.project.git import Repository
from kgtool.project.notes import Notes, nearest_terms, parse_triple
from kgtool.project.places import FilePlaces
from kgtool.project.sources import Triple
from kgtool.rdf.terms import Term

#: What git calls a line that is in no commit yet.
_UNCOMMITTED = "0" * 40


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that wrote a line; ``date`` is its author's, in the author's time zone."""

    hash: str
    author: str
    date: datetime.datetime
    summary: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A place where a triple stands. ``line`` is None in files of other syntaxes than Turtle.

    ``text`` is that line; ``commit`` is None where no commit has it, or there is no repository.
    """

    file: str
    line: int | None
    column: int | None
    text: str
    commit: Commit | None

    @property
    def place(self) -> str:
        return ":".join(str(x) for x in (self.file, self.line, self.column) if x is not None)


@dataclass(frozen=True, slots=True)
class Blame:
    """All places of a triple, and what it cites, with the labels of that."""

    triple: Triple
    statements: tuple[Statement, ...]
    cited: tuple[tuple[Term, str | None], ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "triple": [str(term) for term in self.triple],
            "statements": [_statement_json(each) for each in self.statements],
            "cites": [{"term": str(term), "label": label} for term, label in self.cited],
        }


def blame_triple(project: Project, text: str) -> Blame:
    """Where the triple ``text``, three terms as SPARQL writes them, stands.

    Raises NotFoundError where no file has it, UsageError where the text is no triple.
    """
    sources = read_sources(project)
    triple = parse_triple(text, sources.prefixes)
    notes = Notes(sources)
    places = FilePlaces(sources.asserted).of_triple(triple)
    if not places:
        raise NotFoundError(
            "the triple stands in no file",
            hint=nearest_terms(triple, sources) or "`kgtool why` proves one that follows.",
        )
    found = tuple(_statement(project, place) for place in places)
    cited = tuple((term, notes.labels.get(term)) for term in notes.cited(triple))
    return Blame(triple, found, cited)


def _statement(project: Project, place: Location) -> Statement:
    assert place.file is not None
    commit = None
    if place.line is not None:
        commit = _commit(project.root, project.root / place.file, place.line)
    return Statement(place.file, place.line, place.column, (place.text or "").strip(), commit)


def _commit(root: Path, path: Path, line: int) -> Commit | None:
    """The commit that wrote a line, as git tells it."""
    try:
        said = Repository(root).blame(path, line)
    except KgtoolError:  # no git, no repository, or a file that is not in it
        return None
    head, *rest = said.splitlines()
    hash_ = head.split()[0]
    if hash_ == _UNCOMMITTED:
        return None
    fields = dict(row.partition(" ")[::2] for row in rest if not row.startswith("\t"))
    zone = fields["author-tz"]
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    offset = datetime.timedelta(minutes=-minutes if zone.startswith("-") else minutes)
    date = datetime.datetime.fromtimestamp(int(fields["author-time"]), datetime.timezone(offset))
    return Commit(hash_, fields["author"], date, fields["summary"])


def _statement_json(statement: Statement) -> dict[str, Any]:
    commit = statement.commit
    return {
        "file": statement.file,
        "line": statement.line,
        "column": statement.column,
        "commit": None
        if commit is None
        else {
            "hash": commit.hash,
            "author": commit.author,
            "date": commit.date.isoformat(),
            "summary": commit.summary,
        },
    }


def lines(blame: Blame) -> Iterator[str]:
    """The places as text for people."""
    for statement in blame.statements:
        yield f"{statement.place}: {statement.text}"
        if statement.commit is None:
            yield "  in no commit"
        else:
            commit = statement.commit
            day = commit.date.strftime("%Y-%m-%d %H:%M %z")
            yield f"  {commit.hash[:12]} {commit.author}, {day}: {commit.summary}"
    for term, label in blame.cited:
        yield f"  cites {term}" + (f" ({label})" if label else "")
