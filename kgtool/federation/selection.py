"""Which endpoints can have solutions of a triple pattern (FedX: ASK each, and remember it).

One request asks an endpoint for all patterns at once. An endpoint that cannot answer it is asked
for each; if it describes itself (VoID: void:propertyPartition), not for properties that it does not
list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from kgtool.errors import KgtoolError, ServiceError
from kgtool.federation.answers import ask_endpoint
from kgtool.federation.endpoints import Endpoint
from kgtool.federation.patience import Patience
from kgtool.federation.report import Cost, Report
from kgtool.plan.run import DefaultGraph, run_algebra
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, Literal
from kgtool.results import AskResult
from kgtool.sparql import algebra as a
from kgtool.sparql.writing import to_sparql

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.federation.exchanges import Source

#: A source: an endpoint, or None for the graph at hand.
SourceName: TypeAlias = Endpoint | None
_PROPERTIES = (
    "PREFIX void: <http://rdfs.org/ns/void#> "
    "SELECT DISTINCT ?p WHERE { ?d void:propertyPartition ?part . ?part void:property ?p }"
)
_NUMBER = a.Variable("pattern")


class Selection:
    """The sources of triple patterns."""

    def __init__(
        self,
        store: Store,
        source: Source,
        endpoints: Sequence[Endpoint],
        default_graph: DefaultGraph,
        report: Report,
        patience: Patience,
    ) -> None:
        self._store = store
        self._source = source
        self._endpoints = tuple(endpoints)
        self._default = default_graph
        self._patience = patience
        self._costs = {e.url: Cost(e.title, "ASK, to select sources") for e in endpoints}
        report.costs += self._costs.values()
        self._known: dict[tuple[a.TriplePattern, SourceName], bool] = {}
        self._properties: dict[str, frozenset[str]] = {}

    def select(self, patterns: Iterable[a.TriplePattern]) -> None:
        """Finds out the sources of several patterns at once."""
        shapes = dict.fromkeys(map(_shape, patterns))
        for had in self._patience.each(lambda e: self._selected(e, tuple(shapes)), self._endpoints):
            self._known.update(had)
        for shape in shapes:
            if (shape, None) not in self._known:
                query = a.AskQuery(pattern=a.BGP((shape,)))
                found = run_algebra(
                    self._store, query, default_graph=self._default, timeout=self._patience.left()
                )
                self._known[shape, None] = bool(found)

    def sources(self, pattern: a.TriplePattern) -> tuple[SourceName, ...]:
        """The sources of a pattern that ``select`` has seen, the graph at hand first."""
        shape = _shape(pattern)
        return tuple(s for s in (None, *self._endpoints) if self._known[shape, s])

    def _selected(
        self, endpoint: Endpoint, shapes: Sequence[a.TriplePattern]
    ) -> dict[tuple[a.TriplePattern, SourceName], bool]:
        """Which of some patterns an endpoint has that it was not asked for before."""
        wanted = [shape for shape in shapes if (shape, endpoint) not in self._known]
        try:
            had = self._asked_together(endpoint, wanted)
        except ServiceError:
            self._properties[endpoint.url] = self._listed(endpoint)
            had = {n for n, shape in enumerate(wanted) if self._asked(shape, endpoint)}
        return {(shape, endpoint): n in had for n, shape in enumerate(wanted)}

    def _asked_together(self, endpoint: Endpoint, shapes: Sequence[a.TriplePattern]) -> set[int]:
        """The numbers of the patterns that an endpoint has: one solution of each is asked for."""
        if len(shapes) < 2:
            return {n for n, shape in enumerate(shapes) if self._asked(shape, endpoint)}
        branches = [_one_solution(number, shape) for number, shape in enumerate(shapes)]
        query = to_sparql(a.SelectQuery(pattern=a.Project(reduce(a.Union, branches), (_NUMBER,))))
        with ask_endpoint(self._source, endpoint, query, self._count(endpoint)) as (result, _):
            if isinstance(result, AskResult):
                raise ServiceError(f"the endpoint {endpoint.title} answers as to an ASK")
            return {int(lex) for _, lex in result.raw() if lex is not None}

    def _asked(self, shape: a.TriplePattern, endpoint: Endpoint) -> bool:
        listed = self._properties.get(endpoint.url)
        if listed and isinstance(shape.predicate, IRI) and shape.predicate.value not in listed:
            return False
        query = to_sparql(a.AskQuery(pattern=a.BGP((shape,))))
        with ask_endpoint(self._source, endpoint, query, self._count(endpoint)) as (result, _):
            if isinstance(result, AskResult):
                return bool(result)
            return next(result.raw(), None) is not None

    def _listed(self, endpoint: Endpoint) -> frozenset[str]:
        """The properties that an endpoint says it has; empty where it says nothing."""
        try:
            count = self._count(endpoint)
            with ask_endpoint(self._source, endpoint, _PROPERTIES, count) as (result, _):
                if isinstance(result, AskResult):
                    return frozenset()
                return frozenset(lex for _, lex in result.raw() if lex is not None)
        except KgtoolError:
            return frozenset()

    def _count(self, endpoint: Endpoint):  # type: ignore[no-untyped-def]
        def counted() -> None:
            self._costs[endpoint.url].requests += 1

        return counted


def _one_solution(number: int, shape: a.TriplePattern) -> a.Pattern:
    numbered = a.Extend(a.BGP((shape,)), _NUMBER, Literal(str(number), XSD.integer))
    return a.Slice(a.Project(numbered, (_NUMBER,)), 0, 1)


def _shape(pattern: a.TriplePattern) -> a.TriplePattern:
    """The pattern with its variables in order, so that the same question is asked once."""
    names: dict[str, a.Variable] = {}

    def new(node: a.Node) -> a.Node:
        if not isinstance(node, a.Variable):
            return node
        return names.setdefault(node.name, a.Variable(f"v{len(names)}"))

    subject, predicate, object_ = map(new, (pattern.subject, pattern.predicate, pattern.object))
    return a.TriplePattern(subject, predicate, object_)  # type: ignore[arg-type]
