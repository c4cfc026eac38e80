"""A Spark session: started here, or at the other end of Spark Connect."""

from __future__ import annotations

import itertools
import logging
import os
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from kgtool.engine.spark.dialect import SETTINGS
from kgtool.engine.spark.failures import errors
from kgtool.engine.spark.files import Files
from kgtool.extras import missing_extra

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Spark:
    """A session, and the tables in it that are ours: views, and what was written in between."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self._files = Files(session)
        self._numbers = itertools.count()
        self._folder = f"_{uuid.uuid4().hex}"  # Spark reads no folders of such names
        self._written: dict[str, str] = {}
        self._folders: set[str] = set()
        for key, value in SETTINGS.items():
            session.conf.set(key, value)

    def fresh(self, stem: str) -> str:
        """A name that nothing in the session has."""
        return f"kg_{stem}_{next(self._numbers)}"

    def view(self, name: str, frame: DataFrame) -> None:
        """Names a data frame in statements."""
        with errors():
            frame.createOrReplaceTempView(name)

    def write(self, name: str, frame: DataFrame, uri: str) -> None:
        """Makes a table of a data frame, in files below ``uri``, which all workers reach."""
        folder = f"{uri}/{self._folder}"
        self._folders.add(folder)
        path = f"{folder}/{name}"
        with errors():
            frame = _storable(frame)
            frame.write.mode("overwrite").parquet(path)
            self.view(name, self.session.read.schema(frame.schema).parquet(path))
        self._written[name] = path

    def unite(self, name: str, tables: Sequence[str]) -> None:
        """A table of the rows of several that were written."""
        frame = self.session.table(tables[0])
        paths = [self._written[table] for table in tables]
        self.view(name, self.session.read.schema(frame.schema).parquet(*paths))

    def path_of(self, table: str) -> str:
        """Where a table that was written is."""
        return self._written[table]

    def is_empty(self, table: str) -> bool:
        return not self.rows(f"SELECT 1 FROM {table} LIMIT 1")

    def forget(self, tables: Sequence[str]) -> None:
        """Drops tables of ours, and the files of those that were written."""
        for name in tables:
            # The answer is there, or an error on its way; at worst files are left.
            with suppress(Exception):
                self.session.catalog.dropTempView(name)
            if path := self._written.pop(name, None):
                with suppress(Exception):
                    self._files.remove(path)

    def sql(self, statement: str) -> DataFrame:
        with errors():
            return self.session.sql(statement)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """All rows of a statement that has few."""
        with errors():
            return [tuple(row) for row in self.session.sql(statement).collect()]

    def stream(self, frame: DataFrame, uri: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a data frame in order, of which few are here at a time.

        The workers write them to files below ``uri``, all parts at the same time, and from there
        they are read. Where the files are not reached from here, or an engine that is not Spark
        has written them in no order, the session sends the rows, one part after the other.
        """
        name = self.fresh("answer")
        self.write(name, frame, uri)
        try:
            files = self._files.rows(self.path_of(name))
            if files is None:
                with errors():
                    yield from map(tuple, frame.toLocalIterator())
            else:
                yield from files
        finally:
            self.forget([name])

    @contextmanager
    def tagged(self) -> Iterator[str]:
        """What is started meanwhile has a tag, by which ``interrupt`` ends it."""
        tag = f"kgtool-{uuid.uuid4().hex}"
        self.session.addTag(tag)
        try:
            yield tag
        finally:
            self.session.removeTag(tag)

    def interrupt(self, tag: str) -> None:
        with suppress(Exception):  # what has ended cannot be interrupted
            self.session.interruptTag(tag)

    def close(self) -> None:
        """The session ends with all that runs in it, and what is left of our work goes."""
        with warnings.catch_warnings():
            # After Ctrl-C PySpark may find that the JVM does not answer, and warn of it.
            warnings.simplefilter("ignore", RuntimeWarning)
            self.session.stop()
        for folder in self._folders:
            with suppress(Exception):  # the answer is there; at worst files are left
                self._files.remove(folder)
                self._files.remove_empty(folder.rpartition("/")[0])


def start(
    remote: str | None = None, settings: Mapping[str, str] | None = None, purpose: str = "Spark"
) -> Spark:
    """A session: at the server ``remote`` (sc://host), else in a JVM of this machine.

    That one has its master and all else from ``settings``, from Spark's own configuration, and
    without any of them runs on this machine alone.

    Raises UsageError where PySpark is not installed or ``settings`` are none of a session's,
    ServiceError where no session comes about.
    """
    try:
        import pyspark.sql  # noqa: F401
    except ImportError as error:
        raise missing_extra(f"the engine {purpose}", "spark", error) from error
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    logging.getLogger("DataFrameQueryContextLogger").setLevel(logging.CRITICAL)
    settings = dict(settings or {})
    remote = remote or settings.pop("spark.remote", None) or os.environ.get("SPARK_REMOTE")
    if remote is None:
        from kgtool.engine.spark.jvm import started

        return Spark(started(settings))
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    from kgtool.engine.spark.connect import connected

    return Spark(connected(remote, settings))


def _storable(frame: DataFrame) -> DataFrame:
    """The same rows; what is NULL in all of them has a type that files can have."""
    if all(field.dataType.typeName() != "void" for field in frame.schema):
        return frame
    return frame.selectExpr(
        *(
            f"CAST(NULL AS STRING) AS `{field.name}`"
            if field.dataType.typeName() == "void"
            else f"`{field.name}`"
            for field in frame.schema
        )
    )
