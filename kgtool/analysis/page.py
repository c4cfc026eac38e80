"""An analysis as one HTML file: the query, its operators and the statement side by side.

It needs nothing from elsewhere and no script. What belongs to one operator has one class in
all columns, and is marked where a pointer or the keyboard is on any of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from kgtool.analysis.measured import Analysis, Measured
from kgtool.analysis.operators import Operator
from kgtool.analysis.profile import Step
from kgtool.analysis.text import milliseconds, number, working

_ALIAS = re.compile(r"\b[a-z]+[0-9]+\b")
_PHASES = ("parsing", "compiling", "planning", "running", "decoding")


def page(analysis: Analysis, title: str) -> str:
    """The whole file."""
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}: where the time is</title>",
            f"<style>\n{style}{_marking(analysis)}</style>",
            "</head>",
            "<body>",
            *_summary(analysis, title),
            "<main>",
            f"<section>\n<h2>SPARQL</h2>\n<pre>{_sparql(analysis)}</pre>\n</section>",
            "<section>\n<h2>Operators</h2>",
            *_tree(analysis),
            "</section>",
            f"<section>\n<h2>SQL</h2>\n<pre>{_sql(analysis)}</pre>\n</section>",
            "</main>",
            "</body>",
            "</html>\n",
        )
    )


def _marking(analysis: Analysis) -> str:
    """What of an operator is marked together with the rest of it."""
    rules = []
    for each in analysis.measured:
        part = f".o{each.operator.number}"
        for state in ("hover", "focus"):
            rules.append(f"body:has({part}:{state}) {part} {{ background: var(--mark); }}")
    return "\n".join(rules) + "\n"


def _summary(analysis: Analysis, title: str) -> Iterator[str]:
    phases = analysis.phases
    yield f"<header>\n<h1>{escape(title)}</h1>"
    parts = "".join(
        f'<i style="width: {100 * getattr(phases, name) / phases.whole:.2f}%"></i>'
        for name in _PHASES
    )
    yield f'<div class="phases" aria-hidden="true">{parts}</div>'
    times = ", ".join(f"{name} {milliseconds(getattr(phases, name))}" for name in _PHASES)
    rows = "" if analysis.rows is None else f", {number(analysis.rows)} rows"
    yield f"<p>{times}: <b>{milliseconds(phases.whole)} ms</b>{rows}</p>"
    yield f"<p>{escape(working(analysis))}</p>"
    if analysis.slowest is not None:
        label = escape(_label(analysis.slowest.operator))
        taken = milliseconds(analysis.slowest.seconds)
        yield f"<p>The slowest: <b>{label}</b>, {taken} ms</p>"
    yield "</header>"


def _label(operator: Operator) -> str:
    return f"{operator.kind} {operator.text}".rstrip()


def _sparql(analysis: Analysis) -> str:
    of = {id(each.operator.node): each.operator for each in analysis.measured}
    for each in analysis.measured:  # the triple pattern of a BGP that has no other
        for triple in getattr(each.operator.node, "triples", ()):
            of.setdefault(id(triple), each.operator)
    parts = []
    for piece in analysis.sparql:
        operator = of.get(id(piece.node))
        body = piece.text.lstrip("\n ")
        space, text = piece.text[: len(piece.text) - len(body)], escape(body)
        marked = f'<span class="o{operator.number}">{text}</span>' if operator and text else text
        parts.append(space + marked)
    return "".join(parts).strip("\n")


def _sql(analysis: Analysis) -> str:
    """The statement; the names that an operator has given are parts of it."""

    def marked(match: re.Match[str]) -> str:
        operator = analysis.aliases.get(match[0])
        return (
            match[0] if operator is None else f'<span class="o{operator.number}">{match[0]}</span>'
        )

    return _ALIAS.sub(marked, escape(analysis.sql, quote=False))


# The tree -------------------------------------------------------------------------------


def _tree(analysis: Analysis) -> Iterator[str]:
    measured = {each.operator.number: each for each in analysis.measured}
    yield "<ul>"
    yield from _operator(analysis.measured[0].operator, 0, measured, analysis)
    yield "</ul>"
    for owners, seconds in analysis.shared():
        names = ", ".join(map(_label, owners))
        yield f"<p>{milliseconds(seconds)} ms shared by {escape(names)}</p>"
    if analysis.unattributed:
        yield f"<p>{milliseconds(analysis.unattributed)} ms of no operator</p>"


def _operator(
    operator: Operator, depth: int, measured: dict[int, Measured], analysis: Analysis
) -> Iterator[str]:
    each = measured[operator.number]
    slowest = ' class="slowest" open' if each is analysis.slowest else ""
    share = 100 * each.seconds / analysis.work if analysis.work else 0.0
    yield f"<li>\n<details{slowest}>"
    yield (
        f'<summary class="o{operator.number}" style="--depth: {depth}">'
        f'<span class="time">{_time(each, analysis)}</span>'
        f'<span class="bar" title="{share:.0f} %"><i style="width: {share:.1f}%"></i></span>'
        f'<span class="text"><b>{operator.kind}</b> {escape(operator.text)}</span>'
        f'<span class="rows">{_rows(each)}</span></summary>'
    )
    yield from _inside(each, analysis)
    yield "</details>"
    if operator.children:
        yield "<ul>"
        # As in text, the tree grows to the right only where it has branches.
        below = depth + (len(operator.children) > 1)
        for child in operator.children:
            yield from _operator(child, below, measured, analysis)
        yield "</ul>"
    yield "</li>"


def _time(each: Measured, analysis: Analysis) -> str:
    return f"{milliseconds(each.seconds)} ms" if analysis.work else ""


def _rows(each: Measured) -> str:
    expected = "" if each.estimate is None else f"{number(each.estimate)} expected"
    if each.misestimated:
        expected = f'<span class="off">{expected}</span>'
    rows = escape(each.note) if each.rows is None else f"{number(each.rows)} rows"
    return ", ".join(part for part in (rows, expected) if part)


def _inside(each: Measured, analysis: Analysis) -> Iterator[str]:
    yield '<div class="inside">'
    if each.sql:
        yield f"<pre>{escape(chr(10).join(each.sql))}</pre>"
    if each.steps:
        yield (
            '<table>\n<tr><th class="number">ms</th><th>step of the engine</th>'
            '<th class="number">rows</th><th class="number">expected</th><th></th></tr>'
        )
        for step in sorted(each.steps, key=lambda step: -analysis.seconds[step.number]):
            yield _step(step, analysis)
        yield "</table>"
    yield "</div>"


def _step(step: Step, analysis: Analysis) -> str:
    details = "; ".join(f"{name}: {value}" for name, value in step.details.items())
    return (
        f'<tr><td class="number">{milliseconds(analysis.seconds[step.number])}</td>'
        f'<td>{escape(step.kind)}</td><td class="number">{number(step.rows)}</td>'
        f'<td class="number">{number(step.estimate)}</td><td>{escape(details)}</td></tr>'
    )
