"""The two servers: each with the same data, on a free port of loopback."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from benchmarks.bench import ENVIRONMENT, kgtool_command

#: Seconds in which a server must be there, its store laid out for look-ups.
_PATIENCE = 300
_JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Running:
    """A server that runs, and where it takes queries."""

    name: str
    title: str
    port: int
    path: str
    process: int

    def ask(self, query: str) -> bytes:
        """The answer in JSON. Raises OSError, HTTPException, and ValueError for another status."""
        return self.get(f"{self.path}?query={quote(query, safe='')}")

    def get(self, target: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            connection.request("GET", target, headers={"Accept": _JSON})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise ValueError(f"{self.name}: {response.status} {body[:300]!r}")
        return body

    def processor_time(self) -> float:
        """Seconds of the processor that it and its children have taken; 0 where it is not told."""
        return sum(map(_seconds_of, [self.process, *_children(self.process)]))


def oxigraph_program() -> str | None:
    """Oxigraph's command, which PyPI's ``oxigraph`` installs beside this Python."""
    return shutil.which("oxigraph", path=os.path.dirname(sys.executable)) or shutil.which(
        "oxigraph"
    )


def oxigraph_title() -> str:
    return f"Oxigraph {version('oxigraph')}"


@contextmanager
def kgtool(data: Path, folder: Path, processes: int) -> Iterator[Running]:
    """kgtool's server, read-only, with as many processes; ready when all look-ups are."""
    store = folder / "store.duckdb"
    command = kgtool_command()
    if not store.exists():
        _run([*command, "-q", "load", "--store", str(store), str(data)])
    serve = [*command, "-q", "serve", "--store", str(store), "--processes", str(processes)]
    with _started([*serve, "--port", "{port}"], "kgtool", "kgtool", "/sparql") as running:
        _eventually(lambda: _laid_out(running) == processes)
        yield running


@contextmanager
def oxigraph(data: Path, folder: Path) -> Iterator[Running]:
    """Oxigraph's server, read-only, which has a thread for each request."""
    store, program = folder / "oxigraph", oxigraph_program()
    assert program is not None
    if not store.exists():
        _run([program, "load", "--location", str(store), "--file", str(data)])
        _run([program, "optimize", "--location", str(store)])
    command = [program, "serve-read-only", "--location", str(store), "--bind", "127.0.0.1:{port}"]
    with _started(command, "oxigraph", oxigraph_title(), "/query") as running:
        yield running


def _run(command: list[str]) -> None:
    subprocess.run(command, env=ENVIRONMENT, check=True, stdout=sys.stderr)


@contextmanager
def _started(command: list[str], name: str, title: str, path: str) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    filled = [each.replace("{port}", str(port)) for each in command]
    with subprocess.Popen(filled, env=ENVIRONMENT, stdout=sys.stderr) as process:
        running = Running(name, title, port, path, process.pid)
        try:
            _eventually(lambda: _answers(running))
            yield running
        finally:
            process.terminate()


def _answers(running: Running) -> bool:
    try:
        return bool(running.ask("ASK {}"))
    except OSError:
        return False


def _laid_out(running: Running) -> int:
    found = re.search(rb"^kgtool_laid_out_stores (\d+)$", running.get("/metrics"), re.MULTILINE)
    assert found is not None
    return int(found[1])


def _eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("a server was not ready in time")
        time.sleep(0.1)


def _children(process: int) -> list[int]:
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(each) for each in text.split()]


def _seconds_of(process: int) -> float:
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    # Behind the name, which may have anything in it: the fields from the third on.
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
