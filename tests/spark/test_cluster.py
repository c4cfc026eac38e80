"""A real cluster: commands run on it, workers are lost, and answers are those of DuckDB."""

from __future__ import annotations

import csv
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgtool.engine.parquet import ParquetStore, write_parquet
from kgtool.engine.store import Store
from kgtool.project.load import load_files
from tests.spark.cluster import Cluster

pytestmark = pytest.mark.spark

_PATIENCE = 240.0
_CHAIN = 12
_THINGS = 20_000
_BASE = "https://example.org/a-rather-long-path-so-that-rows-take-room/"
_PATHS = (
    f"SELECT ?from (COUNT(?to) AS ?n) {{ ?from <{_BASE}next>+ ?to }} GROUP BY ?from ORDER BY ?from"
)
_PAIRS = f"SELECT ?a ?b {{ ?a <{_BASE}of> ?x . ?b <{_BASE}of> ?x }}"


def _lines() -> Iterator[str]:
    for i in range(_THINGS):
        yield f'<{_BASE}{i}> <{_BASE}name> "thing number {i}"@en .'
        yield f"<{_BASE}{i}> <{_BASE}of> <{_BASE}kind-{i % 1000}> ."
        if i % _CHAIN:
            yield f"<{_BASE}{i - 1}> <{_BASE}next> <{_BASE}{i}> ."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of triples, and the store that DuckDB makes of them, as a file and in Parquet."""
    folder = tmp_path_factory.mktemp("cluster")
    lines = [*_lines()]
    for number in range(4):
        (folder / f"{number}.nt").write_text("\n".join(lines[number::4]) + "\n", encoding="utf-8")
    load_files(_sources(folder), folder / "store.duckdb")
    with Store.open(folder / "store.duckdb") as store:
        write_parquet(store, folder / "duckdb")
    return folder


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Cluster]:
    with Cluster(folder) as running:
        yield running


def _sources(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.nt"))


def _wait_for(pattern: str, folder: Path, command: subprocess.Popen[str]) -> None:
    """Until a stage has written its files."""
    end = time.monotonic() + _PATIENCE
    while not list(folder.glob(pattern)):
        assert command.poll() is None, command.communicate()
        assert time.monotonic() < end, f"nothing is at {folder / pattern}"
        time.sleep(0.05)


def _ended(command: subprocess.Popen[str]) -> str:
    out, err = command.communicate(timeout=_PATIENCE)
    assert command.returncode == 0, err
    return out


def _answer(store: Path, query: str) -> list[tuple[str, ...]]:
    from kgtool.project.graph import Graph

    with ParquetStore.open(store) as opened:
        rows = Graph(opened).query(query).serialize("csv").splitlines()
    return sorted(map(tuple, csv.reader(rows)))


def test_a_load_goes_on_without_a_lost_worker(cluster: Cluster, folder: Path) -> None:
    files = map(str, _sources(folder))
    command = cluster.kgtool("load", *files, "--store", str(folder / "spark"))
    _wait_for("spark/_*/kg_statements_*/_SUCCESS", folder, command)
    cluster.lose_worker()
    _ended(command)
    cluster.add_worker()
    with ParquetStore.open(folder / "spark") as ours, ParquetStore.open(folder / "duckdb") as other:
        own = [f"pos_{n}" for (n,) in other.connection.execute("SELECT n FROM predicates WHERE own")
               .fetchall()]  # fmt: skip
        assert own
        for table in ("terms", "pso", "pos", "op", "predicates", *own):
            columns = "o, s, g, dup" if table in own else "*"
            sql = f"SELECT {columns} FROM {table} ORDER BY ALL"
            first, second = (s.connection.execute(sql).fetchall() for s in (ours, other))
            assert first == second, table


def test_a_query_goes_on_without_a_lost_worker(cluster: Cluster, folder: Path) -> None:
    command = cluster.kgtool(
        "query", "-e", _PATHS, "--store", str(folder / "duckdb"), "-f", "csv"
    )  # fmt: skip
    _wait_for("duckdb/_*/kg_reach_*/_SUCCESS", folder, command)
    cluster.lose_worker()
    rows = sorted(map(tuple, csv.reader(_ended(command).splitlines())))
    cluster.add_worker()
    assert rows == _answer(folder / "duckdb", _PATHS)
    assert len(rows) > _THINGS / 2


def test_an_interrupt_ends_a_query_quietly(cluster: Cluster, folder: Path) -> None:
    command = cluster.kgtool("query", "-e", _PATHS, "--store", str(folder / "duckdb"))
    _wait_for("duckdb/_*/kg_reach_*/_SUCCESS", folder, command)
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=_PATIENCE)
    assert (command.returncode, said.strip()) == (130, "error: interrupted")
    assert not list(folder.glob("duckdb/_*"))


def test_an_answer_may_be_larger_than_the_driver(cluster: Cluster, folder: Path) -> None:
    """400,000 rows of 150 bytes go through a driver that may keep 16 megabytes of results."""
    out = folder / "pairs.csv"
    command = cluster.kgtool(
        "query", "-e", _PAIRS, "--store", str(folder / "duckdb"), "-o", str(out),
        "--spark-conf=spark.driver.maxResultSize=16m",
    )  # fmt: skip
    _ended(command)
    assert out.stat().st_size > 3 * 16_000_000
    with out.open(newline="", encoding="utf-8") as stream:
        rows = sorted(map(tuple, csv.reader(stream)))
    assert rows == _answer(folder / "duckdb", _PAIRS)
