"""An analysis as a table for a terminal: the figures in front, the tree of operators behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kgtool.analysis.measured import Analysis, Measured
from kgtool.analysis.operators import Operator

#: Eighths of a block.
_BLOCKS = " ▏▎▍▌▋▊▉█"
_BAR = 8
#: At least so much room is left for SQL beside the operators; else it stands below them.
_SQL_ROOM = 60
_MOST_OPERATOR = 72
_TIMES = 15 + _BAR
_HEAD = f"{'ms':>9}  {'%':<{_TIMES - 11}} {'rows':>10} {'expected':>10}   "


@dataclass(frozen=True, slots=True)
class Style:
    """How many columns there are, None for as many as it takes, and whether they have colours."""

    width: int | None = None
    color: bool = False

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.color else text

    def dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.color and text else text

    def alarm(self, text: str) -> str:
        return f"\x1b[1;31m{text}\x1b[0m" if self.color else text

    def cut(self, text: str, used: int) -> str:
        """The text in what is left of a line."""
        if self.width is None or used + len(text) <= self.width:
            return text
        return text[: max(self.width - used - 1, 0)] + "…"


def text_lines(analysis: Analysis, style: Style) -> Iterator[str]:
    """The lines of the table, and those below it."""
    return (line.rstrip() for line in _lines(analysis, style))


def _lines(analysis: Analysis, style: Style) -> Iterator[str]:
    labels = dict(_labels(analysis.measured[0].operator, "", ""))
    longest = min(max(map(len, labels.values())), _MOST_OPERATOR)
    beside = style.width is not None and style.width - len(_HEAD) - longest >= _SQL_ROOM
    head = _HEAD + (f"{'operator':{longest}}   SQL" if beside else "operator")
    yield style.bold(head)
    for each in analysis.measured:
        yield from _operator(analysis, each, labels[each.operator.number], longest, beside, style)
    for owners, seconds in analysis.shared():
        names = ", ".join(f"{o.kind} {o.text}".rstrip() for o in owners)
        yield style.cut(_figures(seconds, analysis) + f"shared by {names}", 0)
    if analysis.unattributed:
        yield _figures(analysis.unattributed, analysis) + "of no operator"
    yield ""
    yield from _foot(analysis, style)


def _labels(operator: Operator, first: str, rest: str) -> Iterator[tuple[int, str]]:
    """What stands in the last column for each operator, by its number.

    Only where there are several below one does the tree grow to the right.
    """
    yield operator.number, first + f"{operator.kind} {operator.text}".rstrip()
    if len(operator.children) == 1:
        yield from _labels(operator.children[0], rest, rest)
        return
    for child in operator.children:
        last = child is operator.children[-1]
        branch, below = ("└ ", "  ") if last else ("├ ", "│ ")
        yield from _labels(child, rest + branch, rest + below)


def _operator(
    analysis: Analysis, each: Measured, label: str, longest: int, beside: bool, style: Style
) -> Iterator[str]:
    slowest = each is analysis.slowest
    figures = _figures(each.seconds, analysis, each)
    note = f"  ({each.note})" if each.note else ""
    mark = "▶ " if slowest else "  "
    line = figures[:-2] + mark
    if beside:
        shown = Style(longest).cut(label, 0)
        sql = style.cut("; ".join(each.sql) + note, len(_HEAD) + longest + 3)
        text = line + f"{shown:{longest}}"
        yield (style.alarm(text) if slowest else text) + "   " + style.dim(sql)
        return
    text = style.cut(line + label + note, 0)
    yield style.alarm(text) if slowest else text
    guides = "".join(" " if c in "└├" else c for c in label[: _depth(label)])
    for sql in each.sql:
        yield style.dim(style.cut(" " * len(_HEAD) + guides + "    " + sql, 0))


def _depth(label: str) -> int:
    return len(label) - len(label.lstrip("└├│ "))


def _figures(seconds: float, analysis: Analysis, each: Measured | None = None) -> str:
    taken, share = "", 0.0
    if analysis.work:
        share = seconds / analysis.work
        taken = f"{milliseconds(seconds):>9}  {share * 100:>3.0f} {bar(share)}"
    rows = number(each.rows) if each else ""
    expected = number(each.estimate) if each else ""
    mark = "!" if each is not None and each.misestimated else " "
    return f"{taken:{_TIMES}} {rows:>10} {expected:>10}{mark}  "


def bar(share: float) -> str:
    """A bar of a share of 1, as wide as that of 1."""
    eighths = round(min(share, 1.0) * _BAR * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_BLOCKS[rest] if rest else "")).ljust(_BAR)


def number(rows: int | None) -> str:
    """A number of rows, beyond a thousand millions only how large it is; nothing for None."""
    if rows is None:
        return ""
    return f"{rows:,}" if rows < 1_000_000_000 else f"{rows:.1e}"


def milliseconds(seconds: float) -> str:
    """A time in milliseconds, with no more digits than it is worth."""
    value = seconds * 1000
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


def _foot(analysis: Analysis, style: Style) -> Iterator[str]:
    phases = analysis.phases
    named = ("parsing", "compiling", "planning", "running", "decoding")
    times = ", ".join(f"{name} {milliseconds(getattr(phases, name))}" for name in named)
    yield f"{times}: {milliseconds(phases.whole)} ms from the text to the last row"
    yield working(analysis)
    slowest = analysis.slowest
    if slowest is not None:
        yield from _slowest(slowest, analysis, style)
    if any(each.misestimated for each in analysis.measured):
        yield "! more than ten times as many rows as expected, or fewer than a tenth"


def working(analysis: Analysis) -> str:
    """A sentence on what the times of the operators are times of."""
    if analysis.stopped is not None:
        return f"{analysis.stopped.message}; the engine tells no times of what it has not finished."
    if not analysis.work:
        return "The engine answered from what it keeps about its tables, without these steps."
    return (
        f"The steps took {milliseconds(analysis.work)} ms of the running, "
        f"added up over {analysis.threads} threads."
    )


def _slowest(slowest: Measured, analysis: Analysis, style: Style) -> Iterator[str]:
    yield style.alarm("▶ the slowest:") + f" {slowest.operator.kind} {slowest.operator.text}"
    for step in sorted(slowest.steps, key=lambda s: -analysis.seconds[s.number])[:3]:
        expected = "" if step.estimate is None else f", {number(step.estimate)} expected"
        about = "; ".join(f"{k}: {v}" for k, v in step.details.items() if k in _TELLING)
        line = f"  {milliseconds(analysis.seconds[step.number]):>9} ms  {step.kind}  "
        yield style.cut(f"{line}{number(step.rows)} rows{expected}  {about}", 0)


#: What the engine says of a step that helps to see what it does.
_TELLING = ("Table", "CTE Name", "Join Type", "Conditions", "Expression", "Filters")
