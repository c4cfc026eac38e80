"""What is not answered, and the status that says so."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kgtool.diagnostics.excerpt import error_text
from kgtool.errors import (
    DataError,
    KgtoolError,
    LimitError,
    NotFoundError,
    RdfSyntaxError,
    RefusedError,
    ServiceError,
    UnsupportedError,
    UsageError,
)


class Refusal(Exception):
    """A request that ends here, with a status of HTTP, a message and more headers.

    ``details`` are the parts of the message by name, for programs.
    """

    def __init__(
        self,
        status: int,
        message: str,
        headers: Mapping[str, str] = MappingProxyType({}),
        details: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers
        self.details = details


class Gone(Exception):
    """The client has gone; there is nobody to answer."""


def refusal_of(error: KgtoolError) -> Refusal:
    """The refusal that an error of a query is, by SPARQL 1.1 Protocol, 2.1.7 and 2.2.4.

    400 is for requests that are wrong in themselves, 500 for those that failed here: a limit
    that was hit among them, since a client had better not try again by itself.
    """
    return Refusal(
        next(
            status
            for kind, status in (
                (ServiceError, 502),
                (RefusedError, 403),
                (LimitError, 500),
                (NotFoundError, 404),
                (UnsupportedError, 501),
                (RdfSyntaxError, 400),
                (UsageError, 400),
                (DataError, 500),
                (KgtoolError, 500),
            )
            if isinstance(error, kind)
        ),
        # The hints of limits are about options of the command line.
        error.message if isinstance(error, LimitError) else error_text(error),
        details=_details(error),
    )


def _details(error: KgtoolError) -> dict[str, object]:
    """The parts of an error that a program may want one by one."""
    place = error.location
    found = {
        "detail": error.message,
        "expected": error.expected,
        "hint": None if isinstance(error, LimitError) else error.hint,
        "line": place and place.line,
        "column": place and place.column,
    }
    return {name: part for name, part in found.items() if part is not None}
