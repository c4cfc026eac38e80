"""owl:sameAs by representatives (eq-sym, eq-trans, eq-rep-*).

Of terms that are the same one stands for all in the facts, so that rules join one term where
copies would multiply; what follows for the others is written out once, at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kgtool.engine import ids


class Representatives:
    """A union-find over ids. ``preferred`` are never replaced by others."""

    def __init__(self, preferred: Collection[int]) -> None:
        self._preferred = preferred
        self._parents: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}

    def of(self, id_: int) -> int:
        """The representative."""
        root = id_
        while (parent := self._parents.get(root, root)) != root:
            root = parent
        return root

    def unite(self, pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
        """Make each pair the same; the representatives that others replace, with those."""
        replaced = set()
        for pair in pairs:
            one, two = sorted(map(self.of, pair), key=self._rank)
            if one != two:
                self._parents[two] = one
                self._members.setdefault(one, [one]).extend(self._members.pop(two, [two]))
                replaced.add(two)
        return {old: self.of(old) for old in replaced}

    def classes(self) -> dict[int, list[int]]:
        """The terms that are the same, by their representatives."""
        return self._members

    def _rank(self, id_: int) -> tuple[bool, int, int]:
        # Names before blank nodes before literals.
        tag = ids.tag_of(id_)
        kind = 0 if tag == ids.IRI_TAG else 1 if tag == ids.BNODE else 2
        return id_ not in self._preferred, kind, id_
