"""The time of each step by itself.

The engine times what a step does, its inputs not counted, with two exceptions: a CTE whose
readers run while it is filled is timed with them, and a recursive CTE with what it repeats.
Here every step has its own time only, so that the sum is what all of them took.
"""

from __future__ import annotations

from kgtool.analysis.profile import Step

#: Steps that take in all of an input before they give anything.
_BLOCKING = frozenset(
    {
        "HASH_GROUP_BY",
        "PERFECT_HASH_GROUP_BY",
        "PARTITIONED_AGGREGATE",
        "UNGROUPED_AGGREGATE",
        "ORDER_BY",
        "TOP_N",
        "WINDOW",
        "CTE",
        "RECURSIVE_CTE",
        "RESULT_COLLECTOR",
    }
)


def own_seconds(root: Step) -> dict[int, float]:
    """The seconds of each step without those of any other, by the number of the step."""
    seconds = {step.number: step.seconds for step in root.walk()}
    parents = {each.number: step for step in root.walk() for each in step.inputs}
    for step in root.walk():
        if step.kind == "RECURSIVE_CTE":
            repeated = step.inputs[-1].walk()
            others = sum(each.seconds for each in repeated)
        elif step.kind == "CTE":
            others = _of_readers(step, root, parents)
        else:
            continue
        seconds[step.number] = max(0.0, step.seconds - others)
    return seconds


def _of_readers(cte: Step, root: Step, parents: dict[int, Step]) -> float:
    """The seconds of what reads a CTE as it is filled, up to where each reader has to wait."""
    total = 0.0
    index = cte.details.get("Table Index")
    for scan in root.walk():
        details = scan.details
        if scan.kind != "CTE_SCAN" or details.get("CTE Index") != index:
            continue
        if details.get("CTE Mode") == "DIRECT":
            total += sum(step.seconds for step in _pipeline(scan, parents))
    return total


def _pipeline(step: Step, parents: dict[int, Step]) -> list[Step]:
    """A step, and those that its rows run through at once."""
    found = [step]
    while (parent := parents.get(step.number)) is not None:
        found.append(parent)
        builds = parent.is_join and parent.inputs[0] is not step
        if parent.kind in _BLOCKING or builds:
            break
        step = parent
    return found
