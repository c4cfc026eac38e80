"""Property paths: their syntax (rules 88 to 96) and translation (section 18.2.2.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a
from kgtool.sparql._expressions import Expressions
from kgtool.sparql._terms import TYPE

PatternPart: TypeAlias = a.TriplePattern | a.PathPattern

_MODIFIERS: dict[str, Callable[[a.Path], a.Path]] = {
    "*": a.ZeroOrMore,
    "+": a.OneOrMore,
    "?": a.ZeroOrOne,
}
_OPERATORS = frozenset("/|*+?")
PATH_STARTS = frozenset(("^", "!", "("))


class Paths(Expressions):
    def path(self) -> a.Path:
        if self.key in ("pname", "iri") and self.following().key not in _OPERATORS:
            return self.iri_of(self.advance())
        left = self._path_sequence()
        while self.accept("|"):
            left = a.Alternative(left, self._path_sequence())
        return left

    def _path_sequence(self) -> a.Path:
        left = self._path_step()
        while self.accept("/"):
            left = a.Sequence(left, self._path_step())
        return left

    def _path_step(self) -> a.Path:
        if self.accept("^"):
            return a.Inverse(self._path_element())
        return self._path_element()

    def _path_element(self) -> a.Path:
        path = self._path_primary()
        if self.key in _MODIFIERS:
            return _MODIFIERS[self.advance().key](path)
        return path

    def _path_primary(self) -> a.Path:
        if self.key == "!":
            self.advance()
            return self._negated_set()
        if self.key == "(":
            opened = self.advance()
            path = self.path()
            self.close(opened)
            return path
        return self.verb_iri("a property path")

    def _negated_set(self) -> a.Path:
        forward: list[IRI] = []
        inverse: list[IRI] = []
        if self.key != "(":
            self._negated_member(forward, inverse)
        else:
            opened = self.advance()
            if self.key != ")":
                self._negated_member(forward, inverse)
                while self.accept("|"):
                    self._negated_member(forward, inverse)
            self.close(opened, "|")
            if not forward and not inverse:
                # !() excludes nothing: it is every predicate, as !a|a is too.
                return a.Alternative(a.NegatedPropertySet((TYPE,), ()), TYPE)
        return a.NegatedPropertySet(tuple(forward), tuple(inverse))

    def _negated_member(self, forward: list[IRI], inverse: list[IRI]) -> None:
        side = inverse if self.accept("^") else forward
        side.append(self.verb_iri())

    def connect(
        self, subject: a.Node, path: a.Path | a.Variable, object_: a.Node
    ) -> Iterator[PatternPart]:
        """The triple and path patterns that ``subject path object`` stands for.

        Sequences and inverses are taken apart as section 18.2.2.4 says. It does so for the
        inverse of an IRI only; here the inverse of any path is the path with its ends
        exchanged, which has the same solutions.
        """
        if isinstance(path, a.Inverse):
            yield from self.connect(object_, path.path, subject)
        elif isinstance(path, a.Sequence):
            between = self.fresh_variable("path")
            yield from self.connect(subject, path.left, between)
            yield from self.connect(between, path.right, object_)
        elif isinstance(path, (IRI, a.Variable)):
            yield a.TriplePattern(subject, path, object_)
        else:
            yield a.PathPattern(subject, path, object_)
