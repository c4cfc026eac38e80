"""Says why a query has no solution, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgtool.diagnostics.excerpt import excerpt
from kgtool.plan.emptiness import (
    Filtered,
    Loss,
    Mismatch,
    NoGraph,
    NoJoin,
    NoMatch,
    NoRows,
    Part,
    Removed,
    Skipped,
    find_losses,
)
from kgtool.plan.run import DefaultGraph, errors_in, parsed
from kgtool.project.graph import Graph
from kgtool.project.stored import StoredQuery
from kgtool.rdf.likeness import most_like
from kgtool.rdf.terms import IRI, Term
from kgtool.sparql.algebra import (
    Extend,
    Filter,
    Group,
    PathPattern,
    Pattern,
    TriplePattern,
    Variable,
)
from kgtool.sparql.locating import names_in
from kgtool.sparql.writing import words

_VERDICTS = {True: "true", False: "false", None: "an error"}


class Emptiness:
    """What leaves a query without a solution. ``losses`` is empty where it has one."""

    def __init__(
        self,
        graph: Graph,
        query: StoredQuery,
        given: Mapping[str, object],
        *,
        default_graph: DefaultGraph = "union",
        timeout: float | None = None,
    ) -> None:
        prefixes = {**graph.prefixes, **dict(query.prefixes)}
        self._query = query
        self._parameters = query.bind(given, graph.prefixes)
        algebra = parsed(query.text, self._parameters, graph.prefixes, query.file)
        self._words = words(prefixes)
        self._prefixes = prefixes
        with errors_in(query.text, query.file):
            self.losses = find_losses(
                graph.store, algebra, default_graph=default_graph, timeout=timeout
            )

    def to_json(self) -> dict[str, Any]:
        """The losses as objects: the kind, the part as SPARQL, and what was seen."""
        return {"losses": [self._json(loss) for loss in self.losses]}

    def lines(self) -> Iterator[str]:
        """The losses for people."""
        for number, loss in enumerate(self.losses):
            if number:
                yield "and in the other branch of the UNION"
            yield from self._lines(loss)

    # For people -------------------------------------------------------------------------

    def _lines(self, loss: Loss) -> Iterator[str]:
        match loss:
            case NoMatch(pattern, mismatches, graph):
                yield f"nothing matches{self._in(graph)}: {self._part(pattern)}"
                for mismatch in mismatches:
                    yield from self._mismatch(mismatch)
            case NoJoin(parts, seen, unknown, graph):
                yield f"each of these has solutions{self._in(graph)}, but none all together:"
                yield from (f"  {self._part(part)}" for part in parts)
                for variable, others, last in seen:
                    name = self._words.node(variable)
                    yield f"  {name} in the last: {self._some(last)}"
                    yield f"  {name} in the rest: {self._some(others)}"
                for mismatch in unknown:
                    yield from self._mismatch(mismatch)
            case Filtered():
                yield from self._filtered(loss)
            case Removed(pattern, solutions):
                yield f"MINUS takes away all of {_solutions(solutions)}:"
                yield f"  {self._words.group(pattern.right)}"
            case Skipped(pattern, solutions):
                limit = "" if pattern.limit is None else f" LIMIT {pattern.limit}"
                yield f"OFFSET {pattern.offset}{limit} leaves none of {_solutions(solutions)}"
            case NoGraph(name, graphs):
                yield f"there is no graph {self._words.node(name)}"
                yield from self._near(name, graphs, "graphs")
            case NoRows():
                yield "VALUES has no row"

    def _filtered(self, loss: Filtered) -> Iterator[str]:
        """In HAVING the aggregates stand for their variables."""
        group = _group(loss.inner)
        self._words.aggregates = dict(group.aggregates) if group else {}
        written = " && ".join(map(self._words.expression, loss.conditions))
        clause = "HAVING" if group else "FILTER"
        yield f"{clause} ({written}) lets none of {_solutions(loss.solutions)} pass"
        for judged in loss.seen:
            cells = [f"{self._words.expression(v)} = {self._term(t)}" for v, t in judged.values]
            yield f"  {', '.join(cells) or 'always'}: {_VERDICTS[judged.verdict]}"
        self._words.aggregates = {}

    def _mismatch(self, mismatch: Mismatch) -> Iterator[str]:
        written = self._words.node(mismatch.constant)
        name = next((n for n, t in self._parameters.items() if t == mismatch.constant), None)
        said = f"{written} (the parameter {name})" if name else written
        article = "an" if mismatch.position == "object" else "a"
        if mismatch.position is None:
            yield f"  {said} is nowhere in the graph"
        elif not mismatch.known:
            yield f"  {said} is nowhere {article} {mismatch.position}"
        elif mismatch.values:
            yield f"  another {mismatch.position} than {said} would match"
        yield from self._near(mismatch.constant, mismatch.values, "others")
        yield from self._place(mismatch.constant)

    def _near(self, term: Term, values: Sequence[Term], what: str) -> Iterator[str]:
        near = most_like(term, values)
        if near:
            yield f"    nearest: {self._some(near)}"
        elif values:
            yield f"    {what} there: {self._some(values[:3])}" + (" …" if values[3:] else "")

    def _place(self, term: Term) -> Iterator[str]:
        if isinstance(term, IRI):
            places = names_in(self._query.text, self._query.file, self._prefixes).iris.get(term)
            if places and len(places) == 1:
                yield f"    {places[0]}"
                yield from excerpt(places[0], "      ")

    # Pieces -----------------------------------------------------------------------------

    def _part(self, part: Part) -> str:
        if isinstance(part, TriplePattern | PathPattern):
            return f"{self._words.triple(part)} ."
        return self._words.group(part)

    def _in(self, graph: IRI | Variable | None) -> str:
        return "" if graph is None else f" in GRAPH {self._words.node(graph)}"

    def _some(self, terms: Sequence[Term]) -> str:
        return ", ".join(map(self._term, terms)) or "unbound"

    def _term(self, term: Term | None) -> str:
        return "unbound" if term is None else self._words.node(term)

    # For programs -----------------------------------------------------------------------

    def _json(self, loss: Loss) -> dict[str, Any]:
        kind = type(loss).__name__
        text = "\n".join(self._lines(loss))
        match loss:
            case NoMatch(pattern, mismatches):
                found = [
                    {
                        "position": each.position,
                        "constant": str(each.constant),
                        "known": each.known,
                        "nearest": list(map(str, most_like(each.constant, each.values))),
                    }
                    for each in mismatches
                ]
                return {
                    "kind": kind,
                    "parts": [self._part(pattern)],
                    "constants": found,
                    "text": text,
                }
            case NoJoin(parts):
                return {"kind": kind, "parts": [self._part(part) for part in parts], "text": text}
            case Filtered() | Removed() | Skipped():
                return {"kind": kind, "solutions": loss.solutions, "text": text}
        return {"kind": kind, "text": text}


def _solutions(number: int) -> str:
    return "1 solution" if number == 1 else f"{number:,} solutions"


def _group(pattern: Pattern) -> Group | None:
    """The grouping whose solutions a HAVING judges."""
    while isinstance(pattern, Extend | Filter):
        pattern = pattern.pattern
    return pattern if isinstance(pattern, Group) else None
