"""Terms as pages show them: what is read, where it leads, and in which language it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlencode

from kgtool.rdf.names import Names, split_iri
from kgtool.rdf.namespaces import RDF, WELL_KNOWN_PREFIXES, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.server.pages.addresses import WHY, Addresses, outside
from kgtool.server.pages.readable import is_moment, is_number, point, readable

#: Letters of a text from which on it is folded, and of which its beginning has.
_LONG, _BEGINNING = 480, 240
#: What says how a text is meant only to a program.
_PLAIN = {XSD.string, RDF.langString, XSD.integer, XSD.decimal, XSD.boolean, XSD.base + "anyURI"}

_WORDED = {WELL_KNOWN_PREFIXES[each] for each in WELL_KNOWN_PREFIXES.keys() - {"wd", "wdt"}}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")

Triple: TypeAlias = tuple[Term, Term, Term]


@dataclass(frozen=True, slots=True)
class View:
    """A term on a page.

    ``href`` is its address here and ``outside`` the one on the web; ``exact`` is how it is written,
    where ``text`` is another; ``moment`` is a date as machines read it; ``beginning`` stands for a
    text that is long; ``parts`` are the facts of a blank node, ``items`` the members of a list.
    ``is_name`` says that the text is for machines.
    """

    text: str
    href: str | None = None
    outside: str | None = None
    language: str = ""
    datatype: str = ""
    exact: str = ""
    moment: str = ""
    beginning: str = ""
    parts: tuple[tuple[View, tuple[View, ...]], ...] = ()
    items: tuple[View, ...] = ()
    is_name: bool = False
    number: bool = False


class Views:
    """Makes views of terms, with the labels and the addresses that they have."""

    def __init__(
        self,
        addresses: Addresses,
        prefixes: Mapping[str, str],
        labels: Mapping[IRI, Literal],
    ) -> None:
        self.addresses = addresses
        self._names = Names({**WELL_KNOWN_PREFIXES, **prefixes})
        self._labels = labels

    def of(self, term: Term, *, by_label: bool = True) -> View:
        """The view of a term; an IRI by its label, or as Turtle writes it."""
        if isinstance(term, IRI):
            return self._iri(term, by_label)
        if isinstance(term, BlankNode):
            return View("(unnamed)", exact=f"_:{term.label}")
        return self._literal(term)

    def short(self, iri: str) -> str:
        """An IRI as Turtle writes it."""
        return self._names.short(iri) or iri

    def why(self, triple: Triple) -> str | None:
        """Where it is said why a triple holds; None for one that cannot be asked for."""
        if any(isinstance(term, BlankNode) for term in triple):
            return None
        return f"{WHY}?" + urlencode({"triple": " ".join(map(str, triple))})

    def is_own(self, iri: str) -> bool:
        """Whether an IRI is one of the graph's own, as far as that is known."""
        return iri.startswith(self.addresses.base)

    def _iri(self, term: IRI, by_label: bool) -> View:
        iri = term.value
        label = self._labels.get(term) if by_label else None
        words = None if label or not by_label else known_words(iri)
        own = self.is_own(iri) and bool(self.addresses.base)
        return View(
            label.lexical if label else words or self.short(iri),
            href=self.addresses.page(iri),
            outside=None if own else outside(iri),
            language=label.language if label else "",
            exact=iri,
            is_name=label is None and words is None,
        )

    def _literal(self, term: Literal) -> View:
        text = term.lexical
        if term.datatype == XSD.base + "anyURI" and outside(text):
            return View(text, outside=outside(text))
        found = point(text) if term.datatype.endswith("#wktLiteral") else None
        if found:
            place = f"{_degrees(found[0], 'N', 'S')}, {_degrees(found[1], 'E', 'W')}"
            return View(place, href=f"geo:{found[0]},{found[1]}", exact=text)
        said = readable(text, term.datatype)
        if said is not None:
            moment = text if is_moment(term.datatype) and not text.startswith("-") else ""
            exact = text if said != text else ""
            return View(said, exact=exact, moment=moment, number=is_number(term.datatype))
        datatype = "" if term.datatype in _PLAIN else self.short(term.datatype)
        beginning = text[:_BEGINNING].rsplit(None, 1)[0] if len(text) > _LONG else ""
        return View(text, language=term.language, datatype=datatype, beginning=beginning)


class Nodes:
    """The views of the blank nodes in a description, each with what is said of it."""

    _DEEPEST = 6

    def __init__(self, triples: Sequence[Triple], views: Views) -> None:
        self._views = views
        self._facts: dict[Term, dict[Term, list[Term]]] = {}
        for s, p, o in triples:
            if isinstance(s, BlankNode):
                self._facts.setdefault(s, {}).setdefault(p, []).append(o)

    def of(self, term: Term, depth: int = 0) -> View:
        if term not in self._facts or depth >= self._DEEPEST:
            return self._views.of(term)
        if (items := self._items(term)) is not None:
            return View("", items=tuple(self.of(item, depth + 1) for item in items))
        parts = tuple(
            (self._views.of(p), tuple(self.of(o, depth + 1) for o in values))
            for p, values in sorted(self._facts[term].items(), key=lambda pair: str(pair[0]))
        )
        return View("", parts=parts)

    def _items(self, head: Term) -> list[Term] | None:
        """The members of a list; None of what is no well-formed one."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != IRI(RDF.nil):
            facts = self._facts.get(head, {})
            first, rest = facts.get(IRI(RDF.first), []), facts.get(IRI(RDF.rest), [])
            if len(first) != 1 or len(rest) != 1 or head in seen:
                return None
            seen.add(head)
            found += first
            head = rest[0]
        return found


def name_in(iri: str) -> str:
    """The last part of an IRI as words, for what has no label."""
    local = split_iri(iri.rstrip("/#"))[1]
    return local.replace("_", " ") or iri


def known_words(iri: str) -> str | None:
    """The name of a term of a vocabulary that everybody uses, as words; None of any other."""
    namespace, local = split_iri(iri)
    if namespace not in _WORDED or not local:
        return None
    words = (w if w.isupper() else w.lower() for w in _CAPITAL.sub(" ", local).split(" "))
    return " ".join(words).replace("sub ", "sub")


def _degrees(text: str, positive: str, negative: str) -> str:
    return f"{text.removeprefix('-')}° {negative if text.startswith('-') else positive}"
