"""Rules about stored queries and the answers that are expected of them."""

from __future__ import annotations

from collections.abc import Iterator

from kgtool.errors import Location, did_you_mean
from kgtool.project.expected import Difference, compare, is_ordered
from kgtool.project.lint.files import Expected
from kgtool.project.lint.rule import Finding
from kgtool.project.lint.view import View
from kgtool.project.stored import StoredQueries
from kgtool.sparql.algebra import AskQuery


def empty_queries(view: View) -> Iterator[Finding]:
    """Queries that give no row, or no triple, with their defaults."""
    for text, answer in view.answers.values():
        if not answer.rows and not isinstance(text.algebra, AskQuery):
            defaults = ", ".join(f"${p.name} = {p.default}" for p in text.query.parameters)
            yield Finding(
                "the query gives nothing" + (f" for {defaults}" if defaults else ""),
                (text.names.form or Location(text.query.file),),
            )


def stale_answers(view: View) -> Iterator[Finding]:
    """Expected answers that a query no longer gives, or that have no query."""
    names = StoredQueries(view.project).names()
    for each in view.files.expected:
        if each.name not in names:
            hint = did_you_mean(each.name, names)
            yield Finding("there is no query for this answer", (Location(each.file),), hint)
    answers = view.answers
    for each in view.files.expected:
        if each.name in answers:
            text, answer = answers[each.name]
            ordered = is_ordered(text.query.text)
            if difference := compare(each.answer, answer, ordered=ordered):
                yield _stale(each, difference)


def _stale(expected: Expected, difference: Difference) -> Finding:
    row = "row" if expected.answer.is_table else "triple"
    words = [line for line in difference.lines() if not line.startswith(("- ", "+ "))]
    for number, what in ((len(difference.missing), "missing"), (len(difference.added), "new")):
        if number:
            words.append(f"{number:,} {row}{'' if number == 1 else 's'} {what}")
    return Finding(
        f"the query answers otherwise: {', '.join(words)}",
        (_place(expected, difference),),
        f"`kgtool test {expected.name}` shows how; `--update` writes what it answers.",
    )


def _place(expected: Expected, difference: Difference) -> Location:
    """The line of the first row that is missing, where it is as the answer would be written."""
    text = expected.path.read_bytes().decode("utf-8-sig", errors="replace")
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    rows = [line[2:] for line in difference.lines() if line.startswith("- ")]
    found = next((number for number, line in enumerate(lines, 1) if line in rows), 1)
    return Location(expected.file, found, 1, lines[found - 1])
