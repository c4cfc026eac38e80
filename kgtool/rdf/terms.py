"""RDF 1.1 terms as immutable values (RDF 1.1 Concepts, section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from kgtool.rdf.namespaces import RDF, XSD


@dataclass(frozen=True, slots=True)
class IRI:
    """An absolute IRI, without angle brackets."""

    value: str

    def __str__(self) -> str:
        return f"<{_escape_iri(self.value)}>"


@dataclass(frozen=True, slots=True)
class BlankNode:
    """A blank node; ``label`` is without the leading ``_:``."""

    label: str

    def __str__(self) -> str:
        return f"_:{self.label}"


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal: lexical form, datatype IRI, and a language tag for rdf:langString."""

    lexical: str
    datatype: str = XSD.string
    language: str = ""

    def __str__(self) -> str:
        quoted = f'"{_escape_string(self.lexical)}"'
        if self.language:
            return f"{quoted}@{self.language}"
        return (
            quoted if self.datatype == XSD.string else f"{quoted}^^<{_escape_iri(self.datatype)}>"
        )

    @classmethod
    def tagged(cls, lexical: str, language: str) -> Literal:
        """A language-tagged string."""
        return cls(lexical, RDF.langString, language)


Term: TypeAlias = IRI | BlankNode | Literal

_STRING_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_STRING_SPECIAL = re.compile(r'[\\"\n\r]')
_IRI_SPECIAL = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def _escape_string(text: str) -> str:
    return _STRING_SPECIAL.sub(lambda m: _STRING_ESCAPES[m[0]], text)


def _escape_iri(text: str) -> str:
    return _IRI_SPECIAL.sub(lambda m: f"\\u{ord(m[0]):04X}", text)


def term_type(term: Term) -> str:
    """The engine's one-word type of a term.

    ``iri``, ``bnode``, ``@`` and the language tag, or the datatype IRI. Together with
    the lexical form (the IRI, the label) it identifies the term.
    """
    if isinstance(term, IRI):
        return "iri"
    if isinstance(term, BlankNode):
        return "bnode"
    return f"@{term.language}" if term.language else term.datatype


def lexical_form(term: Term) -> str:
    """The IRI, the blank node's label or the literal's lexical form."""
    if isinstance(term, IRI):
        return term.value
    return term.label if isinstance(term, BlankNode) else term.lexical


def make_term(type_: str, lexical: str) -> Term:
    """The term that :func:`term_type` and :func:`lexical_form` came from."""
    if type_ == "iri":
        return IRI(lexical)
    if type_ == "bnode":
        return BlankNode(lexical)
    if type_.startswith("@"):
        return Literal.tagged(lexical, type_[1:])
    return Literal(lexical, type_)
