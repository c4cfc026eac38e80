"""sparq: loaded into memory, where it is fastest; it can save a graph and open that again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.answers import Row, json_rows
from benchmarks.peers.engines.base import Asker, Data, PythonEngine, folder_size, peak_memory
from benchmarks.timing import Result, spent


class Sparq(PythonEngine):
    name = package = "sparq-rdf"
    module = title = "sparq"
    in_memory = True

    def load(self, data: Data) -> Result:
        graphs: list[Any] = []
        took = spent(lambda: graphs.append(_loaded(data)))
        peak = peak_memory("self")
        graphs[0].save(str(data.store))
        size = folder_size(data.store)
        return {"seconds": took.wall, "bytes": size, "triples": len(graphs[0]), "peak": peak}

    @contextmanager
    def opened(self, data: Data) -> Iterator[Asker]:
        yield _Asker(_loaded(data))


def _loaded(data: Data) -> Any:
    import sparq

    return sparq.Graph.load(str(data.source), format="ntriples")


class _Asker(Asker):
    def __init__(self, graph: Any) -> None:
        self._graph = graph

    def run(self, text: str) -> str:
        return self._graph.query_json(text)

    def rows(self, text: str, answer: Any, variables: Sequence[str]) -> Iterable[Row]:
        return json_rows(answer, variables)
