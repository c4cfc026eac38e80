"""Loading text and looking at what came of it; shared by the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph

from kgtool.engine import ids
from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.rdf.files import Format
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term

Quad = tuple[Term, Term, Term, Term | None]


def build(folder: Path, *sources: Source) -> Store:
    path = folder / "graph.db"
    with StoreWriter(path) as writer:
        for source in sources:
            writer.add(source)
        writer.commit()
    return Store.open(path)


def load(folder: Path, text: str | bytes, format: Format = Format.NTRIPLES) -> Store:
    data = text.encode() if isinstance(text, str) else text
    file = folder / f"data.{format.value}"
    file.write_bytes(data)
    return build(folder, Source(file, format, base="http://base.example/"))


def quads(store: Store, order: str = "pso") -> set[Quad]:
    """All quads, decoded; blank nodes without the number of their file."""
    rows = store.connection.execute(f"SELECT s, p, o, g FROM {order}").fetchall()
    terms = store.terms({id_ for row in rows for id_ in row})
    terms = {id_: _unscoped(term) for id_, term in terms.items()}
    found = {(terms[s], terms[p], terms[o], terms.get(g)) for s, p, o, g in rows}
    assert len(found) == len(rows)
    assert {row[3] for row in rows if row[3] not in terms} <= {ids.DEFAULT_GRAPH}
    return found


def expected(text: str | bytes, format: Format) -> set[Quad]:
    """The same as pyoxigraph reads it."""
    from kgtool.rdf.reading import oxigraph_format

    found = set()
    for quad in pyoxigraph.parse(
        text, format=oxigraph_format(format), base_iri="http://base.example/"
    ):
        default = isinstance(quad.graph_name, pyoxigraph.DefaultGraph)
        graph = None if default else term_of(quad.graph_name)
        found.add((term_of(quad.subject), term_of(quad.predicate), term_of(quad.object), graph))
    return found


def term_of(node: object) -> Term:
    if isinstance(node, pyoxigraph.NamedNode):
        return IRI(node.value)
    if isinstance(node, pyoxigraph.BlankNode):
        return BlankNode(node.value)
    assert isinstance(node, pyoxigraph.Literal)
    if node.language:
        direction = str(node).rpartition("--")[2] if node.direction else ""
        tag = node.language + (f"--{direction}" if direction else "")
        return Literal(node.value, RDF.langString, tag)
    return Literal(node.value, node.datatype.value)


def _unscoped(term: Term) -> Term:
    return BlankNode(term.label.partition("_")[2]) if isinstance(term, BlankNode) else term
