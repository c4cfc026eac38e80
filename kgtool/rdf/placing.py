"""Where the triples and terms of a file stand, in any syntax."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from kgtool.errors import Location, RdfSyntaxError
from kgtool.rdf import TABLES
from kgtool.rdf.files import open_bytes
from kgtool.rdf.terms import IRI, BlankNode, Term

Triple = tuple[Term, Term, Term]
#: The endings of files that the parser with positions reads.
_TURTLE = (".ttl", ".nt")


class Places(Protocol):
    """The places of a file's triples and terms."""

    def triple(self, triple: Triple) -> list[Location]:
        """Where the object of a triple stands, each time that it does."""
        ...

    def nearest(
        self, subject: Term, predicate: Term | None = None, object_: Term | None = None
    ) -> Location | None:
        """Where a triple stands, or what comes nearest to it."""
        ...


def places_in(
    path: Path, name: str, triples: Iterable[Triple], prefixes: Mapping[str, str], base: str
) -> Places:
    """The places in a file that has been read as ``triples``; ``name`` is for messages.

    ``base`` is what its relative IRIs were resolved against.

    Where the file has become unreadable in the meantime, its terms are looked for as text.
    """
    with open_bytes(path) as stream:
        text = stream.read().decode("utf-8-sig", errors="replace")
    if path.suffix.lower() in TABLES:
        from kgtool.rdf.tables.places import TablePlaces

        return TablePlaces(path, name, triples, base)
    if path.suffix.lower() in _TURTLE:
        from kgtool.rdf.document.index import DocumentIndex

        try:
            return DocumentIndex(text, name, base, triples)
        except RdfSyntaxError:
            pass
    return TextSearch(text, name, prefixes)


class TextSearch:
    """Finds terms in the text of a syntax whose parser keeps no positions."""

    def __init__(self, text: str, name: str, prefixes: Mapping[str, str]) -> None:
        self._text = text
        self._name = name
        self._prefixes = prefixes

    def triple(self, triple: Triple) -> list[Location]:
        found = self.nearest(*triple)
        return [] if found is None else [found]

    def nearest(
        self, subject: Term, predicate: Term | None = None, object_: Term | None = None
    ) -> Location | None:
        """Each term is looked for behind the one before; one that is not there is passed over."""
        at = None
        for term in (subject, predicate, object_):
            found = None if term is None else self._find(term, at or 0)
            at = at if found is None else found
        return None if at is None else Location.at(at, self._text, self._name)

    def _find(self, term: Term, start: int) -> int | None:
        for form in self._forms(term):
            found = re.compile(form).search(self._text, start)
            if found:
                return found.start()
        return None

    def _forms(self, term: Term) -> list[str]:
        """The ways to write a term, as patterns, the surest first; none for a blank node."""
        if isinstance(term, BlankNode):
            return []
        if not isinstance(term, IRI):
            text = re.escape(term.lexical)
            return [f"[\"'>]+{text}[\"'<]+", rf"(?<![\w-]){text}(?![\w-])", text]
        forms = [rf"[<\"']{re.escape(term.value)}[>\"']"]
        for prefix, namespace in self._prefixes.items():
            if namespace and term.value.startswith(namespace):
                name = re.escape(f"{prefix}:{term.value[len(namespace) :]}")
                forms.append(rf"(?<![\w-]){name}(?![\w-])")
        return forms
