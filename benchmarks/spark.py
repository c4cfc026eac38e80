"""Loads synthetic data with Spark and DuckDB and asks both ten questions.

    python -m benchmarks.spark --triples 10000000 --workers 1,2

For each number of workers a standalone cluster runs on this machine, each worker with one core. The
table has seconds, and for Spark what was shuffled (read by all stages together, as Spark tells it).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.generate import make_file
from kgtool.engine.parquet import ParquetStore
from kgtool.engine.spark.load import InputFile, load_on_spark
from kgtool.engine.spark.session import Spark, start
from kgtool.engine.spark.store import SparkStore
from kgtool.engine.store import Store
from kgtool.plan import run_query
from kgtool.plan.distributed import run_on_spark
from kgtool.project.load import load_files
from kgtool.rdf.files import Format
from tests.spark.cluster import Cluster

QUERIES = Path(__file__).with_name("queries") / "war"
NAMES = (
    "count-all", "triples-by-property", "things-by-class", "casualties-by-campaign",
    "casualties-by-nation-and-year", "busiest-units", "divisions-never-engaged",
    "sources-by-nation", "strength-of-nations", "all-participations",
)  # fmt: skip


class Measured(NamedTuple):
    seconds: float
    rows: int
    shuffled: int | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", type=int, default=10_000_000)
    parser.add_argument("--workers", default="1,2", help="numbers of workers, with commas")
    parser.add_argument("--memory", default="2g", help="of each executor")
    parser.add_argument("--scratch", type=Path, help="a folder for the data, which is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kgtool-spark-bench-") as temporary:
        folder = options.scratch or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        data = folder / f"war-{options.triples}.nt"
        if not data.exists():
            make_file(data, options.triples)
        columns = {"DuckDB": dict(_on_duckdb(data, folder))}
        for workers in map(int, options.workers.split(",")):
            name = f"Spark, {workers} worker{'s' if workers > 1 else ''}"
            with (
                tempfile.TemporaryDirectory(dir=folder) as own,
                Cluster(Path(own), workers, memory=options.memory) as cluster,
            ):
                columns[name] = dict(_on_spark(cluster, options.memory, data, folder))
        _write(columns)


def _on_duckdb(data: Path, folder: Path) -> Iterator[tuple[str, Measured]]:
    store = folder / f"{data.stem}.duckdb"
    yield "load", _timed(lambda: load_files([data], store).quads)
    with Store.open(store) as opened:
        for name in NAMES:
            yield name, _timed(lambda name=name: _rows(run_query(opened, _text(name))))  # type: ignore[misc]


def _on_spark(
    cluster: Cluster, memory: str, data: Path, folder: Path
) -> Iterator[tuple[str, Measured]]:
    settings = {**cluster.settings, "spark.executor.memory": memory, "spark.ui.enabled": "true",
                "spark.sql.shuffle.partitions": "8", "spark.driver.memory": "1g"}  # fmt: skip
    spark = start(settings=settings)
    try:
        uri = str(folder / f"{data.stem}.parquet")
        file = InputFile(str(data), Format.NTRIPLES)
        with _shuffled(spark) as shuffled:
            found = _timed(lambda: load_on_spark(spark, [file], uri).quads)
            yield "load", found._replace(shuffled=shuffled())
        store = SparkStore(spark, uri)
        for name in NAMES:
            with _shuffled(spark) as shuffled:
                found = _timed(lambda name=name: _rows(run_on_spark(store, _text(name))))  # type: ignore[misc]
                yield name, found._replace(shuffled=shuffled())
        with ParquetStore.open(uri) as opened:
            for name in NAMES:
                yield (
                    f"{name} (DuckDB on the Parquet)",
                    _timed(lambda name=name: _rows(run_query(opened, _text(name)))),  # type: ignore[misc]
                )
    finally:
        spark.close()


def _text(name: str) -> str:
    return (QUERIES / f"{name}.rq").read_text(encoding="utf-8")


def _rows(result: Any) -> int:
    return sum(1 for _ in result.raw())


def _timed(task: Callable[[], int]) -> Measured:
    began = time.perf_counter()
    rows = task()
    found = Measured(time.perf_counter() - began, rows)
    print(f"{found.seconds:10.1f} s {rows:12,}", file=sys.stderr, flush=True)
    return found


@contextmanager
def _shuffled(spark: Spark) -> Iterator[Callable[[], int]]:
    """How many bytes of shuffles have been read meanwhile."""
    before = _shuffle_bytes(spark)
    yield lambda: _shuffle_bytes(spark) - before


def _shuffle_bytes(spark: Spark) -> int:
    context = spark.session.sparkContext
    address = f"{context.uiWebUrl}/api/v1/applications/{context.applicationId}/stages"
    with urllib.request.urlopen(address, timeout=60) as answer:
        stages = json.load(answer)
    return sum(stage["shuffleReadBytes"] for stage in stages)


def _write(columns: dict[str, dict[str, Measured]]) -> None:
    print("| | " + " | ".join(columns) + " |")
    print("|---|" + "---|" * len(columns))
    for row in dict.fromkeys(name for column in columns.values() for name in column):
        cells = [_cell(column.get(row)) for column in columns.values()]
        print(f"| {row} | " + " | ".join(cells) + " |")


def _cell(found: Measured | None) -> str:
    if found is None:
        return ""
    moved = "" if found.shuffled is None else f"; {found.shuffled / 1e6:,.1f} MB"
    return f"{found.seconds:.1f} s{moved}"


if __name__ == "__main__":
    main()
