"""A shapes graph as it is read: its triples by subject, and where in its file they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from kgtool.errors import ShapeError
from kgtool.rdf.placing import Places
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.shacl.vocabulary import FIRST, NIL, REST, SH, SUBCLASS, TYPE, local_name

Triple = tuple[Term, Term, Term]


class ShapesGraph:
    """The triples of a shapes graph; ``places`` are for mistakes in them."""

    def __init__(
        self, triples: Iterable[Triple], places: Callable[[], Places] | None = None
    ) -> None:
        self.triples = tuple(dict.fromkeys(triples))
        self._places = places
        self._objects: defaultdict[tuple[Term, Term], list[Term]] = defaultdict(list)
        self._subjects: defaultdict[tuple[Term, Term], list[Term]] = defaultdict(list)
        self._predicates: defaultdict[Term, dict[Term, None]] = defaultdict(dict)
        self._above: dict[Term, Term] = {}
        for subject, predicate, object_ in self.triples:
            self._objects[subject, predicate].append(object_)
            self._subjects[predicate, object_].append(subject)
            self._predicates[subject][predicate] = None
            if isinstance(object_, BlankNode):
                self._above.setdefault(object_, subject)

    # Triples ----------------------------------------------------------------------------

    def objects(self, subject: Term, predicate: IRI) -> list[Term]:
        return self._objects.get((subject, predicate), [])

    def subjects(self, predicate: IRI, object_: Term) -> list[Term]:
        return self._subjects.get((predicate, object_), [])

    def having(self, predicate: IRI) -> list[Term]:
        """The subjects of a predicate, in the order of the file."""
        return [s for s, p in self._objects if p == predicate]

    def predicates(self, subject: Term) -> Iterator[Term]:
        return iter(self._predicates.get(subject, ()))

    def is_instance(self, node: Term, *classes: IRI) -> bool:
        """Whether a node is a SHACL instance of one of the classes (section 1.1)."""
        return any(self._superclasses(type_) & set(classes) for type_ in self.objects(node, TYPE))

    def instances(self, cls: IRI) -> list[Term]:
        nodes = dict.fromkeys(s for s, p in self._objects if p == TYPE)
        return [node for node in nodes if self.is_instance(node, cls)]

    def _superclasses(self, cls: Term) -> set[Term]:
        found, open_ = {cls}, [cls]
        while open_:
            above = set(self.objects(open_.pop(), SUBCLASS)) - found
            found |= above
            open_ += above
        return found

    def owner(self, node: Term) -> Term:
        """The node, or where it has no name the nearest one with a name that it belongs to."""
        owner, seen = node, {node}
        while isinstance(owner, BlankNode):
            above = self._above.get(owner)
            if above is None or above in seen:
                return node
            seen.add(above)
            owner = above
        return owner

    # Values that shapes take ------------------------------------------------------------

    def one(self, subject: Term, predicate: IRI) -> Term | None:
        """The value of a predicate that may have one at most."""
        values = self.objects(subject, predicate)
        if len(values) > 1:
            raise self.error(
                f"sh:{local_name(predicate.value)} has {len(values)} values",
                subject, predicate, values[-1], expected="one at most",
            )  # fmt: skip
        return values[0] if values else None

    def members(self, subject: Term, predicate: IRI, head: Term) -> tuple[Term, ...]:
        """The members of a list (RDF Schema, section 5.2)."""
        found: list[Term] = []
        seen: set[Term] = set()
        node = head
        while node != NIL:
            first, rest = self.objects(node, FIRST), self.objects(node, REST)
            if len(first) != 1 or len(rest) != 1 or node in seen:
                raise self.error(
                    f"the value of {_name(predicate)} is not a list",
                    subject, predicate, head, expected="a list such as ( ex:a ex:b )",
                )  # fmt: skip
            seen.add(node)
            found.append(first[0])
            node = rest[0]
        return tuple(found)

    # Mistakes ---------------------------------------------------------------------------

    def error(
        self,
        message: str,
        subject: Term,
        predicate: IRI | None = None,
        object_: Term | None = None,
        expected: str | None = None,
    ) -> ShapeError:
        """A mistake in a triple of the shapes graph, with the file and the line."""
        owner = self.owner(subject)
        about = f"{_name(owner)}: " if isinstance(owner, IRI) else ""
        location = None
        if self._places is not None:
            location = self._places().nearest(subject, predicate, object_)
        return ShapeError(
            f"ill-formed shape: {about}{message}", location=location, expected=expected
        )


def _name(term: Term) -> str:
    if isinstance(term, IRI) and term.value.startswith(SH):
        return "sh:" + term.value.removeprefix(SH)
    return str(term)


def text_of(value: Term | None) -> str | None:
    return value.lexical if isinstance(value, Literal) else None
