"""Ending a query from another thread than the one that runs it."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Stop:
    """A switch that whoever asked a query may throw; the query then ends with LimitError."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._interrupt: Callable[[], None] | None = None
        self.is_set = False

    def attach(self, interrupt: Callable[[], None]) -> None:
        """What interrupts the statement that runs from now on."""
        with self._lock:
            self._interrupt = interrupt

    def detach(self) -> None:
        """Nothing runs any more."""
        with self._lock:
            self._interrupt = None

    def set(self) -> None:
        """End what runs, and what would. May be called again: the engine forgets an interrupt
        that comes between two steps of it."""
        with self._lock:
            self.is_set = True
            if self._interrupt is not None:
                self._interrupt()
