"""The triples that an export is made of, and the resources of them that are chosen."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from kgtool.errors import UsageError
from kgtool.rdf.namespaces import OWL, RDF, RDFS, WELL_KNOWN_PREFIXES
from kgtool.rdf.sink import batches
from kgtool.rdf.syntax import iri_text
from kgtool.rdf.terms import IRI, Term

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.plan.run import DefaultGraph
    from kgtool.project.graph import Graph
    from kgtool.project.stored import StoredQuery
    from kgtool.results import GraphResult, SelectResult

#: The predicates and objects of a subject, in order.
Pairs: TypeAlias = list[tuple[str, Term]]
Scope: TypeAlias = Literal["asserted", "all"]

#: A resource whose kinds are all of these is a term of an ontology or a shape.
_VOCABULARIES = (RDF.base, RDFS.base, OWL.base, WELL_KNOWN_PREFIXES["sh"])
#: So many resources are asked about in one query.
_ASKED = 500
_EVERY = "?s ?p ?o"


@dataclass(frozen=True, slots=True)
class Facts:
    """The triples of a store: what is asserted, or all.

    ``schema`` has the ontology, where that is another store. ``chosen`` are the resources to
    export; None stands for all.
    """

    store: Store
    scope: Scope = "asserted"
    schema: Store | None = None
    chosen: tuple[IRI, ...] | None = None

    def rows(self, text: str) -> Iterator[tuple[Term, ...]]:
        """The solutions of a SELECT, in which every variable is bound."""
        return _rows(self.store, text, self.scope)

    def schema_rows(self, text: str) -> Iterator[tuple[Term, ...]]:
        """The same of the store with the ontology."""
        return _rows(self.schema or self.store, text, self.scope)

    def subjects(self, restriction: str = "") -> Iterator[tuple[IRI, Pairs]]:
        """What is said of each chosen resource, by the order of the resources.

        ``restriction`` is a pattern that ``?s`` has to meet.
        """
        for pattern in self._patterns(restriction):
            rows = self.rows(f"SELECT ?s ?p ?o {{ {pattern} {_EVERY} }} ORDER BY ?s ?p ?o")
            for subject, group in itertools.groupby(rows, key=lambda row: row[0]):
                pairs = [(cast("IRI", p).value, o) for _, p, o in group]
                if isinstance(subject, IRI):
                    yield subject, pairs

    def things(self, restriction: str = "") -> Iterator[tuple[IRI, Pairs]]:
        """The same, but for terms of ontologies that nobody has chosen."""
        for subject, pairs in self.subjects(restriction):
            if self.chosen is not None or is_thing(pairs):
                yield subject, pairs

    def about(self, predicates: Iterable[str]) -> Iterator[tuple[Term, str, Term]]:
        """The triples with these predicates, in order, of all resources."""
        names = " ".join(map(iri_text, sorted(predicates)))
        text = f"SELECT ?s ?p ?o {{ VALUES ?p {{ {names} }} {_EVERY} }} ORDER BY ?s ?p ?o"
        for s, p, o in self.rows(text):
            yield s, cast("IRI", p).value, o

    def _patterns(self, restriction: str) -> Iterator[str]:
        if self.chosen is None:
            yield f"{{ SELECT DISTINCT ?s {{ {restriction} }} }}" if restriction else ""
            return
        for batch in batches(self.chosen, _ASKED):
            yield f"VALUES ?s {{ {' '.join(iri_text(iri.value) for iri in batch)} }}"


def is_thing(pairs: Pairs) -> bool:
    """Whether it is no term of an ontology, by its kinds; what has none is a thing."""
    kinds = [o.value for p, o in pairs if p == RDF.type and isinstance(o, IRI)]
    return not kinds or not all(kind.startswith(_VOCABULARIES) for kind in kinds)


@contextmanager
def selected(
    graph: Graph,
    scope: Scope,
    query: str | StoredQuery | None = None,
    parameters: dict[str, object] | None = None,
) -> Iterator[Facts]:
    """The facts of a graph; with a ``query`` those that it chooses.

    A SELECT chooses the resources in its first column that has any, a CONSTRUCT or DESCRIBE
    gives the triples themselves. It sees all triples, whatever the scope. Raises UsageError for
    another query.
    """
    facts = Facts(graph.store, scope)
    if query is None:
        yield facts
        return
    from kgtool.results import GraphResult, SelectResult

    result = graph.query(query, parameters)
    if isinstance(result, SelectResult):
        yield replace(facts, chosen=_resources(result))
    elif isinstance(result, GraphResult):
        with _stored(result) as store:
            yield Facts(store, scope, schema=graph.store)
    else:
        raise UsageError(
            "an ASK query chooses nothing to export", expected="a SELECT, CONSTRUCT or DESCRIBE"
        )


def _resources(result: SelectResult) -> tuple[IRI, ...]:
    rows = [tuple(row) for row in result]
    for position in range(len(result.variables)):
        found = {row[position] for row in rows if isinstance(row[position], IRI)}
        if found:
            return tuple(sorted(cast("set[IRI]", found), key=lambda iri: iri.value))
    if rows:
        raise UsageError(
            f"the query answers with no IRIs, in none of {', '.join(result.variables)}",
            expected="a SELECT with a column of resources, or a CONSTRUCT",
        )
    return ()


@contextmanager
def _stored(result: GraphResult) -> Iterator[Store]:
    """The triples of a CONSTRUCT in a store of their own, for as long as it is needed."""
    from kgtool.engine.store import Store
    from kgtool.engine.writer import Source, StoreWriter

    with tempfile.TemporaryDirectory(prefix="kgtool-export-") as folder:
        lines = Path(folder) / "graph.nt"
        with lines.open("w", encoding="utf-8", newline="\n") as out:
            result.write(out, "ntriples")
        with StoreWriter(Path(folder) / "store.duckdb") as writer:
            writer.add(Source(lines))
            writer.commit()
        with Store.open(Path(folder) / "store.duckdb") as store:
            yield store


def _rows(store: Store, text: str, scope: Scope) -> Iterator[tuple[Term, ...]]:
    from kgtool.plan import run_query

    default: DefaultGraph = "asserted" if scope == "asserted" else "union"
    result = cast("SelectResult", run_query(store, text, default_graph=default))
    return (cast("tuple[Term, ...]", tuple(row)) for row in result)


def best_label(labels: Sequence[Term], languages: Sequence[str]) -> str | None:
    """The label in the first language that has one ("" is none), else the first of all."""
    from kgtool.rdf.terms import Literal

    found = [each for each in labels if isinstance(each, Literal)]
    for language in languages:
        for each in found:
            if each.language.lower().partition("-")[0] == language.lower():
                return each.lexical
    return found[0].lexical if found else None
