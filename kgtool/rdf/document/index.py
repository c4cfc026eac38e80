"""Where in a Turtle file a triple or a term stands."""

from __future__ import annotations

from kgtool.errors import Location
from kgtool.rdf.document.lexer import Source
from kgtool.rdf.document.parser import parse_document
from kgtool.rdf.document.placed import placed_triples
from kgtool.rdf.terms import Term


class DocumentIndex:
    """The places of a file's triples and terms; ``base`` resolves relative IRIs.

    Labels of blank nodes say nothing outside a file, so triples with them are not found.
    Raises RdfSyntaxError.
    """

    def __init__(self, text: str, name: str, base: str) -> None:
        self._source = Source(text, name)
        self._triples: dict[tuple[Term, Term, Term], list[int]] = {}
        self._subjects: dict[Term, int] = {}
        self._objects: dict[Term, int] = {}
        for placed in placed_triples(parse_document(text, name, base=base)):
            self._triples.setdefault(placed.triple, []).append(placed.object_at)
            self._subjects.setdefault(placed.subject, placed.subject_at)
            self._objects.setdefault(placed.object, placed.object_at)

    def triple(self, triple: tuple[Term, Term, Term]) -> list[Location]:
        """Where the object of a triple stands, each time that it does."""
        return [self._source.place(offset) for offset in self._triples.get(triple, ())]

    def term(self, term: Term) -> Location | None:
        """Where what is said of a term begins; else where it is first pointed to."""
        offset = self._subjects.get(term, self._objects.get(term))
        return None if offset is None else self._source.place(offset)

    def line(self, number: int) -> str:
        """The text of a line, which counts from 1."""
        return self._source.text.splitlines()[number - 1]
