"""Spark Connect: commands at a real server, which is a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.spark.connect import ConnectServer

pytestmark = pytest.mark.spark

_BASE = "https://example.org/"
_CHAIN = 40


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConnectServer]:
    with ConnectServer(tmp_path_factory.mktemp("connect")) as running:
        yield running


@pytest.fixture(scope="module")
def store(server: ConnectServer) -> Path:
    """A store that is loaded at the server, of lines of which one is no statement."""
    source, store = server.folder / "chain.nt", server.folder / "chain"
    lines = [f"<{_BASE}{i}> <{_BASE}next> <{_BASE}{i + 1}> ." for i in range(_CHAIN)]
    source.write_text("\n".join([*lines, "no statement"]) + "\n", encoding="utf-8")
    code, _, said = server.kgtool("load", str(source), "--store", str(store))
    assert code == 0, said
    assert "no statements: 1" in said
    return store


def test_a_load_sets_malformed_lines_apart(store: Path) -> None:
    from pyarrow import parquet

    (row,) = parquet.read_table(store / "malformed").to_pylist()
    assert row["file"].endswith("/chain.nt")
    assert (row["line_number"], row["line"]) == (_CHAIN + 1, "no statement")


def test_a_query_has_its_answer(server: ConnectServer, store: Path) -> None:
    query = f"SELECT ?x {{ <{_BASE}{_CHAIN - 2}> <{_BASE}next>+ ?x }} ORDER BY ?x"
    code, out, said = server.kgtool("query", "-e", query, "--store", store.name, "-f", "csv")
    assert code == 0, said
    assert out.split() == ["x", f"{_BASE}{_CHAIN - 1}", f"{_BASE}{_CHAIN}"]


def test_a_query_is_stopped_when_its_time_is_up(server: ConnectServer, store: Path) -> None:
    query = f"SELECT ?x {{ <{_BASE}0> <{_BASE}next>+ ?x }}"
    code, _, said = server.kgtool("query", "-e", query, "--store", store.name, "--timeout", "1")
    assert code == 1
    assert said.startswith("error: the query was stopped after 1 second")


def test_no_server_and_no_setting_of_a_session(server: ConnectServer, store: Path) -> None:
    query = ("query", "-e", "ASK { ?s ?p ?o }", "--store", store.name)
    code, _, said = server.kgtool(*query, "--spark-conf=spark.executor.memory=1g")
    assert code == 2
    assert "spark.executor.memory" in said
    started = time.monotonic()
    code, _, said = server.kgtool(*query, remote="sc://127.0.0.1:1/;use_ssl=false;user_id=secret")
    assert code == 3
    assert said.startswith("error: no Spark Connect server answers at sc://127.0.0.1:1: nothing")
    assert "secret" not in said
    assert time.monotonic() - started < 60  # PySpark would try for ten minutes
