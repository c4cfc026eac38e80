"""The resources of a graph as people see them: name, kinds, time, place, and what else is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from kgtool.project.export import moments
from kgtool.project.export.alignment import Alignment
from kgtool.project.export.facts import Facts, Pairs, best_label
from kgtool.rdf.names import Names, split_iri
from kgtool.rdf.namespaces import INTEGER_RANGES, RDF, RDFS, XSD
from kgtool.rdf.terms import IRI, Literal, Term, lexical_form

_INTEGERS = {XSD.integer, *INTEGER_RANGES}
_NUMBERS = {XSD.decimal, XSD.double, XSD.float}


@dataclass(frozen=True, slots=True)
class Thing:
    """A resource. ``begin`` and ``end`` are dates as they are written, ``more`` is the rest."""

    iri: str
    label: str
    kinds: tuple[str, ...]
    begin: str | None
    end: str | None
    description: str | None
    more: Pairs = field(default_factory=list)


class Reader:
    """Makes things of what is said of resources. ``language`` is that of their labels."""

    def __init__(self, facts: Facts, prefixes: dict[str, str], language: str = "en") -> None:
        self._facts = facts
        self._names = Names(prefixes)
        self._languages = (language, "")
        aligned = self.alignment = Alignment(facts)
        self._label = aligned.playing("name")
        self._description = aligned.playing("description")
        self._begin = aligned.playing("startDate")
        self._end = aligned.playing("endDate")

    def thing(self, subject: IRI, pairs: Pairs) -> Thing:
        """The thing that ``pairs`` are said of."""
        kinds = [o.value for p, o in pairs if p == RDF.type and isinstance(o, IRI)]
        label = self._text(pairs, self._label)
        return Thing(
            subject.value,
            label or local_name(subject.value),
            tuple(self.name_of(kind) for kind in kinds),
            moments.first(o for p, o in pairs if p in self._begin),
            moments.last(o for p, o in pairs if p in self._end),
            self._text(pairs, self._description),
            [
                (p, o)
                for p, o in pairs
                if p != RDF.type and not (p in self._label and lexical_form(o) == label)
            ],
        )

    def name_of(self, iri: str) -> str:
        """The label of a class or property, or its local name."""
        return self._labels.get(iri) or local_name(iri)

    def short(self, iri: str) -> str:
        """The IRI as a prefixed name, where there is a prefix for it."""
        return self._names.short(iri) or iri

    def attributes(self, pairs: Pairs, without: Iterable[str] = ()) -> dict[str, Any]:
        """What is said as JSON, by prefixed names; several values of one property are a list."""
        return self._nested(pairs, frozenset(without), frozenset())

    def _nested(
        self, pairs: Pairs, without: frozenset[str], within: frozenset[Term]
    ) -> dict[str, Any]:
        found: dict[str, list[Any]] = {}
        for p, o in pairs:
            if p not in without:
                found.setdefault(self.short(p), []).append(self._value(o, within))
        return {name: v[0] if len(v) == 1 else v for name, v in found.items()}

    def _value(self, term: Term, within: frozenset[Term]) -> Any:
        if isinstance(term, IRI):
            return term.value
        if isinstance(term, Literal):
            return plain(term)
        if term in within:
            return None
        return self._nested(self._blank.get(term, []), frozenset(), within | {term})

    def _text(self, pairs: Pairs, properties: frozenset[str]) -> str | None:
        return best_label([o for p, o in pairs if p in properties], self._languages)

    @cached_property
    def _blank(self) -> dict[Term, Pairs]:
        """What is said of each blank node."""
        found: dict[Term, Pairs] = {}
        text = "SELECT ?s ?p ?o { ?s ?p ?o FILTER(isBlank(?s)) } ORDER BY ?s ?p ?o"
        for s, p, o in self._facts.rows(text):
            if isinstance(p, IRI):
                found.setdefault(s, []).append((p.value, o))
        return found

    @cached_property
    def _labels(self) -> dict[str, str]:
        """The labels of all classes and properties that are in use."""
        used: set[str] = set()
        for text in ("SELECT DISTINCT ?u { ?s ?u ?o }", "SELECT DISTINCT ?u { ?s a ?u }"):
            used.update(u.value for (u,) in self._facts.rows(text) if isinstance(u, IRI))
        labels: dict[str, list[Term]] = {}
        text = (
            f"SELECT ?s ?l {{ ?s <{RDFS.label}> ?l FILTER EXISTS {{ {{ ?x ?s ?y }} UNION"
            " { ?x a ?s } } } ORDER BY ?s ?l"
        )
        for s, label in self._facts.schema_rows(text):
            if isinstance(s, IRI) and s.value in used:
                labels.setdefault(s.value, []).append(label)
        return {iri: best_label(found, self._languages) or "" for iri, found in labels.items()}


def plain(literal: Literal) -> Any:
    """A literal as JSON has it: numbers and truth values where they are such, else text."""
    text = literal.lexical
    try:
        if literal.datatype in _INTEGERS:
            return int(text)
        if literal.datatype in _NUMBERS and (number := float(text)) - number == 0:
            return number
    except ValueError:
        return text
    if literal.datatype == XSD.boolean:
        return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
    return text


def local_name(iri: str) -> str:
    """The last part of an IRI, to be read by people."""
    return unquote(split_iri(iri)[1]) or iri


def counted(number: int, what: str) -> str:
    """So many of something, in words."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def joined(kinds: Sequence[str]) -> str | None:
    """The kinds of a thing in one text."""
    return ", ".join(kinds) or None
