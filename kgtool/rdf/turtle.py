"""Canonical Turtle and TriG: the same text for the same graph, and small diffs in git.

Prefixes are sorted and only those used are declared; the ontology's header comes first,
then subjects by IRI, then blank nodes; ``a`` and labels come first, then predicates by IRI, one
on a line; objects are sorted. Turtle 1.1; TriG 1.1.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from kgtool.rdf.lines import Quad, Triple
from kgtool.rdf.names import Names
from kgtool.rdf.namespaces import OWL, RDF, RDFS, XSD
from kgtool.rdf.nesting import NIL, Nesting
from kgtool.rdf.syntax import escape_string, iri_text
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term

INDENT = "    "
#: Objects and list items stand on one line while they are shorter than this together.
WIDTH = 80

_TYPE = IRI(RDF.type)
#: The predicates that come first, in this order.
_LEADING = (_TYPE, IRI(RDFS.label), IRI("http://www.w3.org/2004/02/skos/core#prefLabel"))
_ONTOLOGY = (_TYPE, IRI(OWL.base + "Ontology"))

#: The lexical forms written without quotes. Turtle allows more (+1, 01), but parsers that
#: go through numbers (rdflib) give those back changed.
_BARE = {
    XSD.integer: re.compile(r"(?:0|-?[1-9][0-9]{0,999})"),
    XSD.decimal: re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,5}"),
    XSD.double: re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)[eE][+-]?[0-9]+"),
    XSD.boolean: re.compile("true|false"),
}

#: What three quotes cannot hold: not a third quote in a row, nor one at the end.
_LONG_SPECIAL = re.compile(r'[\x00-\x09\x0b-\x1f\\\x7f]|"(?="")|"\Z')

_Statements: TypeAlias = list[tuple[Term, Term]]


def turtle_text(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """The graph as canonical Turtle."""
    return trig_text(((s, p, o, None) for s, p, o in triples), prefixes)


def trig_text(quads: Iterable[Quad], prefixes: Mapping[str, str]) -> str:
    """The dataset as canonical TriG: the default graph, then named graphs by name."""
    distinct = dict.fromkeys(quads)
    nesting = Nesting(distinct)
    names = Names(prefixes)
    graphs: defaultdict[Term | None, list[Triple]] = defaultdict(list)
    for s, p, o, g in distinct:
        graphs[g].append((s, p, o))
    blocks = _Blocks(names, nesting)
    parts = blocks.graph(graphs.pop(None, []), 0)
    for name in sorted(graphs, key=blocks.order):
        assert name is not None
        body = "\n".join(blocks.graph(graphs[name], 1))
        parts.append(f"{blocks.term(name)} {{\n{body}}}\n")
    header = [f"@prefix {p}: {iri_text(names.used[p])} .\n" for p in sorted(names.used)]
    return "\n".join((["".join(header)] if header else []) + parts)


class _Blocks:
    """Writes the statements about one subject after the other."""

    def __init__(self, names: Names, nesting: Nesting) -> None:
        self._names = names
        self._nesting = nesting
        self._about: dict[Term, _Statements] = {}

    def graph(self, triples: Iterable[Triple], level: int) -> list[str]:
        """The blocks of one graph's subjects, in order."""
        about: defaultdict[Term, _Statements] = defaultdict(list)
        for s, p, o in triples:
            about[s].append((p, o))
        self._about = about
        own = [s for s in about if not self._nesting.is_nested(s)]
        named = [s for s in own if not self._is_anonymous(s)]
        named.sort(key=lambda s: (_ONTOLOGY not in about[s], self.order(s)))
        blocks = [self._block(self.term(s), s, level) for s in named]
        return blocks + sorted(self._block("[]", s, level) for s in own if self._is_anonymous(s))

    def _is_anonymous(self, term: Term) -> bool:
        return isinstance(term, BlankNode) and term not in self._nesting.labels

    def _block(self, name: str, subject: Term, level: int) -> str:
        lines = self._predicates(self._about[subject], level + 1)
        margin = INDENT * (level + 1)
        joined = f" ;\n{margin}".join(lines)
        first = " " if len(lines) == 1 else f"\n{margin}"
        return f"{INDENT * level}{name}{first}{joined} .\n"

    def _predicates(self, statements: _Statements, level: int) -> list[str]:
        """``predicate objects`` for each predicate, ``a`` first."""
        objects: defaultdict[Term, list[Term]] = defaultdict(list)
        for predicate, object_ in statements:
            objects[predicate].append(object_)
        return [
            f"{'a' if p == _TYPE else self.term(p)}{self._objects(objects[p], level)}"
            for p in sorted(objects, key=predicate_order)
        ]

    def _objects(self, objects: list[Term], level: int) -> str:
        inner = level + (len(objects) > 1)
        texts = [(self.order(o), self._object(o, inner)) for o in objects]
        # Nested nodes have no order but that of their text.
        ordered = [text for _, text in sorted(texts)]
        if len(ordered) == 1 or fits(ordered):
            return " " + ", ".join(ordered)
        return f"\n{INDENT * inner}" + f" ,\n{INDENT * inner}".join(ordered)

    def _object(self, term: Term, level: int) -> str:
        if self._nesting.is_list(term):
            return self._list(term, level)
        return self._nested(term, level) if self._nesting.is_nested(term) else self.term(term)

    def _list(self, head: Term, level: int) -> str:
        if head == NIL:
            return "()"
        items = [self._object(item, level + 1) for item in self._nesting.items(head)]
        if fits(items):
            return f"( {' '.join(items)} )"
        break_ = f"\n{INDENT * (level + 1)}"
        return f"({break_}{break_.join(items)}\n{INDENT * level})"

    def _nested(self, node: Term, level: int) -> str:
        lines = self._predicates(self._about.get(node, []), level + 1)
        if not lines:
            return "[]"
        if len(lines) == 1 and fits(lines):
            return f"[ {lines[0]} ]"
        break_ = f"\n{INDENT * (level + 1)}"
        return f"[{break_}{f' ;{break_}'.join(lines)}\n{INDENT * level}]"

    def order(self, term: Term | None) -> tuple[int, str, str]:
        """A sort key: IRIs, literals, nested blank nodes, labelled ones by number."""
        if isinstance(term, IRI | Literal):
            return term_order(term)
        label = self._nesting.labels.get(term) if term is not None else None
        return (3, f"{int(label[1:]):012}", "") if label else (2, "", "")

    def term(self, term: Term) -> str:
        """A term that is not nested."""
        if isinstance(term, IRI):
            return self._iri(term.value)
        if isinstance(term, BlankNode):
            return f"_:{self._nesting.labels[term]}"
        return literal_text(term, self._names)

    def _iri(self, iri: str) -> str:
        return self._names.short(iri) or iri_text(iri)


def term_order(term: IRI | Literal) -> tuple[int, str, str]:
    """A sort key: IRIs before literals."""
    if isinstance(term, IRI):
        return 0, term.value, ""
    # A string without a language comes before the same in some language.
    return 1, term.lexical, f"~{term.language}" if term.language else term.datatype


def predicate_order(predicate: Term) -> tuple[int, str]:
    """A sort key: the type first, then labels, then by IRI."""
    rank = _LEADING.index(predicate) if predicate in _LEADING else len(_LEADING)
    return rank, predicate.value if isinstance(predicate, IRI) else ""


def literal_text(literal: Literal, names: Names) -> str:
    """A literal as Turtle has it, without quotes where that gives the same term."""
    if literal.language:
        return f"{_quoted(literal.lexical)}@{literal.language}"
    if literal.datatype == XSD.string:
        return _quoted(literal.lexical)
    bare = _BARE.get(literal.datatype)
    if bare is not None and bare.fullmatch(literal.lexical):
        return literal.lexical
    datatype = names.short(literal.datatype) or iri_text(literal.datatype)
    return f"{_quoted(literal.lexical)}^^{datatype}"


def fits(texts: list[str]) -> bool:
    """Whether objects or items stand on one line."""
    return sum(map(len, texts)) + 2 * len(texts) <= WIDTH and not any("\n" in t for t in texts)


def _quoted(text: str) -> str:
    """The text in quotes, three where it has several lines."""
    if "\n" not in text:
        return f'"{escape_string(text)}"'
    return '"""' + _LONG_SPECIAL.sub(lambda m: escape_string(m[0]), text) + '"""'
