"""A term as a case writes it, in YAML.

Plain text is what it looks like: a number, a boolean, a date, a name with a known prefix, else a
string. In quotation marks of YAML it is a string, unless it is itself a term in Turtle's notation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import yaml

from kgtool.errors import ParameterError, RdfSyntaxError, did_you_mean
from kgtool.project.arguments import guess_value
from kgtool.project.placed_yaml import PlacedYaml
from kgtool.rdf.document.nodes import Block, TermNode
from kgtool.rdf.document.parser import parse_document
from kgtool.rdf.names import Names
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.syntax import escape_string, iri_text
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term

UNBOUND = "UNDEF"
_NOTHING = ("", "~", "null", "Null", "NULL")
_NAME = re.compile(r"([A-Za-z][\w.-]*):[^\s/]\S*")
_TERM = re.compile(r"<.*>|\".*|_:\S+", re.DOTALL)
#: What needs no quotation marks inside a YAML mapping on one line.
_PLAIN = re.compile(r"_:\w+|[\w+.-](?:[\w:+./-]*[\w+./-])?")


def read_cell(yaml_: PlacedYaml, node: yaml.Node, prefixes: Mapping[str, str]) -> Term | None:
    """The term that a node is; None where it says that there is none."""
    scalar = yaml_.scalar(node)
    text = str(scalar.value)
    if _TERM.fullmatch(text):
        return _turtle_term(yaml_, scalar, prefixes)
    prefix, colon, _ = text.partition(":")
    is_name = bool(colon) and prefix in prefixes and not re.search(r"\s", text)
    if scalar.style and not is_name:
        return Literal(text)
    if text == UNBOUND:
        return None
    if text in _NOTHING:
        yaml_.fail("no value", node, expected=f"a term, {UNBOUND} where there is none, or ''")
    unknown = None if is_name else _NAME.fullmatch(text)
    if unknown:
        yaml_.fail(
            f"the prefix {unknown[1]}: of {text!r} is not known",
            node,
            expected=f"a known prefix, <…> for an IRI, or quotation marks for a text: '{text}'",
            hint=did_you_mean(unknown[1], prefixes),
        )
    try:
        return guess_value(text, "", prefixes)
    except ParameterError:
        yaml_.fail(f"{text!r} is not an IRI", node, expected="a prefixed name, such as ex:thing")


def _turtle_term(yaml_: PlacedYaml, node: yaml.ScalarNode, prefixes: Mapping[str, str]) -> Term:
    text = str(node.value)
    try:
        document = parse_document(f"<urn:x> <urn:x> {text} .", prefixes=prefixes)
    except RdfSyntaxError as error:
        yaml_.fail(
            f"{text!r} is not a term: {error.message}",
            node,
            expected="an IRI, a literal or a blank node as in Turtle",
            hint=error.hint,
        )
    blocks = [block for section in document.sections for block in section.blocks]
    objects = [n for b in blocks if isinstance(b, Block) for pair in b.pairs for n in pair.objects]
    if len(objects) != 1 or not isinstance(objects[0], TermNode):
        yaml_.fail(f"{text!r} is not one term", node, expected="one term as in Turtle")
    return objects[0].term


class CellWriter:
    """Writes terms as ``read_cell`` reads them, equal ones alike and others differently."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._names = Names(prefixes)

    def cell(self, term: Term | None) -> str:
        match term:
            case None:
                return UNBOUND
            case IRI(value):
                return self._names.short(value) or iri_text(value)
            case BlankNode(label):
                return f"_:{label}"
            case Literal(lexical, _, language) if language:
                return f'"{escape_string(lexical)}"@{language}'
            case Literal(lexical, XSD.string):
                return f'"{escape_string(lexical)}"'
            case Literal(lexical, datatype):
                if guess_value(lexical, "", {}) == term:
                    return lexical
                return f'"{escape_string(lexical)}"^^{self.cell(IRI(datatype))}'


def row_text(columns: Sequence[str], cells: Iterable[str]) -> str:
    """A row as a case has it."""
    pairs = (f"{column}: {_quoted(cell)}" for column, cell in zip(columns, cells, strict=True))
    return "{" + ", ".join(pairs) + "}"


def _quoted(cell: str) -> str:
    return cell if _PLAIN.fullmatch(cell) else "'" + cell.replace("'", "''") + "'"
