"""Lays out a store in files for :mod:`kgtool.engine.adjacency`, column by column.

    python -m kgtool.engine.layout STORE FINGERPRINT FOLDER

does it in a process of its own, whose loops do not hold up those that answer meanwhile.
"""

from __future__ import annotations

import json
import subprocess
import sys
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgtool.engine import ids
from kgtool.engine.store import Store

if TYPE_CHECKING:
    import duckdb

#: Quads of the largest store that is laid out, and the most terms that edits have added to it.
_MOST_QUADS = 20_000_000
_MOST_ADDED = 50_000
#: Quads of a store that is laid out before a process has begun.
_FEW_QUADS = 20_000
#: Rows that are taken from the engine at a time.
_BATCH = 20_000
#: Seconds between two looks at whether the files are still wanted.
_PAUSE = 0.1

#: The columns of triples by one of their ends, and where those of each term begin.
_TRIPLES = """
SELECT n, {other} FROM pso
JOIN (SELECT p, row_number() OVER (ORDER BY n) - 1 AS n FROM predicates) USING (p)
WHERE NOT dup ORDER BY {key}, n, {other}
"""
_STARTS = """
SELECT {key}, CAST(sum(size) OVER (ORDER BY {key}) AS BIGINT) - size AS start
FROM (SELECT {key}, count(*) AS size FROM pso WHERE NOT dup GROUP BY {key}) ORDER BY {key}
"""
#: Where the sorted terms of each tag and type are.
_RANGES = """
SELECT id >> {bits} AS kind, min(rowid), max(rowid) + 1 FROM terms WHERE rowid < {sorted}
GROUP BY kind
"""


class NotWanted(Exception):
    """Nobody waits for the files any more."""


def can_be_laid_out(store: Store) -> bool:
    """Whether a store is of a size for which it is worth it."""
    known = store.statistics
    return known.quads <= _MOST_QUADS and known.terms - known.sorted_terms <= _MOST_ADDED


def lay_out(store: Store, folder: Path, is_wanted: Callable[[], bool]) -> None:
    """Fills a folder, which must be there, in memory that does not grow with the store.

    Raises NotWanted, soon after ``is_wanted`` has come to say so, and OSError.
    """
    if store.statistics.quads <= _FEW_QUADS:
        _lay_out(store, folder, is_wanted)
        return
    command = [sys.executable, "-m", __name__, str(store.path), store.fingerprint, str(folder)]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        process_group=0,  # Ctrl-C is not for it
    ) as process:
        while process.poll() is None:
            if not is_wanted():
                process.kill()
                raise NotWanted
            with suppress(subprocess.TimeoutExpired):
                process.wait(_PAUSE)
    if process.returncode:
        raise ChildProcessError(f"laying out {store.path} ended with {process.returncode}")


def main() -> None:
    path, fingerprint, folder = sys.argv[1:]
    with Store.open(path) as store:
        # A build may have replaced it.
        if store.fingerprint != fingerprint:
            raise SystemExit(1)
        _lay_out(store, Path(folder), lambda: True)


def _lay_out(store: Store, folder: Path, is_wanted: Callable[[], bool]) -> None:
    known = store.statistics
    layout = _Layout(store.connection.cursor(), folder, is_wanted)
    for key, other in (("s", "o"), ("o", "s")):
        names = {"key": key, "other": other}
        layout.columns(_TRIPLES.format(**names), {f"{key}-predicates": "I", f"{key}-others": "q"})
        layout.columns(_STARTS.format(**names), {f"{key}-keys": "q", f"{key}-starts": "q"})
        with (folder / f"{key}-starts").open("ab") as file:
            array("q", [known.triples]).tofile(file)
    layout.texts()
    head = {
        "predicates": [p for (p,) in layout.rows("SELECT p FROM predicates ORDER BY n")],
        "plain": all(graph.id == ids.DEFAULT_GRAPH for graph in known.graphs),
        "types": known.types,
        "ranges": list(layout.rows(_RANGES.format(bits=ids.ROW_BITS, sorted=known.sorted_terms))),
        "sorted": known.sorted_terms,
    }
    (folder / "head.json").write_text(json.dumps(head), encoding="utf-8")


class _Layout:
    """Rows of the engine on their way to files."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, folder: Path, is_wanted: Callable[[], bool]
    ) -> None:
        self._cursor = cursor
        self._folder = folder
        self._is_wanted = is_wanted

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        for batch in self._batches(sql):
            yield from batch

    def columns(self, sql: str, kinds: dict[str, str]) -> None:
        """Writes each column of a statement to a file, as numbers of a kind (see array)."""
        with ExitStack() as stack:
            files = [stack.enter_context((self._folder / n).open("wb")) for n in kinds]
            for batch in self._batches(sql):
                columns = zip(*batch, strict=True)
                for file, kind, column in zip(files, kinds.values(), columns, strict=True):
                    array(kind, column).tofile(file)

    def texts(self) -> None:
        """Writes the lexical forms behind each other, where each begins, and the ids, by rows."""
        end = 0
        with ExitStack() as stack:
            files = (stack.enter_context((self._folder / n).open("wb")) for n in
                     ("ids", "offsets", "texts"))  # fmt: skip
            numbers, offsets, texts = files
            array("q", [0]).tofile(offsets)
            for batch in self._batches("SELECT id, lex FROM terms ORDER BY rowid"):
                found, lexes = zip(*batch, strict=True)
                data = [lex.encode("utf-8", "surrogatepass") for lex in lexes]
                ends = list(accumulate(map(len, data), initial=end))[1:]
                end = ends[-1]
                array("q", found).tofile(numbers)
                array("q", ends).tofile(offsets)
                texts.write(b"".join(data))

    def _batches(self, sql: str) -> Iterator[list[tuple[Any, ...]]]:
        self._cursor.execute(sql)
        while batch := self._cursor.fetchmany(_BATCH):
            if not self._is_wanted():
                raise NotWanted
            yield batch


if __name__ == "__main__":
    main()
