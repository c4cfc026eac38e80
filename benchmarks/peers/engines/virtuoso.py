"""Virtuoso: a server on loopback that the harness starts and stops, asked over HTTP."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.answers import Row, json_rows
from benchmarks.peers.engines.base import Asker, Data, Engine, peak_memory
from benchmarks.timing import Result, spent

SERVER, CLIENTS = "virtuoso-t", ("isql-vt", "isql-v", "isql")
GRAPH = "urn:bench"
#: Bytes of memory that a buffer takes, which holds a page of 8 KiB.
_BUFFER = 8700
#: Buffers beside those for all of the source's bytes; the database is less than that.
_SPARE_BUFFERS = 60_000
#: Seconds in which a server is to come up (a first start makes the database) or go down.
_PATIENCE = 120
_SETTINGS = """\
[Database]
DatabaseFile = db/virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = db/virtuoso.lck
TransactionFile = db/virtuoso.trx
xa_persistent_file = db/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = {remap}
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 20
CheckpointInterval = 0
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = {parts}
ThreadsPerQuery = {cores}
AsyncQueueMaxThreads = {cores}
MaxQueryMem = 4G
MaxMemPoolSize = 2000000000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
MaxKeepAlives = 10
KeepAliveTimeout = 3600
[SPARQL]
ResultSetMaxRows = 2000000000
"""


class Virtuoso(Engine):
    name = "virtuoso"
    title = "Virtuoso"

    @property
    def missing(self) -> str | None:
        if not (shutil.which(SERVER) and _client()):
            return f"{self.title} is not installed: apt-get install virtuoso-opensource-7-bin"
        return None

    @property
    def version(self) -> str:
        command = [SERVER, "-?"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"Version (\S+)", done.stdout + done.stderr)
        return found[1] if found else "?"

    def load(self, data: Data) -> Result:
        """The time of the loaders, one a core, and of the checkpoint after them."""
        shutil.rmtree(data.store, ignore_errors=True)
        parts = data.store / "parts"
        parts.mkdir(parents=True)
        _split(data.source, parts, _cores())
        with _server(data.store, data.source) as server:
            server.sql(f"ld_dir('{parts}', '*.nt', '{GRAPH}');")
            took = spent(lambda: (server.load(_cores()), server.sql("checkpoint;")))
            shutil.rmtree(parts)
            peak = server.peak()
            [[count]] = server.rows("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", None, ["n"])
        # Shut down by now, so that files it no longer needs are gone.
        size = sum(file.stat().st_size for file in (data.store / "db").iterdir())
        triples = int(count[1]) if count else 0
        return {"seconds": took.wall, "bytes": size, "triples": triples, "peak": peak}

    @contextmanager
    def opened(self, data: Data) -> Iterator[Asker]:
        with _server(data.store, data.source) as server:
            yield server


class _PromptSocket(socket.socket):
    """Acknowledges what it reads at once.

    The server sends a body in pieces and waits for each to be acknowledged, which the system
    delays by 40 ms unless told otherwise, and it forgets: 46 ms became 4 for 37 kB.
    """

    def recv_into(self, *arguments: Any) -> int:
        if option := getattr(socket, "TCP_QUICKACK", None):
            self.setsockopt(socket.IPPROTO_TCP, option, 1)
        return super().recv_into(*arguments)


class _Connection(http.client.HTTPConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = _PromptSocket(fileno=self.sock.detach())


class _Server(Asker):
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], sql: int, http_: int) -> None:
        self._process, self._sql, self._http = process, sql, http_
        self._connection = _Connection("127.0.0.1", http_)

    def run(self, text: str) -> bytes:
        # Its fastest format: its JSON takes up to fourteen times as long as its CSV.
        return self._asked(text, "text/csv")

    def rows(self, text: str, answer: Any, variables: Sequence[str]) -> Iterable[Row]:
        # CSV has no datatypes, so it is asked again.
        return json_rows(self._asked(text, "application/sparql-results+json"), variables)

    def _asked(self, text: str, format_: str) -> bytes:
        fields = {"default-graph-uri": GRAPH, "query": text, "format": format_}
        self._connection.request("GET", "/sparql?" + urllib.parse.urlencode(fields))
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(body.decode(errors="replace").split("\n", 1)[0])
        return body

    def peak(self) -> int:
        return peak_memory(self._process.pid)

    def load(self, loaders: int) -> None:
        processes = [self._client("rdf_loader_run();") for _ in range(loaders)]
        if any(process.wait() for process in processes):
            raise RuntimeError("a loader of Virtuoso failed")

    def sql(self, statement: str) -> None:
        if self._client(statement).wait():
            raise RuntimeError(f"Virtuoso refused {statement}")

    def _client(self, statement: str) -> subprocess.Popen[bytes]:
        command = [_client(), f"127.0.0.1:{self._sql}", "dba", "dba", f"exec={statement}"]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def await_start(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError("Virtuoso ended when it was started; see its virtuoso.log")
            if all(_answers(port) for port in (self._http, self._sql)):
                return
            time.sleep(0.05)
        raise RuntimeError(f"Virtuoso did not come up in {_PATIENCE} seconds")

    def stop(self) -> None:
        self._connection.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def _server(folder: Path, source: Path) -> Iterator[_Server]:
    (folder / "db").mkdir(exist_ok=True)
    # Left by a server that was killed at a time limit; the harness runs one at a time.
    (folder / "db" / "virtuoso.lck").unlink(missing_ok=True)
    sql, http_ = _free_ports(2)
    # They are taken from the system when the server starts, so that more than enough
    # would only count as memory in use.
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    buffers = min(source.stat().st_size // 8192 + _SPARE_BUFFERS, memory // 2 // _BUFFER)
    settings = _SETTINGS.format(
        sql=sql,
        http=http_,
        buffers=buffers,
        dirty=buffers * 3 // 4,
        remap=buffers // 4,
        parts=folder / "parts",
        cores=_cores(),
    )
    (folder / "virtuoso.ini").write_text(settings, encoding="utf-8")
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(
            [SERVER, "-f", "-c", "virtuoso.ini"], cwd=folder, stdout=log, stderr=log
        )
    server = _Server(process, sql, http_)
    try:
        server.await_start()
        yield server
    finally:
        server.stop()


def _client() -> str | None:
    return next(filter(None, map(shutil.which, CLIENTS)), None)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _split(source: Path, folder: Path, parts: int) -> None:
    """Whole lines, in as many files as there are loaders."""
    share = source.stat().st_size // parts + 1
    with source.open("rb") as stream:
        for number in range(parts):
            with (folder / f"{number}.nt").open("wb") as out:
                while out.tell() < share and (block := stream.read(1 << 20)):
                    out.write(block + stream.readline())
