"""Things by their names, and the names that are nearest to one that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgtool.rdf.likeness import most_like
from kgtool.rdf.names import namespace_of
from kgtool.rdf.namespaces import FINDING
from kgtool.rdf.terms import IRI, Literal
from kgtool.server.pages.asking import Asking
from kgtool.server.pages.site import Site
from kgtool.server.pages.views import View, Views

#: Things that are listed, and letters that are looked for.
MOST, LONGEST = 50, 200
#: Names that one that is not there is compared with.
_COMPARED = 5_000
_FOUND = """
SELECT ?x (MIN(?order) AS ?first) (MIN(STRLEN(?l)) AS ?length) (SAMPLE(?l) AS ?label) {
  VALUES ?p { %s } ?x ?p ?l
  FILTER (isIRI(?x) && CONTAINS(LCASE(STR(?l)), $sought))
  BIND (IF(STRSTARTS(LCASE(STR(?l)), $sought), 0, 1) AS ?order)
} GROUP BY ?x ORDER BY ?first ?length ?x LIMIT %d
"""
_TYPES = "SELECT ?x ?c { VALUES ?x { %s } ?x a ?c FILTER isIRI(?c) }"
_NEAR = """
SELECT DISTINCT ?s { ?s ?p ?o FILTER (isIRI(?s) && STRSTARTS(STR(?s), $namespace)) } LIMIT %d
"""


@dataclass(frozen=True, slots=True)
class Hit:
    thing: View
    types: tuple[View, ...]
    #: The name by which it was found, where that is not the one that is shown.
    name: View | None


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    cut: bool


def find(site: Site, asking: Asking, text: str, languages: Sequence[str]) -> Found:
    """The things with a name that has the text in it; those that begin with it first."""
    sought = text.strip()[:LONGEST].lower()
    named = " ".join(f"<{each}>" for each in FINDING)
    rows = asking.rows(_FOUND % (named, MOST + 1), sought=Literal(sought))
    names = {r.x: r.label for r in rows[:MOST] if isinstance(r.x, IRI)}
    types: dict[IRI, list[IRI]] = {x: [] for x in names}
    if names:
        for x, c in asking.rows(_TYPES % " ".join(map(str, names)), "asserted"):
            if isinstance(x, IRI) and isinstance(c, IRI):
                types[x].append(c)
    labels = asking.labels([*names, *(c for each in types.values() for c in each)], languages)
    views = Views(site.addresses, site.store.prefixes, labels)

    def hit(x: IRI) -> Hit:
        thing, label = views.of(x), names[x]
        is_shown = sought in thing.text.lower()
        return Hit(
            thing,
            tuple(map(views.of, types[x])),
            None if is_shown or label is None else views.of(label),
        )

    return Found(tuple(map(hit, names)), len(rows) > MOST)


def nearest(site: Site, asking: Asking, iri: str, languages: Sequence[str]) -> tuple[View, ...]:
    """The resources whose names are most like that of an IRI, in its namespace."""
    text = _NEAR % _COMPARED
    rows = asking.rows(text, "asserted", namespace=Literal(namespace_of(iri)))
    near = most_like(IRI(iri), [s for (s,) in rows if isinstance(s, IRI)])
    views = Views(site.addresses, site.store.prefixes, asking.labels(near, languages))
    return tuple(views.of(each) for each in near)
