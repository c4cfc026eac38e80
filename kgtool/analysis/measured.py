"""What comes out of an analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kgtool.analysis.operators import Operator, common
from kgtool.analysis.profile import Step
from kgtool.errors import LimitError
from kgtool.sparql.algebra import Query
from kgtool.sparql.writing import Piece, pieces

#: So many times more or fewer rows than expected are worth a mark, where that is so many rows.
_TIMES_OFF, _ROWS_OFF = 10, 100


@dataclass(slots=True)
class Measured:
    """One operator: what it took by itself, what it gives, and what it became.

    ``estimate`` and ``rows`` are of its solutions as the algebra defines them, None where
    they are not known, for the reason that ``note`` gives.
    """

    operator: Operator
    sql: list[str]
    estimate: int | None = None
    rows: int | None = None
    note: str = ""
    seconds: float = 0.0
    steps: list[Step] = field(default_factory=list)

    @property
    def misestimated(self) -> bool:
        if self.estimate is None or self.rows is None:
            return False
        low, high = sorted((max(self.estimate, 1), max(self.rows, 1)))
        return high > _TIMES_OFF * low and high - low >= _ROWS_OFF


@dataclass(frozen=True, slots=True)
class Phases:
    """The seconds of each phase, one after the other, as a clock on the wall has them."""

    parsing: float
    compiling: float
    planning: float
    running: float
    decoding: float

    @property
    def whole(self) -> float:
        return self.parsing + self.compiling + self.planning + self.running + self.decoding


@dataclass(slots=True)
class Analysis:
    """What came out.

    ``seconds`` has the time of each step of the engine's plan by itself, by the step's number,
    and ``owners`` the operators that it works for. ``work`` is the sum; it is that of all
    ``threads``. ``measured`` has the operators in the order of the tree, the root first, and
    ``aliases`` those that the names of FROM items in the statement come from. Where the query
    was ``stopped``, because it hit a limit, its rows and all times of steps are unknown.
    """

    query: Query
    sql: str
    threads: int
    rows: int | None
    stopped: LimitError | None
    phases: Phases
    plan: Step
    seconds: Mapping[int, float]
    owners: Mapping[int, tuple[Operator, ...]]
    measured: list[Measured]
    aliases: Mapping[str, Operator]

    @property
    def work(self) -> float:
        return sum(self.seconds.values(), 0.0)

    @property
    def sparql(self) -> list[Piece]:
        """The query as it ran, with its parameters, piece by piece."""
        return pieces(self.query)

    @property
    def slowest(self) -> Measured | None:
        """The operator that took the longest by itself; None where times are unknown."""
        return max(self.measured, key=lambda each: each.seconds) if self.work else None

    def shared(self) -> list[tuple[tuple[Operator, ...], float]]:
        """The seconds of what several operators need that stand apart, by these operators."""
        found: dict[tuple[Operator, ...], float] = {}
        for step in self.plan.walk():
            owners = self.owners[step.number]
            if owners and charged(owners) is None:
                found[owners] = found.get(owners, 0.0) + self.seconds[step.number]
        return list(found.items())

    @property
    def unattributed(self) -> float:
        """The seconds of steps that no operator is known to have asked for."""
        steps = (step.number for step in self.plan.walk())
        return sum((self.seconds[number] for number in steps if not self.owners[number]), 0.0)


def charged(owners: tuple[Operator, ...]) -> Operator | None:
    """The operator at which a step is told: its own, or that of its own which has the others."""
    top = common([*owners])
    return top if top in owners else None
