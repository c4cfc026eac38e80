"""Things, classes and properties whose names begin with what a person has typed so far."""

from __future__ import annotations

from kgtool.rdf.terms import IRI
from kgtool.reconcile.index import THING
from kgtool.reconcile.matching import match
from kgtool.reconcile.names import Asking, Names
from kgtool.reconcile.query import Query

#: Names that begin so come before those with another word that does. What is typed may be the
#: beginning of a longer word, so it is looked for as it is, and with abbreviations written out.
_BEGINNING = """
WITH typed AS (SELECT kg_spaced($text) AS plain, kg_normal($text) AS normal),
placed AS (
  SELECT thing, length(names.normal) AS length,
         CASE WHEN starts_with(names.normal, plain) OR starts_with(names.normal, typed.normal)
                THEN 0
              WHEN contains(names.normal, ' ' || plain)
                OR contains(names.normal, ' ' || typed.normal) THEN 1 END AS place
  FROM names.names, typed WHERE kind = $kind)
SELECT thing FROM placed WHERE place IS NOT NULL
GROUP BY thing ORDER BY min(place), min(length), thing LIMIT $limit OFFSET $offset
"""


def suggest(
    names: Names, asking: Asking, kind: int, text: str, limit: int, offset: int = 0, iri: str = ""
) -> list[int]:
    """The ids of what is of a kind and named so: whose IRI it is, whose names begin so, and
    things with a name that is like it."""
    given = {"text": text, "kind": kind, "limit": limit, "offset": offset}
    found = [thing for (thing,) in asking.rows(_BEGINNING, given)]
    if offset:
        return found
    found = [*names.store.ids([IRI(iri)] if iri else []).values(), *found]
    if kind == THING and len(found) < limit and text.strip():
        (like,) = match(names, asking, [Query((text,), limit=limit)])
        found += [candidate.thing for candidate in like]
    return list(dict.fromkeys(found))[:limit]
