"""The result files of the W3C suites are readable, and the format suites' agree."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.terms import BlankNode, Literal, Term, lexical_form, term_type
from kgtool.results import AskResult, SelectResult, read_result
from kgtool.results._flat import FlatRow

SUITES = Path(__file__).parents[3] / "shared" / "conformance"
FILES = [
    path
    for suite in ("sparql10", "sparql11")
    for extension in ("srx", "srj", "csv", "tsv")
    for path in sorted((SUITES / suite).rglob(f"*.{extension}"))
]
if not FILES:
    pytest.skip(f"no W3C suites at {SUITES}", allow_module_level=True)

OXIGRAPH = {
    ".srx": pyoxigraph.QueryResultsFormat.XML,
    ".srj": pyoxigraph.QueryResultsFormat.JSON,
    ".tsv": pyoxigraph.QueryResultsFormat.TSV,
}


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(SUITES)) for path in paths]


def test_all_files_are_there() -> None:
    assert len(FILES) > 400


@pytest.mark.parametrize("path", FILES, ids=ids(FILES))
def test_the_file_is_read(path: Path) -> None:
    result = read_result(path)
    if isinstance(result, AskResult):
        return
    result.buffer()
    for format in ("json", "xml", "tsv"):
        again = read_result(result.serialize(format), format)
        assert isinstance(again, SelectResult)
        assert again.to_list() == result.to_list()


COMPARED = [path for path in FILES if path.suffix in OXIGRAPH]


@pytest.mark.parametrize("path", COMPARED, ids=ids(COMPARED))
def test_pyoxigraph_reads_the_same(path: Path) -> None:
    result = read_result(path)
    other = pyoxigraph.parse_query_results(path.read_bytes(), format=OXIGRAPH[path.suffix])
    if isinstance(other, pyoxigraph.QueryBoolean):
        assert result == AskResult(bool(other))
        return
    assert isinstance(result, SelectResult)
    assert isinstance(other, pyoxigraph.QuerySolutions)
    assert result.variables == tuple(variable.value for variable in other.variables)
    theirs = [tuple(None if t is None else from_oxigraph(t) for t in row) for row in other]
    assert [tuple(map(folded, row)) for row in result] == theirs


def folded(term: Term | None) -> Term | None:
    """pyoxigraph writes language tags in lower case; they are compared so anyway."""
    if isinstance(term, Literal) and term.language:
        return Literal.tagged(term.lexical, term.language.lower())
    return term


FORMAT_FILES = [path for path in FILES if path.parent.name == "csv-tsv-res"]


@pytest.mark.parametrize("path", FORMAT_FILES, ids=ids(FORMAT_FILES))
def test_the_answer_is_written_as_the_suite_has_it(path: Path) -> None:
    """The two queries of csv-tsv-res by hand: all triples, and what follows their objects."""
    data = path.parent / ("data2.ttl" if "03" in path.name else "data.ttl")
    graph = list(pyoxigraph.parse(path=str(data)))
    about = {t.subject: (flat(t.predicate), flat(t.object)) for t in graph}
    variables: tuple[str, ...] = ("s", "p", "o")
    rows: list[FlatRow] = [(*flat(t.subject), *flat(t.predicate), *flat(t.object)) for t in graph]
    if "02" in path.name:
        variables = (*variables, "p2", "o2")
        unbound = ((None, None), (None, None))
        after = [about.get(t.object, unbound) for t in graph]
        rows = [(*row, *p2, *o2) for row, (p2, o2) in zip(rows, after, strict=True)]
    written = SelectResult(variables, sorted(rows, key=lambda row: str(row[1])))
    expected = path.read_text().replace("_:a", "_:node").replace("_:b0", "_:node")
    # The suite has another line end, and another spelling of a double in one of two files.
    ours = written.serialize(path.suffix).replace("\r\n", "\n")
    assert ours.replace("1.0E6", "1.0e6") == expected.replace("1.0E6", "1.0e6")


def flat(term: object) -> tuple[str | None, str | None]:
    converted = from_oxigraph(term)
    if isinstance(converted, BlankNode):
        return "bnode", "node"
    return term_type(converted), lexical_form(converted)
