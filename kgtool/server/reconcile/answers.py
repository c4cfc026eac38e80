"""What is answered to each kind of request, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kgtool.rdf.names import expand
from kgtool.reconcile.extend import extend, properties_of
from kgtool.reconcile.index import CLASS, PROPERTY, THING, known
from kgtool.reconcile.matching import match
from kgtool.reconcile.names import Asking, Names
from kgtool.reconcile.query import Query
from kgtool.reconcile.shown import Shown, is_builtin, is_nameless, show
from kgtool.reconcile.suggest import suggest
from kgtool.server.pages.serving import Visit
from kgtool.server.reconcile import writing
from kgtool.server.reconcile.reading import read_extension

#: What is suggested, by the names that paths have for it.
KINDS = {"entity": THING, "type": CLASS, "property": PROPERTY}
#: Classes that a table is likely about.
_DEFAULT_TYPES = 12

Json = Any


def matched(
    visit: Visit, names: Names, asking: Asking, queries: Sequence[Query]
) -> list[list[Json]]:
    """The candidates of each query of a batch."""
    found = match(names, asking, queries)
    things = {each.thing for some in found for each in some}
    properties = {c.property for query in queries for c in query.conditions}
    shown = show(names, asking, things | set(known(names.store, properties)), visit.languages)
    titles = {each.iri: each.name for each in shown.values() if each.iri in properties}
    return [writing.candidates(each, shown, titles) for each in found]


def extended(visit: Visit, names: Names, asking: Asking, document: Json, *, draft: bool) -> Json:
    """The values that a data extension asks for."""
    ids, columns = read_extension(document, visit.version.store.prefixes)
    properties = [each.property for each in columns.values()]
    shown = show(names, asking, known(names.store, properties), visit.languages)
    by_iri = {each.iri: each for each in shown.values()}
    heads = {
        key: by_iri.get(each.property) or Shown(each.property, each.property)
        for key, each in columns.items()
    }
    values = extend(names, asking, list(ids.values()), list(columns.values()), visit.languages)
    return writing.extension(ids, heads, values, draft=draft)


def about(visit: Visit, names: Names, asking: Asking) -> tuple[str, list[Shown]]:
    """What the graph is called, and the classes that most of its things are of."""
    sizes = names.class_sizes
    shown = show(names, asking, sizes, visit.languages)
    classes = [each for each in sizes if each in shown and not is_builtin(shown[each].iri)]
    classes.sort(key=lambda each: (-sizes[each], is_nameless(shown[each]), shown[each].iri))
    return visit.site.title, [shown[each] for each in classes[:_DEFAULT_TYPES]]


def suggested(
    visit: Visit, names: Names, asking: Asking, kind: str, text: str, limit: int, offset: int
) -> Json:
    """What a person may go on to type."""
    iri = expand(text.strip(), visit.version.store.prefixes)
    iri = iri if ":" in iri and " " not in iri else ""
    ids = suggest(names, asking, KINDS[kind], text, limit, offset, iri)
    shown = show(names, asking, ids, visit.languages)
    ordered = [shown[each] for each in ids if each in shown]
    return writing.suggestions(ordered, notable=kind == "entity")


def proposed(visit: Visit, names: Names, asking: Asking, type_: str, limit: int) -> Json:
    """The properties for more columns of a table of things of a type."""
    ids = properties_of(names, asking, expand(type_, visit.version.store.prefixes), limit)
    shown = show(names, asking, ids, visit.languages)
    return writing.proposals([shown[p] for p in ids if p in shown], type_, limit)
