"""Tests of the engine Spark. All run in one process, which starts one JVM."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from kgtool.engine.spark.session import Spark
from tests.spark.sessions import OnSpark, small_session

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = find_spec("pyspark") is None or shutil.which("java") is None
    for item in items:
        if _HERE in item.path.parents and item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.xdist_group("spark"))
            if missing:
                item.add_marker(pytest.mark.skip("PySpark and Java 17 are not both here"))


@pytest.fixture(scope="session")
def spark() -> Iterator[Spark]:
    session = small_session()
    yield session
    session.close()


@pytest.fixture(scope="session")
def on_spark(spark: Spark) -> Iterator[OnSpark]:
    stores = OnSpark(spark)
    yield stores
    stores.close()
