"""Several processes that serve one store on one port."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kgtool.server.metrics import Metrics
from kgtool.server.sharing import SharedMetrics
from tests.server.serving import TOKEN, eventually, process, response_to
from tests.server.test_serve import _run as run_serve
from tests.server.test_versions import BOTH, numbered

TWO = ("--processes", "2")
#: Starts again what has just begun, which is an error otherwise.
PATIENT = (
    "-c",
    "from kgtool.cli.main import main; from kgtool.server import processes\n"
    "processes._YOUNG = 0\nmain()",
)
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")


def _answer(port: int, text: str) -> tuple[int, bytes]:
    """A status and a body, by a connection of its own."""
    connection, response = response_to(port, text)
    try:
        return response.status, response.read()
    finally:
        connection.close()


def _metric(port: int, series: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
    finally:
        connection.close()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(series + " "))


def _comes_to(port: int, series: str, value: float) -> bool:
    # Each look is a line of the log, for which a pipe has some room.
    return eventually(lambda: _metric(port, series) == value, pause=0.2)


def _have_begun(port: int) -> bool:
    return _comes_to(port, "kgtool_laid_out_stores", 2)


def _answered(scratch: Path, number: int) -> int:
    """The queries that a process has written down to have answered."""
    (file,) = scratch.glob(f"kgtool-*/{number}.counts")
    (requests, *_), _ = json.loads(file.read_text())
    return sum(count for operation, _, count in requests if operation == "query")


def _workers(keeper: subprocess.Popen[str]) -> set[int]:
    """The processes that a server has begun for its store."""
    children = Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children").read_text().split()
    lines = {int(each): Path(f"/proc/{each}/cmdline").read_bytes() for each in children}
    return {each for each, line in lines.items() if b"spawn_main" in line}


def _is_closed(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionError:
        return True
    return False


def test_all_answer_and_their_counts_add_up(store: Path, tmp_path: Path) -> None:
    def answered(number: int) -> int:
        return _answered(tmp_path, number)

    with process(store, *TWO, TMPDIR=str(tmp_path)) as (_, port):
        assert _have_begun(port)
        asked = 0

        def has_asked_both() -> bool:
            nonlocal asked
            assert _answer(port, BOTH)[0] == 200
            asked += 1
            return answered(0) > 0 and answered(1) > 0

        assert eventually(has_asked_both)
        series = 'kgtool_requests_total{operation="query",status="200"}'
        assert _comes_to(port, series, asked)
        assert eventually(lambda: answered(0) + answered(1) == asked)
    assert asked > 1


@needs_proc
def test_ctrl_c_is_for_the_keeper_to_pass_on(store: Path) -> None:
    def blocked(process: int) -> int:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        return next(int(line.split()[1], 16) for line in lines if line.startswith("SigBlk"))

    with process(store, *TWO) as (keeper, port):
        assert eventually(lambda: len(_workers(keeper)) == 2)
        for each in _workers(keeper):
            assert blocked(each) >> signal.SIGINT - 1 & 1
        assert _have_begun(port)


@needs_proc
def test_one_that_is_killed_is_begun_anew(store: Path, tmp_path: Path) -> None:
    with process(store, *TWO, program=PATIENT, TMPDIR=str(tmp_path)) as (keeper, port):
        assert _have_begun(port)
        asked = 'kgtool_requests_total{operation="query",status="200"}'
        for _ in range(20):
            assert _answer(port, BOTH)[0] == 200
        assert _comes_to(port, asked, 20)
        # What is not yet written goes with the process.
        assert eventually(lambda: sum(_answered(tmp_path, number) for number in (0, 1)) == 20)
        before = _workers(keeper)
        assert len(before) == 2
        killed = min(before)
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: len(_workers(keeper) - {killed}) == 2)
        for _ in range(20):
            assert _answer(port, BOTH)[0] == 200
        # The new one goes on with the counts of the other.
        assert _comes_to(port, asked, 40)
        assert keeper.stderr is not None
        keeper.send_signal(signal.SIGTERM)
        assert f"process {killed} has ended with -9" in keeper.stderr.read()
        assert keeper.wait(60) == 0


@needs_proc
def test_one_that_ends_at_once_ends_the_server(store: Path) -> None:
    with process(store, *TWO) as (keeper, port):
        assert eventually(lambda: len(_workers(keeper)) == 2)
        os.kill(min(_workers(keeper)), signal.SIGKILL)
        assert keeper.wait(60) == 2
        assert keeper.stderr is not None
        assert "a process of the server ends at once" in keeper.stderr.read()
        assert _is_closed(port)


def test_a_build_is_seen_by_all(tmp_path: Path) -> None:
    path = numbered(tmp_path / "store.duckdb", 1)
    with process(path, *TWO) as (_, port):
        assert _have_begun(port)
        assert {_version(port) for _ in range(20)} == {"1"}
        numbered(path, 2)
        assert {_version(port) for _ in range(40)} == {"2"}
        assert _have_begun(port)
        assert {_version(port) for _ in range(20)} == {"2"}


def _version(port: int) -> str:
    (row,) = json.loads(_answer(port, BOTH)[1])["results"]["bindings"]
    assert row["a"] == row["b"]
    return str(row["a"]["value"])


@needs_proc
def test_without_the_one_that_looks_after_them_they_end(store: Path) -> None:
    with process(store, *TWO) as (keeper, port):
        assert _have_begun(port)
        keeper.kill()
        assert eventually(lambda: _is_closed(port))


def test_a_port_that_is_taken(store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = run_serve("--store", str(store), "--port", str(port), *TWO, code=2)
    assert f"cannot listen on 127.0.0.1:{port}" in said


def test_a_port_that_another_server_has(store: Path) -> None:
    with process(store, *TWO) as (_, port):
        said = run_serve("--store", str(store), "--port", str(port), *TWO, code=2)
    assert f"cannot listen on 127.0.0.1:{port}" in said


def test_only_one_may_change_a_store(store: Path, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    options = ("--store", str(store), "--writable", "--token-file", str(token))
    assert "only one process may change a store" in run_serve(*options, *TWO, code=2)


# Counts ---------------------------------------------------------------------------------


@contextmanager
def _written(shared: SharedMetrics, metrics: Metrics, gauges: dict[str, float]) -> Iterator[None]:
    async def once() -> None:
        async with shared.written(lambda: (metrics.state(), gauges)):
            pass

    asyncio.run(once())
    yield


def test_counts_of_others(tmp_path: Path) -> None:
    first, second = SharedMetrics(tmp_path, 0), SharedMetrics(tmp_path, 1)
    counts = Metrics()
    counts.record("query", 200, 0.003, 10, cut=False)
    counts.record("query", 500, 3, 5, cut=True)
    counts.record("api", 200, 0.3, 7, cut=False)
    with _written(first, counts, {"busy": 2}):
        assert list(first.others()) == []
        ((state, gauges),) = second.others()
    assert gauges == {"busy": 2}
    added = Metrics()
    added.add(state)
    assert added.text([]) == counts.text([])
    added.add(counts.state())
    text = added.text([])
    for line in (
        'kgtool_requests_total{operation="query",status="500"} 2',
        'kgtool_cut_answers_total{operation="query"} 2',
        'kgtool_sent_bytes_total{operation="query"} 30',
        'kgtool_request_seconds_bucket{operation="query",le="0.005"} 2',
        'kgtool_request_seconds_bucket{operation="query",le="+Inf"} 4',
        'kgtool_request_seconds_sum{operation="query"} 6.006000',
    ):
        assert f"{line}\n" in text


def test_who_takes_the_place_of_another_goes_on_with_its_counts(tmp_path: Path) -> None:
    counts = Metrics()
    counts.record("query", 200, 0.003, 10, cut=False)
    with _written(SharedMetrics(tmp_path, 0), counts, {}):
        assert SharedMetrics(tmp_path, 0).before() == json.loads(json.dumps(counts.state()))
        assert SharedMetrics(tmp_path, 1).before() == Metrics().state()


def test_a_server_of_one_process_shares_nothing(tmp_path: Path) -> None:
    alone = SharedMetrics(None, 0)
    with _written(alone, Metrics(), {}):
        assert alone.before() == Metrics().state()
        assert list(alone.others()) == []
