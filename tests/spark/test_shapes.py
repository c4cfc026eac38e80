"""Cases of the W3C's suite of SHACL on Spark: the reports are those that it expects.

With KGTOOL_SPARK_ALL=1 all are run, else a few, since each is dozens of statements.
"""

from __future__ import annotations

import os

import pytest

from tests.conformance.manifests import MISSING, ROOT, Case, Kind
from tests.conformance.reports import report_failure
from tests.conformance.running import known_failures
from tests.conformance.suites import cases
from tests.spark.sessions import OnSpark

pytestmark = [pytest.mark.spark, pytest.mark.skipif(not ROOT.is_dir(), reason=MISSING)]

#: Paths, lists, nested shapes, pairs of properties, counts, and SPARQL.
_FEW = ("path-complex-001", "in-001", "property-001", "lessThan-002", "qualifiedValueShape-001",
        "sparql-001")  # fmt: skip


def _cases() -> list[Case]:
    found = [c for c in cases() if c.kind is Kind.SHAPES]
    found = [c for c in found if (c.suite, c.key) not in known_failures()]
    if os.environ.get("KGTOOL_SPARK_ALL"):
        return found
    return [case for case in found if case.name.endswith(_FEW)]


@pytest.mark.parametrize("case", _cases(), ids=str)
def test_case(case: Case, on_spark: OnSpark) -> None:
    wrong = report_failure(case, on_spark.open)
    assert wrong is None, wrong
