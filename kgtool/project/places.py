"""Finds where in the files what a finding is about stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from kgtool.errors import Location
from kgtool.project.folder import file_of_graph
from kgtool.project.sources import SourceFile, Triple, as_in_files
from kgtool.rdf.terms import IRI, Term
from kgtool.shacl import Finding

if TYPE_CHECKING:
    from kgtool.engine.store import Store


class FilePlaces:
    """Knows where in the files a triple stands, and a term is described."""

    def __init__(self, files: Iterable[SourceFile]) -> None:
        self._files = tuple(files)

    def of(self, finding: Finding) -> tuple[Location, ...]:
        """The offending triple's places, else where the focus node is described.

        A node that nothing describes is where it is pointed to.
        """
        if finding.triple is not None:
            s, p, o = map(as_in_files, finding.triple)
            if found := self.of_triple((s, p, o)):
                return found
        return self.of_term(as_in_files(finding.focus))

    def of_triple(self, triple: Triple) -> tuple[Location, ...]:
        """Where a triple stands, each time that it does."""
        found: list[Location] = []
        for file in self._triples.get(triple, ()):
            found += file.places.triple(triple) or [Location(file.name)]
        return tuple(found)

    def of_term(self, term: Term) -> tuple[Location, ...]:
        """Where each file begins to describe a term; else where each first points to it.

        A term that no file does either of is where each first has it as a predicate.
        """
        roles = (self._subjects, self._objects, self._predicates)
        files = next((role[term] for role in roles if term in role), ())
        return tuple(file.places.nearest(term) or Location(file.name) for file in files)

    @cached_property
    def _triples(self) -> dict[Triple, list[SourceFile]]:
        found: defaultdict[Triple, list[SourceFile]] = defaultdict(list)
        for file in self._files:
            for triple in dict.fromkeys(file.triples):
                found[triple].append(file)
        return found

    @cached_property
    def _subjects(self) -> dict[Term, list[SourceFile]]:
        return self._by_position(0)

    @cached_property
    def _predicates(self) -> dict[Term, list[SourceFile]]:
        return self._by_position(1)

    @cached_property
    def _objects(self) -> dict[Term, list[SourceFile]]:
        return self._by_position(2)

    def _by_position(self, position: int) -> dict[Term, list[SourceFile]]:
        found: defaultdict[Term, list[SourceFile]] = defaultdict(list)
        for file in self._files:
            for term in dict.fromkeys(triple[position] for triple in file.triples):
                found[term].append(file)
        return found


class StorePlaces:
    """Knows the files of a store that a build has made, in which each has a graph."""

    def __init__(self, store: Store) -> None:
        self._store = store
        graphs = store.terms(g.id for g in store.statistics.graphs)
        self._files = {
            id_: name
            for id_, graph in graphs.items()
            if isinstance(graph, IRI) and (name := file_of_graph(graph.value)) is not None
        }

    def of(self, finding: Finding) -> tuple[Location, ...]:
        if not self._files:
            return ()
        found = self._graphs("spo", finding.triple) if finding.triple is not None else ()
        return found or self._graphs("s", (finding.focus,)) or self._graphs("o", (finding.focus,))

    def _graphs(self, positions: str, terms: tuple[Term, ...]) -> tuple[Location, ...]:
        ids = self._store.ids(terms)
        if not all(term in ids for term in terms):
            return ()
        where = " AND ".join(f"{p} = {ids[t]}" for p, t in zip(positions, terms, strict=True))
        rows = self._store.connection.cursor().execute(f"SELECT DISTINCT g FROM pso WHERE {where}")
        names = sorted(self._files[g] for (g,) in rows.fetchall() if g in self._files)
        return tuple(Location(name) for name in names)
