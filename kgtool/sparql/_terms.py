"""IRIs, literals, variables and blank nodes, and the prologue (rules 4 to 6, 128 to 138)."""

from __future__ import annotations

from collections.abc import Mapping

from kgtool.errors import QuerySyntaxError, did_you_mean
from kgtool.rdf.iris import resolve
from kgtool.rdf.namespaces import RDF, WELL_KNOWN_PREFIXES, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.sparql._cursor import Cursor
from kgtool.sparql._lexer import Token, local_name, string_value
from kgtool.sparql._source import Source
from kgtool.sparql.algebra import Variable

TYPE = IRI(RDF.type)


class Terms(Cursor):
    def __init__(
        self, source: Source, tokens: list[Token], prefixes: Mapping[str, str], base: str | None
    ) -> None:
        super().__init__(source, tokens)
        self.prefixes = dict(prefixes)
        self.base = base
        self._iris: dict[str, IRI] = {}
        self._variables: dict[str, Variable] = {}
        self._written_labels: frozenset[str] | None = None
        self._fresh: dict[str, int] = {}
        #: What the writer of the text may want to know, each once.
        self.notes: dict[str, None] = {}

    # Prologue ---------------------------------------------------------------------------

    def prologue(self) -> None:
        """Prologue ::= (BaseDecl | PrefixDecl)*"""
        while self.key in ("BASE", "PREFIX"):
            if self.advance().key == "BASE":
                self.base = resolve(self.expect("iri").text[1:-1], self.base)
            else:
                self._prefix_declaration()
            self._iris.clear()

    def _prefix_declaration(self) -> None:
        name = self.token
        if name.key != "pname" or name.text.index(":") != len(name.text) - 1:
            raise self.unexpected("a prefix with its colon, such as 'ex:'")
        self.advance()
        self.prefixes[name.text[:-1]] = resolve(self.expect("iri").text[1:-1], self.base)

    # IRIs -------------------------------------------------------------------------------

    def iri(self, *others: str) -> IRI:
        """iri ::= IRIREF | PrefixedName; ``others`` are what else could have stood here."""
        if self.key not in ("iri", "pname"):
            raise self.unexpected(*others, "an IRI")
        return self.iri_of(self.advance())

    def verb_iri(self, *others: str) -> IRI:
        """iri | 'a'"""
        if self.key == "A" and self.token.text == "a":
            self.advance()
            return TYPE
        return self.iri(*others)

    def iri_of(self, token: Token) -> IRI:
        text = token.text
        known = self._iris.get(text)
        if known is None:
            if token.key == "iri":
                known = IRI(resolve(text[1:-1], self.base))
            else:
                prefix, _, local = text.partition(":")
                namespace = self.prefixes.get(prefix)
                if namespace is None:
                    raise self._unknown_prefix(token, prefix)
                known = IRI(namespace + local_name(local))
            self._iris[text] = known
        return known

    def _unknown_prefix(self, token: Token, prefix: str) -> QuerySyntaxError:
        if prefix in WELL_KNOWN_PREFIXES:
            hint: str | None = f"Add this line: PREFIX {prefix}: <{WELL_KNOWN_PREFIXES[prefix]}>"
        else:
            hint = did_you_mean(prefix, [*self.prefixes, *WELL_KNOWN_PREFIXES])
        return self.error(token, f"unknown prefix '{prefix}:'", hint=hint)

    # Variables and blank nodes ----------------------------------------------------------

    def variable(self, *others: str) -> Variable:
        if self.key != "var":
            raise self.unexpected(*others, "var")
        return self.variable_of(self.advance())

    def variable_of(self, token: Token) -> Variable:
        name = token.text[1:]
        known = self._variables.get(name)
        if known is None:
            known = self._variables[name] = Variable(name)
        return known

    def variable_or_iri(self) -> Variable | IRI:
        if self.key == "var":
            return self.variable_of(self.advance())
        return self.iri("var")

    def fresh_label(self, stem: str) -> str:
        """A blank node label that nobody has written in this text."""
        if self._written_labels is None:
            self._written_labels = frozenset(t.text[2:] for t in self._tokens if t.key == "bnode")
        while True:
            number = self._fresh.get(stem, 0)
            self._fresh[stem] = number + 1
            if (label := f"{stem}{number}") not in self._written_labels:
                return label

    def fresh_variable(self, stem: str) -> Variable:
        """A variable that cannot be projected and that nobody has written."""
        return Variable("_:" + self.fresh_label(stem))

    def fresh_node(self) -> BlankNode:
        return BlankNode(self.fresh_label("b"))

    # Literals ---------------------------------------------------------------------------

    def string(self) -> str:
        return string_value(self.expect("string").text)

    def literal(self) -> Literal | None:
        """RDFLiteral | NumericLiteral | BooleanLiteral, if one stands next."""
        key = self.key
        if key == "string":
            return self._rdf_literal()
        if key == "number":
            text = self.advance().text
            return Literal(text, _number_type(text))
        if key in ("TRUE", "FALSE"):
            return Literal(self.advance().key.lower(), XSD.boolean)
        return None

    def _rdf_literal(self) -> Literal:
        value = string_value(self.advance().text)
        if self.key == "lang":
            # Tags are compared without case (RDF 1.1 Concepts, 3.3); data are read so too.
            return Literal.tagged(value, self.advance().text[1:].lower())
        if self.accept("^^"):
            return Literal(value, self.iri().value)
        return Literal(value)

    def integer(self) -> int:
        if self.key != "number" or not self.token.text.isdigit():
            raise self.unexpected("a whole number")
        return int(self.advance().text)


def _number_type(text: str) -> str:
    if "e" in text or "E" in text:
        return XSD.double
    return XSD.decimal if "." in text else XSD.integer
