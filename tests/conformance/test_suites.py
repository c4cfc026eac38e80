"""The cases of the W3C suites, one test a case; known.txt lists what fails today."""

from __future__ import annotations

import pytest

from tests.conformance.manifests import MISSING, ROOT, Case
from tests.conformance.running import failure, known_failures
from tests.conformance.suites import cases

pytestmark = pytest.mark.skipif(not ROOT.is_dir(), reason=MISSING)

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(case: Case) -> None:
    wrong = failure(case)
    reason = known_failures().get((case.suite, case.key))
    if reason is None:
        assert wrong is None, wrong
    elif wrong is None:
        pytest.fail(f"{case} passes: take it off the list in known.txt")
    else:
        pytest.xfail(reason)


def test_known_failures_are_cases() -> None:
    names = {(case.suite, case.key) for case in CASES}
    assert [known for known in known_failures() if known not in names] == []
