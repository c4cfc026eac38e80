"""Tokens to a document (Turtle 1.1, section 6.5; TriG 1.1, section 4).

Which comment belongs to what: one at the end of a line to what stands before it; lines of
comments to what follows them, unless an empty line parts them from it: then they head a section.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kgtool.errors import RdfSyntaxError, did_you_mean
from kgtool.rdf.document.lexer import Source, Token, tokenize
from kgtool.rdf.document.nodes import (
    Anonymous,
    Block,
    Collection,
    Document,
    GraphBlock,
    Node,
    Pair,
    Part,
    Section,
    TermNode,
)
from kgtool.rdf.iris import is_absolute, resolve
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal

_NUMERIC = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)", re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_SUBJECTS = ("iri", "pname", "bnode", "[", "(")


def parse_document(
    text: str,
    name: str = "text",
    *,
    graphs: bool = False,
    base: str | None = None,
    prefixes: Mapping[str, str] | None = None,
) -> Document:
    """The document that a Turtle text is, or with ``graphs`` a TriG text.

    ``name`` is what errors call it. Relative IRIs are resolved against ``base``, and without
    it, or a base of the text's own, stay relative. ``prefixes`` need no declaration.

    Raises RdfSyntaxError, with line and column.
    """
    return _Parser(Source(text, name), graphs, base, prefixes or {}).document()


class _Parser:
    def __init__(
        self, source: Source, graphs: bool, base: str | None, prefixes: Mapping[str, str]
    ) -> None:
        self.source = source
        self._graphs = graphs
        self._all = tokenize(source)
        self._at = 0
        self._waiting: list[Token] = []  # comments that belong to what follows
        self._last: Part | None = None
        self._base = base
        self._has_base = self._keeps_base = False
        self._document = Document(prefixes=dict(prefixes))
        self._skip_comments()

    # Tokens -----------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self._all[self._at]

    def advance(self) -> Token:
        token = self.token
        self._at += 1
        self._skip_comments()
        return token

    def _skip_comments(self) -> None:
        while self.token.kind == "comment":
            comment = self.token
            if not comment.first and self._last is not None:
                self._last.beside.append(comment.text)
            else:
                self._waiting.append(comment)
            self._at += 1

    def above(self) -> list[str]:
        """The comments that wait for what stands here."""
        waiting, self._waiting = self._waiting, []
        return [comment.text for comment in waiting]

    def expect(self, kind: str) -> Token:
        if self.token.kind != kind:
            raise self.unexpected(f"'{kind}'")
        return self.advance()

    def unexpected(self, expected: str) -> RdfSyntaxError:
        shown = repr(self.token.text) if self.token.text else "end of the file"
        return self.source.error(self.token.start, f"unexpected {shown}", expected)

    # Documents --------------------------------------------------------------------------

    def document(self) -> Document:
        document = self._document
        document.sections = [Section()]
        self._head()
        while self.token.kind != "end":
            if self._directive():
                continue
            self._section(document.sections)
            document.sections[-1].blocks.append(self._graph_or_block())
        if self._waiting:
            document.sections.append(Section(self.above()))
        document.base = self._base if self._keeps_base else None
        return document

    def _head(self) -> None:
        """Comments at the top, parted from what follows by an empty line, are the file's."""
        for count, comment in enumerate(self._waiting):
            if count and comment.gap:
                break
        else:
            count = len(self._waiting)
            if not self.token.gap:
                return
        self._document.top = [c.text for c in self._waiting[:count]]
        del self._waiting[:count]

    def _section(self, sections: list[Section]) -> None:
        """Begin a section where comments stand by themselves."""
        cut = 0
        following = [*self._waiting[1:], self.token]
        for number, after in enumerate(following[: len(self._waiting)], 1):
            if after.gap:
                cut = number
        if cut:
            lines: list[str] = []
            for comment in self._waiting[:cut]:
                lines += ["", comment.text] if comment.gap and lines else [comment.text]
            del self._waiting[:cut]
            sections.append(Section(lines))

    def _directive(self) -> bool:
        token = self.token
        word = token.text.lower().removeprefix("@")
        is_old = token.kind == "at" and token.text in ("@prefix", "@base")
        if not is_old and not (token.kind == token.text and word in ("prefix", "base")):
            return False
        above = self.above()
        part = Part(start=token.start)
        self.advance()
        if word == "prefix":
            name = self.token
            if name.kind != "pname" or not name.text.endswith(":"):
                raise self.unexpected("a prefix with its colon")
            self.advance()
            prefix = name.text[:-1]
            self._last = part
            self._document.prefixes[prefix] = self._resolved(self._iri_token())
        else:
            prefix = "@base"
            self._last = part
            self._keeps_base = not self._has_base and not any(
                section.blocks for section in self._document.sections
            )
            self._has_base = True
            self._base = self._resolved(self._iri_token())
        if is_old:
            self.expect(".")
        # A comment beside the directive may follow yet, and joins the same list.
        kept = self._document.comments.setdefault(prefix, [])
        kept += [*above, *part.beside]
        part.beside = kept
        return True

    def _iri_token(self) -> str:
        if self.token.kind != "iri":
            raise self.unexpected("an IRI in angle brackets")
        return self._unescaped_iri(self.advance())

    def _unescaped_iri(self, token: Token) -> str:
        iri = _unescaped(token.text[1:-1])
        if bad := _FORBIDDEN.search(iri):
            raise self.source.error(token.start, f"{bad[0]!r} cannot stand in an IRI")
        return iri

    def _resolved(self, iri: str) -> str:
        return resolve(iri, self._base)

    def _gap(self) -> bool:
        """Whether an empty line stands before what comes next and its comments."""
        return self._waiting[0].gap if self._waiting else self.token.gap

    def _graph_or_block(self) -> Block | GraphBlock:
        gap, start, above = self._gap(), self.token.start, self.above()
        if self._graphs and self.token.kind == "{":
            return self._graph(None, start, above)
        named = self._graphs and self.token.kind.upper() == "GRAPH"
        if named:
            self.advance()
        subject = self._subject()
        if self._graphs and self.token.kind == "{":
            is_name = isinstance(subject, TermNode) or (
                isinstance(subject, Anonymous) and not subject.pairs
            )
            if is_name:
                return self._graph(subject, start, above)
        if named:
            raise self.unexpected("the name of a graph and '{'")
        return self._block(subject, start, above, gap=gap)

    def _graph(self, name: Node | None, start: int, above: list[str]) -> GraphBlock:
        graph = GraphBlock(name, [Section()], start=start, above=above)
        self._last = graph
        self.expect("{")
        while self.token.kind != "}":
            self._section(graph.sections)
            gap, start, above = self._gap(), self.token.start, self.above()
            block = self._block(self._subject(), start, above, "}", gap=gap)
            graph.sections[-1].blocks.append(block)
        if self._waiting:
            graph.sections.append(Section(self.above()))
        self._last = graph
        self.expect("}")
        return graph

    def _block(
        self, subject: Node, start: int, above: list[str], end: str = ".", *, gap: bool
    ) -> Block:
        block = Block(subject, start=start, above=above, gap=gap)
        if isinstance(subject, Part):
            block.above += subject.above
            subject.above = []
        if not (isinstance(subject, Anonymous) and self.token.kind in (".", end)):
            block.pairs = self._pairs((".", end))
        block.below = self.above()
        if self.token.kind == "." or end == ".":
            # What stands beside the full stop belongs to what is before it.
            self.expect(".")
        return block

    # Statements -------------------------------------------------------------------------

    def _subject(self) -> Node:
        if self.token.kind not in _SUBJECTS:
            raise self.unexpected("a subject")
        return self._node()

    def _pairs(self, ends: tuple[str, ...]) -> list[Pair]:
        pairs: list[Pair] = []
        while True:
            start, above = self.token.start, self.above()
            pair = Pair(self._verb(), start=start, above=above)
            pair.objects.append(self._node())
            while self.token.kind == ",":
                self.advance()
                pair.objects.append(self._node())
            pairs.append(pair)
            if self.token.kind != ";":
                return pairs
            while self.token.kind == ";":
                self.advance()
            if self.token.kind in ends:
                return pairs

    def _verb(self) -> TermNode:
        token = self.token
        if token.kind == "a" and token.text == "a":
            self.advance()
            return TermNode(IRI(RDF.type), start=token.start)
        if token.kind not in ("iri", "pname"):
            raise self.unexpected("a predicate")
        node = self._node()
        assert isinstance(node, TermNode)
        return node

    def _node(self) -> Node:
        token, above = self.token, self.above()
        match token.kind:
            case "[":
                anonymous = Anonymous(start=token.start, above=above)
                self._last = anonymous
                self.advance()
                if self.token.kind != "]":
                    anonymous.pairs = self._pairs(("]",))
                anonymous.below = self.above()
                self._last = anonymous
                self.expect("]")
                return anonymous
            case "(":
                collection = Collection(start=token.start, above=above)
                self._last = collection
                self.advance()
                while self.token.kind != ")":
                    collection.items.append(self._node())
                collection.below = self.above()
                self._last = collection
                self.expect(")")
                return collection
        return self._term(token, above)

    def _term(self, token: Token, above: list[str]) -> TermNode:
        node = TermNode(IRI(""), start=token.start, above=above)
        self._last = node
        match token.kind:
            case "iri":
                self.advance()
                written = self._unescaped_iri(token)
                node.term = IRI(self._resolved(written))
                node.relative = None if is_absolute(written) else written
            case "pname":
                node.term = IRI(self._expanded(token))
                self.advance()
            case "bnode":
                self.advance()
                node.term = BlankNode(token.text[2:])
            case "string":
                self.advance()
                node.term = self._string(token)
            case "number":
                self.advance()
                node.term = Literal(token.text, _number_type(token.text))
            case "true" | "false":
                self.advance()
                node.term = Literal(token.text, XSD.boolean)
            case _:
                raise self.unexpected("a term")
        return node

    def _string(self, token: Token) -> Literal:
        quote = 3 if token.text[:3] in ('"""', "'''") else 1
        value = _unescaped(token.text[quote:-quote])
        if self.token.kind == "at":
            return Literal(value, RDF.langString, self.advance().text[1:].lower())
        if self.token.kind != "^^":
            return Literal(value, XSD.string)
        self.advance()
        if self.token.kind == "iri":
            return Literal(value, self._resolved(self._iri_token()))
        if self.token.kind != "pname":
            raise self.unexpected("a datatype")
        datatype = self._expanded(self.token)
        self.advance()
        return Literal(value, datatype)

    def _expanded(self, token: Token) -> str:
        prefix, _, local = token.text.partition(":")
        namespace = self._document.prefixes.get(prefix)
        if namespace is None:
            known = self._document.prefixes
            error = self.source.error(token.start, f"the prefix {prefix}: is not declared")
            error.hint = did_you_mean(prefix, known)
            raise error
        return namespace + re.sub(r"\\(.)", r"\1", local)


def _number_type(text: str) -> str:
    if "e" in text.lower():
        return XSD.double
    return XSD.decimal if "." in text else XSD.integer


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _NUMERIC.sub(
        lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _ESCAPES.get(m[3], m[3]), text
    )
