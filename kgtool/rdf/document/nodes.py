"""The parts of a Turtle or TriG document, with the comments that belong to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from kgtool.rdf.terms import Term


@dataclass(slots=True, kw_only=True)
class Part:
    """Something that comments can belong to.

    ``above`` stand on lines of their own before it, ``beside`` stands behind it on its line.
    ``start`` is its offset in the text.
    """

    start: int = 0
    above: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)


@dataclass(slots=True)
class TermNode(Part):
    """An IRI, a literal or a labelled blank node. ``relative`` is how a relative IRI is written."""

    term: Term
    relative: str | None = None


@dataclass(slots=True)
class Pair(Part):
    """A predicate and its objects."""

    predicate: TermNode
    objects: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Anonymous(Part):
    """``[ … ]``; ``below`` are comments before its end."""

    pairs: list[Pair] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Collection(Part):
    """``( … )``"""

    items: list[Node] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


Node: TypeAlias = TermNode | Anonymous | Collection


@dataclass(slots=True)
class Block(Part):
    """The statements about one subject.

    ``below`` are comments before its full stop; ``gap`` says that an empty line stands before it.
    """

    subject: Node
    pairs: list[Pair] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    gap: bool = True


@dataclass(slots=True)
class GraphBlock(Part):
    """The statements in a named graph, or in the default graph where ``name`` is None."""

    name: Node | None
    sections: list[Section] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """Blocks under a comment that stands by itself (``heading``), in the order of the text."""

    heading: list[str] = field(default_factory=list)
    blocks: list[Block | GraphBlock] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """A file. ``top`` are the comments at its head; ``prefixes`` are in force at its end.

    ``base`` is the IRI of its base directive, where it has one, before all statements.
    ``comments`` belong to directives, by prefix and under "@base".
    """

    top: list[str] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    base: str | None = None
    comments: dict[str, list[str]] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
