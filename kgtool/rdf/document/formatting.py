"""One form for Turtle and TriG files: small diffs, every comment kept where it stood.

Prefixes are sorted and only those used; sections and subjects stay in the order in which the file
has them, with all that is said of a subject in a section in one block; ``a`` and labels come
first, then predicates by name, one on a line; objects are sorted; blank nodes that one statement
refers to are written where it does.
"""

from __future__ import annotations

from collections.abc import Iterator

from kgtool.rdf.document.nested import nest
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
from kgtool.rdf.document.parser import parse_document
from kgtool.rdf.document.tidying import tidy
from kgtool.rdf.names import Names
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.syntax import iri_text
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.rdf.turtle import INDENT, fits, literal_text, predicate_order, term_order

_TYPE = IRI(RDF.type)


def format_text(text: str, name: str = "text", *, graphs: bool = False) -> str:
    """The text of a Turtle file, or with ``graphs`` of a TriG file, in its one form.

    ``name`` is what errors call the file. Raises RdfSyntaxError.
    """
    document = parse_document(text, name, graphs=graphs)
    nest(document)
    tidy(document)
    return _Formatter(document).text()


class _Formatter:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._names = Names(document.prefixes)

    def text(self) -> str:
        document = self._document
        parts = [self._section(section, 0) for section in document.sections]
        body = "\n\n".join(part for part in parts if part)
        head = "\n".join(document.top)
        directives = "\n".join(self._directives())
        found = "\n\n".join(part for part in (head, directives, body) if part)
        return f"{found}\n" if found else ""

    def _directives(self) -> Iterator[str]:
        comments = dict(self._document.comments)
        if self._document.base is not None:
            yield from comments.pop("@base", [])
            yield f"@base {iri_text(self._document.base)} ."
        # An unused prefix goes, but not its comments.
        used = self._names.used
        for prefix in sorted({*used, *(p for p, lines in comments.items() if lines)}):
            yield from comments.get(prefix, [])
            if prefix in used:
                yield f"@prefix {prefix}: {iri_text(used[prefix])} ."

    # Blocks -----------------------------------------------------------------------------

    def _section(self, section: Section, level: int) -> str:
        margin = INDENT * level
        heading = "\n".join(f"{margin}{line}".rstrip() for line in section.heading)
        parts = [heading] if heading else []
        line_before = False
        for block in section.blocks:
            lines = list(self._block(block, level))
            one_line = len(lines) == 1
            if one_line and line_before and isinstance(block, Block) and not block.gap:
                parts[-1] += f"\n{lines[0]}"
            else:
                parts.append("\n".join(lines))
            line_before = one_line
        return "\n\n".join(parts)

    def _block(self, block: Block | GraphBlock, level: int) -> Iterator[str]:
        margin = INDENT * level
        yield from (f"{margin}{comment}" for comment in block.above)
        if isinstance(block, GraphBlock):
            name = "" if block.name is None else f"{self._lines(block.name, level)[0]} "
            yield f"{margin}{name}{{{_tail(block.beside)}"
            parts = [self._section(section, level + 1) for section in block.sections]
            body = "\n\n".join(part for part in parts if part)
            yield from body.split("\n") if body else []
            yield f"{margin}}}"
            return
        first, *more = self._lines(block.subject, level)
        yield from (f"{margin}{comment}" for comment in block.subject.beside[1:])
        pairs = list(self._pairs(block.pairs, level + 1, " ." if not block.below else " ;"))
        if len(pairs) == 1 and not more and not block.subject.beside and not block.below:
            yield f"{margin}{first} {pairs[0].lstrip()}"
            return
        lines = [f"{margin}{first}", *more]
        lines[-1] += _tail(block.subject.beside)
        yield from lines
        yield from pairs
        if block.below:
            yield from (f"{margin}{INDENT}{comment}" for comment in block.below)
            yield f"{margin}{INDENT}."

    def _pairs(self, pairs: list[Pair], level: int, end: str) -> Iterator[str]:
        """The lines of predicates and objects, with margins; ``end`` follows the last."""
        ordered = sorted(pairs, key=lambda pair: predicate_order(pair.predicate.term))
        for number, pair in enumerate(ordered, 1):
            yield from self._pair(pair, level, end if number == len(ordered) else " ;")

    def _pair(self, pair: Pair, level: int, end: str) -> Iterator[str]:
        margin = INDENT * level
        verb = "a" if pair.predicate.term == _TYPE else self._named(pair.predicate)
        objects = self._sorted(pair.objects, level)
        above = [*pair.above, *pair.predicate.above, *pair.predicate.beside]
        one_line = len(objects) == 1 or self._stand_together(objects)
        for node, _ in objects:
            above += [*node.above, *node.beside[1:]] if one_line else node.beside[1:]
        yield from (f"{margin}{comment}" for comment in above)
        if one_line:
            beside = [c for node, _ in objects for c in node.beside[:1]]
            lines = [", ".join(lines[0] for _, lines in objects)] if len(objects) > 1 else []
            lines = lines or objects[0][1]
            lines = [f"{margin}{verb} {lines[0]}", *lines[1:]]
            lines[-1] += end + _tail(beside)
            yield from lines
            return
        yield f"{margin}{verb}"
        inner = margin + INDENT
        for number, (node, _) in enumerate(objects, 1):
            yield from (f"{inner}{comment}" for comment in node.above)
            first, *more = self._lines(node, level + 1)
            lines = [f"{inner}{first}", *more]
            lines[-1] += (end if number == len(objects) else " ,") + _tail(node.beside)
            yield from lines

    def _sorted(self, objects: list[Node], level: int) -> list[tuple[Node, list[str]]]:
        inner = level + (len(objects) > 1)
        written = [(node, self._lines(node, inner)) for node in objects]
        found = sorted(written, key=lambda each: self._order(*each))
        if len(found) > 1 and self._stand_together(found):
            return found
        return found if len(found) > 1 else [(found[0][0], self._lines(found[0][0], level))]

    def _stand_together(self, objects: list[tuple[Node, list[str]]]) -> bool:
        """Whether several objects go on one line: short ones, without comments."""
        commented = any(node.above or node.beside for node, _ in objects)
        return not commented and fits(["\n".join(lines) for _, lines in objects])

    def _order(self, node: Node, lines: list[str]) -> tuple[int, str, str]:
        if isinstance(node, TermNode):
            if isinstance(node.term, BlankNode):
                return 3, node.term.label, ""
            return term_order(node.term)
        return 2, "\n".join(lines), ""

    # Nodes ------------------------------------------------------------------------------

    def _lines(self, node: Node, level: int) -> list[str]:
        """The lines of a node; the first without a margin, its own comments left out."""
        if isinstance(node, TermNode):
            return self._named(node).split("\n")
        margin = INDENT * level
        if isinstance(node, Collection):
            return self._collection(node, level)
        lines = list(self._pairs(node.pairs, level + 1, ""))
        if not lines and not node.below:
            return ["[]"]
        if len(lines) == 1 and not node.below and fits(lines) and not _has_comment(node):
            return [f"[ {lines[0].lstrip()} ]"]
        below = [f"{margin}{INDENT}{comment}" for comment in node.below]
        return ["[", *lines, *below, f"{margin}]"]

    def _collection(self, node: Collection, level: int) -> list[str]:
        margin = INDENT * level
        if not node.items and not node.below:
            return ["()"]
        items = [self._lines(item, level + 1) for item in node.items]
        commented = node.below or any(item.above or item.beside for item in node.items)
        if not commented and fits(["\n".join(item) for item in items]):
            return [f"( {' '.join(item[0] for item in items)} )"]
        lines = ["("]
        for item, written in zip(node.items, items, strict=True):
            lines += [f"{margin}{INDENT}{c}" for c in (*item.above, *item.beside[1:])]
            first, *more = written
            lines += [f"{margin}{INDENT}{first}", *more]
            lines[-1] += _tail(item.beside)
        below = [f"{margin}{INDENT}{comment}" for comment in node.below]
        return [*lines, *below, f"{margin})"]

    def _named(self, node: TermNode) -> str:
        term = node.term
        if isinstance(term, IRI):
            if node.relative is not None and self._document.base is not None:
                return iri_text(node.relative)
            return self._names.short(term.value) or iri_text(term.value)
        if isinstance(term, Literal):
            return literal_text(term, self._names)
        return f"_:{term.label}"


def _has_comment(node: Anonymous) -> bool:
    return any(
        pair.above or pair.predicate.above or pair.predicate.beside or o.above or o.beside
        for pair in node.pairs
        for o in pair.objects
    )


def _tail(beside: list[str]) -> str:
    return f" {beside[0]}" if beside else ""
