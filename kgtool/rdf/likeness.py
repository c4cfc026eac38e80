"""Which of some terms are most like another one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from kgtool.rdf.names import split_iri
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term

#: How like a text must be (the ratio of difflib).
_LIKE = 0.5


def most_like(term: Term, others: Iterable[Term], most: int = 3) -> list[Term]:
    """The terms that somebody who wrote ``term`` may have meant, the likeliest first.

    A literal of the same text with another datatype or language comes first; numbers are near by
    their value, everything else by its text, IRIs by their local names.
    """
    candidates = [o for o in dict.fromkeys(others) if type(o) is type(term) and o != term]
    if isinstance(term, BlankNode):
        return []
    if isinstance(term, Literal) and (number := _number(term)) is not None:
        numbers = [
            (abs(value - number), o) for o in candidates if (value := _number(o)) is not None
        ]
        return [o for _, o in sorted(numbers, key=lambda pair: pair[0])[:most]]
    texts: dict[str, list[Term]] = {}
    for other in candidates:
        texts.setdefault(_text(other), []).append(other)
    if _text(term) in texts:
        return texts[_text(term)][:most]
    near = difflib.get_close_matches(_text(term), texts, n=most, cutoff=_LIKE)
    return [other for text in near for other in texts[text]][:most]


def _text(term: Term) -> str:
    if isinstance(term, IRI):
        return split_iri(term.value)[1].casefold()
    return term.lexical.casefold() if isinstance(term, Literal) else ""


def _number(term: Term) -> float | None:
    try:
        return float(term.lexical) if isinstance(term, Literal) else None
    except ValueError:
        return None
