"""Flat rows: ``(type1, lexical1, type2, lexical2, …)``, None twice for unbound.

Types and lexical forms are those of ``kgtool.rdf.terms.term_type`` and ``lexical_form``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeAlias

FlatRow: TypeAlias = tuple[str | None, ...]
FlatTriple: TypeAlias = tuple[str, str, str, str, str, str]

#: Rows a piece of output; enough to make the cost of a write disappear.
BATCH = 1000


def batches(rows: Iterable[FlatRow], size: int = BATCH) -> Iterator[list[FlatRow]]:
    """The rows in lists of at most ``size``."""
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch
