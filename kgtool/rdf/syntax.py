"""Terms in N-Triples syntax, from their type and lexical form (see ``term_type``).

Nothing here makes Term objects: results and exports of millions of rows come this way.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Term, lexical_form, term_type

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

#: PN_CHARS_BASE of the Turtle grammar, as the inside of a character class.
PN_CHARS_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
    "\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
    "\U00010000-\U000effff"
)
#: PN_CHARS likewise.
PN_CHARS = PN_CHARS_BASE + "_0-9\u00b7\u0300-\u036f\u203f-\u2040\\-"
_LABEL = re.compile(f"[{PN_CHARS_BASE}_0-9](?:[{PN_CHARS}.]*[{PN_CHARS}])?")
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
    if _LABEL.fullmatch(label) and not label.startswith(_ENCODED_LABEL):
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
    return term_text(term_type(term), lexical_form(term))
