"""Tables with a column of names: who is meant by each, in columns beside it."""

from __future__ import annotations

import csv
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from kgtool.engine.store import Store
from kgtool.errors import DataError, Location, UsageError, did_you_mean
from kgtool.plan.stop import Stop
from kgtool.reconcile.index import build_index, index_path
from kgtool.reconcile.matching import match
from kgtool.reconcile.names import Names
from kgtool.reconcile.query import Condition, Query
from kgtool.reconcile.shown import show

_BATCH = 100
#: What is added to a table, behind the name of the column.
_ADDED = ("id", "name", "score", "match")


@dataclass
class Reconciled:
    """A table as rows of cells, of which the first is the head; ``counts`` are of the rows read:
    ``match``, ``candidate`` or ``none``."""

    rows: Iterator[list[str]]
    counts: Counter[str] = field(default_factory=Counter)


@contextmanager
def opened(store: Store, memory_limit: str | None = None) -> Iterator[Names]:
    """The names of a store. The index is made where there is none, and kept if that can be."""
    with tempfile.TemporaryDirectory(prefix="kgtool-") as folder:
        path = index_path(store.path)
        if not (path.is_file() or os.access(path.parent, os.W_OK)):
            path = Path(folder, path.name)
        names = Names.open(store, path, memory_limit)
        if names is None:
            build_index(store, path, memory_limit)
            names = Names.open(store, path, memory_limit)
        assert names is not None
        try:
            yield names
        finally:
            names.close()


def read_table(file: Path, delimiter: str) -> Iterator[list[str]]:
    """The rows of a file in UTF-8; all of one length.

    Raises UsageError where it cannot be read, DataError with the line of a mistake.
    """
    line, width = 0, None
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            for row in reader:
                if width is None:
                    width = len(row)
                if row and len(row) != width:
                    raise DataError(
                        f"a row of {len(row)} cells, where the head has {width}",
                        location=Location(str(file), line + 1),
                    )
                if row:
                    yield row
                line = reader.line_num
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(str(error), location=Location(str(file), line + 1)) from error


def reconcile(
    names: Names,
    table: Iterator[list[str]],
    column: str,
    types: Sequence[str],
    properties: Mapping[str, str],
    least: float,
    timeout: float,
) -> Reconciled:
    """A table with the best candidate for each cell of a column.

    ``properties`` are IRIs by the columns that have their values. A batch may take ``timeout``
    seconds. Raises UsageError where a column is not there.
    """
    head = next(table, [])
    own = _place(column, head)
    others = {_place(each, head): iri for each, iri in properties.items()}
    found = Reconciled(iter(()))

    def query(row: list[str]) -> Query:
        conditions = tuple(
            Condition(iri, (row[place].strip(),))
            for place, iri in others.items()
            if row[place].strip()
        )
        name = (row[own],) if row[own].strip() else ()
        return Query(name, types=tuple(types), conditions=conditions if name else (), limit=1)

    def rows() -> Iterator[list[str]]:
        yield [*head, *(f"{column}_{each}" for each in _ADDED)]
        while batch := list(islice(table, _BATCH)):
            answers = _answers(names, map(query, batch), least, timeout)
            for row, (kind, cells) in zip(batch, answers, strict=True):
                found.counts[kind] += 1
                yield [*row, *cells]

    found.rows = rows()
    return found


def _answers(
    names: Names, queries: Iterable[Query], least: float, timeout: float
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is counted of each row, and the cells that are added to it."""
    with names.asking(timeout, Stop()) as asking:
        answers = match(names, asking, list(queries))
        shown = show(names, asking, {each.thing for some in answers for each in some}, ())
    for some in answers:
        best = some[0] if some and some[0].score >= least else None
        if best is None:
            yield "none", ("",) * len(_ADDED)
        else:
            thing, match_ = shown[best.thing], str(best.match).lower()
            cells = (thing.iri, thing.name, f"{best.score:.1f}", match_)
            yield "match" if best.match else "candidate", cells


def _place(column: str, head: list[str]) -> int:
    if column not in head:
        raise UsageError(
            f"the table has no column {column!r}",
            expected=f"one of: {', '.join(head)}",
            hint=did_you_mean(column, head),
        )
    return head.index(column)
