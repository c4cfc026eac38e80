"""Which of several labels a reader wants (RFC 4647, lookup)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kgtool.rdf.terms import Literal

#: Which labels do where none is in a language that the reader names.
_ELSE = ("en", "")


def best(literals: Iterable[Literal], languages: Sequence[str]) -> Literal | None:
    """The literal in the language that a reader would have; None of none."""
    found = sorted(literals, key=lambda each: (each.language, len(each.lexical), each.lexical))
    for language in (*languages, *_ELSE):
        for each in found:
            if each.language.lower() == language:
                return each
        for each in found:
            own = each.language.lower()
            if language and own.partition("-")[0] == language.partition("-")[0]:
                return each
    return found[0] if found else None
