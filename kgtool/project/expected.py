"""Compares a result with the expected answer in a file, as rows added and missing.

An answer is a list of lines: the cells of a SELECT's row, the true or false of an ASK,
a triple of a graph. Blank nodes have no names that last, so those of one side take the names
of their like on the other before lines are compared; equal answers then have equal lines.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyoxigraph

from kgtool.errors import DataError, Location
from kgtool.project.files import refuse_conflict
from kgtool.project.sources import Triple
from kgtool.rdf.alike import Node, Statement
from kgtool.rdf.convert import to_oxigraph
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
    """What a result has too much and too little.

    ``disorder`` is the number of the first row that comes too early or too late, and which was
    expected and which came, as ``words`` call them; ``notes`` are differences of another kind.
    """

    added: tuple[Row, ...] = ()
    missing: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    disorder: tuple[int, Row, Row] | None = None
    words: tuple[str, str] = ("expected", "got")

    def __bool__(self) -> bool:
        return bool(self.added or self.missing or self.notes or self.disorder)

    def lines(self, written: Callable[[Row], str] | None = None) -> list[str]:
        """The difference for people, in the manner of a patch; ``written`` writes a row."""
        text = written or _row_text
        lines = self.remarks(written)
        lines += [f"- {text(row)}" for row in self.missing]
        return lines + [f"+ {text(row)}" for row in self.added]

    def remarks(self, written: Callable[[Row], str] | None = None) -> list[str]:
        """What there is to say besides the rows."""
        text = written or _row_text
        remarks = list(self.notes)
        if self.disorder is not None:
            number, *rows = self.disorder
            said = (f"{w} {text(row)}" for w, row in zip(self.words, rows, strict=True))
            remarks.append(f"the order differs from row {number}: {'; '.join(said)}")
        return remarks


def answer_of(result: Result) -> tuple[str, Answer]:
    """The text of an expected file with this result in it, and the result as an answer."""
    if isinstance(result, GraphResult):
        text = result.serialize("turtle")
        return text, read_graph(text.encode(), "the result")
    text = result.serialize("csv")
    return text, read_rows(text, "the result")


def read_expected(path: Path, name: str) -> Answer:
    """The answer in a .csv or .ttl file. Raises DataError, with the place."""
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        place = Location.at(error.start, data.decode("latin-1"), name)._replace(text=None)
        raise DataError("not UTF-8", location=place) from None
    refuse_conflict(text, name)
    return read_graph(text.encode(), name) if path.suffix == ".ttl" else read_rows(text, name)


def read_rows(text: str, name: str) -> Answer:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [tuple(row) for row in reader]
    except csv.Error as error:
        place = Location(name, reader.line_num).in_text(text)
        raise DataError(f"not CSV: {error}", location=place) from None
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
        location = Location(name, error.lineno, error.offset).in_text(data.decode(errors="replace"))
        raise DataError(f"not Turtle: {error.msg}", location=location) from None
    return _graph_answer((q.subject, q.predicate, q.object) for q in quads)


def graph_answer(triples: Iterable[Triple]) -> Answer:
    """A graph as an answer."""
    return _graph_answer(map(to_oxigraph, triple) for triple in triples)


def _graph_answer(triples: Iterable[Iterable[object]]) -> Answer:
    rows = {tuple(map(str, triple)) for triple in triples}
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
    disorder = _first_out_of_order(wanted, actual.rows)
    return Difference(notes=notes, disorder=disorder, words=words)


def is_ordered(text: str, prefixes: Mapping[str, str] | None = None) -> bool:
    """Whether a query, which need not declare ``prefixes``, says in which order its rows come."""
    from kgtool.sparql import algebra as a
    from kgtool.sparql import parse_query

    query = parse_query(text, prefixes=prefixes)
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


def _first_out_of_order(wanted: Sequence[Row], found: Sequence[Row]) -> tuple[int, Row, Row]:
    place = next(i for i, (w, f) in enumerate(zip(wanted, found, strict=True)) if w != f)
    return place + 1, wanted[place], found[place]


def _row_text(row: Row) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()
