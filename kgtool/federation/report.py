"""What a federated query has cost."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Cost:
    """What one SERVICE has cost: requests and those that a cache answered, bindings that were sent,
    rows that came, seconds from the first request to the last row."""

    endpoint: str
    text: str
    requests: int = 0
    kept: int = 0
    bindings: int = 0
    rows: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Report:
    """What a federated query has done; ``warnings`` name endpoints that failed under SILENT."""

    costs: list[Cost] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
