"""Triples with their abbreviations, in patterns and in templates (rules 52, 55, 75 to 105)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kgtool.errors import QuerySyntaxError
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, BlankNode
from kgtool.sparql import algebra as a
from kgtool.sparql._lexer import Token
from kgtool.sparql._paths import PATH_STARTS, Paths, PatternPart
from kgtool.sparql._source import Source

NODE_STARTS = frozenset(
    ("var", "iri", "pname", "bnode", "string", "number", "TRUE", "FALSE", "[", "(")
)
_FIRST = IRI(RDF.first)
_REST = IRI(RDF.rest)
_NIL = IRI(RDF.nil)


@dataclass(frozen=True, slots=True)
class Kind:
    """What triples may hold. A template has no paths, and its blank nodes stay as they are."""

    name: str
    template: bool = True
    variables: bool = True
    blank_nodes: bool = True
    #: Whether a blank node label belongs to one operation of a request only.
    own_labels: bool = False


PATTERN = Kind("a pattern", template=False)


class Triples(Paths):
    def __init__(
        self, source: Source, tokens: list[Token], prefixes: Mapping[str, str], base: str | None
    ) -> None:
        super().__init__(source, tokens, prefixes, base)
        self._kind = PATTERN
        self._parts: list[PatternPart] = []
        #: The number of the basic graph pattern or template that is being read, and where
        #: each blank node label belongs.
        self.scope = 0
        self._last_scope = 0
        self._label_scopes: dict[tuple[str, bool], int] = {}

    def new_scope(self) -> None:
        self._last_scope += 1
        self.scope = self._last_scope

    def triples_block(self) -> list[PatternPart]:
        """TriplesBlock: triples up to what cannot begin one, in pattern form."""
        outer, self._parts = self._parts, []
        self._triples()
        parts, self._parts = self._parts, outer
        return parts

    def triples_template(self, kind: Kind) -> tuple[a.TriplePattern, ...]:
        """TriplesTemplate?: triples without paths, of what ``kind`` allows."""
        outer, self._kind = self._kind, kind
        parts = self.triples_block() if self.key in NODE_STARTS else []
        self._kind = outer
        return tuple(part for part in parts if isinstance(part, a.TriplePattern))

    def _triples(self) -> None:
        while True:
            self._same_subject()
            if not self.accept("."):
                if self.key in NODE_STARTS:
                    raise self.unexpected(".", ";", ",", hint="Triples are separated by '.'.")
                return
            if self.key not in NODE_STARTS:
                return

    def _same_subject(self) -> None:
        # [ … ] and (…) say something by themselves; [] and () do not.
        alone = (self.key == "[" and self.following().key != "]") or (
            self.key == "(" and self.following().key != ")"
        )
        subject = self.node()
        if alone and not self._at_verb():
            return
        self._property_list(subject)

    def _at_verb(self) -> bool:
        key = self.key
        if key in ("var", "iri", "pname") or (key == "A" and self.token.text == "a"):
            return True
        return key in PATH_STARTS and not self._kind.template

    def _property_list(self, subject: a.Node) -> None:
        while True:
            verb = self._verb()
            self._emit(subject, verb, self.node())
            while self.accept(","):
                self._emit(subject, verb, self.node())
            if not self.accept(";"):
                return
            while self.accept(";"):
                pass
            if not self._at_verb():
                return

    def _verb(self) -> a.Path | a.Variable:
        if not self._at_verb():
            raise self.unexpected("a predicate (an IRI, a variable, a path or 'a')")
        if self.key == "var":
            return self._checked_variable()
        if not self._kind.template:
            return self.path()
        verb = self.verb_iri()
        if self.key in ("/", "|", "*", "+", "?"):
            raise self.error(self.token, f"a property path cannot stand in {self._kind.name}")
        return verb

    def _emit(self, subject: a.Node, verb: a.Path | a.Variable, object_: a.Node) -> None:
        if isinstance(verb, (IRI, a.Variable)):
            self._parts.append(a.TriplePattern(subject, verb, object_))
        else:
            self._parts.extend(self.connect(subject, verb, object_))

    # Nodes ------------------------------------------------------------------------------

    def node(self) -> a.Node:
        """GraphNode; the triples of a collection or property list are emitted first."""
        key = self.key
        if key == "var":
            return self._checked_variable()
        if key == "iri" or key == "pname":
            return self.iri_of(self.advance())
        if key == "bnode":
            return self._labelled(self.advance())
        if key == "[":
            return self._property_list_node()
        if key == "(":
            return self._collection()
        literal = self.literal()
        if literal is None:
            raise self.unexpected("an IRI", "a literal", "a variable", "a blank node")
        return literal

    def _checked_variable(self) -> a.Variable:
        if not self._kind.variables:
            raise self.error(self.token, f"a variable cannot stand in {self._kind.name}")
        return self.variable()

    def _property_list_node(self) -> a.Node:
        opened = self.advance()
        node = self._anonymous(opened)
        if self.key != "]":
            self._property_list(node)
        self.close(opened, ";", ",")
        return node

    def _collection(self) -> a.Node:
        opened = self.advance()
        members: list[a.Node] = []
        while self.key != ")":
            if self.key == "end":
                self.close(opened)
            members.append(self.node())
        self.advance()
        cells: list[a.Node] = [self._anonymous(opened) for _ in members]
        for cell, member, rest in zip(cells, members, [*cells[1:], _NIL], strict=False):
            self._parts.append(a.TriplePattern(cell, _FIRST, member))
            self._parts.append(a.TriplePattern(cell, _REST, rest))
        return cells[0] if cells else _NIL

    def _anonymous(self, token: Token) -> a.Node:
        if not self._kind.blank_nodes:
            raise self._no_blank_node(token)
        return self.fresh_node() if self._kind.template else self.fresh_variable("b")

    def _labelled(self, token: Token) -> a.Node:
        if not self._kind.blank_nodes:
            raise self._no_blank_node(token)
        label = token.text[2:]
        template = self._kind.template
        checked = self._kind.own_labels or not template
        if checked and self._label_scopes.setdefault((label, template), self.scope) != self.scope:
            where = "INSERT DATA operations" if template else "basic graph patterns"
            raise self.error(
                token,
                f"the blank node label {token.text} is used in two {where}",
                hint=f"Use a variable instead: ?{label}" if not template else None,
            )
        return BlankNode(label) if template else a.Variable(token.text)

    def _no_blank_node(self, token: Token) -> QuerySyntaxError:
        hint = "Use a variable and a WHERE clause." if "DELETE" in self._kind.name else None
        return self.error(token, f"a blank node cannot stand in {self._kind.name}", hint=hint)


def as_pattern(triples: tuple[a.TriplePattern, ...]) -> a.BGP:
    """The basic graph pattern that a template is in CONSTRUCT WHERE and DELETE WHERE."""
    return a.BGP(
        tuple(
            a.TriplePattern(_matched(t.subject), t.predicate, _matched(t.object)) for t in triples
        )
    )


def _matched(node: a.Node) -> a.Node:
    return a.Variable(f"_:{node.label}") if isinstance(node, BlankNode) else node
