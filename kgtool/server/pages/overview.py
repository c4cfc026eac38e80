"""The first page: what the graph holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgtool.project.stored import StoredQuery
from kgtool.rdf.terms import IRI, Literal
from kgtool.server.description import CLASSES
from kgtool.server.pages.asking import Asking
from kgtool.server.pages.site import Site
from kgtool.server.pages.views import View, Views


@dataclass(frozen=True, slots=True)
class Class:
    view: View
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Numbers, the classes of the graph's own vocabulary and those of others."""

    numbers: tuple[tuple[str, int], ...]
    own: tuple[Class, ...]
    elsewhere: tuple[Class, ...]
    queries: tuple[StoredQuery, ...]


def overview(
    site: Site, asking: Asking, languages: Sequence[str], queries: Sequence[StoredQuery]
) -> Overview:
    statistics = site.store.statistics
    rows = asking.rows(CLASSES)
    counted = {c: int(n.lexical) for c, n in rows if isinstance(c, IRI) and isinstance(n, Literal)}
    labels = asking.labels(counted, languages)
    views = Views(site.addresses, site.store.prefixes, labels)
    classes = [Class(views.of(c), n) for c, n in counted.items()]
    own = [each for each in classes if views.is_own(each.view.exact)]
    inferred = sum(each.triples for each in statistics.graphs if each.kind == "inferred")
    numbers = [("triples", statistics.triples)]
    if inferred:
        numbers.append(("of them inferred", inferred))
    numbers += [("classes", len(counted)), ("properties", len(statistics.predicates))]
    return Overview(
        tuple(numbers),
        tuple(own),
        tuple(each for each in classes if each not in own),
        tuple(queries),
    )
