"""The errors kgtool raises on purpose, as a tree.

    KgtoolError
    ├── UsageError                 exit code 2: the command or the query is wrong
    │   ├── QuerySyntaxError       SPARQL text that is not SPARQL
    │   ├── UnsupportedError       SPARQL that this engine cannot run
    │   ├── HeaderError            a stored query's ``#+`` header
    │   ├── CaseError              a case in queries/tests/ that is ill-formed
    │   ├── ParameterError         a parameter missing, unknown or of the wrong type
    │   ├── RefusedError           an endpoint whose address may not be asked
    │   └── NotFoundError          no such project, store, query or file
    ├── DataError                  exit code 3: the data are bad
    │   ├── RdfSyntaxError         an RDF file that does not parse
    │   ├── ShapeError             a shapes graph that is ill-formed
    │   ├── InconsistencyError     the ontology and the facts contradict each other
    │   ├── ServiceError           an endpoint that does not answer, or not as it should
    │   └── StoreError             a store that is damaged, newer, or cannot be written
    └── LimitError                 exit code 1: a bound set by the caller was hit

Every leaf is something a caller may handle differently. Positions are data as well as
words, so that a terminal can underline what a page would highlight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Location(NamedTuple):
    """Where a mistake stands. Lines and columns count from 1; None is not known.

    ``text`` is the line, for messages that show it.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    text: str | None = None

    @classmethod
    def at(cls, offset: int, text: str, file: str | None = None) -> Location:
        """The place of an offset in the text of a file."""
        start = text.rfind("\n", 0, offset) + 1
        end = text.find("\n", offset)
        line = text[start : len(text) if end < 0 else end].rstrip("\r")
        return cls(file, text.count("\n", 0, start) + 1, offset - start + 1, line)

    def in_text(self, text: str) -> Location:
        """The same place with its line, which is one of the text's."""
        lines = text.split("\n", self.line)[: self.line] if self.line else []
        known = len(lines) == self.line
        return self._replace(text=lines[-1].rstrip("\r") if known else None)

    def __str__(self) -> str:
        parts = [self.file or "", *(str(n) for n in (self.line, self.column) if n is not None)]
        if self.file:
            return ":".join(parts)
        if self.line is None:
            return ""
        return f"line {self.line}" + (f", column {self.column}" if self.column else "")


class KgtoolError(Exception):
    """The base of all errors meant for the person who runs kgtool.

    ``message`` says what is wrong, ``expected`` what would have been right, ``hint`` what
    to do about it; ``location`` says where.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        location: Location | None = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location and str(self.location) else ""
        text = f"{where}{self.message}"
        if self.expected:
            text += f"; expected {self.expected}"
        if self.hint:
            text += f"\n{self.hint}"
        return text


class UsageError(KgtoolError):
    exit_code = 2


class QuerySyntaxError(UsageError):
    pass


class UnsupportedError(UsageError):
    pass


class HeaderError(UsageError):
    pass


class CaseError(UsageError):
    pass


class ParameterError(UsageError):
    pass


class NotFoundError(UsageError):
    pass


class RefusedError(UsageError):
    pass


class DataError(KgtoolError):
    exit_code = 3


class RdfSyntaxError(DataError):
    pass


class ShapeError(DataError):
    pass


class InconsistencyError(DataError):
    pass


class ServiceError(DataError):
    pass


class StoreError(DataError):
    pass


class LimitError(KgtoolError):
    exit_code = 1


@contextmanager
def placed_in(text: str, file: str) -> Iterator[None]:
    """Adds their line to errors inside that have a place in the file of this text."""
    try:
        yield
    except KgtoolError as error:
        place = error.location
        if place is not None and place.file == file and place.text is None:
            error.location = place.in_text(text)
        raise


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that ``name`` was probably meant to be, or None when none is close."""
    import difflib

    candidates = {n.lower(): n for n in names}
    found = difflib.get_close_matches(name.lower(), candidates, n=1, cutoff=0.6)
    return candidates[found[0]] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> str | None:
    """A hint that names the nearest existing name, or None."""
    found = nearest(name, names)
    return f"Did you mean {found!r}?" if found else None
