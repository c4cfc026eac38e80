"""A document's statements put together: one block a subject, one pair a predicate."""

from __future__ import annotations

from collections.abc import Iterator

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
from kgtool.rdf.terms import Term


def tidy(document: Document) -> None:
    """Put what is said of one subject, or by one predicate, together, and each triple once."""
    _sections(document.sections)


def _sections(sections: list[Section]) -> None:
    for section in sections:
        section.blocks = _merged(section.blocks)
        for block in section.blocks:
            if isinstance(block, GraphBlock):
                _sections(block.sections)
            else:
                _node(block.subject)
                block.pairs = _joined(block.pairs)


def _node(node: Node) -> None:
    if isinstance(node, Collection):
        for item in node.items:
            _node(item)
    elif isinstance(node, Anonymous):
        node.pairs = _joined(node.pairs)


def _merged(blocks: list[Block | GraphBlock]) -> list[Block | GraphBlock]:
    """The blocks of a section, those about one subject in one."""
    first: dict[Term, Block] = {}
    order: list[Block | GraphBlock] = []
    for block in blocks:
        subject = block.subject if isinstance(block, Block) else None
        if isinstance(block, GraphBlock) or not isinstance(subject, TermNode):
            order.append(_opened(block) if isinstance(block, Block) else block)
        elif subject.term not in first:
            first[subject.term] = block
            order.append(block)
        else:
            known = first[subject.term]
            # What stood above and beside the second block stays with what it says.
            block.pairs[0].above = [*block.above, *subject.beside, *block.pairs[0].above]
            known.pairs += block.pairs
            known.below += block.below
    return order


def _opened(block: Block) -> Block:
    """``[ … ] …`` as ``[] … ; …``"""
    subject = block.subject
    if isinstance(subject, Anonymous) and subject.pairs:
        block.pairs = [*subject.pairs, *block.pairs]
        block.below = [*subject.below, *block.below]
        block.above = [*block.above, *subject.beside]
        block.subject = Anonymous(start=subject.start)
    return block


def _joined(pairs: list[Pair]) -> list[Pair]:
    """The pairs with all objects of a predicate in one, and none of them twice."""
    found: dict[Term, Pair] = {}
    for pair in pairs:
        known = found.setdefault(pair.predicate.term, pair)
        if known is not pair:
            known.above += [*pair.above, *pair.predicate.above, *pair.predicate.beside]
            known.objects = [*known.objects, *pair.objects]
    for pair in found.values():
        pair.objects = list(_distinct(pair.objects))
        for node in pair.objects:
            _node(node)
    return list(found.values())


def _distinct(objects: list[Node]) -> Iterator[Node]:
    seen: dict[Term, TermNode] = {}
    for node in objects:
        if isinstance(node, TermNode):
            known = seen.setdefault(node.term, node)
            if known is not node:
                known.above += [*node.above, *node.beside]
                continue
        yield node
