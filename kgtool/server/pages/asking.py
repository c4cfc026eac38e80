"""Asks a version of the store for what one page needs, all of it in one time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kgtool.engine.store import Store
from kgtool.errors import LimitError
from kgtool.plan import run_query
from kgtool.plan.run import DefaultGraph
from kgtool.plan.stop import Stop
from kgtool.rdf.languages import best
from kgtool.rdf.namespaces import NAMING
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.results import GraphResult, SelectResult
from kgtool.results.row import Row

Triple = tuple[Term, Term, Term]

#: Triples of a description that are shown.
MOST_FACTS = 2_000
_MOST_NAMED = 2_000


@dataclass(slots=True)
class Asking:
    """Queries for one page; ``stop`` ends them, and none lasts longer than ``timeout`` in all."""

    store: Store
    timeout: float
    stop: Stop
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.timeout

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return max(0.001, self._end - time.monotonic())

    def rows(self, text: str, default_graph: DefaultGraph = "union", **terms: Term) -> list[Row]:
        """The rows of a SELECT whose variables have these terms."""
        result = run_query(
            self.store, text, parameters=terms, default_graph=default_graph,
            timeout=self.left, stop=self.stop,
        )  # fmt: skip
        assert isinstance(result, SelectResult)
        return result.to_list()

    def describe(self, iri: IRI, default_graph: DefaultGraph = "union") -> list[Triple]:
        """What DESCRIBE gives, up to MOST_FACTS triples."""
        result = run_query(
            self.store, "DESCRIBE $it", parameters={"it": iri}, default_graph=default_graph,
            timeout=self.left, max_rows=MOST_FACTS, stop=self.stop,
        )  # fmt: skip
        assert isinstance(result, GraphResult)
        found: list[Triple] = []
        try:
            found.extend(result)
        except LimitError:
            if len(found) < MOST_FACTS:  # the time, not the number
                raise
        return found

    def labels(self, iris: Iterable[Term], languages: Sequence[str]) -> dict[IRI, Literal]:
        """What things are called, in the language that a reader would have."""
        sought = dict.fromkeys(each for each in iris if isinstance(each, IRI))
        if not sought:
            return {}
        found: dict[IRI, dict[str, list[Literal]]] = {}
        listed = " ".join(str(each) for each in list(sought)[:_MOST_NAMED])
        named = " ".join(f"<{each}>" for each in NAMING)
        text = (
            f"SELECT ?x ?p ?l {{ VALUES ?x {{ {listed} }} VALUES ?p {{ {named} }} ?x ?p ?l "
            "FILTER isLITERAL(?l) }"
        )
        for x, p, label in self.rows(text):
            if isinstance(x, IRI) and isinstance(p, IRI) and isinstance(label, Literal):
                found.setdefault(x, {}).setdefault(p.value, []).append(label)
        chosen: dict[IRI, Literal] = {}
        for x, by_property in found.items():
            first = next(by_property[name] for name in NAMING if name in by_property)
            label = best((each for each in first if each.lexical.strip()), languages)
            if label is not None:
                chosen[x] = label
        return chosen
