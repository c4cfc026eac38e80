"""SPARQL endpoints on loopback, with another engine behind them, that may misbehave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph

JSON = "application/sparql-results+json"


@dataclass
class Simulated:
    """An endpoint: its data, and what it was asked.

    ``answer`` may send something else; it gets the handler and the query, and says whether it
    has answered. ``delay`` is in seconds.
    """

    store: pyoxigraph.Store
    url: str = ""
    delay: float = 0
    queries: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    answer: Callable[[BaseHTTPRequestHandler, str], bool] = lambda handler, query: False


@contextmanager
def endpoints(*texts: str) -> Iterator[list[Simulated]]:
    """Endpoints with the data of these texts in Turtle, at paths of one server."""
    found = []
    for text in texts:
        store = pyoxigraph.Store()
        store.load(text.encode(), pyoxigraph.RdfFormat.TRIG)
        found.append(Simulated(store))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found))
    server.daemon_threads = True
    for number, each in enumerate(found):
        each.url = f"http://127.0.0.1:{server.server_port}/{number}/sparql"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(found: list[Simulated]) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, form: str) -> None:
            endpoint = found[int(self.path.split("/")[1])]
            query = parse_qs(form, keep_blank_values=True).get("query", [""])[0]
            with lock:
                endpoint.queries.append(query)
                endpoint.methods.append(self.command)
                endpoint.headers.append(dict(self.headers))
                endpoint.at_once += 1
                endpoint.most_at_once = max(endpoint.most_at_once, endpoint.at_once)
            try:
                time.sleep(endpoint.delay)
                if not endpoint.answer(self, query):
                    send(self, 200, JSON, result_of(endpoint.store, query))
            finally:
                with lock:
                    endpoint.at_once -= 1

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def result_of(store: pyoxigraph.Store, query: str) -> bytes:
    result = store.query(query)
    return result.serialize(format=pyoxigraph.QueryResultsFormat.JSON)


def send(
    handler: BaseHTTPRequestHandler,
    status: int,
    media_type: str,
    body: bytes,
    length: int | None = None,
    **headers: str,
) -> bool:
    """Sends an answer; ``length`` is what the head says of the body."""
    handler.send_response(status)
    handler.send_header("Content-Type", media_type)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)
    if length is not None and length != len(body):
        handler.close_connection = True
    return True
