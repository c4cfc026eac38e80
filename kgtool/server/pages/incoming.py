"""What points to a resource: the subjects of triples that have it as their object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from kgtool.plan.run import DefaultGraph
from kgtool.rdf.namespaces import RDF, RDFS
from kgtool.rdf.terms import IRI, Term, lexical_form
from kgtool.server.pages.asking import Asking, Triple
from kgtool.server.pages.site import Site
from kgtool.server.pages.views import View, Views

_COUNTS = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p $it } GROUP BY ?p"
_ALL = "SELECT ?s ?p { ?s ?p $it } ORDER BY ?s"
_SOME = "{ SELECT ?s ?p { VALUES ?p { %s } ?s ?p $it } ORDER BY ?s LIMIT %d }"
_ONE = "SELECT ?s { ?s $p $it } ORDER BY ?s LIMIT %d OFFSET %d"
#: Links that are read at once, properties that are shown if there are more, links of each,
#: and links of a page that lists all of one property.
_FEW, _PROPERTIES, _EACH, PAGE = 300, 40, 12, 100
#: What a property is called from its other end, where the vocabulary gives it no such name.
_BACKWARDS = {
    RDF.type: "Instances",
    RDFS.subClassOf: "Subclasses",
    RDFS.base + "subPropertyOf": "Subproperties",
    RDFS.base + "domain": "Properties of these",
    RDFS.base + "range": "Properties that lead to these",
}
#: Statements about triples are told with the triples.
_STATEMENTS = {RDF.base + name: name for name in ("subject", "predicate", "object")}


@dataclass(frozen=True, slots=True)
class Link:
    subject: View
    inferred: bool
    why: str | None


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """The links by one property: the first of ``total``, and where all are listed."""

    heading: str
    predicate: View
    links: tuple[Link, ...]
    total: int
    address: str

    @property
    def inferred(self) -> bool:
        return all(link.inferred for link in self.links)


@dataclass(frozen=True, slots=True)
class Links:
    """Links by the graph's own properties, by statements about triples, and by others."""

    own: tuple[LinkGroup, ...]
    statements: tuple[LinkGroup, ...]
    elsewhere: tuple[LinkGroup, ...]


@dataclass(slots=True)
class Incoming:
    """What has been found: triples, how many there are by property, and which are inferred."""

    iri: IRI
    triples: list[Triple] = field(default_factory=list)
    counts: dict[Term, int] = field(default_factory=dict)
    asserted: set[Triple] = field(default_factory=set)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def terms(self) -> set[Term]:
        return {term for triple in self.triples for term in triple}

    def shown(self, views: Views, site: Site) -> Links:
        by_property: dict[Term, list[Triple]] = {}
        for triple in self.triples:
            by_property.setdefault(triple[1], []).append(triple)
        groups = [self._group(p, found, views) for p, found in by_property.items()]
        groups.sort(key=_rank)
        statements = [g for g in groups if g.predicate.exact in _STATEMENTS]
        rest = [g for g in groups if g.predicate.exact not in _STATEMENTS]
        return Links(
            tuple(g for g in rest if not _is_elsewhere(g, views)),
            tuple(statements),
            tuple(g for g in rest if _is_elsewhere(g, views)),
        )

    def _group(self, p: Term, triples: Sequence[Triple], views: Views) -> LinkGroup:
        links = sorted(
            (
                Link(views.of(triple[0]), triple not in self.asserted, views.why(triple))
                for triple in triples
            ),
            key=lambda link: (link.inferred, link.subject.text.casefold()),
        )
        view = views.of(p)
        return LinkGroup(
            _BACKWARDS.get(view.exact, view.text),
            view,
            tuple(links[:_EACH]),
            self.counts[p],
            views.addresses.links(self.iri.value, view.exact),
        )


def incoming(site: Site, asking: Asking, iri: IRI, triples: Sequence[Triple]) -> Incoming:
    """The links to an IRI, without those that ``triples`` of its own say by an inverse property."""
    found = Incoming(iri)
    few = f"{_ALL} LIMIT {_FEW + 1}"
    there = _triples(asking, few, iri)
    if len(there) > _FEW:
        for p, n in asking.rows(_COUNTS, it=iri):
            if p is not None and n is not None:
                found.counts[p] = int(lexical_form(n))
        shown = sorted(found.counts, key=lambda p: found.counts[p])[:_PROPERTIES]
        parts = " UNION ".join(_SOME % (p, _EACH) for p in shown)
        found.triples = _triples(asking, f"SELECT ?s ?p {{ {parts} }}", iri)
        found.asserted = _asserted(site, asking, f"SELECT ?s ?p {{ {parts} }}", found)
        return found
    said = {(p.value, o) for _, p, o in triples if isinstance(p, IRI)}
    for triple in there:
        s, p, _ = triple
        inverse = site.inverses.get(p.value, ()) if isinstance(p, IRI) else ()
        if not any((q, s) in said for q in inverse):
            found.triples.append(triple)
    found.counts = dict(Counter(p for _, p, _ in found.triples))
    found.asserted = _asserted(site, asking, few, found)
    return found


def _triples(asking: Asking, text: str, iri: IRI, graph: DefaultGraph = "union") -> list[Triple]:
    rows = asking.rows(text, graph, it=iri)
    return [(s, p, iri) for s, p in rows if s is not None and p is not None]


def _asserted(site: Site, asking: Asking, text: str, found: Incoming) -> set[Triple]:
    if not site.has_inferred or not found.triples:
        return set(found.triples)
    return set(_triples(asking, text, found.iri, "asserted"))


def _rank(group: LinkGroup) -> tuple[int, bool, str]:
    known = list(_BACKWARDS)
    iri = group.predicate.exact
    place = known.index(iri) if iri in known else len(known)
    return place, group.inferred, group.heading.casefold()


def _is_elsewhere(group: LinkGroup, views: Views) -> bool:
    iri = group.predicate.exact
    if all(link.subject.href is None for link in group.links):
        return True  # blank nodes, as those of lists
    return group.inferred and not views.is_own(iri) and iri not in _BACKWARDS


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A page of the list of all links by one property."""

    iri: str
    title: View
    predicate: View
    heading: str
    links: tuple[View, ...]
    total: int
    first: int
    before: str | None
    after: str | None


def link_page(
    site: Site, asking: Asking, iri: IRI, predicate: IRI, number: int, languages: Sequence[str]
) -> LinkPage | None:
    """The links to an IRI by a property; None where there is no such page."""
    skipped = (number - 1) * PAGE
    rows = asking.rows(_ONE % (PAGE + 1, skipped), it=iri, p=predicate)
    subjects = [s for (s,) in rows if s is not None]
    if not subjects:
        return None
    counted = asking.rows("SELECT (COUNT(*) AS ?n) { ?s $p $it }", it=iri, p=predicate)
    labels = asking.labels([iri, predicate, *subjects], languages)
    views = Views(site.addresses, site.store.prefixes, labels)
    view, address = views.of(predicate), site.addresses.links
    return LinkPage(
        iri=iri.value,
        title=views.of(iri),
        predicate=view,
        heading=_BACKWARDS.get(predicate.value, view.text),
        links=tuple(views.of(s) for s in subjects[:PAGE]),
        total=int(counted[0].n.lexical),  # type: ignore[union-attr]
        first=skipped + 1,
        before=address(iri.value, predicate.value, number - 1) if number > 1 else None,
        after=address(iri.value, predicate.value, number + 1) if len(subjects) > PAGE else None,
    )
