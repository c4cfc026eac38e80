"""The stored queries that are served, as the files have them at the time of the request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

from kgtool.errors import KgtoolError, did_you_mean
from kgtool.project.folder import Project
from kgtool.project.stored import ENDING, StoredQueries, StoredQuery
from kgtool.results.formats import Kind
from kgtool.server.refusals import Refusal
from kgtool.sparql import algebra as a
from kgtool.sparql import parse_query


class Entry(NamedTuple):
    """A stored query, the kind of its result, and the variables of its rows."""

    query: StoredQuery
    kind: Kind
    variables: tuple[str, ...]


class Catalogue:
    """Reads stored queries; what was read once is not parsed again until its text changes.

    ``log`` is told of queries that cannot be read.
    """

    def __init__(self, project: Project | None, log: Callable[[str], None]) -> None:
        self._stored = StoredQueries(project) if project is not None else None
        self._log = log
        self._lock = threading.Lock()
        self._known: dict[str, Entry] = {}
        self._told: dict[str, str] = {}

    def get(self, name: str) -> Entry:
        """The query of that name.

        Raises Refusal: 404 where there is none, 500 for one with a mistake in it, which is
        not the client's.
        """
        if not self._has(name):
            raise Refusal(
                404,
                f"there is no stored query {name!r}\n{self._hint(name)}",
                details={"detail": f"there is no stored query {name!r}", "hint": self._hint(name)},
            )
        try:
            with self._lock:
                return self._read(name)
        except (KgtoolError, OSError) as error:
            raise Refusal(500, f"the stored query {name!r} cannot be read: {error}") from error

    def all(self) -> list[Entry]:
        """All that can be read, by name. Raises Refusal (404) where there is no project."""
        return list(self._readable())

    @property
    def _queries(self) -> StoredQueries:
        if self._stored is None:
            raise Refusal(404, "a store without a project is served here: no queries are stored")
        return self._stored

    def _has(self, name: str) -> bool:
        """Whether there is a query of that name; no part of it is a hidden file, or a way out."""
        parts = name.split("/")
        if not all(parts) or any(part.startswith(".") for part in parts) or name.endswith(ENDING):
            return False
        try:
            return name in self._queries
        except OSError:  # too long a name for a file
            return False

    def _readable(self) -> Iterator[Entry]:
        for name in self._queries.names():
            try:
                yield self.get(name)
            except Refusal as refusal:
                if self._told.get(name) != refusal.message:
                    self._told[name] = refusal.message
                    self._log(refusal.message)

    def _read(self, name: str) -> Entry:
        query = self._queries.get(name)
        known = self._known.get(name)
        if known is None or known.query != query:
            parsed = parse_query(query.text, file=query.file)
            known = Entry(query, _kind(parsed), _variables(parsed.pattern))
            self._known[name] = known
        return known

    def _hint(self, name: str) -> str:
        return did_you_mean(name, self._queries.names()) or "/api lists them."


def _kind(query: a.Query) -> Kind:
    match query:
        case a.SelectQuery():
            return "select"
        case a.AskQuery():
            return "ask"
    return "graph"


def _variables(pattern: a.Pattern) -> tuple[str, ...]:
    """The names of the columns, in order."""
    match pattern:
        case a.Slice(inner) | a.Distinct(inner) | a.Reduced(inner) | a.OrderBy(inner):
            return _variables(inner)
        case a.Project(_, variables):
            return tuple(v.name for v in variables)
    return ()
