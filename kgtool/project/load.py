"""Loads RDF files into a store of their own, outside any project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgtool.engine.writer import LoadReport
    from kgtool.rdf.reading import Format


def load_files(
    files: Sequence[Path],
    store: Path,
    format: str | None = None,
    step: Callable[[str], None] = lambda text: None,
    *,
    memory_limit: str | None = None,
) -> LoadReport:
    """Writes a store with the triples of all files; one that exists is replaced at the end.

    Triples go to the default graph, quads to the graphs they name. ``format`` is for files
    whose names do not tell theirs. Relative IRIs are resolved against each file's place.
    """
    from kgtool.engine.writer import Source, StoreWriter

    syntax = _format_named(format) if format else None
    with StoreWriter(
        store, memory_limit, progress=lambda stage, share: step(_progress(stage, share))
    ) as writer:
        for path in files:
            writer.add(Source(path, syntax, base=path.resolve().as_uri()))
        return writer.commit({"files": ", ".join(path.name for path in files)})


def _format_named(name: str) -> Format:
    from kgtool.rdf.reading import Format
    from kgtool.results import format_named

    return Format(format_named(name, "graph").name)


def _progress(stage: str, share: float | None) -> str:
    return stage if share is None else f"{stage} ({share:.0%})"
