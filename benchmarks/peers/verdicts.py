"""Whose answers agree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.answers import first_difference, kept_answer
from benchmarks.timing import Result

#: Whose answer counts where as many engines give one as give another.
ARBITER = "pyoxigraph"


def judge(asked: Mapping[str, Result], answers: Path, query: str) -> None:
    """Writes ``wrong``, ``datatypes`` or ``disputed`` to results, with a row that differs.

    What most engines answer counts as right; without a majority and the arbiter nothing does.
    """
    groups: dict[tuple[int, ...], list[str]] = {}
    for engine, found in asked.items():
        if digests := found.get("digests"):
            key = tuple(d for each in digests for d in (each["rows"], each["loose"]))
            groups.setdefault(key, []).append(engine)
    if not groups:
        return
    most = max(map(len, groups.values()))
    largest = [group for group in groups.values() if len(group) == most]
    right = next((group for group in largest if ARBITER in group), largest[0])
    reference = ARBITER if ARBITER in right else right[0]
    if len(largest) > 1 and ARBITER not in right:
        for engine in (engine for group in groups.values() for engine in group):
            if engine != reference:
                asked[engine]["disputed"] = _difference(answers, query, engine, reference)
        asked[reference]["disputed"] = ""
        return
    for group in groups.values():
        for engine in group:
            if group is not right:
                asked[engine]["wrong"] = _difference(answers, query, engine, reference)
            elif _strict(asked[engine]) != _strict(asked[reference]):
                asked[engine]["datatypes"] = _difference(answers, query, engine, reference)


def _strict(found: Result) -> list[int]:
    return [digest["strict"] for digest in found["digests"]]


def _difference(answers: Path, query: str, engine: str, reference: str) -> str:
    """The first of the query's values whose answers differ."""
    for path in sorted(answers.glob(f"{query}.{reference}.*")):
        theirs, right = (
            sorted(kept_answer(answers / f"{query}.{each}{path.suffix}"))
            for each in (engine, reference)
        )
        if theirs != right:
            return first_difference(theirs, right)
    return "rows that were not kept differ"
