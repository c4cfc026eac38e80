"""Rows that can be read once, or as often as one likes after ``buffer()``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from kgtool.errors import UsageError

T = TypeVar("T")


class Stream(Generic[T]):
    """A one-pass sequence of flat rows that releases its source when it is used up.

    ``close`` is called once: at the end of the rows, at an error, or by ``close()``.
    """

    def __init__(self, rows: Iterable[T], close: Callable[[], None] | None = None) -> None:
        self._rows: Iterable[T] = rows
        self._close = close
        self._taken = False
        self._buffered = False

    def raw(self) -> Iterator[T]:
        """The flat rows, as they come from the engine.

        Raises UsageError when the rows were read before and not buffered.
        """
        if self._buffered:
            return iter(self._rows)
        if self._taken:
            raise UsageError(
                "this result has been read already",
                hint="Call .buffer() before the first pass to read it more than once.",
            )
        self._taken = True
        return self._drain()

    def _drain(self) -> Iterator[T]:
        try:
            yield from self._rows
        finally:
            self.close()

    def buffer(self) -> Self:
        """Hold all rows in memory, so that they can be read many times. Returns self."""
        if not self._buffered:
            self._rows = list(self.raw())
            self._buffered = True
        return self

    def close(self) -> None:
        """Release what the rows come from; rows not read yet are lost unless buffered."""
        self._taken = True
        close, self._close = self._close, None
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
