"""A server of one process, or of several on one port with one that looks after them.

Python runs one thread at a time, so one process answers look-ups on one core. Each process has a
listening socket of its own, among which the system deals out connections (SO_REUSEPORT).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from kgtool.engine.store import Store
from kgtool.errors import UsageError
from kgtool.server.running import SIGNALS, address_of, listening, run
from kgtool.server.settings import Settings

Log = Callable[[str], None]

#: What a process has as a part of the machine's memory where nothing is said, as DuckDB has it.
_MEMORY = 0.8
#: A process that ends within so many seconds is not begun anew.
_YOUNG = 5.0


def serve(settings: Settings, host: str, port: int, log: Log, ready: Log) -> None:
    """Serves a store until SIGTERM or SIGINT; requests that have begun are answered.

    ``port`` may be 0 for any that is free. ``ready`` is told the address when the server listens.
    Raises UsageError where it cannot, StoreError or NotFoundError for the store.
    """
    signal.set_wakeup_fd(-1)  # the command line would end the process by itself
    if settings.processes > 1:
        _serve_by_many(settings, host, port, log, ready)
        return
    with listening(host, port) as listener:
        run(settings, listener, log, lambda: ready(address_of(host, listener.getsockname()[1])))


def _serve_by_many(settings: Settings, host: str, port: int, log: Log, ready: Log) -> None:
    """As ``serve``, by ``settings.processes`` processes.

    One that ends by itself is begun anew. Raises UsageError where several cannot be.
    """
    if settings.writable:
        raise UsageError("only one process may change a store: --writable goes without --processes")
    if not hasattr(socket, "SO_REUSEPORT"):
        raise UsageError("this system does not let several processes listen on one port")
    Store.open(settings.store).close()
    with ExitStack() as stack:
        with listening(host, port) as first:  # raises where another program has the port
            port = first.getsockname()[1]
        listeners = [
            stack.enter_context(listening(host, port, shared=True))
            for _ in range(settings.processes)
        ]
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="kgtool-"))
        shared = replace(
            settings,
            scratch=Path(scratch),
            memory_limit=settings.memory_limit or _part_of_memory(settings.processes),
        )
        keeper = _Keeper(shared, listeners, log)
        before = {each: signal.signal(each, keeper.end) for each in SIGNALS}
        try:
            ready(address_of(host, port))
            keeper.run()
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


class _Keeper:
    """Begins the processes, and those again that end without being told to."""

    def __init__(self, settings: Settings, listeners: list[socket.socket], log: Log) -> None:
        self._settings = settings
        self._listeners = listeners
        self._log = log
        self._processes: dict[int, SpawnProcess] = {}
        self._begun: dict[int, float] = {}
        self._ending = False
        # A signal may come at any time; what it does is done in ``run``.
        self._told, self._tell = os.pipe()

    def end(self, *_: object) -> None:
        """Told by a signal: no more connections, and the processes end when all is answered."""
        self._ending = True
        with suppress(OSError):
            os.write(self._tell, b".")

    def run(self) -> None:
        """Until told to end. Raises UsageError where a process cannot begin."""
        try:
            for number in range(len(self._listeners)):
                self._begin(number)
            while not self._ending:
                wait([self._told, *(each.sentinel for each in self._processes.values())])
                self._renew()
        finally:
            for listener in self._listeners:
                listener.close()
            for each in self._processes.values():
                each.terminate()
            for each in self._processes.values():
                each.join()
            os.close(self._told)
            os.close(self._tell)

    def _renew(self) -> None:
        for number, process in self._processes.items():
            if self._ending or process.is_alive():
                continue
            self._log(f"process {process.pid} has ended with {process.exitcode}")
            if time.monotonic() - self._begun[number] < _YOUNG:
                raise UsageError(f"a process of the server ends at once, with {process.exitcode}")
            self._begin(number)

    def _begin(self, number: int) -> None:
        settings = replace(self._settings, number=number)
        process = multiprocessing.get_context("spawn").Process(
            target=_work, args=(settings, self._listeners[number], self._log)
        )
        # The new process has no handlers yet. Ctrl-C, which all get, is for this one to pass on.
        resource_tracker.ensure_running()  # beginning it, which the first start does, unblocks all
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        self._processes[number], self._begun[number] = process, time.monotonic()


def _work(settings: Settings, listener: socket.socket, log: Log) -> None:
    """What one process does, until it is told to end, or there is nobody to tell it."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    keeper = multiprocessing.parent_process()
    assert keeper is not None

    def follow() -> None:
        keeper.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=follow, daemon=True).start()
    run(settings, listener, log)


def _part_of_memory(processes: int) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{int(memory * _MEMORY / processes) >> 20}MiB"
