"""A resource: what is said of it, where that is from, and what points to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kgtool.rdf.languages import best
from kgtool.rdf.namespaces import DESCRIBING, NAMING, RDF
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.server.pages.asking import Asking, Triple
from kgtool.server.pages.incoming import Incoming, Links, incoming
from kgtool.server.pages.site import Site
from kgtool.server.pages.views import Nodes, View, Views, name_in

_LATITUDE, _LONGITUDE = (
    f"http://www.w3.org/2003/01/geo/wgs84_pos#{each}" for each in ("lat", "long")
)
_ABOUT = f"""
PREFIX rdf: <{RDF.base}>
SELECT ?p ?o ?c {{ ?st rdf:subject $it ; rdf:predicate ?p ; rdf:object ?o ; (%s) ?c }}
ORDER BY ?c
"""
_TERMS = """
SELECT DISTINCT ?t { ?t a ?c FILTER (isIRI(?t) && STRSTARTS(STR(?t), $stem)) } ORDER BY ?t
"""
#: Sources of a thing that all of its facts are marked with; more would say nothing.
_MOST_MARKED = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """A value. ``sources`` are numbers of the page's; ``why`` leads to the reasons for it."""

    value: View
    inferred: bool
    why: str | None
    place: str | None
    sources: tuple[int, ...] = ()

    @property
    def short_place(self) -> str:
        """The name of the file, and the line."""
        return ":".join((self.place or "").rpartition("/")[2].split(":")[:2])


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one property."""

    predicate: View
    facts: tuple[Fact, ...]

    @property
    def inferred(self) -> bool:
        return all(fact.inferred for fact in self.facts)


@dataclass(frozen=True, slots=True)
class Resource:
    """All that the page of a resource shows."""

    iri: str
    short: str
    title: View
    lead: View | None
    types: tuple[View, ...]
    groups: tuple[Group, ...]
    elsewhere: tuple[Group, ...]
    sources: tuple[View, ...]
    links: Links
    terms: tuple[tuple[str, View], ...]
    uses: int
    uses_at: str
    point: tuple[str, str] | None


def resource(site: Site, asking: Asking, iri: IRI, languages: Sequence[str]) -> Resource | None:
    """What there is about an IRI; None where it is nowhere in the graph."""
    # The engine gives them in any order.
    triples = sorted(asking.describe(iri), key=lambda triple: [str(term) for term in triple])
    asserted = set(asking.describe(iri, "asserted")) if site.has_inferred else set(triples)
    pointing = incoming(site, asking, iri, triples)
    terms = terms_below(site, asking, iri)
    uses = _uses(site, iri)
    if not triples and not pointing.total and not terms and not uses:
        return None
    known = {term for triple in triples for term in triple} | pointing.terms | set(terms) | {iri}
    is_stated = site.citing and IRI(RDF.base + "subject") in pointing.counts
    cited = _statements(site, asking, iri) if is_stated else {}
    known.update(source for each in cited.values() for source in each)
    labels = asking.labels(known, languages)
    views = Views(site.addresses, site.store.prefixes, labels)
    return _Writer(site, views, iri, triples, asserted, cited, languages).page(
        pointing, terms, uses, labels.get(iri)
    )


def terms_below(site: Site, asking: Asking, iri: IRI) -> list[IRI]:
    """The terms of an ontology that a document is, if its prefix says so."""
    stem = f"{iri.value}#"
    if "#" in iri.value or stem not in site.store.prefixes.values():
        return []
    return [t for (t,) in asking.rows(_TERMS, stem=Literal(stem)) if isinstance(t, IRI)]


def _uses(site: Site, iri: IRI) -> int:
    """How often a property is used."""
    id_ = site.store.ids([iri]).get(iri)
    used = site.store.statistics.predicates.get(id_) if id_ is not None else None
    return used.triples if used else 0


def _statements(site: Site, asking: Asking, iri: IRI) -> dict[tuple[Term, Term], list[Term]]:
    """The sources of those facts that statements are about."""
    text = _ABOUT % "|".join(f"<{p}>" for p in sorted(site.citing))
    found: dict[tuple[Term, Term], list[Term]] = {}
    for p, o, source in asking.rows(text, it=iri):
        if p is not None and o is not None and source is not None:
            found.setdefault((p, o), []).append(source)
    return found


class _Writer:
    def __init__(
        self,
        site: Site,
        views: Views,
        iri: IRI,
        triples: Sequence[Triple],
        asserted: set[Triple],
        statements: dict[tuple[Term, Term], list[Term]],
        languages: Sequence[str],
    ) -> None:
        self._site, self._views, self._iri = site, views, iri
        self._own = [triple for triple in triples if triple[0] == iri]
        self._asserted = asserted
        self._statements = statements
        self._languages = languages
        self._nodes = Nodes(triples, views)
        self._cites = {o for _, p, o in self._own if _name(p) in site.citing}
        sources = self._cites.union(*statements.values())
        in_order = sorted(
            sources, key=lambda source: (*_order(self._nodes.of(source)), str(source))
        )
        self._numbers = {source: number for number, source in enumerate(in_order, 1)}

    def page(
        self, pointing: Incoming, terms: list[IRI], uses: int, label: Literal | None
    ) -> Resource:
        lead = self._lead()
        shown: set[tuple[Term, Term]] = {lead} if lead else set()
        if label is not None:
            shown |= {(IRI(name), label) for name in NAMING}
        groups = self._groups(shown)
        own = [each for each in groups if not self._is_elsewhere(each)]
        iri = self._iri.value
        title = self._views.of(self._iri) if label else View(name_in(iri), exact=iri, is_name=True)
        return Resource(
            iri=iri,
            short=self._views.short(iri),
            title=title,
            lead=self._views.of(lead[1]) if lead else None,
            types=tuple(self._types()),
            groups=tuple(own),
            elsewhere=tuple(each for each in groups if self._is_elsewhere(each)),
            sources=tuple(self._nodes.of(source) for source in self._numbers),
            links=pointing.shown(self._views, self._site),
            terms=tuple((t.value.rpartition("#")[2], self._views.of(t)) for t in terms),
            uses=uses,
            uses_at=self._site.addresses.uses(iri),
            point=self._point(),
        )

    def _lead(self) -> tuple[Term, Literal] | None:
        for name in DESCRIBING:
            said = [o for _, p, o in self._own if _name(p) == name and isinstance(o, Literal)]
            found = best(said, self._languages)
            if found is not None:
                return IRI(name), found
        return None

    def _types(self) -> list[View]:
        """The classes that are asserted, else those that follow."""
        found = [triple for triple in self._own if _name(triple[1]) == RDF.type]
        chosen = [triple for triple in found if triple in self._asserted] or found
        return [self._views.of(o) for *_, o in chosen if isinstance(o, IRI)]

    def _groups(self, shown: set[tuple[Term, Term]]) -> list[Group]:
        by_property: dict[Term, list[Triple]] = {}
        for triple in self._own:
            if _name(triple[1]) not in self._site.citing and (triple[1], triple[2]) not in shown:
                by_property.setdefault(triple[1], []).append(triple)
        groups = []
        for p, triples in by_property.items():
            facts = sorted(map(self._fact, triples), key=lambda f: (f.inferred, _order(f.value)))
            groups.append(Group(self._views.of(p), tuple(facts)))
        return sorted(groups, key=self._rank)

    def _rank(self, group: Group) -> tuple[object, ...]:
        """What the graph's own properties say comes first, and what classes a thing has last."""
        iri = group.predicate.exact
        return (
            iri == RDF.type,
            group.inferred,
            not self._views.is_own(iri),
            group.predicate.text.casefold(),
        )

    def _is_elsewhere(self, group: Group) -> bool:
        """Whether a group only says again in other words what the graph's own terms say."""
        iri = group.predicate.exact
        return group.inferred and not self._views.is_own(iri) and iri != RDF.type

    def _fact(self, triple: Triple) -> Fact:
        inferred = triple not in self._asserted
        why = self._views.why(triple)
        cited: Collection[Term] = self._statements.get((triple[1], triple[2]), ())
        if not cited and len(self._cites) <= _MOST_MARKED:
            cited = self._cites
        return Fact(
            self._nodes.of(triple[2]),
            inferred,
            why,
            None if inferred else self._site.place(triple),
            () if inferred else tuple(sorted(self._numbers[source] for source in cited)),
        )

    def _point(self) -> tuple[str, str] | None:
        found = {_name(p): o.lexical for _, p, o in self._own if isinstance(o, Literal)}
        latitude, longitude = found.get(_LATITUDE), found.get(_LONGITUDE)
        try:
            return (str(float(latitude or "")), str(float(longitude or "")))
        except ValueError:
            return None


def _name(term: Term) -> str:
    return term.value if isinstance(term, IRI) else ""


def _order(view: View) -> tuple[str, str]:
    """Dates by time, all else by what is read."""
    return view.moment, view.text.casefold()
