"""Counts for /metrics, in the text format of Prometheus."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: The counts of one process, for another.
State: TypeAlias = list[Any]
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """What has been answered, by operation. Changed in the event loop alone."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()
        self._bytes: Counter[str] = Counter()
        self._seconds: dict[str, float] = {}
        self._buckets: dict[str, list[int]] = {}
        self._cut: Counter[str] = Counter()

    def record(self, operation: str, status: int, seconds: float, sent: int, cut: bool) -> None:
        """A request that has ended; ``cut`` says that its answer has been cut off."""
        self._requests[operation, status] += 1
        self._bytes[operation] += sent
        self._seconds[operation] = self._seconds.get(operation, 0.0) + seconds
        self._cut[operation] += cut
        buckets = self._buckets.setdefault(operation, [0] * (len(_BOUNDS) + 1))
        buckets[bisect_left(_BOUNDS, seconds)] += 1

    def state(self) -> State:
        """All counts, in a form that JSON has."""
        requests = [[*series, count] for series, count in self._requests.items()]
        return [requests, self._bytes, self._cut, self._seconds, self._buckets]

    def add(self, state: State) -> None:
        """Adds the counts of others."""
        requests, sent, cut, seconds, buckets = state
        self._requests.update({(operation, status): n for operation, status, n in requests})
        self._bytes.update(sent)
        self._cut.update(cut)
        for operation, found in buckets.items():
            own = self._buckets.get(operation, [0] * len(found))
            self._buckets[operation] = [a + b for a, b in zip(own, found, strict=True)]
            self._seconds[operation] = self._seconds.get(operation, 0.0) + seconds[operation]

    def text(self, gauges: Iterable[tuple[str, str, float]]) -> str:
        """All counts, and these gauges: name, help and value."""
        return "".join(f"{line}\n" for line in self._lines(gauges))

    def _lines(self, gauges: Iterable[tuple[str, str, float]]) -> Iterator[str]:
        yield from _head("kgtool_requests_total", "counter", "Requests that have been answered.")
        for (operation, status), count in sorted(self._requests.items()):
            yield f'kgtool_requests_total{{operation="{operation}",status="{status}"}} {count}'
        yield from _head("kgtool_cut_answers_total", "counter", "Answers that were cut off.")
        for operation, count in sorted(self._cut.items()):
            yield f'kgtool_cut_answers_total{{operation="{operation}"}} {count}'
        yield from _head("kgtool_sent_bytes_total", "counter", "Bytes of bodies.")
        for operation, count in sorted(self._bytes.items()):
            yield f'kgtool_sent_bytes_total{{operation="{operation}"}} {count}'
        yield from _head("kgtool_request_seconds", "histogram", "From a request to its last byte.")
        for operation, buckets in sorted(self._buckets.items()):
            name, total = f'operation="{operation}"', 0
            for bound, count in zip((*_BOUNDS, "+Inf"), buckets, strict=True):
                total += count
                yield f'kgtool_request_seconds_bucket{{{name},le="{bound}"}} {total}'
            yield f"kgtool_request_seconds_sum{{{name}}} {self._seconds[operation]:.6f}"
            yield f"kgtool_request_seconds_count{{{name}}} {total}"
        for gauge, help_, value in gauges:
            kind = "counter" if gauge.endswith("_total") else "gauge"
            yield from _head(gauge, kind, help_)
            yield f"{gauge} {value:g}"


def _head(name: str, kind: str, help_: str) -> Iterator[str]:
    yield f"# HELP {name} {help_}"
    yield f"# TYPE {name} {kind}"
