"""Compares a result with the expected answer in a file, as rows added and missing.

An answer is a list of lines: the cells of a SELECT's row, the true or false of an ASK,
a triple of a graph. Blank nodes have no names that last, so both sides get canonical
ones (RDFC-1.0) before lines are compared; equal answers then have equal lines.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyoxigraph

from kgtool.errors import DataError, Location
from kgtool.project.files import refuse_conflict
from kgtool.project.sources import Triple
from kgtool.rdf.convert import to_oxigraph
from kgtool.results import GraphResult, Result

Row: TypeAlias = tuple[str, ...]

_CELL = "urn:x-kgtool:cell:"


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
    expected and which came; ``notes`` are differences of another kind.
    """

    added: tuple[Row, ...] = ()
    missing: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    disorder: tuple[int, Row, Row] | None = None

    def __bool__(self) -> bool:
        return bool(self.added or self.missing or self.notes or self.disorder)

    def lines(self, written: Callable[[Row], str] | None = None) -> list[str]:
        """The difference for people, in the manner of a patch; ``written`` writes a row."""
        text = written or _row_text
        lines = list(self.notes)
        if self.disorder is not None:
            number, expected, got = self.disorder
            order = f"expected {text(expected)}; got {text(got)}"
            lines.append(f"the order differs from row {number}: {order}")
        lines += [f"- {text(row)}" for row in self.missing]
        return lines + [f"+ {text(row)}" for row in self.added]


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
        quads = pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.TURTLE)
        dataset = pyoxigraph.Dataset(quads)
    except SyntaxError as error:
        location = Location(name, error.lineno, error.offset).in_text(data.decode(errors="replace"))
        raise DataError(f"not Turtle: {error.msg}", location=location) from None
    return _graph_answer(dataset)


def graph_answer(triples: Iterable[Triple]) -> Answer:
    """A graph as an answer."""
    quads = (pyoxigraph.Quad(*map(to_oxigraph, triple)) for triple in triples)  # type: ignore[arg-type]
    return _graph_answer(pyoxigraph.Dataset(quads))


def _graph_answer(dataset: pyoxigraph.Dataset) -> Answer:
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    rows = sorted((str(q.subject), str(q.predicate), str(q.object)) for q in dataset)
    return Answer((), tuple(rows), is_table=False)


def compare(expected: Answer, actual: Answer, *, ordered: bool) -> Difference:
    """What differs; the order of rows counts only where ``ordered``.

    The expected answer of an ASK may have a line of its own above it, whatever its word.
    """
    if actual.is_table and not actual.columns and len(expected.columns) == 1:
        expected = Answer((), expected.rows)
    if expected.columns != actual.columns or expected.is_table != actual.is_table:
        return _other_columns(expected, actual)
    if expected.rows == actual.rows:
        return Difference()
    wanted, found = _named(expected), _named(actual)
    missing, added = _surplus(wanted, found), _surplus(found, wanted)
    if missing or added or not ordered:
        return Difference(tuple(added), tuple(missing))
    wanted, found = _named(expected, ordered=True), _named(actual, ordered=True)
    return Difference(disorder=None if wanted == found else _first_out_of_order(wanted, found))


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


def _other_columns(expected: Answer, actual: Answer) -> Difference:
    if not expected.columns or not actual.columns:
        return Difference(actual.rows, expected.rows, ("another kind of answer",))
    note = f"columns: expected {', '.join(expected.columns)}; got {', '.join(actual.columns)}"
    return Difference(actual.rows, expected.rows, (note,))


def _named(answer: Answer, *, ordered: bool = False) -> list[Row]:
    """The rows with canonical names for blank nodes; those of a graph have them already.

    RDFC-1.0 names the nodes of a graph, so the rows are written as one: a node for each
    row, a triple for each cell, and the row's number where the order counts.
    """
    if not answer.columns or not any(c.startswith("_:") for row in answer.rows for c in row):
        return list(answer.rows)
    dataset = pyoxigraph.Dataset()
    for number, row in enumerate(answer.rows):
        subject = pyoxigraph.BlankNode()
        for column, cell in enumerate((*row, str(number) if ordered else "")):
            predicate = pyoxigraph.NamedNode(f"{_CELL}{column}")
            dataset.add(pyoxigraph.Quad(subject, predicate, _cell_term(cell)))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return _rows_of(dataset, len(answer.columns))


def _cell_term(cell: str) -> pyoxigraph.BlankNode | pyoxigraph.Literal:
    if cell.startswith("_:"):
        return pyoxigraph.BlankNode("c" + cell[2:].encode().hex())
    return pyoxigraph.Literal(cell)


def _rows_of(dataset: pyoxigraph.Dataset, width: int) -> list[Row]:
    rows: dict[str, list[str]] = {}
    for quad in dataset:
        cells = rows.setdefault(str(quad.subject), [""] * (width + 1))
        is_blank = isinstance(quad.object, pyoxigraph.BlankNode)
        column = int(quad.predicate.value.removeprefix(_CELL))
        cells[column] = str(quad.object) if is_blank else quad.object.value
    by_number = sorted(rows.values(), key=lambda cells: (int(cells[-1] or 0), cells))
    return [tuple(cells[:-1]) for cells in by_number]


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
