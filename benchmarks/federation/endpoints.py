"""Three endpoints on loopback with parts of one graph, that count what they are asked.

They run in a process of their own, so that they take no time from the engine that asks.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph

ROOT = Path(__file__).parent.parent.parent
#: Endpoints, and how the names of the things begin that they describe.
PARTS = {
    "forces": ("side-", "nation-", "unit-", "person-", "command-"),
    "places": ("place-", "passage-", "source-"),
    "events": ("",),
}
_ID = "<https://w3id.org/ww2-kg/id/"
_JSON = "application/sparql-results+json"
_DESCRIPTION = (
    "@prefix sd: <http://www.w3.org/ns/sparql-service-description#> . "
    "[] a sd:Service ; sd:supportedLanguage sd:SPARQL11Query ."
)


class Endpoints:
    """The endpoints from outside."""

    def __init__(self, server: str) -> None:
        self._server = server
        self.urls = {name: f"{server}/{name}/sparql" for name in PARTS}

    def asked(self) -> list[tuple[str, str]]:
        """The requests since the last call, each with the name of its endpoint."""
        with urllib.request.urlopen(f"{self._server}/asked") as answer:
            return [tuple(pair) for pair in json.load(answer)]


@contextmanager
def endpoints(data: Path, delay: float) -> Iterator[Endpoints]:
    """Endpoints over the parts of a file of N-Triples; ``delay`` in seconds before each answer."""
    command = [sys.executable, "-m", "benchmarks.federation.endpoints", str(data), str(delay)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Endpoints(process.stdout.readline().strip())
        finally:
            process.terminate()


def part_of(line: str) -> str:
    """The endpoint that has a triple, by its subject."""
    name = line.removeprefix(_ID)
    return next(part for part, begins in PARTS.items() if name.startswith(begins))


def _stores(data: Path) -> dict[str, pyoxigraph.Store]:
    lines: dict[str, list[str]] = {name: [] for name in PARTS}
    with data.open(encoding="utf-8") as file:
        for line in file:
            lines[part_of(line)].append(line)
    stores = {name: pyoxigraph.Store() for name in PARTS}
    for name, store in stores.items():
        store.load("".join(lines[name]).encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    return stores


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    stores: dict[str, pyoxigraph.Store]
    delay: float
    seen: list[tuple[str, str]]
    lock = threading.Lock()

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path == "/asked":
            with self.lock:
                found = json.dumps(self.seen).encode()
                self.seen.clear()
            self._send("application/json", found)
        else:
            self._answer(_query_in(place.query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        is_form = "urlencoded" in self.headers.get("Content-Type", "")
        self._answer(_query_in(body) if is_form else body)

    def _answer(self, query: str) -> None:
        name = self.path.split("/")[1]
        with self.lock:
            self.seen.append((name, query))
        time.sleep(self.delay)
        if not query:
            self._send("text/turtle", _DESCRIPTION.encode())
            return
        try:
            result = self.stores[name].query(query)
            found = result.serialize(format=pyoxigraph.QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            self._send("text/plain", str(error).encode(), 400)
        else:
            self._send(_JSON, found or b"")

    def _send(self, media_type: str, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _query_in(form: str) -> str:
    return parse_qs(form).get("query", [""])[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    data, delay = sys.argv[1:]
    _Handler.stores, _Handler.delay, _Handler.seen = _stores(Path(data)), float(delay), []
    server = _Server(("127.0.0.1", 0), _Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
