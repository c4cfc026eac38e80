"""The clients: many connections to one server, each with a request on its way at all times.

    python -m benchmarks.load.client PORT PATH REQUESTS SECONDS CONNECTIONS

REQUESTS is a file with a request a line: its class and its query, in JSON. Sockets and a selector
are all it uses, so that it takes little of the processor, and as much with either server. What it
prints is a line of JSON: for each class the latencies of its answers in microseconds, sorted,
and its errors; the answers that had come when the seconds were over; bytes; its processor time.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

#: Seconds that an answer may take.
_PATIENCE = 60.0
_RECEIVED = 1 << 18
_ACCEPT = "application/sparql-results+json"
_LENGTH = b"content-length:"
_CHUNKED_END = b"0\r\n\r\n"
Request = tuple[str, bytes]


def requests(file: Path, port: int, path: str) -> list[Request]:
    """The requests of a file as they are sent, each with its class."""
    found = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            kind, query = json.loads(line)
            target = f"{path}?query={quote(query, safe='')}"
            head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: {_ACCEPT}\r\n\r\n"
            found.append((kind, head.encode()))
    return found


class Connection:
    """One client: it sends a request, reads the answer to its end, and sends the next."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.kind = ""
        self.sent_at = 0.0
        self._status = 0
        #: Bytes of the body that are still to come; -1 where its end is marked, -2 before the head.
        self._left = -2
        self._data = b""
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self._port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: Request) -> None:
        self.kind, data = request
        self._left, self._data = -2, b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(data)

    def receive(self) -> tuple[int, int]:
        """Bytes that came, and the status where they are the last of the answer, else 0.

        Raises ConnectionError where the server has hung up.
        """
        data = self.socket.recv(_RECEIVED)
        if not data:
            raise ConnectionError("the server has closed the connection")
        size = len(data)
        if self._left == -2:
            self._data += data
            head, found, data = self._data.partition(b"\r\n\r\n")
            if not found:
                return size, 0
            self._read_head(head.lower())
        if self._left >= 0:
            self._left -= len(data)
            return size, 0 if self._left > 0 else self._status
        self._data = (self._data[-8:] if data is not self._data else b"") + data
        return size, self._status if self._data.endswith(_CHUNKED_END) else 0

    def _read_head(self, head: bytes) -> None:
        self._status = int(head[9:12])
        at = head.find(_LENGTH)
        self._left = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else -1
        self._data = b""


class Load:
    """A run of all connections, and what it has counted."""

    def __init__(self, port: int, given: list[Request], connections: int) -> None:
        self._requests: Iterator[Request] = cycle(given)
        self._selector = selectors.DefaultSelector()
        self.latencies: dict[str, list[int]] = defaultdict(list)
        self.errors: dict[str, Counter[str]] = defaultdict(Counter)
        self.received = 0
        for _ in range(connections):
            each = Connection(port)
            self._selector.register(each.socket, selectors.EVENT_READ, each)

    def run(self, seconds: float) -> dict[str, Any]:
        """Asks for so many seconds, and then waits for the answers that are on their way."""
        cpu = time.process_time()
        end = time.perf_counter() + seconds
        answered: int | None = None
        busy = {key.data for key in self._selector.get_map().values()}
        for each in busy:
            each.send(next(self._requests))
        while busy and time.perf_counter() < end + _PATIENCE:
            for key, _ in self._selector.select(1.0):
                if self._read(key.data) and time.perf_counter() < end:
                    key.data.send(next(self._requests))
                elif key.data.kind == "":
                    busy.discard(key.data)
            if answered is None and time.perf_counter() >= end:
                answered, cpu = sum(map(len, self.latencies.values())), time.process_time() - cpu
        for each in busy:
            self.errors[each.kind]["no answer"] += 1
        return {
            "seconds": seconds,
            "answered": answered,
            "cpu": cpu,
            "bytes": self.received,
            "latencies": {kind: sorted(each) for kind, each in self.latencies.items()},
            "errors": {kind: dict(each) for kind, each in self.errors.items()},
        }

    def _read(self, connection: Connection) -> bool:
        """Whether the connection has got its answer, or an error, and may ask again."""
        try:
            size, status = connection.receive()
        except OSError as error:
            self.errors[connection.kind][type(error).__name__] += 1
            self._selector.unregister(connection.socket)
            connection.socket.close()
            connection.connect()
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.kind = ""
            return True
        self.received += size
        if not status:
            return False
        taken = time.perf_counter() - connection.sent_at
        if status == 200:
            self.latencies[connection.kind].append(int(taken * 1e6))
        else:
            self.errors[connection.kind][str(status)] += 1
        connection.kind = ""
        return True


def main() -> None:
    port, path, file, seconds, connections = sys.argv[1:]
    given = requests(Path(file), int(port), path)
    found = Load(int(port), given, int(connections)).run(float(seconds))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
