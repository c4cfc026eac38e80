"""The triples of a document with their places."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kgtool.rdf.document.nodes import (
    Anonymous,
    Block,
    Collection,
    Document,
    GraphBlock,
    Node,
    Pair,
    Section,
    TermNode,
)
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, BlankNode, Term

_FIRST, _REST, _NIL = IRI(RDF.first), IRI(RDF.rest), IRI(RDF.nil)


@dataclass(frozen=True, slots=True)
class PlacedTriple:
    """A triple, the graph it is in, and the offsets where its terms stand."""

    subject: Term
    predicate: Term
    object: Term
    graph: Term | None
    subject_at: int
    predicate_at: int
    object_at: int

    @property
    def triple(self) -> tuple[Term, Term, Term]:
        return self.subject, self.predicate, self.object


def placed_triples(document: Document) -> Iterator[PlacedTriple]:
    """All triples of a document, in order; blank nodes without a label get one."""
    return _Placer().document(document)


class _Placer:
    def __init__(self) -> None:
        self._numbers = itertools.count()

    def document(self, document: Document) -> Iterator[PlacedTriple]:
        yield from self._sections(document.sections, None)

    def _sections(self, sections: Sequence[Section], graph: Term | None) -> Iterator[PlacedTriple]:
        for section in sections:
            for block in section.blocks:
                if isinstance(block, GraphBlock):
                    name = None if block.name is None else self._term(block.name, None)[0]
                    yield from self._sections(block.sections, name)
                else:
                    yield from self._block(block, graph)

    def _block(self, block: Block, graph: Term | None) -> Iterator[PlacedTriple]:
        subject, inner = self._term(block.subject, graph)
        yield from inner
        yield from self._pairs(subject, block.pairs, graph, block.subject.start)

    def _pairs(
        self, subject: Term, pairs: Sequence[Pair], graph: Term | None, at: int
    ) -> Iterator[PlacedTriple]:
        for pair in pairs:
            for node in pair.objects:
                term, inner = self._term(node, graph)
                verb = pair.predicate
                yield PlacedTriple(subject, verb.term, term, graph, at, verb.start, node.start)
                yield from inner

    def _term(self, node: Node, graph: Term | None) -> tuple[Term, list[PlacedTriple]]:
        """A node's term, and the triples inside it."""
        if isinstance(node, TermNode):
            return node.term, []
        if isinstance(node, Anonymous):
            blank = self._fresh()
            return blank, list(self._pairs(blank, node.pairs, graph, node.start))
        return self._collection(node, graph)

    def _collection(self, node: Collection, graph: Term | None) -> tuple[Term, list[PlacedTriple]]:
        cells: list[Term] = [self._fresh() for _ in node.items]
        found: list[PlacedTriple] = []
        for cell, item, rest in zip(cells, node.items, [*cells[1:], _NIL], strict=False):
            term, inner = self._term(item, graph)
            at = node.start, item.start, item.start
            found.append(PlacedTriple(cell, _FIRST, term, graph, *at))
            found += inner
            found.append(PlacedTriple(cell, _REST, rest, graph, *at))
        return (cells[0] if cells else _NIL), found

    def _fresh(self) -> BlankNode:
        # A label cannot begin with a dot in a file, so that none is taken.
        return BlankNode(f".{next(self._numbers)}")
