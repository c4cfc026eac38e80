"""Spark sessions for tests, small ones."""

from __future__ import annotations

import tempfile
from pathlib import Path

from kgtool.engine.parquet import write_parquet
from kgtool.engine.spark.session import Spark, start
from kgtool.engine.spark.store import SparkStore
from kgtool.engine.store import Store

#: One process, and what small data is asked soonest with: compiling plans to Java takes longer
#: than running them.
SMALL = {
    "spark.master": "local[1]",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.default.parallelism": "1",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


def small_session() -> Spark:
    return start(settings=SMALL)


class OnSpark:
    """Stores as Spark sees them: written in Parquet once, and opened in one session."""

    def __init__(self, spark: Spark) -> None:
        self._spark = spark
        self._folder = tempfile.TemporaryDirectory(prefix="kgtool-spark-")
        self._known: dict[str, SparkStore] = {}

    def open(self, store: Store) -> SparkStore:
        known = self._known.get(store.fingerprint)
        if known is None:
            folder = Path(self._folder.name) / store.fingerprint
            write_parquet(store, folder)
            known = self._known[store.fingerprint] = SparkStore(self._spark, str(folder))
        return known

    def close(self) -> None:
        self._folder.cleanup()
