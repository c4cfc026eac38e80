"""The tables of a load: those in between, which go with it, and those of the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kgtool.engine.spark.session import Spark
from kgtool.engine.spark.store import SCHEMAS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class Workspace:
    """Names tables in a session, with files below the ``uri`` of the store that is written."""

    def __init__(self, spark: Spark, uri: str) -> None:
        self.spark = spark
        self.uri = uri
        self._tables: list[str] = []

    def close(self) -> None:
        """Drops what was in between."""
        self.spark.forget(self._tables)

    def table(self, name: str, frame: DataFrame) -> None:
        """Writes a table of the store."""
        writer = frame.write.mode("overwrite").option("compression", "zstd")
        writer.parquet(f"{self.uri}/{name}")

    def table_name(self, table: str) -> str:
        """The session's name of a table of the store that has been written."""
        name = self.spark.fresh(table)
        schema = SCHEMAS[table]
        self.spark.view(name, self.spark.session.read.schema(schema).parquet(f"{self.uri}/{table}"))
        self._tables.append(name)
        return name

    def keep(self, stem: str, frame: DataFrame) -> str:
        """Writes rows for the stages that follow, and names them."""
        name = self.spark.fresh(stem)
        self.spark.write(name, frame, self.uri)
        self._tables.append(name)
        return name

    def named(self, stem: str, query: str) -> str:
        name = self.spark.fresh(stem)
        self.spark.view(name, self.spark.sql(query))
        self._tables.append(name)
        return name

    def local(self, stem: str, rows: Sequence[tuple[Any, ...]], schema: str) -> str:
        """Names a few rows of the driver's."""
        name = self.spark.fresh(stem)
        self.spark.view(name, self.spark.session.createDataFrame(list(rows), schema))
        self._tables.append(name)
        return name

    def count(self, query: str) -> int:
        return int(self.spark.rows(query)[0][0])

    def view(self, stem: str, frame: DataFrame) -> str:
        """Names a data frame, which is computed where it is read."""
        name = self.spark.fresh(stem)
        self.spark.view(name, frame)
        self._tables.append(name)
        return name
