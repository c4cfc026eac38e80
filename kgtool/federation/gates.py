"""How many requests an endpoint gets at a time, and how many in a second, from all of a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kgtool.federation.endpoints import Endpoint

#: Seconds after which one who waits for a place looks whether it is still wanted.
_AGAIN = 0.2


class Gate:
    """Lets as many requests through as an endpoint wants, and no faster."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._places = threading.BoundedSemaphore(max(endpoint.connections, 1))
        self._pause = 1 / endpoint.rate if endpoint.rate else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    @contextmanager
    def passed(self, sleep: Callable[[float], None]) -> Iterator[None]:
        """Inside the block a request is one of those that run; ``sleep`` waits until it may
        begin, and raises where that is not wanted any more."""
        while not self._places.acquire(timeout=_AGAIN):
            sleep(0)
        try:
            if wait := self._turn():
                sleep(wait)
            yield
        finally:
            self._places.release()

    def _turn(self) -> float:
        """The seconds until the next request may begin."""
        with self._lock:
            now = time.monotonic()
            wait = max(self._next - now, 0.0)
            self._next = max(self._next, now) + self._pause
        return wait


_gates: dict[Endpoint, Gate] = {}
_lock = threading.Lock()


def gate_of(endpoint: Endpoint) -> Gate:
    """The one gate of an endpoint: queries that run at the same time have its limits together."""
    with _lock:
        return _gates.setdefault(endpoint, Gate(endpoint))
