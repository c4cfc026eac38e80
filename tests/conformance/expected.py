"""The expected answer of a case, from any of the formats that the suites use."""

from __future__ import annotations

import csv
from pathlib import Path

import pyoxigraph
from pyoxigraph import QueryResultsFormat

from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.terms import BlankNode, Literal, Term
from tests.conformance.manifests import iri_of
from tests.plan.answers import Answer, answer_of

_RESULTS = {
    ".srx": QueryResultsFormat.XML,
    ".srj": QueryResultsFormat.JSON,
    ".tsv": QueryResultsFormat.TSV,
}
_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def expected_answer(path: Path) -> Answer:
    """The answer in a file: rows, a boolean or a graph."""
    if path.suffix == ".csv":
        return csv_answer(path.read_text(encoding="utf-8"))
    if path.suffix in _RESULTS:
        parsed = pyoxigraph.parse_query_results(path=str(path), format=_RESULTS[path.suffix])
        return answer_of(parsed)
    quads = pyoxigraph.parse(path=str(path), base_iri=iri_of(path))
    triples = [tuple(from_oxigraph(t) for t in (q.subject, q.predicate, q.object)) for q in quads]
    return _result_set(triples) or Answer("graph", tuple(triples), ("s", "p", "o"))


def csv_answer(text: str) -> Answer:
    """CSV as rows of strings: the format does not tell IRIs from literals (section 3)."""
    header, *lines = csv.reader(text.splitlines(keepends=True))
    rows = [tuple(_cell(cell) for cell in line) for line in lines]
    return Answer("rows", tuple(rows), tuple(header))


def _cell(text: str) -> Term:
    return BlankNode(text[2:]) if text.startswith("_:") else Literal(text)


def _result_set(triples: list[tuple[Term, ...]]) -> Answer | None:
    """A result written as RDF with the vocabulary of the Data Access Working Group."""
    graph: dict[tuple[Term, str], list[Term]] = {}
    for subject, predicate, object_ in triples:
        graph.setdefault((subject, str(predicate)[1:-1]), []).append(object_)
    sets = [s for (s, p), o in graph.items() if p == _TYPE and f"<{_RS}ResultSet>" in map(str, o)]
    if not sets:
        return None
    (root,) = sets
    if truth := graph.get((root, f"{_RS}boolean")):
        return Answer("boolean", truth=truth[0] == Literal("true", truth[0].datatype))
    variables = tuple(str(v.lexical) for v in graph.get((root, f"{_RS}resultVariable"), []))
    numbered = []
    for solution in graph.get((root, f"{_RS}solution"), []):
        bound = {
            graph[binding, f"{_RS}variable"][0].lexical: graph[binding, f"{_RS}value"][0]
            for binding in graph.get((solution, f"{_RS}binding"), [])
        }
        index = graph.get((solution, f"{_RS}index"))
        number = int(index[0].lexical) if index else 0
        numbered.append((number, tuple(bound.get(v) for v in variables)))
    numbered.sort(key=lambda each: each[0])
    ordered = any(number for number, _ in numbered)
    return Answer("rows", tuple(row for _, row in numbered), variables, ordered=ordered)
