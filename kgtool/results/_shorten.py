"""Terms for people: prefixed names, lexical forms, nothing that moves a cursor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kgtool.rdf.names import Names
from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.results._flat import FlatRow

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NUMERIC = {XSD.integer, XSD.decimal, XSD.float, XSD.double, *INTEGER_RANGES}


class Shortener:
    """Makes the text of cells, given the prefixes."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._names = Names(prefixes)

    def cells(self, row: FlatRow) -> list[str]:
        """The texts of a row; unbound is empty, control characters become a space."""
        return [self._cell(t, x) for t, x in zip(row[::2], row[1::2], strict=True)]

    def _cell(self, type_: str | None, lexical: str | None) -> str:
        if type_ is None or lexical is None:
            return ""
        if type_ == "iri":
            lexical = self._names.short(lexical) or lexical
        elif type_ == "bnode":
            lexical = f"_:{lexical}"
        return lexical if lexical.isalnum() else _CONTROL.sub(" ", lexical)


def numeric_columns(rows: Iterable[FlatRow], width: int) -> list[bool]:
    """Which columns hold numbers only, and at least one."""
    seen: list[set[str | None]] = [set() for _ in range(width)]
    for row in rows:
        for types, type_ in zip(seen, row[::2], strict=True):
            types.add(type_)
    return [bool(types - {None}) and types <= _NUMERIC | {None} for types in seen]
