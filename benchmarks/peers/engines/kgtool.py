"""kgtool: a store on disk, asked through run_query with a cache of plans of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.answers import Row, flat_cells
from benchmarks.measure import load_kgtool
from benchmarks.peers.engines.base import Asker, Data, PythonEngine, peak_memory
from benchmarks.timing import Result


class Kgtool(PythonEngine):
    name = package = module = "kgtool"
    title = "kgtool"

    @property
    def version(self) -> str:
        from kgtool.version import __version__

        return __version__

    def load(self, data: Data) -> Result:
        return {
            **load_kgtool(str(data.source), str(data.store), data.memory_limit),
            "peak": peak_memory("self"),
        }

    @contextmanager
    def opened(self, data: Data) -> Iterator[Asker]:
        from kgtool.engine.store import Store

        # A folder of this process alone: the first run compiles, as in a first session.
        with (
            tempfile.TemporaryDirectory() as plans,
            Store.open(data.store, memory_limit=data.memory_limit) as store,
        ):
            yield _Asker(store, Path(plans))


class _Asker(Asker):
    def __init__(self, store: Any, plans: Path) -> None:
        from kgtool.plan import run_query

        self._run, self._store, self._plans = run_query, store, plans

    def run(self, text: str) -> list[tuple[Any, ...]]:
        return list(self._run(self._store, text, cache=self._plans).raw())

    def rows(self, text: str, answer: Any, variables: Sequence[str]) -> Iterable[Row]:
        return flat_cells(answer)
