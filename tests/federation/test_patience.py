"""Queries that nobody waits for: their requests to endpoints end at once, wherever they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.errors import LimitError, ServiceError
from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.federation.run import Services, run_federated
from kgtool.plan.session import Session
from kgtool.plan.stop import Stop
from kgtool.results import SelectResult
from kgtool.sparql import parse_query
from tests.federation.simulated import JSON, Simulated, endpoints, send

ROOT = Path(__file__).parents[2]
DATA = "@prefix : <http://e/> . " + " ".join(f":s{i} :p {i} ." for i in range(400))
BOTH = "SELECT * { { SERVICE <x> { ?s ?p ?o } } UNION { SERVICE <y> { ?s ?p ?o } } }"
#: Much more than enough for what ends at once, and less than what would have been waited for.
SOON = 8
LATE = 60


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("patience")
    (folder / "data.ttl").write_text(DATA)
    with StoreWriter(folder / "store.duckdb", threads=1) as writer:
        writer.add(Source(folder / "data.ttl"))
        writer.commit({})
    return folder / "store.duckdb"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


@pytest.fixture
def remote() -> Iterator[list[Simulated]]:
    with endpoints(DATA, DATA) as found:
        yield found


class Hanging:
    """Answers nothing, or a part, and sees whether the client goes."""

    def __init__(self, part: Callable[[Any], object] = lambda handler: None) -> None:
        self.asked = threading.Event()
        self.left = threading.Event()
        self._part = part

    def __call__(self, handler: Any, query: str) -> bool:
        handler.connection.settimeout(LATE)
        self._part(handler)
        self.asked.set()
        try:
            if not handler.rfile.read(1):
                self.left.set()
        except OSError:
            self.left.set()
        handler.close_connection = True
        return True


def begin(handler: Any) -> None:
    """The head and the first bytes of an answer."""
    head = b'{"head":{"vars":["s","p","o"]},"results":{"bindings":['
    send(handler, 200, JSON, head, length=1_000_000)


def services(remote: list[Simulated], over: tuple[str, ...] = (), **settings: Any) -> Services:
    known = {
        n: Endpoint(e.url, n, private=True, **settings) for n, e in zip("xy", remote, strict=True)
    }
    return Services(Endpoints(known), over=over)


def stopped_when(asked: Callable[[], bool]) -> Stop:
    """A switch that is thrown when something is true."""
    stop = Stop()

    def watch() -> None:
        end = time.monotonic() + LATE
        while not asked() and time.monotonic() < end:
            time.sleep(0.01)
        stop.set()

    threading.Thread(target=watch, daemon=True).start()
    return stop


@pytest.mark.parametrize("part", [lambda handler: None, begin], ids=["no head", "half an answer"])
@pytest.mark.parametrize("how", ["time", "stop"])
def test_requests_that_hang_end(store, remote, part, how) -> None:
    hanging = remote[0].answer = Hanging(part)
    stop = stopped_when(hanging.asked.is_set) if how == "stop" else None
    query = parse_query("SELECT * { SERVICE <x> { ?s ?p ?o } }")
    words = "nobody waits" if how == "stop" else r"after 0\.5 seconds: endpoints were asked"
    timeout = 0.5 if how == "time" else None
    with pytest.raises(LimitError, match=words):
        run_federated(store, query, services(remote), timeout=timeout, stop=stop)
    assert hanging.left.wait(SOON)


def test_an_error_of_one_endpoint_ends_the_requests_to_others(store, remote) -> None:
    hanging = remote[1].answer = Hanging()

    def refuse(handler: Any, query: str) -> bool:
        hanging.asked.wait(LATE)
        return send(handler, 400, "text/plain", b"no")

    remote[0].answer = refuse
    with pytest.raises(ServiceError, match="x answers 400: no"):
        run_federated(store, parse_query(BOTH), services(remote))
    assert hanging.left.wait(SOON)


def test_waiting_for_another_try_ends(store, remote) -> None:
    remote[0].answer = lambda handler, query: send(
        handler, 503, "text/plain", b"", Retry_After="50"
    )
    stop = stopped_when(lambda: bool(remote[0].queries))
    started = time.monotonic()
    with pytest.raises(LimitError, match="nobody waits"):
        run_federated(
            store, parse_query("ASK { SERVICE <x> { ?s ?p ?o } }"), services(remote), stop=stop
        )
    assert time.monotonic() - started < SOON
    assert len(remote[0].queries) == 1


def test_waiting_for_a_place_ends(store, remote) -> None:
    hanging = remote[0].answer = Hanging()
    text = "SELECT * { { SERVICE <x> { ?s ?p 1 } } UNION { SERVICE <x> { ?s ?p 2 } } }"
    stop = stopped_when(hanging.asked.is_set)
    with pytest.raises(LimitError, match="nobody waits"):
        run_federated(store, parse_query(text), services(remote, connections=1), stop=stop)
    assert hanging.left.wait(SOON)
    time.sleep(0.5)
    assert len(remote[0].queries) == 1, "the second request is not made any more"


@pytest.mark.parametrize("how", ["time", "stop"])
def test_the_selection_of_sources_ends(store, remote, how) -> None:
    hanging = remote[0].answer = Hanging()
    stop = stopped_when(hanging.asked.is_set) if how == "stop" else None
    with pytest.raises(LimitError):
        run_federated(
            store, parse_query("SELECT * { ?s <http://e/p> ?o }"), services(remote, ("x", "y")),
            timeout=0.5 if how == "time" else None, stop=stop,
        )  # fmt: skip
    assert hanging.left.wait(SOON)


@pytest.mark.parametrize("how", ["time", "stop"])
def test_what_is_asked_here_first_ends_too(store, remote, how) -> None:
    product = " ".join(f"?s{i} <http://e/p> ?o{i} ." for i in range(9))
    inner = f"{{ SELECT ?s0 {{ {product} FILTER (?o0 + ?o8 < -1) }} }}"
    text = f"SELECT * {{ {inner} SERVICE <x> {{ ?s0 ?p ?o }} }}"
    begun = time.monotonic() + 0.5
    stop = stopped_when(lambda: time.monotonic() > begun) if how == "stop" else None
    with pytest.raises(LimitError):
        run_federated(
            store, parse_query(text), services(remote),
            timeout=0.5 if how == "time" else None, stop=stop,
        )  # fmt: skip
    assert time.monotonic() - begun < SOON
    assert remote[0].queries == []


def test_queries_at_the_same_time_share_the_limits_of_an_endpoint(path, remote) -> None:
    remote[0].delay = 0.1
    failed: list[BaseException] = []

    def one() -> None:
        try:
            with Store.open(path) as own:
                query = parse_query("ASK { SERVICE <x> { ?s ?p ?o } }")
                run_federated(own, query, services(remote, connections=2))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(remote[0].queries) == 6
    assert remote[0].most_at_once == 2


def drip(handler: Any, query: str, body: bytes = b" " * 1_000) -> bool:
    """A byte now and then, so that something always comes."""
    handler.close_connection = True
    try:
        for byte in body:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.1)
    except OSError:
        pass
    return True


def drip_body(handler: Any, query: str) -> bool:
    send(handler, 200, JSON, b"{", length=1_000_000)
    return drip(handler, query)


def drip_head(handler: Any, query: str) -> bool:
    return drip(handler, query, b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000)


@pytest.mark.parametrize(
    ("answer", "words"),
    [(drip_body, "nothing came for 0.6 seconds"), (drip_head, "has not answered within 0.6")],
)
def test_an_answer_that_comes_drop_by_drop_is_none(store, remote, answer, words) -> None:
    remote[0].answer = answer
    query = parse_query("SELECT * { SERVICE <x> { ?s ?p ?o } }")
    started = time.monotonic()
    with pytest.raises(ServiceError, match=words):
        run_federated(store, query, services(remote, timeout=0.6))
    assert time.monotonic() - started < SOON
    assert len(remote[0].queries) == 1, "who is that slow is not asked again"


def test_who_reads_slowly_cuts_nothing_off(store, remote, monkeypatch) -> None:
    """The engine may take its time with the rows that have come."""
    rows = ",".join(f'{{"s":{{"type":"literal","value":"{i}"}}}}' for i in range(200_000))
    body = f'{{"head":{{"vars":["s"]}},"results":{{"bindings":[{rows}]}}}}'.encode()
    remote[0].answer = lambda handler, query: send(handler, 200, JSON, body)
    append, pauses = Session.append, iter([2.5])

    def slow(*arguments: Any) -> None:
        time.sleep(next(pauses, 0))
        append(*arguments)

    monkeypatch.setattr(Session, "append", slow)
    query = parse_query("SELECT (COUNT(*) AS ?n) { SERVICE <x> { ?s ?p ?o } }")
    result, _ = run_federated(store, query, services(remote, timeout=1))
    assert isinstance(result, SelectResult)
    ((count,),) = result.values()
    assert count == 200_000


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("option", ["service", "federate"])
def test_ctrl_c_ends_a_command_that_asks(path, remote, option) -> None:
    hanging = remote[0].answer = Hanging()
    url = remote[0].url
    command = [
        sys.executable,
        "-m",
        "kgtool",
        "query",
        "--store",
        str(path),
        "--allow-service",
        url,
    ]
    more = {
        "service": ["-e", f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"],
        "federate": ["-e", "SELECT * { ?s ?p ?o }", "--federate", url],
    }[option]
    with subprocess.Popen(
        [*command, *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as running:  # fmt: skip
        assert hanging.asked.wait(LATE)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=LATE)
    assert running.returncode == 130
    assert said.strip().endswith("interrupted")
    assert hanging.left.wait(SOON)
