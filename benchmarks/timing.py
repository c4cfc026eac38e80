"""How long an action takes, once and again."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Result = dict[str, Any]


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of processor time over all threads."""

    wall: float
    cpu: float


def spent(action: Callable[[], object]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def summary(runs: Sequence[Spent]) -> Result:
    walls = [run.wall for run in runs]
    return {
        "first": walls[0],
        "best": min(walls),
        "median": statistics.median(walls),
        "cpu": min(run.cpu for run in runs),
        "runs": len(runs),
    }


def by_turns(actions: Mapping[str, Callable[[], object]], budget: float = 4.0) -> Result:
    """Runs the actions one after the other, three to forty times within ``budget`` seconds."""
    runs: dict[str, list[Spent]] = {name: [] for name in actions}
    started = time.perf_counter()
    for turn in range(40):
        if turn >= 3 and time.perf_counter() - started > budget:
            break
        for name, action in actions.items():
            runs[name].append(spent(action))
    return {name: summary(each) for name, each in runs.items()}


def repeated(action: Callable[[], object], budget: float = 2.0) -> Result:
    found: Result = by_turns({"": action}, budget)[""]
    return found
