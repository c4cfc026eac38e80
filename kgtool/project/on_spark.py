"""A graph that Spark has open: the queries of a Graph, run on a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, cast

from kgtool.engine.places import address_of
from kgtool.engine.spark.session import Spark
from kgtool.engine.spark.store import SparkStore
from kgtool.errors import UnsupportedError
from kgtool.plan.distributed import run_on_spark
from kgtool.project.graph import Graph

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.federation.run import Services
    from kgtool.project.stored import StoredQuery
    from kgtool.results import Result


class SparkGraph(Graph):
    """The graph of a store in Parquet, asked with Spark; the session ends with it."""

    def __init__(self, store: SparkStore) -> None:
        # A Graph asks a store for its prefixes and closes it; queries are asked here.
        super().__init__(cast("Store", store))
        self._opened = store

    def _run(
        self,
        query: StoredQuery,
        arguments: dict[str, Any],
        services: Services | None,
        limits: dict[str, Any],
    ) -> Result:
        if services is not None:
            _refuse("asks endpoints")
        kept = {name: value for name, value in arguments.items() if name != "cache"}
        return run_on_spark(self._opened, query.text, **limits, **kept)

    def nearest_name(self, iri: str) -> str | None:
        return None  # it takes all names of a graph, which may be large

    def columns(self, *arguments: Any, **more: Any) -> NoReturn:
        _refuse("writes answers as Parquet")

    def explain(self, *arguments: Any, **more: Any) -> NoReturn:
        _refuse("explains plans")

    def analyze(self, *arguments: Any, **more: Any) -> NoReturn:
        _refuse("times the parts of queries")

    def update(self, *arguments: Any, **more: Any) -> NoReturn:
        _refuse("changes stores")


def open_on_spark(spark: Spark, name: str) -> SparkGraph:
    """The graph of a store in Parquet: a folder or its URI, with or without ``parquet:``."""
    try:
        return SparkGraph(SparkStore(spark, address_of(name)))
    except BaseException:
        spark.close()
        raise


def _refuse(what: str) -> NoReturn:
    raise UnsupportedError(
        f"the engine DuckDB alone {what}", hint="Leave out --engine spark, or take a slice."
    )
