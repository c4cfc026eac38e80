"""Cases of the W3C's suite of SHACL on Spark: the reports are those that it expects.

With KGTOOL_SPARK_ALL=1 all are run, else a few, since each is dozens of statements.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kgtool.rdf.terms import lexical_form
from kgtool.shacl import validate
from tests.conformance.manifests import MISSING, ROOT, Case, Kind
from tests.conformance.reports import report_failure
from tests.conformance.running import known_failures
from tests.conformance.suites import cases
from tests.shacl.checking import DECLARED, shapes_of, store_of
from tests.spark.sessions import OnSpark

pytestmark = pytest.mark.spark

#: Paths, lists, nested shapes, pairs of properties, counts, and SPARQL.
_FEW = ("path-complex-001", "in-001", "property-001", "lessThan-002", "qualifiedValueShape-001",
        "sparql-001")  # fmt: skip


def _cases() -> list[Case]:
    found = [c for c in cases() if c.kind is Kind.SHAPES]
    found = [c for c in found if (c.suite, c.key) not in known_failures()]
    if os.environ.get("KGTOOL_SPARK_ALL"):
        return found
    return [case for case in found if case.name.endswith(_FEW)]


@pytest.mark.skipif(not ROOT.is_dir(), reason=MISSING)
@pytest.mark.parametrize("case", _cases(), ids=str)
def test_case(case: Case, on_spark: OnSpark) -> None:
    wrong = report_failure(case, on_spark.open)
    assert wrong is None, wrong


@pytest.mark.parametrize("distinct", ["", "DISTINCT "])
def test_sums_of_shapes_have_128_bits(distinct: str, tmp_path: Path, on_spark: OnSpark) -> None:
    """Statements of shapes are text before they come to Spark."""
    numbers = [10**16 - 1 - n for n in range(1000)]  # which are held inline
    assert sum(numbers) > 2**63
    data = f":a a :A ; :p {', '.join(map(str, numbers))} ."
    select = f"SELECT $this (SUM({distinct}?n) AS ?value) {{ $this :p ?n }} GROUP BY $this"
    shapes = f"""{DECLARED}:S a sh:NodeShape ; sh:targetClass :A ; sh:sparql [
        sh:prefixes :px ; sh:message "{{?value}}" ; sh:select "{select}" ] ."""
    with (
        store_of(data, tmp_path) as store,
        validate(on_spark.open(store), shapes_of(shapes, tmp_path)) as report,
    ):  # fmt: skip
        assert [lexical_form(f.value) for f in report.findings] == [str(sum(numbers))]
