"""What the engine tells of a statement that it has run: its steps, their rows and times."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kgtool.engine.store import Store

_JOINS = frozenset(
    {
        "HASH_JOIN",
        "CROSS_PRODUCT",
        "NESTED_LOOP_JOIN",
        "BLOCKWISE_NL_JOIN",
        "PIECEWISE_MERGE_JOIN",
        "IE_JOIN",
        "ASOF_JOIN",
        "POSITIONAL_JOIN",
        "LEFT_DELIM_JOIN",
        "RIGHT_DELIM_JOIN",
    }
)


@dataclass(slots=True)
class Step:
    """A physical operator: what it is, what it took, and what it says of itself.

    ``seconds`` are those of all threads, its inputs not counted; ``rows`` are None where it has
    not run, and ``estimate``, how many the engine expected, where it does not say.
    """

    number: int
    kind: str
    seconds: float
    rows: int | None
    estimate: int | None
    details: dict[str, str]
    inputs: list[Step] = field(default_factory=list)

    @property
    def is_join(self) -> bool:
        return self.kind in _JOINS

    @property
    def is_cte(self) -> bool:
        return self.kind in ("CTE", "RECURSIVE_CTE")

    def walk(self) -> Iterator[Step]:
        """This step and all below it, itself first."""
        yield self
        for step in self.inputs:
            yield from step.walk()


@dataclass(frozen=True, slots=True)
class Profile:
    """``planning`` is the time, in seconds, from the text of the statement to its plan."""

    root: Step
    planning: float


def read_profile(text: str) -> Profile | None:
    """The engine's profile, from its JSON; None where it has answered without a plan.

    It does so where all that is asked for is the number of rows of a table.
    """
    profile = json.loads(text)
    numbers = iter(range(1_000_000))
    if "operator" not in profile:
        return None
    (root,) = profile["operator"]
    parts = (profile.get(part, {}) for part in ("planner", "optimizer", "physical_planner"))
    return Profile(_step(root, numbers), sum(part.get("total_time", 0.0) for part in parts))


def planned(store: Store, statement: str) -> Step:
    """The steps by which the engine would run a statement, without rows and times."""
    cursor = store.connection.cursor()
    ((_, text),) = cursor.execute(f"EXPLAIN (FORMAT json) {statement}").fetchall()
    (root,) = json.loads(text)
    return _step(root, iter(range(1_000_000)))


def _step(node: dict[str, Any], numbers: Iterator[int]) -> Step:
    details = {k: _text(v) for k, v in node.get("extra_info", {}).items()}
    estimate = details.pop("Estimated Cardinality", None)
    step = Step(
        next(numbers),
        node["type"] if "type" in node else node["name"].strip(),
        float(node.get("timing", 0.0)),
        node.get("intermediate_rows"),
        None if estimate is None else int(estimate),
        details,
    )
    step.inputs = [_step(child, numbers) for child in node.get("children", ())]
    return step


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def expected_rows(step: Step) -> int:
    """How many rows the engine expected of a step, which may leave that to its inputs."""
    if step.estimate is not None:
        return step.estimate
    below = [expected_rows(each) for each in step.inputs]
    match step.kind:
        case "UNION":
            return sum(below)
        case "CROSS_PRODUCT":
            return below[0] * below[1]
        case "EMPTY_RESULT":
            return 0
        case "CTE":
            return below[-1]
    return below[0] if below else 1
