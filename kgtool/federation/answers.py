"""The answer of an endpoint as rows, read while it arrives."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kgtool.errors import DataError, KgtoolError, ServiceError, UsageError
from kgtool.federation.endpoints import Endpoint
from kgtool.federation.exchanges import Answer, Source
from kgtool.results import AskResult, SelectResult, format_named, read_result


@contextmanager
def ask_endpoint(
    source: Source, endpoint: Endpoint, query: str, count: Callable[[], None]
) -> Iterator[tuple[SelectResult | AskResult, bool]]:
    """The result of a query at an endpoint, and whether it was kept from before.

    Raises ServiceError, while the rows are read too, where the answer is no result: an error page
    with status 200, or one that is cut off.
    """
    with source.open(endpoint, query, count) as answer:
        stream = io.BufferedReader(_Pieces(answer.pieces), 1 << 16)  # type: ignore[type-var]
        with _told(endpoint, answer):
            result = read_result(stream, _format(answer))
        if isinstance(result, AskResult):
            yield result, answer.kept
            return
        rows = _checked(result, endpoint, answer)
        yield SelectResult(result.variables, rows), answer.kept
        # What is behind the last row says that nothing is missing.
        for _ in rows:
            pass
        stream.close()


def _checked(
    result: SelectResult, endpoint: Endpoint, answer: Answer
) -> Iterator[tuple[str | None, ...]]:
    with _told(endpoint, answer):
        yield from result.raw()


@contextmanager
def _told(endpoint: Endpoint, answer: Answer) -> Iterator[None]:
    try:
        yield
    except ServiceError:
        raise
    except KgtoolError as error:
        kind = answer.media_type or "no media type"
        raise ServiceError(
            f"the endpoint {endpoint.title} answers 200 with {kind}, and not with a whole result: "
            f"{error.message}"
        ) from error


def _format(answer: Answer) -> str:
    try:
        found = format_named(answer.media_type)
    except UsageError:
        found = None
    if found is None or not found.readable:
        start = next(answer.pieces, b"")[:200].decode(errors="replace").strip()
        raise DataError(f"it begins with {start[:80]!r}")
    return found.name


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file to read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
