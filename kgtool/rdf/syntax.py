"""Terms in N-Triples syntax, from their type and lexical form (see ``term_type``).

Nothing here makes Term objects: results and exports of millions of rows come this way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kgtool.rdf.grammar import LOCAL
from kgtool.rdf.namespaces import XSD

if TYPE_CHECKING:
    from kgtool.rdf.terms import Term

_ESCAPES = {
    **{chr(n): f"\\u{n:04X}" for n in (*range(0x20), 0x7F)},
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}
_STRING_SPECIAL = re.compile(r'[\x00-\x1f"\\\x7f]')
_IRI_SPECIAL = re.compile(r'[\x00-\x20<>"{}|^`\\]')

_ENCODED_LABEL = "kgx"


def escape_string(text: str) -> str:
    """``text`` for the inside of a string in double quotes."""
    if _STRING_SPECIAL.search(text) is None:
        return text
    return _STRING_SPECIAL.sub(lambda m: _ESCAPES[m[0]], text)


def iri_text(iri: str) -> str:
    """``<iri>``; characters that the grammar forbids are written as numeric escapes."""
    if _IRI_SPECIAL.search(iri) is None:
        return f"<{iri}>"
    return "<" + _IRI_SPECIAL.sub(lambda m: f"\\u{ord(m[0]):04X}", iri) + ">"


@lru_cache(maxsize=65536)
def bnode_text(label: str) -> str:
    """``_:label``; a label that the grammar forbids is written in hexadecimal.

    Different labels stay different: those that look like encoded ones are encoded too.
    """
    if LOCAL.matches(label) and not label.startswith(_ENCODED_LABEL):
        return f"_:{label}"
    return f"_:{_ENCODED_LABEL}{label.encode().hex()}"


@lru_cache(maxsize=1024)
def literal_suffix(type_: str) -> str:
    """What follows the closing quote: a language tag, a datatype, or nothing."""
    if type_.startswith("@"):
        return type_
    return "" if type_ == XSD.string else "^^" + iri_text(type_)


def term_text(type_: str, lexical: str) -> str:
    """The term in N-Triples syntax (RDF 1.1 N-Triples, section 2)."""
    if type_ == "iri":
        return iri_text(lexical)
    if type_ == "bnode":
        return bnode_text(lexical)
    return f'"{escape_string(lexical)}"{literal_suffix(type_)}'


def ntriples_term(term: Term) -> str:
    """The same for a Term."""
    from kgtool.rdf.terms import lexical_form, term_type

    return term_text(term_type(term), lexical_form(term))
