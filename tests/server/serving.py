"""Servers on free ports of loopback, in a thread of the test, and a client that hides nothing."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from kgtool.engine.writer import Source, StoreWriter
from kgtool.rdf.terms import IRI
from kgtool.server.app import Server
from kgtool.server.running import http_server, listening
from kgtool.server.settings import Settings

ROOT = Path(__file__).parents[2]
PROGRAM = ("-m", "kgtool")
TOKEN = "0123456789abcdef0123"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
DATA = """
@prefix ex: <http://example.org/> .
ex:rome a ex:City ; ex:name "Rome"@en, "Rom"@de ; ex:people 2800000 .
ex:bonn a ex:City ; ex:name "Bonn" ; ex:twin ex:rome .
"""


@dataclass
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Running:
    """A server that runs, and what it has logged."""

    port: int
    server: Server
    log: list[str] = field(default_factory=list)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, path, data, dict(headers or {}))
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def query(self, text: str, headers: Mapping[str, str] | None = None, **more: Any) -> Reply:
        """A query by GET; ``more`` are parameters."""
        return self.ask("GET", "/sparql?" + urlencode({"query": text, **more}), None, headers)

    def update(self, text: str, parameters: str = "", token: str = TOKEN) -> Reply:
        headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {token}"}
        return self.ask("POST", "/sparql" + parameters, text, headers)


def store_of(
    path: Path, text: str = DATA, named: Sequence[tuple[Path, str]] = (), ending: str = ".ttl"
) -> Path:
    """A store with a text in its default graph, and files in named ones."""
    file = path.with_suffix(ending)
    file.write_text(text)
    with StoreWriter(path, threads=1) as writer:
        writer.add(Source(file))
        for each, name in named:
            writer.add(Source(each, graph=IRI(name)))
        writer.commit({})
    return path


@contextmanager
def running(store: Path, **settings: Any) -> Iterator[Running]:
    """A server of a store until the block ends."""
    log: list[str] = []
    server = Server(Settings(store, **settings), log.append)
    with listening("127.0.0.1", 0) as listener:
        http = http_server(server)
        thread = threading.Thread(target=http.run, args=([listener],), daemon=True)
        thread.start()
        try:
            while not http.started:
                time.sleep(0.005)
            yield Running(listener.getsockname()[1], server, log)
        finally:
            http.should_exit = True
            thread.join(60)
            assert not thread.is_alive()


@contextmanager
def process(
    store: Path | None, *options: str, program: Sequence[str] = PROGRAM, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """``kgtool serve`` and the port that it listens on; without a store, of a project."""
    given = [] if store is None else ["--store", str(store)]
    with subprocess.Popen(
        [sys.executable, *program, "serve", *given, "--port", "0", *options],
        stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    ) as started:  # fmt: skip
        try:
            assert started.stderr is not None
            line = started.stderr.readline()
            yield started, int(line.rpartition(":")[2].partition("/")[0])
        finally:
            if started.poll() is None:
                started.kill()


def response_to(
    port: int, text: str
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/sparql?" + urlencode({"query": text}))
    return connection, connection.getresponse()


def eventually(condition: Any, seconds: float = 20, pause: float = 0.01) -> bool:
    """Whether something comes true in time; ``pause`` is between two looks."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
