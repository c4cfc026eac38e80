"""What came of one test: of a stored query with its expected answer, or of a case."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kgtool.errors import KgtoolError, Location


@dataclass(frozen=True, slots=True)
class Outcome:
    """Passed, updated, or what is wrong, in ``lines``.

    A case has its ``place``, and a file of cases that cannot be read has its name as one.
    """

    name: str
    passed: bool
    lines: tuple[str, ...] = field(default=())
    updated: bool = False
    #: Where nothing could be asked at all.
    error: KgtoolError | None = None
    seconds: float = 0.0
    place: Location | None = None

    @property
    def title(self) -> str:
        """The name, with the place if there is one, for people."""
        if self.place is None or self.place.line is None:
            return self.name
        return f"{self.place.file}:{self.place.line}: {self.name}"


def failure(name: str, error: KgtoolError, seconds: float = 0.0) -> Outcome:
    """The outcome where a test could not even be run."""
    return Outcome(name, False, tuple(str(error).splitlines()), error=error, seconds=seconds)


def outcome_of(name: str, test: Callable[[], Iterable[str]]) -> Outcome:
    """The outcome of a test that gives what is wrong, line by line, or raises an error."""
    started = time.perf_counter()
    try:
        lines = tuple(test())
    except KgtoolError as error:
        return failure(name, error, time.perf_counter() - started)
    except Exception as bug:  # one test's bug does not hide what comes of the others
        words = str(bug).partition("\n")[0]
        lines = (f"a bug in kgtool ({type(bug).__name__}: {words})",)
    return Outcome(name, not lines, lines, seconds=time.perf_counter() - started)
