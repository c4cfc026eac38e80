"""The rows of a query with what each of them rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from kgtool.errors import UsageError
from kgtool.plan.chain import find_chain
from kgtool.plan.lineage import Edge, Merging, Support, run_traced
from kgtool.plan.run import DefaultGraph, errors_in, parsed
from kgtool.project.explanation import (
    INFERRED,
    Explainer,
    Explanation,
    ExplanationWriter,
    StoreExplainer,
)
from kgtool.project.graph import Graph
from kgtool.project.sources import as_in_files
from kgtool.project.stored import StoredQuery
from kgtool.rdf.terms import IRI, Term
from kgtool.results.json_format import term_json
from kgtool.sparql.algebra import AskQuery, Path, SelectQuery
from kgtool.sparql.writing import words


@dataclass(frozen=True, slots=True)
class Way:
    """Two ends of a property path and the triples between them.

    ``steps`` is None where the way is too long to look for.
    """

    start: Term
    path: Path
    end: Term
    steps: tuple[Explanation, ...] | None


@dataclass(frozen=True, slots=True)
class First:
    """What the first of ``count`` solutions that became one rests on."""

    count: int
    reasons: tuple[Reason, ...]


Reason: TypeAlias = Explanation | Way | First


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """A solution, and the reasons for it in the order of the query."""

    solution: Mapping[str, Term | None]
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "solution": {n: term_json(t) for n, t in self.solution.items() if t is not None},
            "reasons": [_reason_json(reason) for reason in self.reasons],
        }


class Lineage:
    """Explains the rows of queries; what it has read of a project serves all of them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._explainer = Explainer(graph.project) if graph.project else StoreExplainer(graph.store)
        self._known: dict[tuple[Term, Term, Term], Explanation] = {}

    def rows(
        self,
        query: StoredQuery,
        given: Mapping[str, object],
        *,
        default_graph: DefaultGraph = "union",
        timeout: float | None = None,
    ) -> Iterator[ExplainedRow]:
        """The rows of a SELECT with their reasons, or one row where an ASK is true.

        Raises UsageError for another form of query.
        """
        prefixes = self._graph.prefixes
        algebra = parsed(query.text, query.bind(given, prefixes), prefixes, query.file)
        if not isinstance(algebra, SelectQuery | AskQuery):
            raise UsageError(
                "only the rows of a SELECT and the answer of an ASK have reasons",
                hint="`kgtool why 'S P O'` says why a triple holds.",
            )
        store = self._graph.store
        with errors_in(query.text, query.file):
            rows = run_traced(store, algebra, default_graph=default_graph, timeout=timeout)
        return (ExplainedRow(row.solution, self._reasons(row.support)) for row in rows)

    def lines(self, row: ExplainedRow, number: int) -> Iterator[str]:
        """A row and its reasons for people; ``number`` counts from 1."""
        writer = self._explainer.writer
        cells = [f"{n} = {writer.short(t)}" for n, t in row.solution.items() if t is not None]
        lead = f"{number}. "
        yield lead + (" · ".join(cells) or ("yes" if not row.solution else "nothing is bound"))
        yield from _reason_lines(row.reasons, writer, " " * len(lead), self._graph.prefixes)

    def _reasons(self, support: Iterable[Support]) -> tuple[Reason, ...]:
        return tuple(map(self._reason, support))

    def _reason(self, support: Support) -> Reason:
        if isinstance(support, Merging):
            return First(support.count, self._reasons(support.support))
        if isinstance(support.predicate, IRI):
            return self._explained((support.subject, support.predicate, support.object))
        return self._way(support)

    def _way(self, edge: Edge) -> Way:
        chain = find_chain(self._graph.store, edge.subject, edge.predicate, edge.object, edge.graph)
        steps = None if chain is None else tuple(map(self._explained, chain))
        return Way(as_in_files(edge.subject), edge.predicate, as_in_files(edge.object), steps)

    def _explained(self, triple: tuple[Term, Term, Term]) -> Explanation:
        if triple not in self._known:
            s, p, o = map(as_in_files, triple) if self._graph.project else triple
            found = self._explainer.explain((s, p, o))
            self._known[triple] = found or Explanation((s, p, o), INFERRED)
        return self._known[triple]


def _reason_lines(
    reasons: Iterable[Reason], writer: ExplanationWriter, margin: str, prefixes: Mapping[str, str]
) -> Iterator[str]:
    for reason in reasons:
        match reason:
            case First(count, inner):
                others = "one solution" if count == 1 else f"{count:,} solutions; the first"
                yield f"{margin}from {others}:"
                yield from _reason_lines(inner, writer, margin + "  ", prefixes)
            case Way(start, path, end, steps):
                ends = writer.short(start), words(prefixes).path(path), writer.short(end)
                yield margin + " ".join(ends)
                if steps is None:
                    yield f"{margin}  by a way too long to look for"
                elif not steps:
                    yield f"{margin}  without a step"
                yield from _reason_lines(steps or (), writer, margin + "  ", prefixes)
            case Explanation():
                yield from writer.lines(reason, margin, margin)


def _reason_json(reason: Reason) -> dict[str, Any]:
    match reason:
        case First(count, reasons):
            return {"solutions": count, "first": [_reason_json(each) for each in reasons]}
        case Way(start, path, end, steps):
            return {
                "start": str(start),
                "path": words({}).path(path),
                "end": str(end),
                "steps": None if steps is None else [step.to_json() for step in steps],
            }
        case Explanation():
            return reason.to_json()
