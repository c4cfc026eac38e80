"""Random queries on random data: Spark's answer is DuckDB's.

``KGTOOL_SPARK_FUZZ=200`` runs more of them; a failure names its seed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.plan import run_query
from kgtool.plan.distributed import run_on_spark
from tests.plan.answers import answer_of, difference
from tests.plan.test_differential import case
from tests.spark.sessions import OnSpark

pytestmark = pytest.mark.spark

StoreOf = Callable[[str], Store]

_CASES = int(os.environ.get("KGTOOL_SPARK_FUZZ", "6"))


@pytest.fixture(scope="module")
def store_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreOf]:
    known: dict[str, Store] = {}

    def opened(text: str) -> Store:
        if text not in known:
            folder: Path = tmp_path_factory.mktemp("random")
            (folder / "data.trig").write_text(text, encoding="utf-8")
            with StoreWriter(folder / "store.duckdb") as writer:
                writer.add(Source(folder / "data.trig", base="http://e/"))
                writer.commit({})
            known[text] = Store.open(folder / "store.duckdb")
        return known[text]

    yield opened
    for store in known.values():
        store.close()


@pytest.mark.parametrize("seed", range(_CASES))
def test_random_query(seed: int, store_of: StoreOf, on_spark: OnSpark) -> None:
    data, query = case(seed)
    store = store_of(data)
    expected = answer_of(run_query(store, query, default_graph="strict"))
    expected = replace(expected, ordered="ORDER BY" in query.rpartition("}")[2])
    got = answer_of(run_on_spark(on_spark.open(store), query, default_graph="strict"))
    assert difference(got, expected) is None, query
