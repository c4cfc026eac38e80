"""Bounds: time, rows, memory, and how many requests at once."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.server.serving import Running, eventually, process, response_to, running


def product(times: int) -> str:
    """Patterns with 7 to the power of ``times`` solutions."""
    return " . ".join(f"?s{i} ?p{i} ?o{i}" for i in range(times))


#: A query that is no look-up, so that it needs a worker.
ANY = "ASK { ?s ?p ?o }"
#: A query that never ends.
SLOW = f"SELECT (COUNT(*) AS ?n) {{ {product(20)} FILTER (?o0 != ?s19) }}"
LARGE = f"SELECT ?o0 ?o1 {{ {product(9)} }}"


@pytest.mark.parametrize("where", ["parameter", "header", "server"])
def test_time(store: Path, where: str) -> None:
    with running(store, timeout=0.3 if where == "server" else 60) as server:
        # Nobody gets more than the server gives.
        more = {"timeout": {"parameter": 0.3, "server": 1_000}.get(where, 50)}
        headers = {"kgtool-timeout": "0.3"} if where == "header" else {}
        reply = server.query(SLOW, headers, **more)
        assert reply.status == 500
        assert "stopped after 0.3 seconds" in reply.text


@pytest.mark.parametrize("where", ["parameter", "header", "server"])
def test_rows(store: Path, where: str) -> None:
    with running(store, max_rows=3 if where == "server" else None) as server:
        more = {"max-rows": {"parameter": 3, "server": 1_000}.get(where, 100)}
        headers = {"kgtool-max-rows": "3"} if where == "header" else {}
        assert server.query("SELECT * { ?s ?p ?o } LIMIT 3", headers, **more).status == 200
        reply = server.query("SELECT * { ?s ?p ?o }", headers, **more)
        assert (reply.status, "more than 3 rows" in reply.text) == (500, True)


def test_an_answer_that_fails_in_the_middle_is_no_whole_one(store: Path) -> None:
    with running(store, max_rows=50_000) as server:
        with pytest.raises(http.client.IncompleteRead):
            server.query(LARGE)
        assert eventually(lambda: any("cut='the answer has more" in line for line in server.log))
        assert 'kgtool_cut_answers_total{operation="query"} 1' in server.ask("GET", "/metrics").text


@contextmanager
def asked(server: Running, text: str) -> Iterator[socket.socket]:
    """A connection on which a query has been sent."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        line = f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: x\r\n\r\n"
        client.sendall(line.encode())
        yield client


def test_more_requests_than_can_wait_are_refused(store: Path) -> None:
    with running(store, workers=1, queue=1) as server:
        gate = server.server.readers
        with asked(server, SLOW):
            assert eventually(lambda: gate.busy == 1)
            with asked(server, ANY):
                assert eventually(lambda: gate.waiting == 1)
                reply = server.query(ANY)
                assert (reply.status, reply.headers["retry-after"]) == (503, "2")
                # What says how the server is does not wait.
                assert server.ask("GET", "/health").status == 200
                assert "kgtool_busy_workers 1" in server.ask("GET", "/metrics").text
        assert eventually(lambda: gate.busy == gate.waiting == 0)
        assert server.query(ANY).status == 200


def test_who_waits_gets_the_next_place(store: Path) -> None:
    with running(store, workers=1, queue=8) as server:
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda: found.append(server.query(ANY).status))
            for _ in range(5)
        ]
        with asked(server, SLOW):
            assert eventually(lambda: server.server.readers.busy == 1)
            for thread in threads:
                thread.start()
            assert eventually(lambda: server.server.readers.waiting == 5)
        for thread in threads:
            thread.join(60)
        assert found == [200] * 5


def test_waiting_ends(store: Path) -> None:
    with running(store, workers=1, timeout=1) as server, asked(server, SLOW), asked(server, SLOW):
        assert eventually(lambda: server.server.readers.busy == 1)
        assert server.query(ANY).status in (200, 503)


def test_a_client_that_goes_stops_its_query(store: Path) -> None:
    with running(store, workers=1) as server:
        with asked(server, SLOW):
            assert eventually(lambda: server.server.readers.busy == 1)
        assert eventually(lambda: server.server.readers.busy == 0)
        with asked(server, LARGE) as client:
            assert client.recv(1_000).startswith(b"HTTP/1.1 200")
        assert eventually(lambda: server.server.readers.busy == 0)
        assert eventually(lambda: sum("the client has gone" in line for line in server.log) == 2)
        assert server.query(ANY).status == 200


def test_a_client_that_does_not_read_is_left(store: Path) -> None:
    with running(store, workers=1, timeout=1) as server, asked(server, LARGE) as client:
        assert client.recv(12) == b"HTTP/1.1 200"
        assert eventually(lambda: server.server.readers.busy == 0)
        assert server.query(ANY).status == 200


# In a process of its own ----------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_memory_does_not_grow_with_an_answer(store: Path) -> None:
    def resident(pid: int) -> int:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    with process(store, "--timeout", "120") as (server, port):
        connection, response = response_to(port, LARGE)
        sizes = []
        for _ in range(5):
            for _ in range(300):
                assert len(response.read(1 << 16)) == 1 << 16
            sizes.append(resident(server.pid))
        connection.close()
    # 80 MB have been read between the two.
    assert sizes[-1] - sizes[0] < 30e6, sizes


@pytest.mark.parametrize("processes", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains(store: Path, number: signal.Signals, processes: str) -> None:
    text = f"SELECT ?o0 {{ {product(6)} }}"
    with process(store, "--processes", processes) as (server, port):
        connection, response = response_to(port, text)
        start = response.read(1_000)
        if number == signal.SIGINT:
            os.killpg(server.pid, number)  # as Ctrl-C has it
        else:
            server.send_signal(number)

        def is_closed() -> bool:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
            except ConnectionError:
                return True
            return False

        assert eventually(is_closed), "no new requests are taken"
        body = start + response.read()
        connection.close()
        assert server.wait(60) == 0
        assert server.stderr is not None
        assert "Traceback" not in server.stderr.read()
    assert body.endswith(b"\n]}}\n")
    assert body.count(b'"o0":{') == 7**6
