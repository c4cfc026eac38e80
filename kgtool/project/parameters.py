"""What a stored query says of its parameters; ``arguments`` makes terms of their values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kgtool.errors import ParameterError, did_you_mean


class Parameter(NamedTuple):
    """A parameter as a header declares it; ``default`` is its text, None is required."""

    name: str
    type: str
    default: str | None = None
    description: str = ""

    @property
    def required(self) -> bool:
        return self.default is None


def check_names(given: Iterable[str], known: Iterable[str], query: str) -> None:
    """Raises where a name is given that the query does not have."""
    known = list(known)
    for name in given:
        if name not in known:
            names = ", ".join(known) if known else "none"
            raise ParameterError(
                f"{query} has no parameter {name!r}",
                expected=f"one of: {names}" if known else "no parameters",
                hint=did_you_mean(name, known),
            )
