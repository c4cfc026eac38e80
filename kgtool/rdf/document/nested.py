"""Blank nodes written where the one statement stands that refers to them."""

from __future__ import annotations

from collections import Counter
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
from kgtool.rdf.terms import BlankNode


def nest(document: Document) -> None:
    """Write labelled blank nodes as ``[ ]`` where that says the same."""
    referred: Counter[BlankNode] = Counter()
    described: Counter[BlankNode] = Counter()
    sections = list(_all_sections(document.sections))
    for section in sections:
        for block in section.blocks:
            if isinstance(block, GraphBlock):
                # A graph's name is looked at as a use, so that it keeps its label.
                referred.update(label for label in _labels([block.name] if block.name else []))
                referred.update(label for label in _labels([block.name] if block.name else []))
                continue
            if (label := _label(block.subject)) is not None:
                described[label] += 1
            else:
                referred.update(_labels([block.subject]))
            referred.update(_labels(o for pair in block.pairs for o in pair.objects))
    for section in sections:
        _Nester(section, referred, described).run()


class _Nester:
    """Nests the blank nodes that one section both refers to and describes."""

    def __init__(
        self, section: Section, referred: Counter[BlankNode], described: Counter[BlankNode]
    ) -> None:
        self._section = section
        blocks = [b for b in section.blocks if isinstance(b, Block)]
        own = {label: b for b in blocks if (label := _label(b.subject)) is not None}
        once = {label: b for label, b in own.items() if described[label] == 1}
        self._nested = {label: b for label, b in once.items() if referred[label] == 1}
        self._alone = {label: b for label, b in once.items() if referred[label] == 0}
        self._owners: dict[BlankNode, BlankNode | None] = {}
        for block in blocks:
            for label in _labels([block.subject, *(o for p in block.pairs for o in p.objects)]):
                self._owners[label] = _label(block.subject)
        self._nested = {n: b for n, b in self._nested.items() if self._has_root(n)}

    def run(self) -> None:
        for block in self._section.blocks:
            if isinstance(block, Block):
                self._replace(block.pairs)
                if isinstance(block.subject, Collection | Anonymous):
                    block.subject = self._node(block.subject)
        gone = {id(block) for block in self._nested.values()}
        self._section.blocks = [b for b in self._section.blocks if id(b) not in gone]
        for block in self._alone.values():
            subject = block.subject
            block.subject = Anonymous(start=subject.start, beside=subject.beside)

    def _has_root(self, label: BlankNode) -> bool:
        """Whether what refers to a node does not in the end stand inside it, but in the section."""
        seen: set[BlankNode] = set()
        node: BlankNode | None = label
        while node is not None and node in self._nested:
            if node in seen or node not in self._owners:
                return False
            seen.add(node)
            node = self._owners[node]
        return True

    def _replace(self, pairs: list[Pair]) -> None:
        for pair in pairs:
            pair.objects = [self._node(node) for node in pair.objects]

    def _node(self, node: Node) -> Node:
        if isinstance(node, Collection):
            node.items = [self._node(item) for item in node.items]
        elif isinstance(node, Anonymous):
            self._replace(node.pairs)
        elif (label := _label(node)) is not None and label in self._nested:
            block = self._nested[label]
            self._replace(block.pairs)
            return Anonymous(
                block.pairs,
                [*block.below],
                start=node.start,
                above=[*node.above, *block.above, *block.subject.beside],
                beside=node.beside,
            )
        return node


def _all_sections(sections: list[Section]) -> Iterator[Section]:
    for section in sections:
        yield section
        for block in section.blocks:
            if isinstance(block, GraphBlock):
                yield from _all_sections(block.sections)


def _label(node: Node) -> BlankNode | None:
    found = node.term if isinstance(node, TermNode) else None
    return found if isinstance(found, BlankNode) else None


def _labels(nodes: object) -> Iterator[BlankNode]:
    """The labels in some nodes, those inside them too."""
    for node in nodes:  # type: ignore[attr-defined]
        if isinstance(node, Collection):
            yield from _labels(node.items)
        elif isinstance(node, Anonymous):
            yield from _labels(o for pair in node.pairs for o in pair.objects)
        elif (label := _label(node)) is not None:
            yield label
