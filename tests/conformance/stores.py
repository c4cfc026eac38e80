"""Stores of the suites' datasets, and what stores and files hold, as rows of terms."""

from __future__ import annotations

import atexit
import io
import itertools
import os
import shutil
import tempfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pyoxigraph

from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.project.export.syntaxes import write_graph
from kgtool.project.folder import INFERRED_GRAPH
from kgtool.project.graph import Graph
from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.terms import IRI, BlankNode
from kgtool.reason import PROFILES, Entailment
from tests.conformance.manifests import Files, iri_of
from tests.plan.answers import Row, same_bag

_FORMATS = {
    "nquads": pyoxigraph.RdfFormat.N_QUADS,
    "turtle": pyoxigraph.RdfFormat.TURTLE,
    "trig": pyoxigraph.RdfFormat.TRIG,
}


class Stores:
    """Stores by the files in them; the ones used last stay open."""

    _SIZE = 8

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kgtool-conformance-")
        self._open: OrderedDict[tuple[Files, str], Store] = OrderedDict()
        self._numbers = itertools.count()
        atexit.register(self._close)

    def get(self, files: Files, entailment: str = "none") -> Store:
        """The store that holds these files, and what they entail; not to be changed."""
        key = files, entailment
        if key not in self._open:
            path = self._path()
            with StoreWriter(path, threads=1) as writer:
                for file in files.default:
                    writer.add(Source(file, base=iri_of(file)))
                for file, name in files.named:
                    writer.add(Source(file, graph=IRI(name), base=iri_of(file)))
                profile = PROFILES.get(entailment)
                writer.commit(
                    {}, profile and Entailment(IRI(INFERRED_GRAPH), profile, reflexive=True)
                )
            self._open[key] = Store.open(path, threads=1)
        self._open.move_to_end(key)
        if len(self._open) > self._SIZE:
            _, oldest = self._open.popitem(last=False)
            oldest.close()
            oldest.path.unlink()
        return self._open[key]

    def copy(self, files: Files) -> Path:
        """A store of the files that may be changed, and is to be deleted afterwards."""
        path = self._path()
        shutil.copyfile(self.get(files).path, path)
        return path

    def _path(self) -> Path:
        # Processes that were forked share the folder.
        return Path(self._folder.name) / f"{os.getpid()}-{next(self._numbers)}.duckdb"

    def _close(self) -> None:
        for store in self._open.values():
            store.close()
        self._folder.cleanup()


stores = Stores()


def exported(path: Path, format: str = "nquads") -> list[Row]:
    """What `kgtool export` writes of a store, read again."""
    out = io.BytesIO()
    with Store.open(path, threads=1) as store:
        write_graph(Graph(store), out, format, "asserted")
    return _rows(pyoxigraph.parse(out.getvalue(), format=_FORMATS[format]))


def contents(files: Files) -> list[Row]:
    """The quads of a dataset's files; blank nodes of two files are two."""
    return [
        row
        for number, (file, name) in enumerate([*((f, None) for f in files.default), *files.named])
        for row in quads_in(file, iri_of(file), name, f"f{number}-")
    ]


def quads_in(file: Path, base: str, graph: str | None = None, scope: str = "") -> list[Row]:
    """The distinct quads of a file, in a graph where one is named."""
    rows = _rows(pyoxigraph.parse(path=str(file), base_iri=base))
    name = None if graph is None else IRI(graph)
    scoped = {
        t: BlankNode(scope + t.label) for row in rows for t in row if isinstance(t, BlankNode)
    }
    return [(*(scoped.get(t, t) for t in (s, p, o)), g or name) for s, p, o, g in rows]


def rows_difference(got: list[Row], expected: list[Row]) -> str | None:
    """What sets two datasets apart; None where they are isomorphic."""
    if same_bag(got, expected):
        return None
    lines = [f"{len(got)} quads instead of {len(expected)}"]
    for sign, rows, others in (("+", got, expected), ("-", expected, got)):
        lines += [f"  {sign} {_text(row)}" for row in rows if row not in others]
    return "\n".join(lines)


def _rows(quads: Any) -> list[Row]:
    default = pyoxigraph.DefaultGraph()
    found = (
        (q.subject, q.predicate, q.object, None if q.graph_name == default else q.graph_name)
        for q in quads
    )
    return list({tuple(t and from_oxigraph(t) for t in quad): None for quad in found})


def _text(row: Row) -> str:
    return " ".join(str(term) for term in row if term is not None)
