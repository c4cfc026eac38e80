"""Oxigraph as pyoxigraph: a store on disk, opened read-only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.answers import Row, oxigraph_cells
from benchmarks.measure import load_oxigraph
from benchmarks.peers.engines.base import Asker, Data, PythonEngine, peak_memory
from benchmarks.timing import Result


class Oxigraph(PythonEngine):
    name = "pyoxigraph"
    title = "Oxigraph"
    package = module = "pyoxigraph"

    def load(self, data: Data) -> Result:
        return {**load_oxigraph(str(data.source), str(data.store)), "peak": peak_memory("self")}

    @contextmanager
    def opened(self, data: Data) -> Iterator[Asker]:
        import pyoxigraph

        yield _Asker(pyoxigraph.Store.read_only(str(data.store)))


class _Asker(Asker):
    def __init__(self, store: Any) -> None:
        self._store = store

    def run(self, text: str) -> list[Any]:
        return list(self._store.query(text))

    def rows(self, text: str, answer: Any, variables: Sequence[str]) -> Iterable[Row]:
        return map(oxigraph_cells, answer)
