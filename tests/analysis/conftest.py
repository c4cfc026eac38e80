"""The stores of the compiler's tests, and analyses of queries on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kgtool.analysis import Analysis, analyze
from kgtool.engine.store import Store
from tests.plan.conftest import SPARQL_PREFIXES, oracle_of, store_of

__all__ = ["oracle_of", "store_of"]


@pytest.fixture
def analyzed(store_of: Callable[[str], Store]) -> Callable[..., Analysis]:
    """Analyses a query on a text, whose default graph is the unnamed one."""

    def run(data: str, query: str, **options: Any) -> Analysis:
        options = {"default_graph": "strict"} | options
        return analyze(store_of(data), f"{SPARQL_PREFIXES} {query}", **options)

    return run
