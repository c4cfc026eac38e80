"""Tables as triples (Generating RDF from Tabular Data on the Web, 4.6, minimal mode)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kgtool.errors import DataError, Location, NotFoundError, RdfSyntaxError, did_you_mean
from kgtool.rdf.files import Format, merge_conflict
from kgtool.rdf.tables.metadata import read_metadata
from kgtool.rdf.tables.model import (
    Column,
    Dialect,
    Table,
    encoded_name,
    expected_names,
    metadata_of,
)
from kgtool.rdf.tables.row import Row, Source, title_of
from kgtool.rdf.tables.rows import Record, records
from kgtool.rdf.terms import Term

if TYPE_CHECKING:
    import pyoxigraph

_T = TypeVar("_T")


class Cell(NamedTuple):
    """A triple, and where the cell that it comes from stands: row and number."""

    triple: tuple[Term, Term, Term]
    record: Record
    number: int


class TableParser:
    """A table being read, as ``kgtool.rdf.reading.Parser`` reads a file of RDF.

    ``metadata`` is the file that describes it, else one beside it does. Relative references are
    resolved against ``base``, which stands for the table's URL.
    """

    format = Format.TABLE
    prefixes: dict[str, str]

    def __init__(
        self, path: str | Path, base: str | None = None, metadata: str | Path | None = None
    ) -> None:
        self.path = Path(path)
        self.prefixes = {}
        self._base = base or self.path.resolve().as_uri()
        self._given = Path(metadata) if metadata else None

    def __iter__(self) -> Iterator[pyoxigraph.Quad]:
        return self.read(lambda quads: quads)

    def read(self, use: Callable[[Iterator[pyoxigraph.Quad]], Iterator[_T]]) -> Iterator[_T]:
        """What ``use`` yields from the quads. Raises RdfSyntaxError, with line and column."""
        return use(self._quads())

    def cells(self) -> Iterator[Cell]:
        """The triples, each with its place."""
        if self.table.suppressed:
            return
        rows = records(self.path, self.table.dialect)
        if self._dialect.header_rows == 0 and self.table.columns is None:
            first = next(rows, None)
            if first is None:
                return
            columns = self._numbered(len(first.cells) - self._dialect.skip_columns)
            rows = chain([first], rows)
        else:
            columns = self._head(rows)
        for number, record in enumerate(rows, start=1):
            yield from self._row(record, number, columns)

    def place(self, record: Record, number: int) -> Location:
        """Where a cell stands."""
        skipped = number + self.table.dialect.skip_columns
        return record.place(str(self.path), skipped, self.table.dialect)

    @cached_property
    def table(self) -> Table:
        """What the metadata say. Raises DataError, also where there are none."""
        found = self._given or metadata_of(self.path)
        if found is None:
            raise RdfSyntaxError(
                "nothing says what the columns of the table mean",
                location=Location(str(self.path)),
                expected=f"a description (CSVW) beside it, {expected_names(self.path)}",
                hint="docs/formats.md shows one; `kgtool load --metadata FILE` names one.",
            )
        return read_metadata(found, self.path)

    @property
    def _dialect(self) -> Dialect:
        return self.table.dialect

    def _quads(self) -> Iterator[pyoxigraph.Quad]:
        import pyoxigraph

        from kgtool.rdf.convert import to_oxigraph

        if not self.path.is_file():
            raise NotFoundError(f"there is no file {self.path}")
        predicates: dict[Term, pyoxigraph.NamedNode] = {}
        for (subject, predicate, object_), record, number in self.cells():
            try:
                if predicate not in predicates:
                    predicates[predicate] = to_oxigraph(predicate)  # type: ignore[assignment]
                yield pyoxigraph.Quad(
                    to_oxigraph(subject),  # type: ignore[arg-type]
                    predicates[predicate],
                    to_oxigraph(object_),
                )
            except DataError as error:  # an IRI that is none
                raise RdfSyntaxError(error.message, location=self.place(record, number)) from None

    def _numbered(self, count: int) -> tuple[Column, ...]:
        """The columns of a table that nothing names."""
        return tuple(replace(self.table.common, name=f"_col.{n + 1}") for n in range(count))

    def _head(self, rows: Iterator[Record]) -> tuple[Column, ...]:
        """The columns, which the rows of the head are compared with."""
        heads = [row for _, row in zip(range(self._dialect.header_rows), rows, strict=False)]
        known = self.table.columns
        names = heads[0].cells[self._dialect.skip_columns :] if heads else []
        if known is None:
            return tuple(
                replace(self.table.common, name=encoded_name(name), titles=(name,))
                for name in names
            )
        real = [column for column in known if not column.virtual]
        if heads and len(names) != len(real):
            raise RdfSyntaxError(
                f"the head has {_columns(len(names))}, the metadata describe {len(real)}",
                location=self.place(heads[0], min(len(names), len(real))),
                expected=", ".join(title_of(column) for column in real),
            )
        for number, (name, column) in enumerate(zip(names, real, strict=False)):
            if name.strip() not in (column.titles or (column.name,)):
                raise RdfSyntaxError(
                    f"the column is called {name.strip()!r}, in the metadata {title_of(column)!r}",
                    location=self.place(heads[0], number),
                    expected=repr(title_of(column)),
                    hint=did_you_mean(name, [title_of(each) for each in real]),
                )
        return known

    def _row(self, record: Record, number: int, columns: tuple[Column, ...]) -> Iterator[Cell]:
        cells = record.cells[self._dialect.skip_columns :]
        real = sum(1 for column in columns if not column.virtual)
        if len(cells) != real:
            if conflict := merge_conflict("".join(record.lines), str(self.path)):
                conflict.location = self.place(record, 0)
                raise conflict
            raise RdfSyntaxError(
                f"the row has {_columns(len(cells))}",
                location=self.place(record, min(len(cells), real)),
                expected=_columns(real),
            )
        place = partial(self.place, record)
        source = Source(self._base, self._dialect.skip_columns, self.prefixes, place)
        row = Row(source, (number, record.line), columns, cells)
        for position, column in enumerate(columns):
            if not column.suppressed:
                for triple in row.triples(position, column):
                    yield Cell(triple, record, position)


def _columns(number: int) -> str:
    return f"{number} column{'' if number == 1 else 's'}"
