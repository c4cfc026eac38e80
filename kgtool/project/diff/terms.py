"""Terms on one line, for people; blank nodes with what is said of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kgtool.project.diff.around import Around
from kgtool.rdf.names import Names
from kgtool.rdf.namespaces import RDF, XSD
from kgtool.rdf.syntax import escape_string, iri_text
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.rdf.turtle import literal_text, predicate_order

_TYPE, _FIRST, _REST, _NIL = (IRI(i) for i in (RDF.type, RDF.first, RDF.rest, RDF.nil))
#: Blank nodes within blank nodes that are written out.
_MOST_DEPTH = 4
#: What a line may not hold: it would move the cursor, or turn the direction of reading.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

#: A text longer than this is cut; so much is left around what differs.
LONGEST = 400
_PAIR_LONGEST = 160
_CONTEXT = 40


class TermText:
    """Writes terms in Turtle's manner, with prefixes."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._names = Names(prefixes)

    def iri(self, iri: str) -> str:
        return self._names.short(iri) or iri_text(iri)

    def predicate(self, term: Term) -> str:
        return "a" if term == _TYPE else self.term(term)

    def term(self, term: Term, around: Around[Term] | None = None, depth: int = 0) -> str:
        """A term; a blank node that ``around`` knows with its description."""
        if isinstance(term, IRI):
            return "()" if term == _NIL else self.iri(term.value)
        if isinstance(term, Literal):
            return self._literal(term)
        if around is None or depth >= _MOST_DEPTH or not around.is_nested(term):
            return str(term)
        return self.description(term, around, depth)

    def description(self, term: Term, around: Around[Term], depth: int = 0) -> str:
        """What is said of a blank node, in brackets."""
        if (items := self.items(term, around)) is not None:
            return f"( {' '.join(self.term(item, around, depth + 1) for item in items)} )"
        said = sorted(around.out.get(term, ()), key=lambda each: predicate_order(each[0]))
        parts = sorted(
            (predicate_order(p), f"{self.predicate(p)} {self.term(o, around, depth + 1)}")
            for p, o in said
        )
        return f"[ {' ; '.join(text for _, text in parts)} ]" if parts else "[]"

    def _literal(self, literal: Literal) -> str:
        if "\n" not in literal.lexical:
            return literal_text(literal, self._names)
        quoted = f'"{escape_string(literal.lexical)}"'
        if literal.language:
            return f"{quoted}@{literal.language}"
        plain = literal.datatype == XSD.string
        return quoted if plain else f"{quoted}^^{self.iri(literal.datatype)}"

    @staticmethod
    def items(head: Term, around: Around[Term]) -> list[Term] | None:
        """The items of a well-formed list; None for what is none."""
        items: list[Term] = []
        seen: set[Term] = set()
        while head != _NIL:
            said = around.out.get(head, [])
            if head in seen or {p for p, _ in said} != {_FIRST, _REST} or len(said) != 2:
                return None
            seen.add(head)
            cell = dict(said)
            items.append(cell[_FIRST])
            head = cell[_REST]
        return items


def cut(text: str) -> str:
    """The text, or as much of it as a line should hold."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def cut_alike(old: str, new: str) -> tuple[str, str]:
    """Two versions of a text; of long ones what differs, with a little of what does not."""
    if max(len(old), len(new)) <= _PAIR_LONGEST:
        return old, new
    shortest = min(len(old), len(new))
    start = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    end = next((i for i in range(shortest - start) if old[-1 - i] != new[-1 - i]), shortest - start)
    start, end = max(start - _CONTEXT, 0), max(end - _CONTEXT, 0)
    first, last = "…" if start else "", "…" if end else ""
    return tuple(f"{first}{cut(text[start : len(text) - end])}{last}" for text in (old, new))  # type: ignore[return-value]


def safe(line: str) -> str:
    """The line with what must not reach a terminal written as an escape."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04X}", line)
