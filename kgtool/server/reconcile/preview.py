"""What a person sees of a thing beside a cell of his table."""

from __future__ import annotations

from typing import NamedTuple

from kgtool.rdf.namespaces import DESCRIBING, FINDING, RDF
from kgtool.rdf.terms import Literal
from kgtool.reconcile.extend import Column, extend
from kgtool.reconcile.index import known
from kgtool.reconcile.names import Asking, Names
from kgtool.reconcile.shown import Shown, show
from kgtool.server.pages.readable import readable

#: Properties, values of each, and letters of a value that are shown.
_PROPERTIES, _VALUES, _LONGEST = 6, 3, 120
_FACTS = """
SELECT p FROM store.pso WHERE s = ? GROUP BY p ORDER BY count(*), p LIMIT 40
"""


class Preview(NamedTuple):
    it: Shown
    facts: list[tuple[str, list[str]]]


def preview(names: Names, asking: Asking, iri: str, languages: tuple[str, ...]) -> Preview | None:
    """A thing, and some of what is said of it; None where there is no such thing."""
    (thing,) = known(names.store, [iri])
    shown = show(names, asking, [thing], languages).get(thing)
    if shown is None:
        return None
    told = known(names.store, (RDF.type, *FINDING, *DESCRIBING))
    found = [p for (p,) in asking.rows(_FACTS, [thing]) if p not in told]
    properties = show(names, asking, found, languages)
    columns = [Column(properties[p].iri, _VALUES) for p in found if p in properties]
    values = extend(names, asking, [iri], columns, languages)
    by_iri = {each.iri: each.name for each in properties.values()}
    facts = [
        (by_iri[column.property], texts)
        for column in columns
        if (texts := [_text(each) for each in values[iri, column.property]])
    ]
    return Preview(shown, facts[:_PROPERTIES])


def _text(value: Literal | Shown) -> str:
    if isinstance(value, Shown):
        return value.name
    text = readable(value.lexical, value.datatype) or value.lexical
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
