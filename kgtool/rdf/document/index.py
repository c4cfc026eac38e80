"""Where in a Turtle file a triple or a term stands."""

from __future__ import annotations

from collections.abc import Iterable

from kgtool.errors import Location
from kgtool.rdf.canonical import Colours
from kgtool.rdf.document.parser import parse_document
from kgtool.rdf.document.placed import PlacedTriple, placed_triples
from kgtool.rdf.terms import BlankNode, Term

Triple = tuple[Term, Term, Term]


class DocumentIndex:
    """The places of a file's triples and terms; ``base`` resolves relative IRIs.

    ``triples`` are the file's as another parser read them: blank nodes are known by the
    labels that they have there. Raises RdfSyntaxError.
    """

    def __init__(self, text: str, name: str, base: str, triples: Iterable[Triple] = ()) -> None:
        self._text = text
        self._name = name
        self._triples: dict[Triple, list[int]] = {}
        self._pairs: dict[tuple[Term, Term], int] = {}
        self._subjects: dict[Term, int] = {}
        self._predicates: dict[Term, int] = {}
        self._objects: dict[Term, int] = {}
        found = list(placed_triples(parse_document(text, name, base=base)))
        labels = _labels(found, triples)
        for each in found:
            subject, object_ = (labels.get(t, t) for t in (each.subject, each.object))
            triple = subject, each.predicate, object_
            self._triples.setdefault(triple, []).append(each.object_at)
            self._pairs.setdefault(triple[:2], each.object_at)
            self._subjects.setdefault(subject, each.subject_at)
            self._predicates.setdefault(each.predicate, each.predicate_at)
            self._objects.setdefault(object_, each.object_at)

    def triple(self, triple: Triple) -> list[Location]:
        """Where the object of a triple stands, each time that it does."""
        return [self._place(offset) for offset in self._triples.get(triple, ())]

    def nearest(
        self, subject: Term, predicate: Term | None = None, object_: Term | None = None
    ) -> Location | None:
        """Where a triple stands; else the first one with that predicate; else the subject.

        A term that is no subject is looked for among the objects, then the predicates.
        """
        offset = None
        if predicate is not None and object_ is not None:
            offset = next(iter(self._triples.get((subject, predicate, object_), ())), None)
        if offset is None and predicate is not None:
            offset = self._pairs.get((subject, predicate))
        if offset is None:
            roles = (self._subjects, self._objects, self._predicates)
            offset = next((role[subject] for role in roles if subject in role), None)
        return None if offset is None else self._place(offset)

    def _place(self, offset: int) -> Location:
        return Location.at(offset, self._text, self._name)


def _labels(placed: Iterable[PlacedTriple], triples: Iterable[Triple]) -> dict[Term, Term]:
    """The blank nodes of the other reading, by those of this one.

    Nodes of which the same is said are all alike, and any of them is the right one.
    """
    ours, theirs = _ordered(each.triple for each in placed), _ordered(triples)
    same = len(ours) == len(theirs)  # else the file has been changed between the two
    return dict(zip(ours, theirs, strict=True)) if same else {}


def _ordered(triples: Iterable[Triple]) -> list[BlankNode]:
    """The blank nodes in an order that depends on what is said of them alone."""
    touching = [t for t in triples if isinstance(t[0], BlankNode) or isinstance(t[2], BlankNode)]
    nodes = {term for triple in touching for term in triple if isinstance(term, BlankNode)}
    return Colours((*triple, None) for triple in touching).ordered(nodes)
