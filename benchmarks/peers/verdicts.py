"""Whose answers agree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.answers import first_difference, kept_answer
from benchmarks.timing import Result

#: Whose answer counts where as many engines give one as give another.
FIRST = ("pyoxigraph", "kgtool")


def judge(asked: Mapping[str, Result], answers: Path, query: str) -> None:
    """Writes ``wrong`` or ``datatypes`` to each engine's result, with a row that differs.

    What most engines answer counts as right.
    """
    groups: dict[tuple[int, ...], list[str]] = {}
    for engine, found in asked.items():
        if digests := found.get("digests"):
            key = tuple(d for each in digests for d in (each["rows"], each["loose"]))
            groups.setdefault(key, []).append(engine)
    if not groups:
        return
    right = max(groups.values(), key=lambda group: (len(group), *(e in group for e in FIRST)))
    reference = next((engine for engine in FIRST if engine in right), right[0])
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
