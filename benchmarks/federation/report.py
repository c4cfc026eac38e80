"""What was measured, as Markdown."""

from __future__ import annotations

import argparse
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks.federation.engines import comunica_version, engines
from benchmarks.tables import machine, table

_TITLES = {"services": "With SERVICE", "sources": "Without SERVICE: three sources as one graph"}
Found = dict[str, Any]


def render(found: list[Found], options: argparse.Namespace, busy: float) -> str:
    """A table for each form of the queries, and what went wrong; ``busy`` is the load average."""
    parts = [
        f"{machine()}; Comunica {comunica_version()}, rdflib {_version('rdflib')}. "
        f"{options.triples:,} triples, {options.delay * 1000:.0f} ms before each answer. "
        f"The load average was {busy:.1f} when the run began."
    ]
    parts += [f"{engine.missing}." for engine in engines() if engine.missing]
    for form, title in _TITLES.items():
        rows = [row for row in found if row["form"] == form]
        if rows:
            parts += [f"### {title}", _table(rows)]
    parts.append(_differences(found))
    return "\n\n".join(parts) + "\n"


def _table(rows: list[Found]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row["engines"]))
    header = ["query", "rows", *(f"{name}: requests, seconds" for name in names)]
    lines = [
        [
            f"{row['query']}: {row['shape']}",
            f"{row['rows']:,}",
            *(_cell(row["engines"].get(name)) for name in names),
        ]
        for row in rows
    ]
    return table(header, lines)


def _cell(found: Found | None) -> str:
    if found is None:
        return ""
    if "over" in found:
        return f"{found['requests']:,} so far, over {found['over']:.0f}"
    if "error" in found:
        return f"{found['requests']:,}, error"
    wrong = "" if found["right"] else " (wrong)"
    return f"{found['requests']:,}, {found['seconds']:.2f}{wrong}"


def _differences(found: list[Found]) -> str:
    lines = [
        f"- {row['query']}, {_TITLES[row['form']].partition(':')[0].lower()}: {name} {said}"
        for row in found
        for name, each in row["engines"].items()
        if (said := _said(each))
    ]
    right = "are those of Oxigraph over the whole graph, compared as multisets of rows"
    if not lines:
        return f"All answers {right}."
    return "\n".join([f"All other answers {right}:", "", *lines])


def _said(found: Found) -> str:
    if "error" in found:
        return f"says: {found['error'][:200]}"
    if "over" in found:
        return f"was stopped after {found['over']:.0f} seconds"
    return "" if found["right"] else "answers something else"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(none)"
