"""How long a query waits: until its time is up, or nobody wants its answer any more."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self, TypeAlias, TypeVar, cast

from kgtool.errors import LimitError

if TYPE_CHECKING:
    from kgtool.plan.stop import Stop

_T = TypeVar("_T")
_R = TypeVar("_R")
#: What is taken from a queue; None says that somebody rang.
Rows: TypeAlias = "queue.Queue[_T | None]"
#: Seconds until it rings once more: the engine forgets an interrupt between two steps of it.
_AGAIN = 0.2


class Patience:
    """The wait of one query for endpoints, and for its own statements in between.

    It ends ``timeout`` seconds after it was made, or when ``stop`` is thrown; inside of its block
    it then calls whoever waits.
    """

    def __init__(self, timeout: float | None = None, stop: Stop | None = None) -> None:
        self._timeout = timeout
        self._until = None if timeout is None else time.monotonic() + timeout
        self._stop = stop
        self._lock = threading.Lock()
        self._calls: list[Callable[[], None]] = []
        self._left = threading.Event()

    def __enter__(self) -> Self:
        if self._stop is not None:
            self._stop.attach(self._ring)
        if self._until is not None:
            threading.Thread(target=self._watch, daemon=True, name="kgtool-patience").start()
        return self

    def __exit__(self, *error: object) -> None:
        self._left.set()
        if self._stop is not None:
            self._stop.detach()

    def left(self) -> float | None:
        """The seconds that are left, None without an end. Raises LimitError where it has come."""
        if self._stop is not None and self._stop.is_set:
            raise LimitError("the query was stopped: nobody waits for its answer")
        if self._until is None:
            return None
        left = self._until - time.monotonic()
        if left <= 0:
            raise LimitError(
                f"the query was stopped after {self._timeout:g} seconds: endpoints were asked",
                hint="Give it more time with --timeout, or narrow the query.",
            )
        return left

    @contextmanager
    def calling(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """Calls ``interrupt``, which may not wait, when the end comes inside the block."""
        with self._lock:
            self._calls.append(interrupt)
        try:
            yield
        finally:
            with self._lock:
                self._calls.remove(interrupt)

    @contextmanager
    def taking(self, items: Rows[_T]) -> Iterator[Callable[[], _T]]:
        """What takes the next of the items, and raises LimitError when the end comes before it."""

        def ring() -> None:
            with suppress(queue.Full):  # then nobody waits
                items.put_nowait(None)

        def take() -> _T:
            while True:
                self.left()
                if (item := items.get()) is not None:
                    return item

        with self.calling(ring):
            yield take

    def each(self, function: Callable[[_T], _R], items: Sequence[_T]) -> list[_R]:
        """What a function gives for each of some items, all at the same time.

        Threads whose result is no longer wanted are left to themselves.
        """
        done: Rows[tuple[int, _R | None, BaseException | None]] = queue.Queue()

        def work(number: int, item: _T) -> None:
            try:
                done.put((number, function(item), None))
            except BaseException as error:
                done.put((number, None, error))

        for each in enumerate(items):
            threading.Thread(target=work, args=each, daemon=True, name="kgtool-source").start()
        found: dict[int, _R] = {}
        with self.taking(done) as take:
            while len(found) < len(items):
                number, result, error = take()
                if error is not None:
                    raise error
                found[number] = cast("_R", result)
        return [found[number] for number in range(len(items))]

    def _ring(self) -> None:
        with self._lock:
            for call in self._calls:
                call()

    def _watch(self) -> None:
        assert self._until is not None
        wait = self._until - time.monotonic()
        while not self._left.wait(min(max(wait, 0), threading.TIMEOUT_MAX)):
            self._ring()
            wait = _AGAIN
