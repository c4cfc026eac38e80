"""maplib: in memory only, since its package on PyPI has storage on disk left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from benchmarks.answers import Row, json_rows
from benchmarks.peers.engines.base import Asker, Data, PythonEngine, peak_memory
from benchmarks.timing import Result, spent


class Maplib(PythonEngine):
    name = package = module = "maplib"
    title = "maplib"
    in_memory = True
    # With thousands of predicates it overflows the stack that Rust gives a thread.
    environment: ClassVar[dict[str, str]] = {"RUST_MIN_STACK": str(1 << 30)}

    def load(self, data: Data) -> Result:
        import maplib

        model = maplib.Model()
        took = spent(lambda: model.read(str(data.source), format="ntriples"))
        peak = peak_memory("self")
        count = model.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
        triples = int(count["n"][0])
        return {"seconds": took.wall, "bytes": None, "triples": triples, "peak": peak}

    @contextmanager
    def opened(self, data: Data) -> Iterator[Asker]:
        import maplib

        model = maplib.Model()
        model.read(str(data.source), format="ntriples")
        yield _Asker(model)


class _Asker(Asker):
    def __init__(self, model: Any) -> None:
        self._model = model

    def run(self, text: str) -> Any:
        return self._model.query(text)

    def rows(self, text: str, answer: Any, variables: Sequence[str]) -> Iterable[Row]:
        # The frame has values without their datatypes, so it is asked again.
        return json_rows(self._model.query(text, return_json=True), variables)
