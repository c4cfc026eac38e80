"""The parent's side of a worker: it waits for its steps and ends it where they take too long."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.peers.engines import ENGINES, Data
from benchmarks.timing import Result

ROOT = Path(__file__).parent.parent.parent
#: Seconds for what is not measured: opening, reading an answer to compare it.
PATIENCE = 3600.0
#: The share of the machine's memory that must stay free, or the worker is ended.
SPARE = 0.03
#: PyPI's maplib prints a stack for each panic; a message is enough.
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "RUST_BACKTRACE": "0"}


class Ended(Exception):
    """The worker is gone: ``outcome`` is why."""

    def __init__(self, outcome: str, error: str = "") -> None:
        super().__init__(error or outcome)
        self.outcome = outcome
        self.error = error


class Session:
    """A worker process with all that it starts; use as a context manager."""

    def __init__(self, task: str, engine: str, data: Data, log: Path) -> None:
        self._log = log
        arguments = [str(data.source), str(data.store), data.memory_limit or ""]
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.peers.worker", task, engine, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**_ENVIRONMENT, **ENGINES[engine].environment},
                # A group of its own, so that a server it has started ends with it.
                start_new_session=True,
            )
        assert self._process.stdout
        self._out = self._process.stdout.fileno()
        self._buffer = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._out, selectors.EVENT_READ)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def await_step(self, limit: float = PATIENCE) -> Result:
        """The next step; raises Ended where it does not come in time."""
        deadline = time.monotonic() + limit
        while b"\n" not in self._buffer:
            if time.monotonic() > deadline:
                self._end("over")
            if _short_of_memory():
                self._end("memory")
            if not self._selector.select(timeout=0.2):
                continue
            block = os.read(self._out, 1 << 16)
            if not block:
                # Its own end is the reason, not that of its group.
                self._process.wait(60)
                self._end("ended")
            self._buffer += block
        line, _, self._buffer = self._buffer.partition(b"\n")
        found: Result = json.loads(line)
        return found

    def ask(self, request: Result, limit: float) -> Result:
        """What a query took; each run of it may take ``limit`` seconds."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        running = False
        while True:
            found = self.await_step(limit if running else PATIENCE)
            step = found.pop("step")
            if step == "answered":
                return found
            running = step == "begin"

    def close(self) -> None:
        """Let it end by itself, or end it."""
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(60)
        self._kill()

    def _end(self, outcome: str) -> None:
        self._kill()
        if outcome != "ended":
            raise Ended(outcome)
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        last = next((line for line in reversed(lines) if line.strip()), "")
        code = self._process.returncode
        reason = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        raise Ended(outcome, f"{reason} {last}".strip())

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream
            # What was not yet written has no reader any more.
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        self._selector.close()


def _short_of_memory() -> bool:
    meminfo = Path("/proc/meminfo")
    if not meminfo.is_file():
        return False
    lines = (line.split() for line in meminfo.read_text(encoding="ascii").splitlines())
    sizes = {words[0]: int(words[1]) for words in lines}
    return sizes.get("MemAvailable:", 1) < SPARE * sizes.get("MemTotal:", 0)
