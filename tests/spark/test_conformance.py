"""The W3C's query evaluation tests on Spark: what DuckDB answers rightly, Spark does too.

With KGTOOL_SPARK_ALL=1 all are run, else one of each category, so that they take a minute.
"""

from __future__ import annotations

import os
from itertools import groupby

import pytest

from kgtool.engine.store import Store
from kgtool.plan.distributed import run_on_spark
from kgtool.plan.run import DefaultGraph
from kgtool.results import Result
from tests.conformance.manifests import MISSING, ROOT, Case, Kind
from tests.conformance.running import known_failures, query_failure
from tests.conformance.suites import cases
from tests.spark.sessions import OnSpark

pytestmark = [pytest.mark.spark, pytest.mark.skipif(not ROOT.is_dir(), reason=MISSING)]

#: Asks endpoints, which is DuckDB's business.
_LEFT_OUT = ("service",)
_FEW = 1


def _cases() -> list[Case]:
    found = [c for c in cases() if c.kind is Kind.QUERY and c.category not in _LEFT_OUT]
    found = [c for c in found if (c.suite, c.key) not in known_failures()]
    if os.environ.get("KGTOOL_SPARK_ALL"):
        return found
    return [
        c
        for _, group in groupby(sorted(found, key=_category), _category)
        for c in list(group)[:_FEW]
    ]


def _category(case: Case) -> tuple[str, str]:
    return case.suite, case.category


@pytest.mark.parametrize("case", _cases(), ids=str)
def test_case(case: Case, on_spark: OnSpark) -> None:
    def ask(store: Store, text: str, graph: DefaultGraph) -> Result:
        return run_on_spark(on_spark.open(store), text, default_graph=graph)

    wrong = query_failure(case, ask)
    assert wrong is None, wrong
