"""Why a triple holds, as a page shows it: the tree that `kgtool why` writes, with links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kgtool.project.explanation import INFERRED, Explanation
from kgtool.project.notes import parse_triple
from kgtool.rdf.terms import Term
from kgtool.reason.words import WORDS
from kgtool.server.pages.asking import Asking
from kgtool.server.pages.site import Site
from kgtool.server.pages.views import View, Views


@dataclass(frozen=True, slots=True)
class Place:
    """Where a triple is asserted, and the line there, where it is known."""

    name: str
    line: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A triple, and the rule or the places that it is from; no rule where it is asserted."""

    triple: tuple[View, View, View]
    rule: str
    words: str
    places: tuple[Place, ...]
    cited: tuple[View, ...]
    premises: tuple[Reason, ...]


def reason(site: Site, asking: Asking, text: str, languages: Sequence[str]) -> Reason | None:
    """The reasons for a triple that is written as SPARQL writes it; None where it does not hold.

    Raises QuerySyntaxError and UsageError for a text that is no triple.
    """
    triple = parse_triple(text, site.store.prefixes)
    found = site.explain(triple)
    if found is None:
        return None
    labels = asking.labels(set(_terms(found)), languages)
    return _reason(found, Views(site.addresses, site.store.prefixes, labels))


def _terms(found: Explanation) -> Iterator[Term]:
    yield from found.triple
    yield from found.cited
    for each in found.premises:
        yield from _terms(each)


def _reason(found: Explanation, views: Views) -> Reason:
    s, p, o = (views.of(term) for term in found.triple)
    rule = found.rule or ""
    return Reason(
        triple=(s, p, o),
        rule="" if not rule else "a rule that is not known" if rule == INFERRED else rule,
        words=WORDS.get(rule, ""),
        places=tuple(Place(str(each), (each.text or "").strip()) for each in found.places),
        cited=tuple(views.of(term) for term in found.cited),
        premises=tuple(_reason(each, views) for each in found.premises),
    )
