"""Loads RDF files into a store of their own, outside any project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgtool.engine.writer import Derivation, LoadReport
    from kgtool.rdf.files import Format


def load_files(
    files: Sequence[Path],
    store: Path,
    format: str | None = None,
    step: Callable[[str], None] = lambda text: None,
    *,
    memory_limit: str | None = None,
    entailment: str = "none",
    metadata: Path | None = None,
) -> LoadReport:
    """Writes a store with the triples of all files; one that exists is replaced at the end.

    Triples go to the default graph, quads to the graphs they name. ``format`` is for files
    whose names do not tell theirs. Relative IRIs are resolved against each file's place. What
    the files entail under a regime ("rdf", "rdfs", "owl-rl") goes to a graph of its own. Tables are
    read as the file ``metadata`` says, or those beside them.
    """
    from kgtool.engine.writer import Source, StoreWriter

    syntax = _format_named(format) if format else None
    with StoreWriter(
        store, memory_limit, progress=lambda stage, share: step(_progress(stage, share))
    ) as writer:
        for path in files:
            writer.add(Source(path, syntax, base=path.resolve().as_uri(), metadata=metadata))
        meta = {"files": ", ".join(path.name for path in files), "entailment": entailment}
        return writer.commit(meta, _derivation(entailment))


def _derivation(entailment: str) -> Derivation | None:
    if entailment == "none":
        return None
    from kgtool.project.folder import INFERRED_GRAPH
    from kgtool.rdf.terms import IRI
    from kgtool.reason import PROFILES, Entailment

    return Entailment(IRI(INFERRED_GRAPH), PROFILES[entailment], reflexive=True)


def _format_named(name: str) -> Format:
    from kgtool.rdf.files import Format
    from kgtool.results import format_named

    return Format(format_named(name, "graph").name)


def _progress(stage: str, share: float | None) -> str:
    return stage if share is None else f"{stage} ({share:.0%})"
