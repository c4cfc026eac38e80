"""Writes a project's triples into its store, each file's in a graph of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from kgtool.engine.writer import Derivation, LoadReport, Source, StoreWriter
from kgtool.project.checking import Sources
from kgtool.project.folder import GRAPH_PREFIX, Project
from kgtool.project.sources import Triple
from kgtool.rdf.files import Format
from kgtool.rdf.syntax import iri_text, ntriples_term
from kgtool.rdf.terms import IRI


def write_store(
    project: Project,
    sources: Sources,
    derivation: Derivation | None = None,
    finish: Callable[[Path], None] | None = None,
    path: Path | None = None,
) -> LoadReport:
    """Replaces the project's store; until this returns the old one stays as it was.

    ``path`` writes the store there, and leaves the project's as it is.
    ``derivation`` adds triples, ``finish`` may change or, by an error, refuse the file.
    """
    graphs = {project.graph_of(file.path): file.triples for file in sources.asserted}
    project.products.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=project.products, prefix=".build-") as folder:
        quads = Path(folder) / "graph.nq"
        with quads.open("w", encoding="utf-8", newline="\n") as out:
            for graph, triples in graphs.items():
                out.writelines(_lines(triples, graph))
        declarations = Path(folder) / "prefixes.ttl"
        declarations.write_text(_declarations(sources.prefixes), encoding="utf-8")
        with StoreWriter(path or project.store_path) as writer:
            for graph in graphs:
                writer.add(Source(declarations, Format.TURTLE, IRI(graph), "asserted"))
            writer.add(Source(quads, Format.NQUADS))
            report = writer.commit({"project": project.root.name}, derivation, finish)
    if path is None:
        # Plans hold ids, and those of the old store mean nothing any more.
        shutil.rmtree(project.plans_path, ignore_errors=True)
    return report


def write_asserted(path: Path, sources: Sources) -> None:
    """Writes a store of what is asserted alone, each file's triples in a graph of its own."""
    quads = path.with_suffix(".nq")
    with quads.open("w", encoding="utf-8", newline="\n") as out:
        for file in sources.asserted:
            out.writelines(_lines(file.triples, GRAPH_PREFIX + quote(file.name)))
    with StoreWriter(path) as writer:
        writer.add(Source(quads, Format.NQUADS))
        writer.commit({})


def _lines(triples: Iterable[Triple], graph: str) -> Iterator[str]:
    name = iri_text(graph)
    for triple in triples:
        subject, predicate, object_ = map(ntriples_term, triple)
        yield f"{subject} {predicate} {object_} {name} .\n"


def _declarations(prefixes: dict[str, str]) -> str:
    """A document that only declares prefixes: the loader keeps them for queries."""
    return "".join(f"@prefix {p}: {iri_text(iri)} .\n" for p, iri in sorted(prefixes.items()))
