"""Where in a table a triple or a term comes from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kgtool.errors import DataError, Location
from kgtool.rdf.tables.reading import TableParser
from kgtool.rdf.terms import BlankNode, Term

Triple = tuple[Term, Term, Term]


class TablePlaces:
    """The places of a table's triples and terms, which is read again for it.

    ``triples`` are the table's as they were read before, if they were: a blank node is known by
    its label there.
    """

    def __init__(self, path: Path, name: str, triples: Iterable[Triple], base: str) -> None:
        self._triples: dict[Triple, list[Location]] = {}
        self._pairs: dict[tuple[Term, Term], Location] = {}
        self._terms: dict[Term, Location] = {}
        parser = TableParser(path, base)
        labels: dict[Term, Term] = {}
        before = iter(triples)
        try:
            for cell in parser.cells():
                for theirs, ours in zip(cell.triple, next(before, ()), strict=False):
                    if isinstance(theirs, BlankNode):
                        labels[theirs] = ours
                place = parser.place(cell.record, cell.number)._replace(file=name)
                self._note(cell.triple, labels, place)
        except DataError:  # it has been changed since; what is known is known
            return

    def _note(self, triple: Triple, labels: dict[Term, Term], place: Location) -> None:
        subject, predicate, object_ = (labels.get(term, term) for term in triple)
        self._triples.setdefault((subject, predicate, object_), []).append(place)
        self._pairs.setdefault((subject, predicate), place)
        for term in (subject, object_, predicate):
            self._terms.setdefault(term, place)

    def triple(self, triple: Triple) -> list[Location]:
        """The cells that a triple comes from."""
        return list(self._triples.get(triple, ()))

    def nearest(
        self, subject: Term, predicate: Term | None = None, object_: Term | None = None
    ) -> Location | None:
        """The cell of a triple; else the first of its subject and predicate, or of the subject."""
        if predicate is None:
            return self._terms.get(subject)
        whole = self._triples.get((subject, predicate, object_)) if object_ is not None else None
        return whole[0] if whole else self._pairs.get((subject, predicate)) or self.nearest(subject)
