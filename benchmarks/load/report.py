"""What was measured, as Markdown."""

from __future__ import annotations

import argparse
from itertools import chain
from typing import Any

from benchmarks.load.mix import MIX, SHARES, TITLES
from benchmarks.load.servers import Running
from benchmarks.tables import machine, table, times

#: How many times Oxigraph's throughput is wanted.
_WANTED = {"look-up": 0.5, "analytic": 10.0}
#: The part of a core above which the clients may have been what was slow.
_MOST = 0.8
Found = dict[str, Any]
#: By class and server.
Measured = dict[str, dict[str, Found]]


def render(
    found: Measured,
    servers: list[Running],
    options: argparse.Namespace,
    busy: float,
    differences: list[str],
) -> str:
    """The tables, and what went wrong; ``busy`` is the load average, ``differences`` answers."""
    own, other = servers
    shares = ", ".join(f"{share} % {TITLES[kind]}" for kind, share in SHARES.items())
    parts = [
        f"{machine()}; {other.title}; kgtool with {options.processes} processes. "
        f"{options.triples:,} triples, {options.clients} clients, {options.seconds:g} seconds of "
        f"the mix: {shares}. The load average was {busy:.1f} when the run began.",
        _targets(found, own, other),
        _processor_time(found, own, other),
        _throughput(found, own, other),
        "Answers a second, and milliseconds of the processor that the server took for one. "
        f"The analytic queries by themselves are asked by {found['analytic'][own.name]['clients']} "
        "clients.",
        "### The classes within the mix",
        _within(found[MIX], own, other),
        _errors(found, servers),
        _clients(found, servers),
    ]
    if differences:
        parts += ["Answers that differ from kgtool's:", "\n".join(f"- {d}" for d in differences)]
    else:
        parts.append("All answers that were compared are equal, as multisets of rows.")
    return "\n\n".join(parts) + "\n"


def _targets(found: Measured, own: Running, other: Running) -> str:
    rows = []
    for kind, wanted in _WANTED.items():
        ratio = rate(found[kind][own.name]) / rate(found[kind][other.name])
        met = "met" if ratio >= wanted else "not met"
        rows.append([f"{TITLES[kind]}, times Oxigraph's", f"≥ {wanted:g}", times(ratio), met])
    wrong = errors(found[MIX][own.name])
    rows.append(["errors in the mix", "0", f"{wrong}", "not met" if wrong else "met"])
    return table(["target", "wanted", "measured", ""], rows)


def _processor_time(found: Measured, own: Running, other: Running) -> str:
    """The same by processor time, which other work on the machine disturbs less."""
    look_up, analytic = (
        _cost(found[kind][other.name]) / _cost(found[kind][own.name]) for kind in _WANTED
    )
    return (
        "By processor time, which other work on the machine disturbs less than the clock, "
        f"Oxigraph takes {times(look_up)} times as long for a look-up and {times(analytic)} times "
        "as long for an analytic query."
    )


def _cost(found: Found) -> float:
    """Seconds of the processor for an answer; next to nothing where none is told."""
    return float(found["server"] / sum(map(len, found["latencies"].values()))) or 1e-9


def _throughput(found: Measured, own: Running, other: Running) -> str:
    header = [
        *("", "kgtool: answers/s", "p50, ms", "p99, ms", "CPU, ms"),
        *("Oxigraph: answers/s", "p50, ms", "p99, ms", "CPU, ms", "ratio"),
    ]
    rows = []
    for kind, title in TITLES.items():
        ours, theirs = found[kind][own.name], found[kind][other.name]
        ratio = times(rate(ours) / rate(theirs))
        rows.append([title, *_cells(ours), *_cells(theirs), ratio])
    return table(header, rows)


def _cells(found: Found) -> list[str]:
    every = sorted(chain.from_iterable(found["latencies"].values()))
    return [
        f"{rate(found):,.0f}",
        *_percentiles(every),
        _number(_cost(found) * 1e3),
    ]


def _within(found: dict[str, Found], own: Running, other: Running) -> str:
    header = [
        "",
        "kgtool: answers",
        "p50, ms",
        "p99, ms",
        "Oxigraph: answers",
        "p50, ms",
        "p99, ms",
    ]
    rows = []
    for kind in SHARES:
        row = [TITLES[kind]]
        for server in (own, other):
            latencies = found[server.name]["latencies"].get(kind, [])
            row += [f"{len(latencies):,}", *_percentiles(latencies)]
        rows.append(row)
    return table(header, rows)


def _percentiles(latencies: list[int]) -> list[str]:
    """The median and the 99th percentile, in milliseconds; ``latencies`` are sorted."""
    if not latencies:
        return ["", ""]
    return [_number(latencies[len(latencies) * part // 100] / 1e3) for part in (50, 99)]


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _errors(found: Measured, servers: list[Running]) -> str:
    lines = [
        f"- {TITLES[kind]}, {server.title}: {count} times {what}"
        for kind, each in found.items()
        for server in servers
        for counted in each[server.name]["errors"].values()
        for what, count in counted.items()
    ]
    return "\n".join(["Errors:", "", *lines]) if lines else "There were no errors."


def _clients(found: Measured, servers: list[Running]) -> str:
    shares = [
        each[server.name]["cpu"] / each[server.name]["seconds"]
        for each in found.values()
        for server in servers
    ]
    said = f"The process of the clients took at most {max(shares):.0%} of one core"
    return f"{said}." if max(shares) < _MOST else f"{said}, so that it may have been what was slow."


def rate(found: Found) -> float:
    """Answers a second."""
    return float(found["answered"] / found["seconds"])


def errors(found: Found) -> int:
    return sum(sum(each.values()) for each in found["errors"].values())
