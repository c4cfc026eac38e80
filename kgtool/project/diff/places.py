"""Where in the files of a version something stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from kgtool.errors import Location
from kgtool.project.folder import Project
from kgtool.project.sources import Triple
from kgtool.rdf.placing import Places, places_in
from kgtool.rdf.terms import BlankNode, Term

#: Larger files are not looked through for the lines of a few triples: a second for each.
_MOST_BYTES = 2_000_000


class VersionPlaces:
    """Knows the lines in a project's files, which are read when they are asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._index: Callable[[str], Places | None] = cache(self._read)

    def triple(self, triple: Triple, file: str) -> Location:
        """Where a triple stands in a file that has it; the file, if that is all there is."""
        index = None if any(isinstance(t, BlankNode) for t in triple) else self._index(file)
        places = index.triple(triple) if index is not None else []
        return places[0] if places else Location(file)

    def term(self, term: Term, file: str) -> Location:
        """Where what is said of a term begins in a file."""
        index = None if isinstance(term, BlankNode) else self._index(file)
        place = index.nearest(term) if index is not None else None
        return place or Location(file)

    def _read(self, name: str) -> Places | None:
        path = self._project.root / name
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        return places_in(path, name, (), {}, self._project.base_of(path))
