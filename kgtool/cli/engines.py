"""Options of the commands that another engine than DuckDB can run."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from kgtool.errors import UsageError

if TYPE_CHECKING:
    from kgtool.engine.spark.session import Spark


class EngineOptions(NamedTuple):
    """What the command line says of the engine."""

    engine: str
    spark_remote: str | None
    spark_conf: tuple[str, ...]

    @property
    def is_spark(self) -> bool:
        """Whether the engine is Spark. Raises UsageError for its options without it."""
        if self.engine != "spark" and (self.spark_remote or self.spark_conf):
            raise UsageError(
                "--spark-remote and --spark-conf are of another engine", expected="--engine spark"
            )
        return self.engine == "spark"

    def session(self) -> Spark:
        """A Spark session, as these options say."""
        from kgtool.engine.spark.session import start

        settings = {}
        for pair in self.spark_conf:
            name, equals, value = pair.partition("=")
            if not equals or not name:
                raise UsageError(
                    f"--spark-conf {pair}: no value", expected="--spark-conf NAME=VALUE"
                )
            settings[name] = value
        return start(self.spark_remote, settings)


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options, handed on together as ``running``."""

    @wraps(command)
    def packed(*arguments: Any, **options: Any) -> Any:
        own = {name: options.pop(name) for name in EngineOptions._fields}
        if own["engine"] == "spark" and options.get("memory_limit"):
            raise UsageError(
                "--memory-limit is DuckDB's",
                expected="--spark-conf spark.driver.memory=… and spark.executor.memory=…",
            )
        return command(*arguments, running=EngineOptions(**own), **options)

    found: Callable[..., Any] = packed
    for option in (
        click.option(
            "--spark-conf", metavar="NAME=VALUE", multiple=True,
            help="A setting of Spark, such as spark.master; may be given several times.",
        ),
        click.option(
            "--spark-remote", metavar="sc://HOST",
            help="Run on the server of Spark Connect there, and start no JVM here.",
        ),
        click.option(
            "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb",
            show_default=True,
            help="DuckDB, on this machine, or Apache Spark, on a cluster, over a store in Parquet.",
        ),
    ):  # fmt: skip
        found = option(found)
    return found
