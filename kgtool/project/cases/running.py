"""Asks a case's question, and compares what comes with what it expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from kgtool.engine.store import Store
from kgtool.errors import CaseError, KgtoolError, did_you_mean
from kgtool.plan import run_query
from kgtool.project.cases.cells import CellWriter, row_text
from kgtool.project.cases.model import (
    FINDING,
    AskedQuery,
    AskedShape,
    Case,
    Graph,
    Rows,
    Truth,
)
from kgtool.project.cases.shapes import ShapeChecks
from kgtool.project.expected import Answer, Row, compare, graph_answer, is_ordered
from kgtool.project.sources import Triple
from kgtool.rdf.names import Names
from kgtool.rdf.terms import Term, make_term
from kgtool.results import AskResult, GraphResult, Result, SelectResult

#: What stands for the columns of rows in which no column is compared.
_NO_COLUMNS = ("",)
_FORMS: dict[type, str] = {
    Rows: "rows",
    Truth: "true or false",
    Graph: "a graph",
    SelectResult: "rows",
    AskResult: "true or false",
    GraphResult: "a graph",
}


def differences(case: Case, store: Store, shapes: ShapeChecks) -> list[str]:
    """What differs from what a case expects, in lines; none where it passes.

    Raises CaseError for what the question cannot answer, and what asking it raises.
    """
    asked, expected = case.asked, case.expected
    if isinstance(asked, AskedShape):
        assert isinstance(expected, Rows)
        return _of_rows(case, expected, FINDING, shapes.findings(asked, store), ordered=False)
    try:
        return _of_result(case, asked, _result(case, asked, store))
    except CaseError:
        raise
    except KgtoolError as error:
        if asked.placed is not None and error.location is not None:
            error.location = asked.placed(error.location)
        raise


def _result(case: Case, asked: AskedQuery, store: Store) -> Result:
    query = asked.query
    return run_query(
        store,
        query.text,
        parameters=asked.parameters,
        prefixes=None if query.stored else case.prefixes,
        file=query.file,
    )


def _of_result(case: Case, asked: AskedQuery, result: Result) -> list[str]:
    match result, case.expected:
        case SelectResult(), Rows() as expected:
            prefixes = () if asked.query.stored else tuple(sorted(case.prefixes.items()))
            ordered = _is_ordered(asked.query.text, prefixes)
            return _of_rows(case, expected, result.variables, _terms(result), ordered=ordered)
        case AskResult(), Truth(answer):
            expected_and_got = f"expected {_word(answer)}; got {_word(result.answer)}"
            return [] if result.answer == answer else [expected_and_got]
        case GraphResult(), Graph(triples):
            return _of_graph(case, triples, result)
    result.close()
    raise CaseError(
        f"{_FORMS[type(case.expected)]} cannot be expected: the query gives {_FORMS[type(result)]}",
        location=case.expected_at,
    )


def _of_rows(
    case: Case,
    expected: Rows,
    variables: Sequence[str],
    rows: Iterable[Sequence[Term | None]],
    *,
    ordered: bool,
) -> list[str]:
    for name, place in expected.columns.items():
        if name not in variables:
            raise CaseError(
                f"the answer has no column {name!r}",
                location=place,
                expected="one of: " + ", ".join(variables),
                hint=did_you_mean(name, variables),
            )
    columns = tuple(name for name in variables if name in expected.columns)
    positions = [variables.index(name) for name in columns]
    cell = CellWriter(case.prefixes).cell
    wanted = [tuple(cell(row.get(name)) for name in columns) for row in expected.rows]
    found = [tuple(cell(row[position]) for position in positions) for row in rows]
    difference = compare(
        # Without columns only the number of rows counts, and a table has at least one.
        Answer(columns or _NO_COLUMNS, tuple(row or _NO_COLUMNS for row in wanted)),
        Answer(columns or _NO_COLUMNS, tuple(row or _NO_COLUMNS for row in found)),
        ordered=ordered,
    )
    return difference.lines(lambda row: row_text(columns, row if columns else ()))


def _of_graph(case: Case, triples: Iterable[Triple], result: GraphResult) -> list[str]:
    names = Names(case.prefixes)

    def written(row: Row) -> str:
        short = (names.short(c[1:-1]) if c.startswith("<") else None for c in row)
        return " ".join(name or cell for name, cell in zip(short, row, strict=True)) + " ."

    return compare(graph_answer(triples), graph_answer(result), ordered=False).lines(written)


def _terms(result: SelectResult) -> Iterator[list[Term | None]]:
    for flat in result.raw():
        yield [
            None if type_ is None or lex is None else make_term(type_, lex)
            for type_, lex in zip(flat[::2], flat[1::2], strict=True)
        ]


@lru_cache(maxsize=1_000)
def _is_ordered(text: str, prefixes: tuple[tuple[str, str], ...]) -> bool:
    return is_ordered(text, dict(prefixes))


def _word(answer: bool) -> str:
    return "true" if answer else "false"
