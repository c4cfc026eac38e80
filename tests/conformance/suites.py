"""All the cases there are, and what is left to other parts of the tool."""

from __future__ import annotations

from collections import Counter

from tests.conformance import manifests
from tests.conformance.entailment import entailment_cases
from tests.conformance.manifests import Case


def cases() -> list[Case]:
    """The cases of all suites; none where those are missing."""
    return [*manifests.cases(), *entailment_cases()]


def left_out() -> Counter[str]:
    """How many tests there are of what is left out, by category.

    Of SPARQL's entailment those are, of which a test names none but regimes that are not ours.
    """
    asked = {case.name for case in entailment_cases() if case.suite == "entailment"}
    found = manifests.left_out()
    found["entailment"] -= len(asked)
    return found
