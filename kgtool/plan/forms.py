"""Queries that differ in nothing but IRIs, parsed once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from kgtool.errors import KgtoolError
from kgtool.plan.inspection import walk
from kgtool.rdf.terms import IRI, Term
from kgtool.sparql import parse_query
from kgtool.sparql.algebra import Query

#: Forms that are kept; beyond, all are dropped.
_KEPT = 1_000
_BLANK = "urn:kgtool:blank:"
#: An absolute IRI, behind what may have one in it or is no term: comments, texts, the prologue.
#: Whatever is mistaken here is found out when the form is parsed.
_IRI = re.compile(
    r"""\#[^\n\r]* | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'
    | (?:prefix\s+[^\s:<]*:|base|\^\^)\s*<[^<>]*>
    | <(?P<iri>[A-Za-z][A-Za-z0-9+.-]*:[^<>"{}|^`\\\x00-\x20]*)>""",
    re.VERBOSE | re.IGNORECASE,
)


@lru_cache(maxsize=256)
def _blank(number: int) -> IRI:
    return IRI(f"{_BLANK}{number}")


class Filled(NamedTuple):
    """A parsed query, some of whose IRIs stand for others: ``terms`` says for which."""

    query: Query
    terms: Mapping[Term, Term]


class Forms:
    """Parses queries with the same prefixes; of each form, a text but for its IRIs, the first.

    Other IRIs change no syntax, so the algebra of the form holds for all that have it.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._forms: dict[tuple[str, str | None], Query | None] = {}

    def filled(self, text: str, base: str | None) -> Filled:
        """The query of a text. Raises QuerySyntaxError."""
        iris: list[str] = []

        def blank(found: re.Match[str]) -> str:
            iri = found["iri"]
            if iri is None:
                return found[0]
            iris.append(iri)
            return f"<{_BLANK}{len(iris)}>"

        form = _IRI.sub(blank, text)
        key = form, base
        if key not in self._forms:
            if len(self._forms) >= _KEPT:
                self._forms = {}
            self._forms[key] = self._form(form, base, len(iris)) if _BLANK not in text else None
        query = self._forms[key]
        if query is None:
            return Filled(self._parse(text, base), {})
        return Filled(query, {_blank(n): IRI(iri) for n, iri in enumerate(iris, 1)})

    def _form(self, form: str, base: str | None, blanks: int) -> Query | None:
        """The algebra of a form; None where a blank came to stand for anything but a term."""
        try:
            query = self._parse(form, base)
        except (KgtoolError, RecursionError):
            return None
        names = {f"{_BLANK}{number}" for number in range(1, blanks + 1)}
        terms = sum(isinstance(node, IRI) and node.value in names for node in walk(query))
        return query if terms == repr(query).count(_BLANK) else None

    def _parse(self, text: str, base: str | None) -> Query:
        return parse_query(text, prefixes=self._prefixes, base=base, file="query")
