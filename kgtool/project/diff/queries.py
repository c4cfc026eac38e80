"""How the stored queries of two versions answer, each asked of its own graph."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from kgtool.errors import KgtoolError, LimitError
from kgtool.plan.inspection import predicates_read
from kgtool.project.diff.model import QueryChange, RowChange, TripleDiff
from kgtool.project.expected import Answer, Row, compare, is_ordered
from kgtool.project.graph import Graph
from kgtool.project.revisions import Version
from kgtool.project.services import offline
from kgtool.project.stored import query_text, stored_query
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.syntax import term_text
from kgtool.rdf.terms import BlankNode, Literal, Term, make_term
from kgtool.results import AskResult, GraphResult, Result
from kgtool.results.result import GRAPH_COLUMNS
from kgtool.sparql import parse_query
from kgtool.sparql.algebra import DescribeQuery

#: Seconds that a query may take on each side.
TIMEOUT = 10.0
#: Answers with more rows are not compared.
_MOST_ROWS = 100_000
_WORDS = ("before", "now")
_BLANK = "_:"

#: The terms of the texts that an answer consists of.
_Terms: TypeAlias = dict[str, Term]


class _Answered(NamedTuple):
    text: str
    answer: Answer
    terms: _Terms


class Asked:
    """One side: its stored queries, and the graph that they are asked of."""

    def __init__(self, version: Version, graph: Graph, timeout: float = TIMEOUT) -> None:
        self.files = version.queries
        self._version = version
        self._graph = graph
        self._timeout = timeout
        read = zip(self.files.items(), version.read(list(self.files.values())), strict=True)
        with version.blamed():
            self.texts = {
                name: query_text(data, file).replace("\r\n", "\n") for (name, file), data in read
            }

    def ask(self, name: str) -> _Answered | KgtoolError:
        """The answer of a query, or why it could not be asked."""
        try:
            with self._version.blamed():
                query = stored_query(name, self.files[name], self.texts[name])
                project = self._graph.project
                services = offline(project, query) if project else None
                result = self._graph.query(
                    query, timeout=self._timeout, max_rows=_MOST_ROWS, services=services
                )
                return _Answered(query.text, *_answer(result))
        except KgtoolError as error:
            return error


def diff_queries(
    old: Asked, new: Asked, triples: TripleDiff, most: int | None = None
) -> Iterator[QueryChange]:
    """What has become of each stored query, with so many rows at most.

    Those are asked whose text has changed, or whose answer the changed triples may decide.
    """
    # Most of the time of a query is the engine's, which lets the other side go on meanwhile.
    with ThreadPoolExecutor(2) as pool:
        for name in sorted(old.files.keys() | new.files.keys()):
            if name not in old.files:
                yield QueryChange(name, new.files[name], "added")
            elif name not in new.files:
                yield QueryChange(name, old.files[name], "removed")
            elif (reworded := old.texts[name] != new.texts[name]) or _is_touched(
                new.texts[name], triples
            ):
                change = QueryChange(name, new.files[name], "reworded", reworded)
                before, after = pool.map(Asked.ask, (old, new), (name, name))
                found = _compared(change, before, after, most)
                if found.status != "reworded" or reworded:
                    yield found


def _is_touched(text: str, triples: TripleDiff) -> bool:
    """Whether a query may answer differently: it reads a predicate of which triples changed."""
    if not triples and not triples.moved:
        return False
    try:
        query = parse_query(text)
    except KgtoolError:  # asking it tells why
        return True
    read = None if query.dataset else predicates_read(query.pattern)
    if read is None or isinstance(query, DescribeQuery):
        return True
    return bool(read & triples.predicates)


def _compared(
    change: QueryChange,
    old: _Answered | KgtoolError,
    new: _Answered | KgtoolError,
    most: int | None,
) -> QueryChange:
    """What has become of a query that both sides have asked."""
    failures = [answer for answer in (old, new) if isinstance(answer, KgtoolError)]
    if isinstance(old, _Answered) and isinstance(new, _Answered):
        return _difference(change, old, new, most)
    # What both sides refuse is no difference, and neither is what a bound has stopped.
    both = len(failures) == 2 or any(isinstance(error, LimitError) for error in failures)
    note = str(failures[-1]).splitlines()[0]
    return replace(change, status="skipped" if both else "failed", notes=(note,))


def _difference(
    change: QueryChange, old: _Answered, new: _Answered, most: int | None
) -> QueryChange:
    if old.answer == new.answer:
        return change
    ordered = is_ordered(old.text) and is_ordered(new.text)
    found = compare(old.answer, new.answer, ordered=ordered, words=_WORDS)
    if not found:
        return change
    if old.answer.columns != new.answer.columns:
        return replace(change, status="changed", notes=tuple(found.remarks()))
    # Rows that begin alike are two versions of one, as a rule.
    rows = [*((row, False) for row in found.missing), *((row, True) for row in found.added)]
    rows.sort(key=lambda each: (each[0][:1], each[1], each[0]))
    terms, labels = old.terms | new.terms, dict[str, Term]()
    return replace(
        change,
        status="changed",
        columns=new.answer.columns or GRAPH_COLUMNS,
        added=len(found.added),
        removed=len(found.missing),
        rows=tuple(RowChange(_row(row, terms, labels), added) for row, added in rows[:most]),
        notes=tuple(found.remarks()),
    )


def _row(row: Row, terms: _Terms, labels: _Terms) -> tuple[Term | None, ...]:
    """The terms of a row; blank nodes are numbered in the order in which they come."""
    return tuple(
        labels.setdefault(cell, BlankNode(f"b{len(labels) + 1}"))
        if cell.startswith(_BLANK)
        else terms.get(cell)
        for cell in row
    )


def _answer(result: Result) -> tuple[Answer, _Terms]:
    """A result as it is compared: cells are terms in N-Triples syntax, unbound ones empty."""
    if isinstance(result, AskResult):
        answer = Literal("true" if result else "false", XSD.boolean)
        return Answer(("answer",), ((str(answer),),)), {str(answer): answer}
    pairs: dict[tuple[str, str], str] = {}
    rows = [
        tuple(
            "" if type_ is None or lexical is None else _text(type_, lexical, pairs)
            for type_, lexical in zip(row[::2], row[1::2], strict=True)
        )
        for row in result.raw()
    ]
    terms = {text: make_term(*pair) for pair, text in pairs.items()}
    if isinstance(result, GraphResult):
        return Answer((), tuple(sorted(set(rows))), is_table=False), terms
    return Answer(result.variables, tuple(rows)), terms


def _text(type_: str, lexical: str, known: dict[tuple[str, str], str]) -> str:
    pair = (type_, lexical)
    if pair not in known:
        known[pair] = term_text(type_, lexical)
    return known[pair]
