"""The rules over RDF lists, each list a rule of its own: chains, keys, intersections and so on.

cls-int2, cls-uni and the like for classes follow from scm-int, scm-uni and cax-sco.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from kgtool.rdf.namespaces import RDF
from kgtool.reason.filling import FilledRule
from kgtool.reason.rule import Atom, iri

#: A list's owner, its members, and its first node.
Listed = tuple[int, tuple[int, ...], int]

#: The properties whose values are lists that rules read.
LIST_PROPERTIES = tuple(
    iri(name)
    for name in (
        "owl:propertyChainAxiom", "owl:hasKey", "owl:intersectionOf", "owl:unionOf", "owl:oneOf",
        "owl:members", "owl:distinctMembers",
    )
)  # fmt: skip
#: The classes whose members are in lists.
LIST_CLASSES = tuple(
    iri(name)
    for name in ("owl:AllDisjointClasses", "owl:AllDisjointProperties", "owl:AllDifferent")
)


class Lists:
    """The lists of a schema; ``lists`` has them by property, ``ids`` the ids of constants."""

    def __init__(
        self,
        lists: Mapping[str, Sequence[Listed]],
        ids: Mapping[str, int],
        types: Mapping[str, set[int]],
    ) -> None:
        self._lists = lists
        self._ids = ids
        self._types = types

    def rules(self) -> Iterator[FilledRule]:
        """prp-spo2, prp-key and cls-int1."""
        for property_, chain, origin in self._of("owl:propertyChainAxiom"):
            steps = [Atom(f"?x{i}", p, f"?x{i + 1}") for i, p in enumerate(chain)]
            if steps:
                head = Atom("?x0", property_, f"?x{len(chain)}")
                yield FilledRule("prp-spo2", tuple(steps), (head,), origin=origin)
        for class_, key, origin in self._of("owl:hasKey"):
            if key and (same := self._ids.get(iri("owl:sameAs"))):
                values = [Atom(x, p, f"?z{i}") for i, p in enumerate(key) for x in ("?x", "?y")]
                atoms = (self._type("?x", class_), self._type("?y", class_), *values)
                head = Atom("?x", same, "?y")
                yield FilledRule("prp-key", atoms, (head,), (("?x", "?y"),), origin=origin)
        for class_, parts, origin in self._of("owl:intersectionOf"):
            if parts:
                atoms = tuple(self._type("?x", part) for part in parts)
                yield FilledRule("cls-int1", atoms, (self._type("?x", class_),), origin=origin)

    def schema(self) -> Iterator[FilledRule]:
        """scm-int and scm-uni."""
        below = self._ids.get(iri("rdfs:subClassOf"))
        if below is None:
            return
        for class_, parts, origin in self._of("owl:intersectionOf"):
            for part in parts:
                yield FilledRule("scm-int", (), (Atom(class_, below, part),), origin=origin)
        for class_, parts, origin in self._of("owl:unionOf"):
            for part in parts:
                yield FilledRule("scm-uni", (), (Atom(part, below, class_),), origin=origin)

    def members(self) -> Iterator[FilledRule]:
        """cls-oo: the members of an enumeration are in it."""
        for class_, parts, origin in self._of("owl:oneOf"):
            for part in parts:
                yield FilledRule("cls-oo", (), (self._type(part, class_),), origin=origin)

    def clashes(self) -> Iterator[FilledRule]:
        """prp-adp and cax-adc, pair by pair."""
        for classes in self._members_of("owl:AllDisjointClasses"):
            pairs = tuple(combinations(classes, 2))
            if pairs:
                atoms = (self._type("?x", "?c"), self._type("?x", "?d"))
                yield FilledRule("cax-adc", atoms, (), (), ("?c", "?d"), pairs)
        for properties in self._members_of("owl:AllDisjointProperties"):
            for p, q in combinations(properties, 2):
                yield FilledRule("prp-adp", (Atom("?x", p, "?y"), Atom("?x", q, "?y")), ())

    def different(self, representative: Callable[[int], int]) -> Iterator[tuple[int, int]]:
        """eq-diff2 and eq-diff3: members of an owl:AllDifferent that are the same."""
        for members in self._members_of("owl:AllDifferent"):
            seen: set[int] = set()
            for member in map(representative, members):
                if member in seen:
                    yield member, member
                seen.add(member)

    def _of(self, name: str) -> Iterator[tuple[int, tuple[int, ...], Atom]]:
        """The owner, the members, and the triple between the owner and the list."""
        for owner, members, head in self._lists.get(iri(name), ()):
            yield owner, members, Atom(owner, self._ids[iri(name)], head)

    def _members_of(self, class_: str) -> Iterator[tuple[int, ...]]:
        owners = self._types.get(iri(class_), set())
        for name in ("owl:members", "owl:distinctMembers"):
            yield from (members for owner, members, _ in self._of(name) if owner in owners)

    def _type(self, x: str | int, class_: str | int) -> Atom:
        return Atom(x, self._ids[RDF.type], class_)
