"""One solution of a SELECT query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import overload

from kgtool.errors import nearest
from kgtool.rdf.terms import Term, make_term
from kgtool.results._flat import FlatRow


class Row:
    """The terms of one solution: by position, by name, as attributes, or unpacked.

    >>> row = Row({"name": 0, "age": 1}, ("@en", "Ann", None, None))
    >>> row[0] == row["name"] == row.name
    True
    >>> row.age is None
    True
    >>> name, age = row
    """

    __slots__ = ("_flat", "_index")

    def __init__(self, index: dict[str, int], flat: FlatRow) -> None:
        self._index = index
        self._flat = flat

    @overload
    def __getitem__(self, key: int | str) -> Term | None: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Term | None, ...]: ...
    def __getitem__(self, key: int | str | slice) -> Term | tuple[Term | None, ...] | None:
        """The term at a position or of a variable, None when unbound.

        Raises IndexError for a position and KeyError for a variable that is not there.
        """
        if isinstance(key, slice):
            return tuple(self)[key]
        if isinstance(key, str):
            return self._at(self._position(key))
        size = len(self)
        if not -size <= key < size:
            raise IndexError(f"column {key} of a row with {size} columns")
        return self._at(key % size)

    def __getattr__(self, name: str) -> Term | None:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0], name=name, obj=self) from None

    def __iter__(self) -> Iterator[Term | None]:
        return (self._at(i) for i in range(len(self)))

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, name: object) -> bool:
        return name in self._index

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Row):
            return self._flat == other._flat and list(self._index) == list(other._index)
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        cells = ", ".join(f"{name}={term}" for name, term in self.asdict().items())
        return f"Row({cells})"

    @property
    def raw(self) -> FlatRow:
        """The flat row."""
        return self._flat

    def asdict(self) -> dict[str, Term | None]:
        """The terms by variable name; unbound ones are None."""
        return {name: self._at(i) for name, i in self._index.items()}

    def _at(self, position: int) -> Term | None:
        type_, lexical = self._flat[2 * position : 2 * position + 2]
        return None if type_ is None or lexical is None else make_term(type_, lexical)

    def _position(self, name: str) -> int:
        try:
            return self._index[name]
        except KeyError:
            near = nearest(name, self._index)
            known = f"did you mean {near!r}?" if near else f"there are {', '.join(self._index)}"
            raise KeyError(f"no variable {name!r}; {known}") from None
