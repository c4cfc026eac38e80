"""Which FROM item each scan of the engine's plan reads.

A scan names its table and its filters, but not the alias. What tells: the constants that it is
filtered by, and where in the plan columns of the alias are read (see ``naming``). Two scans
that nothing tells apart do the same work, and either may stand for either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kgtool.analysis.profile import Step
from kgtool.analysis.statement import FromItem, aliases_in

_EQUAL = re.compile(r"\((\w+) = (-?\d+)\)")
_COMPARED = re.compile(r" (?:=|<>|!=|<=|>=|<|>|IS (?:NOT )?DISTINCT FROM) ")
#: What a step says of the columns that it reads; the filters of a scan name its own columns.
_SHARED = "__common_subplan"
_READ = ("Conditions", "Condition", "Expression", "Projections", "Order By", "Top", "Aggregates")


def scanned(root: Step, items: Mapping[str, FromItem]) -> dict[int, tuple[str, ...]]:
    """The aliases of each scan of a table, by the number of its step.

    There is one, but where the engine has found that several FROM items are the same.
    """
    scores = sorted(_scores(root, items), key=lambda score: -score[0])
    found: dict[int, str] = {}
    taken: set[str] = set()
    # The surest first. The engine may scan for one FROM item twice.
    for again in (False, True):
        for _, number, alias in scores:
            if number not in found and (again or alias not in taken):
                found[number] = alias
                taken.add(alias)
    shared = {
        step.number for cte in root.walk() if _is_shared(cte) for step in cte.inputs[0].walk()
    }
    left = [alias for alias in items if alias not in taken]
    return {
        number: (alias, *(_like(items[alias], left, items) if number in shared else ()))
        for number, alias in found.items()
    }


def _is_shared(step: Step) -> bool:
    return step.details.get("CTE Name", "").startswith(_SHARED)


def _like(item: FromItem, aliases: list[str], items: Mapping[str, FromItem]) -> Iterator[str]:
    for alias in aliases:
        if (items[alias].table, items[alias].constants) == (item.table, item.constants):
            yield alias


def _scores(root: Step, items: Mapping[str, FromItem]) -> list[tuple[float, int, str]]:
    """How well each scan fits each FROM item of its table."""
    scans = [step for step in root.walk() if step.kind == "TABLE_SCAN"]
    votes: dict[tuple[int, str], float] = {}
    for aliases, below, weight in _mentions(root):
        made = [inner for a in aliases if a in items for inner in items[a].inside]
        for alias in (*aliases, *made):
            for step in below:
                key = step.number, alias
                votes[key] = votes.get(key, 0.0) + weight / len(below)
    # A look-up in the dictionary is known by the column whose terms it looks up.
    for step in root.walk():
        if step.is_join:
            _vote_for_lookups(step, items, votes)
    result = []
    for scan in scans:
        table = scan.details.get("Table", "").rpartition(".")[2]
        constants = frozenset(_EQUAL.findall(scan.details.get("Filters", "")))
        for alias, item in items.items():
            if item.table == table:
                same = 100.0 if item.constants == constants else 0.0
                same += 10.0 * len(item.constants & constants)
                vote = votes.get((scan.number, alias), 0.0)
                result.append((same + vote, scan.number, alias))
    return result


def _mentions(step: Step) -> Iterator[tuple[frozenset[str], list[Step], float]]:
    """Aliases that a step names, the scans among which theirs are, and how surely."""
    if step.is_join and len(step.inputs) == 2:
        for names, side in zip(sides(step), step.inputs, strict=True):
            yield names, _scans(side), 2.0
    else:
        read = "; ".join(step.details.get(key, "") for key in _READ)
        yield aliases_in(read), [scan for each in step.inputs for scan in _scans(each)], 1.0
    for each in step.inputs:
        yield from _mentions(each)


def _vote_for_lookups(
    join: Step, items: Mapping[str, FromItem], votes: dict[tuple[int, str], float]
) -> None:
    text = join.details.get("Conditions", "")
    if "rowid" not in text:
        return
    named = aliases_in(text)
    for scan in (each for each in join.inputs if each.kind == "TABLE_SCAN"):
        for alias, item in items.items():
            if item.read and item.read == named:
                key = scan.number, alias
                votes[key] = votes.get(key, 0.0) + 5.0


def sides(join: Step) -> tuple[frozenset[str], frozenset[str]]:
    """The aliases that the conditions of a join name for its first and its second input."""
    first: set[str] = set()
    second: set[str] = set()
    text = join.details.get("Conditions", join.details.get("Condition", ""))
    for condition in text.split("; "):
        left, right = _halves(condition)
        first |= aliases_in(left)
        second |= aliases_in(right)
    return frozenset(first), frozenset(second)


def _halves(condition: str) -> tuple[str, str]:
    """What stands before and after the comparison of a condition; nothing where that is unclear."""
    for match in _COMPARED.finditer(condition):
        before = condition[: match.start()]
        if before.count("(") == before.count(")") and before.count("'") % 2 == 0:
            return before, condition[match.end() :]
    return "", ""


def _scans(step: Step) -> list[Step]:
    return [each for each in step.walk() if each.kind == "TABLE_SCAN"]
