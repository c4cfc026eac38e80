"""Compares a result with the expected answer in a file, as rows added and missing.

An answer is a list of lines: the cells of a SELECT's row, the true or false of an ASK,
a triple of a graph. Blank nodes have no names that last, so those of one side take the names
of their like on the other before lines are compared; equal answers then have equal lines.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyoxigraph

from kgtool.errors import DataError, Location
from kgtool.rdf.alike import Node, Statement
from kgtool.rdf.matching import match_blank_nodes
from kgtool.results import GraphResult, Result

Row: TypeAlias = tuple[str, ...]

_BLANK = "_:"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as text. ``columns`` is empty for a graph or an ASK."""

    columns: Row
    rows: tuple[Row, ...]
    is_table: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """What a result has too much and too little; ``notes`` are differences of another kind."""

    added: tuple[Row, ...] = ()
    missing: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.missing or self.notes)

    def lines(self) -> list[str]:
        """The difference for people, in the manner of a patch."""
        return [
            *self.notes,
            *(f"- {_row_text(row)}" for row in self.missing),
            *(f"+ {_row_text(row)}" for row in self.added),
        ]


def answer_of(result: Result) -> tuple[str, Answer]:
    """The text of an expected file with this result in it, and the result as an answer."""
    if isinstance(result, GraphResult):
        text = result.serialize("turtle")
        return text, read_graph(text.encode(), "the result")
    text = result.serialize("csv")
    return text, read_rows(text, "the result")


def read_expected(path: Path, name: str) -> Answer:
    """The answer in a .csv or .ttl file."""
    data = path.read_bytes()
    if path.suffix == ".ttl":
        return read_graph(data, name)
    try:
        return read_rows(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError:
        raise DataError("not UTF-8", location=Location(name)) from None


def read_rows(text: str, name: str) -> Answer:
    try:
        lines = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as error:
        raise DataError(f"not CSV: {error}", location=Location(name)) from None
    if not lines:
        raise DataError("an empty file", location=Location(name), expected="a line of variables")
    if len(lines) == 1 and lines[0] in (("true",), ("false",)):
        return Answer((), (lines[0],))
    columns = lines[0]
    # A row with one unbound cell is written as an empty line.
    rows = tuple(row or ("",) * len(columns) for row in lines[1:])
    return Answer(columns, rows)


def read_graph(data: bytes, name: str) -> Answer:
    try:
        quads = list(pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.TURTLE))
    except SyntaxError as error:
        location = Location(name, error.lineno, error.offset)
        raise DataError(f"not Turtle: {error.msg}", location=location) from None
    rows = {(str(q.subject), str(q.predicate), str(q.object)) for q in quads}
    return Answer((), tuple(sorted(rows)), is_table=False)


def compare(
    expected: Answer, actual: Answer, *, ordered: bool, words: tuple[str, str] = ("expected", "got")
) -> Difference:
    """What differs; the order of rows counts only where ``ordered``.

    The expected answer of an ASK may have a line of its own above it, whatever its word.
    ``words`` is what notes call the two.
    """
    if actual.is_table and not actual.columns and len(expected.columns) == 1:
        expected = Answer((), expected.rows)
    if expected.columns != actual.columns or expected.is_table != actual.is_table:
        return _other_columns(expected, actual, words)
    if expected.rows == actual.rows:
        return Difference()
    wanted, notes = _renamed(expected, actual)
    missing, added = _surplus(wanted, actual.rows), _surplus(actual.rows, wanted)
    if missing or added or not ordered:
        return Difference(tuple(added), tuple(missing), notes if missing or added else ())
    wanted, notes = _renamed(expected, actual, ordered=True)
    if wanted == list(actual.rows):
        return Difference()
    return Difference(notes=(_first_out_of_order(wanted, actual.rows, words), *notes))


def is_ordered(text: str) -> bool:
    """Whether a query says in which order its rows come."""
    from kgtool.sparql import algebra as a
    from kgtool.sparql import parse_query

    query = parse_query(text)
    node = query.pattern
    while isinstance(node, a.Slice | a.Distinct | a.Reduced):
        node = node.pattern
    if isinstance(node, a.Project):  # a second one is a subquery's
        node = node.pattern
    return isinstance(query, a.SelectQuery) and isinstance(node, a.OrderBy)


def _other_columns(expected: Answer, actual: Answer, words: tuple[str, str]) -> Difference:
    if not expected.columns or not actual.columns:
        return Difference(actual.rows, expected.rows, ("another kind of answer",))
    before, after = (
        f"{w} {', '.join(a.columns)}" for w, a in zip(words, (expected, actual), strict=True)
    )
    note = f"columns: {before}; {after}"
    return Difference(actual.rows, expected.rows, (note,))


def _renamed(
    expected: Answer, actual: Answer, *, ordered: bool = False
) -> tuple[list[Row], tuple[str, ...]]:
    """The expected rows, with the names that blank nodes have in the actual ones, and notes."""
    numbers: dict[str, int] = {}
    old = list(_statements(expected, numbers, ordered))
    new = list(_statements(actual, numbers, ordered))
    if not old or not new:
        return list(expected.rows), ()
    found = match_blank_nodes(old, new)
    rows = [tuple(_renamed_cell(cell, found.pairs) for cell in row) for row in expected.rows]
    note = "some blank nodes look so much alike that they were not told apart"
    return rows, (note,) if found.undecided else ()


def _renamed_cell(cell: str, pairs: dict[str, str]) -> str:
    # What has no like must not have the name of another.
    return pairs.get(cell, f"{cell}.") if cell.startswith(_BLANK) else cell


def _statements(answer: Answer, numbers: dict[str, int], ordered: bool) -> Iterator[Statement]:
    """The rows with blank nodes as a graph; ``numbers`` are those of its other cells.

    A triple is one, and of a table each row is a node with a statement for each cell, and one
    for its number where the order counts.
    """

    def node(cell: str) -> Node:
        is_blank = cell.startswith(_BLANK)
        return cell if is_blank else numbers.setdefault(cell, len(numbers) + 1)

    for number, row in enumerate(answer.rows):
        if not any(cell.startswith(_BLANK) for cell in row):
            continue
        if not answer.is_table:
            yield node(row[0]), numbers.setdefault(row[1], len(numbers) + 1), node(row[2])
            continue
        if ordered:
            yield str(number), -1, number
        for column, cell in enumerate(row):
            yield str(number), column, node(cell)


def _surplus(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """The rows that stand here more often than there, in order."""
    spare = Counter(others)
    surplus = []
    for row in rows:
        if spare[row]:
            spare[row] -= 1
        else:
            surplus.append(row)
    return surplus


def _first_out_of_order(wanted: Sequence[Row], found: Sequence[Row], words: tuple[str, str]) -> str:
    place = next(i for i, (w, f) in enumerate(zip(wanted, found, strict=True)) if w != f)
    return (
        f"the order differs from row {place + 1}: {words[0]} {_row_text(wanted[place])}; "
        f"{words[1]} {_row_text(found[place])}"
    )


def _row_text(row: Row) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()
