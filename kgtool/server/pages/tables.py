"""Rows as a table of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kgtool.rdf.terms import Term
from kgtool.server.pages.views import View, Views


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that are shown; None is a cell without a value."""

    variables: tuple[str, ...]
    rows: tuple[tuple[View | None, ...], ...]

    @property
    def numbers(self) -> tuple[bool, ...]:
        """Which columns have numbers alone."""
        columns = ([row[i] for row in self.rows] for i in range(len(self.variables)))
        return tuple(
            any(column) and all(cell is None or cell.number for cell in column)
            for column in columns
        )


def table_of(
    views: Views, variables: tuple[str, ...], rows: Iterable[Iterable[Term | None]]
) -> Table:
    shown = (tuple(None if term is None else views.of(term) for term in row) for row in rows)
    return Table(variables, tuple(shown))
