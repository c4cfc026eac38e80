"""Finds in which files, and where in them, what a finding is about stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, cached_property
from typing import TYPE_CHECKING

from kgtool.project.folder import file_of_graph
from kgtool.project.sources import SourceFile, Triple
from kgtool.rdf.document.index import DocumentIndex
from kgtool.rdf.terms import IRI, Term
from kgtool.shacl import Finding

if TYPE_CHECKING:
    from kgtool.engine.store import Store


class Places:
    """Knows in which files a triple stands, and a term is described."""

    def __init__(self, files: Iterable[SourceFile]) -> None:
        self._files = {file.name: file for file in files}
        self._index = cache(self._read)

    def files(self, finding: Finding) -> tuple[str, ...]:
        """The files with the offending triple, else those that describe the focus node."""
        if finding.triple is not None:
            found = self._triples.get(finding.triple)
            if found:
                return tuple(found)
        found = self._subjects.get(finding.focus) or self._objects.get(finding.focus) or []
        return tuple(found)

    def line(self, finding: Finding, file: str) -> int | None:
        """The line of the offending triple in a file, or of the focus node."""
        if file not in self._files:
            return None
        index = self._index(file)
        if index is None:
            return None
        triples = index.triple(finding.triple) if finding.triple is not None else []
        place = triples[0] if triples else index.term(finding.focus)
        return None if place is None else place.line

    def _read(self, name: str) -> DocumentIndex | None:
        return self._files[name].index()

    @cached_property
    def _triples(self) -> dict[Triple, list[str]]:
        found: defaultdict[Triple, list[str]] = defaultdict(list)
        for file in self._files.values():
            for triple in dict.fromkeys(file.triples):
                found[triple].append(file.name)
        return found

    @cached_property
    def _subjects(self) -> dict[Term, list[str]]:
        return self._by_position(0)

    @cached_property
    def _objects(self) -> dict[Term, list[str]]:
        return self._by_position(2)

    def _by_position(self, position: int) -> dict[Term, list[str]]:
        found: defaultdict[Term, list[str]] = defaultdict(list)
        for file in self._files.values():
            for term in dict.fromkeys(triple[position] for triple in file.triples):
                found[term].append(file.name)
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

    def files(self, finding: Finding) -> tuple[str, ...]:
        if not self._files:
            return ()
        found = self._graphs("spo", finding.triple) if finding.triple is not None else ()
        return found or self._graphs("s", (finding.focus,)) or self._graphs("o", (finding.focus,))

    def line(self, finding: Finding, file: str) -> int | None:
        return None

    def _graphs(self, positions: str, terms: tuple[Term, ...]) -> tuple[str, ...]:
        ids = self._store.ids(terms)
        if not all(term in ids for term in terms):
            return ()
        where = " AND ".join(f"{p} = {ids[t]}" for p, t in zip(positions, terms, strict=True))
        rows = self._store.connection.cursor().execute(f"SELECT DISTINCT g FROM pso WHERE {where}")
        return tuple(sorted(self._files[g] for (g,) in rows.fetchall() if g in self._files))
