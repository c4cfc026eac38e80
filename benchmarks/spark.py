"""Loads synthetic data with Spark and DuckDB and asks both ten questions.

    python -m benchmarks.spark --triples 10000000,50000000 --workers 1,2
    python -m benchmarks.spark --document           the tables in docs/scale.md

For each number of workers a standalone cluster runs on this machine, each worker with one core. The
tables have seconds, and for Spark the megabytes that were shuffled (read by all stages together, as
Spark tells it). A question is asked once, behind another; an answer that is not DuckDB's is told.
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
from typing import NamedTuple

from benchmarks.generate import make_file
from benchmarks.tables import machine, table, write_document
from kgtool.engine.parquet import ParquetStore
from kgtool.engine.spark.load import InputFile, load_on_spark
from kgtool.engine.spark.session import Spark, start
from kgtool.engine.spark.store import SparkStore
from kgtool.engine.store import Store
from kgtool.plan import run_query
from kgtool.plan.distributed import run_on_spark
from kgtool.project.load import load_files
from kgtool.rdf.files import Format
from kgtool.results import Result
from tests.spark.cluster import Cluster

DOCUMENT = Path(__file__).parents[1] / "docs" / "scale.md"
QUERIES = Path(__file__).with_name("queries") / "war"
NAMES = (
    "count-all", "triples-by-property", "things-by-class", "casualties-by-campaign",
    "casualties-by-nation-and-year", "busiest-units", "divisions-never-engaged",
    "sources-by-nation", "strength-of-nations", "all-participations",
)  # fmt: skip
#: Asked first, so that no question pays for what the first one finds cold.
_BEFORE = "SELECT ?s { ?s ?p ?o } LIMIT 1"


class Answer(NamedTuple):
    """What was answered: how many rows, and a number that is the same for the same rows."""

    rows: int
    digest: int = 0


class Measured(NamedTuple):
    seconds: float
    answer: Answer
    shuffled: int | None = None

    def __str__(self) -> str:
        moved = "" if self.shuffled is None else f"; {self.shuffled / 1e6:,.0f} MB"
        return f"{self.seconds:.1f} s{moved}"


#: Of each engine, by row of the table.
Columns = dict[str, dict[str, Measured]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", default="10000000,50000000", help="sizes, with commas")
    parser.add_argument("--workers", default="1,2", help="numbers of workers, with commas")
    parser.add_argument("--memory", default="2g", help="of each executor")
    parser.add_argument("--scratch", type=Path, help="a folder for the data, which is kept")
    parser.add_argument("--document", action="store_true", help=f"write to {DOCUMENT.name}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kgtool-spark-bench-") as temporary:
        folder = options.scratch or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        texts = [f"{machine()}; {options.memory} for each worker."]
        for triples in map(int, options.triples.split(",")):
            workers = [int(n) for n in options.workers.split(",")]
            texts.append(_measured(triples, workers, options.memory, folder))
            print(texts[-1], flush=True)
    if options.document:
        write_document("\n\n".join(texts) + "\n", "spark", DOCUMENT)


def _measured(triples: int, workers: list[int], memory: str, folder: Path) -> str:
    """The table of one size."""
    data = folder / f"war-{triples}.nt"
    if not data.exists():
        make_file(data, triples)
    store, parquet = data.with_suffix(".duckdb"), data.with_suffix(".parquet")
    columns: Columns = {"DuckDB": dict(_on_duckdb(data, store))}
    for count in workers:
        name = f"Spark, {count} worker{'s' if count > 1 else ''}"
        with (
            tempfile.TemporaryDirectory(dir=folder) as own,
            Cluster(Path(own), count, memory=memory) as cluster,
        ):
            columns[name] = dict(_on_spark(cluster, memory, data, parquet))
    columns["DuckDB, on the Parquet"] = dict(_on_parquet(parquet))
    header = [f"{triples:,} triples", *columns]
    rows = [
        [name, *(_cell(column.get(name), columns["DuckDB"][name]) for column in columns.values())]
        for name in ("load", *NAMES)
    ]
    sizes = (
        f"N-Triples {_megabytes(data)}, the store {_megabytes(store)}, "
        f"in Parquet {_megabytes(parquet)}."
    )
    return f"{table(header, rows)}\n\n{sizes}"


def _on_duckdb(data: Path, store: Path) -> Iterator[tuple[str, Measured]]:
    yield "load", _timed("load", lambda: Answer(load_files([data], store).quads))
    with Store.open(store) as opened:
        yield from _asked(lambda text: run_query(opened, text))


def _on_parquet(parquet: Path) -> Iterator[tuple[str, Measured]]:
    with ParquetStore.open(parquet) as opened:
        yield from _asked(lambda text: run_query(opened, text))


def _on_spark(
    cluster: Cluster, memory: str, data: Path, parquet: Path
) -> Iterator[tuple[str, Measured]]:
    settings = {**cluster.settings, "spark.executor.memory": memory, "spark.ui.enabled": "true",
                "spark.sql.shuffle.partitions": "8", "spark.driver.memory": "1g"}  # fmt: skip
    spark = start(settings=settings)
    try:
        file = InputFile(str(data), Format.NTRIPLES)
        with _shuffled(spark) as shuffled:
            load = _timed("load", lambda: Answer(load_on_spark(spark, [file], str(parquet)).quads))
            yield "load", load._replace(shuffled=shuffled())
        store = SparkStore(spark, str(parquet))
        yield from _asked(lambda text: run_on_spark(store, text), spark)
    finally:
        spark.close()


def _asked(
    ask: Callable[[str], Result], spark: Spark | None = None
) -> Iterator[tuple[str, Measured]]:
    """Each question, once."""
    _answer(ask(_BEFORE))
    for name in NAMES:
        text = (QUERIES / f"{name}.rq").read_text(encoding="utf-8")
        if spark is None:
            yield name, _timed(name, lambda text=text: _answer(ask(text)))  # type: ignore[misc]
            continue
        with _shuffled(spark) as shuffled:
            found = _timed(name, lambda text=text: _answer(ask(text)))  # type: ignore[misc]
            yield name, found._replace(shuffled=shuffled())


def _answer(result: Result) -> Answer:
    rows = digest = 0
    for row in result.raw():
        rows, digest = rows + 1, digest + hash(tuple(row))
    return Answer(rows, digest)


def _cell(found: Measured | None, wanted: Measured) -> str:
    if found is None:
        return ""
    return f"{found}{'' if found.answer == wanted.answer else ', another answer'}"


def _timed(name: str, task: Callable[[], Answer]) -> Measured:
    began = time.perf_counter()
    answer = task()
    found = Measured(time.perf_counter() - began, answer)
    print(f"{found.seconds:10.1f} s {answer.rows:12,} {name}", file=sys.stderr, flush=True)
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


def _megabytes(path: Path) -> str:
    files = [path] if path.is_file() else [f for f in path.rglob("*.parquet") if f.is_file()]
    return f"{sum(file.stat().st_size for file in files) / 1e6:,.0f} MB"


if __name__ == "__main__":
    main()
