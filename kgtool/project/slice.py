"""A part of a graph as a store of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kgtool.errors import UsageError
from kgtool.project.load import load_files
from kgtool.results import GraphResult
from kgtool.sparql.algebra import ConstructQuery, DescribeQuery

if TYPE_CHECKING:
    from kgtool.engine.writer import LoadReport
    from kgtool.project.graph import Graph
    from kgtool.project.stored import StoredQuery


def write_slice(
    graph: Graph,
    query: StoredQuery,
    parameters: Mapping[str, object],
    target: Path | str,
    timeout: float | None = None,
    step: Callable[[str], None] = lambda text: None,
    memory_limit: str | None = None,
) -> LoadReport:
    """Writes the triples that CONSTRUCT or DESCRIBE makes as a store at ``target``.

    They pass through a file of N-Triples, so that memory does not grow with them. Raises
    UsageError for a query that makes no triples, which is not asked.
    """
    if not isinstance(graph.algebra(query, parameters), ConstructQuery | DescribeQuery):
        raise UsageError(f"{query.name} makes no triples", expected="CONSTRUCT or DESCRIBE")
    step("asking")
    result = graph.query(query, parameters, timeout=timeout)
    assert isinstance(result, GraphResult)
    with tempfile.TemporaryDirectory(prefix="kgtool-slice-") as folder:
        file = Path(folder) / "slice.nt"
        with result, file.open("wb") as out:
            result.write(out, "ntriples")
        return load_files([file], target, step=step, memory_limit=memory_limit)
