"""Values of things for more columns of a table, and the properties that there are for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kgtool.rdf.terms import IRI, Literal
from kgtool.reconcile.index import known
from kgtool.reconcile.names import Asking, Names
from kgtool.reconcile.shown import Shown, show
from kgtool.reconcile.types import Types
from kgtool.reconcile.values import objects_of

#: Things of a class by which its properties are told.
_LOOKED_AT = 10_000
_PROPERTIES = """
WITH members AS (
  SELECT DISTINCT s FROM store.pso
  WHERE p = $type AND o IN (SELECT unnest($classes::BIGINT[])) LIMIT {most})
SELECT p FROM (SELECT DISTINCT s, p FROM store.pso SEMI JOIN members USING (s))
GROUP BY p ORDER BY count(*) DESC, p LIMIT $limit
"""
_ALL_PROPERTIES = "SELECT p FROM store.predicates ORDER BY triples DESC, p LIMIT $limit"


class Column(NamedTuple):
    """A property, as an IRI, and how many of its values are wanted; 0 is for all."""

    property: str
    limit: int = 0


def extend(
    names: Names,
    asking: Asking,
    things: Sequence[str],
    columns: Sequence[Column],
    languages: Sequence[str],
) -> dict[tuple[str, str], list[Literal | Shown]]:
    """The values of things, by the IRIs of thing and property; things of values are shown."""
    ids = dict(zip(things, known(names.store, things), strict=True))
    properties = {c.property: known(names.store, [c.property])[0] for c in columns}
    objects = objects_of(asking, ids.values(), properties.values())
    values = {each for some in objects.values() for each in some}
    terms = names.store.terms(values)
    shown = show(names, asking, (v for v in values if isinstance(terms[v], IRI)), languages)
    found: dict[tuple[str, str], list[Literal | Shown]] = {}
    for column in columns:
        for iri, thing in ids.items():
            own: list[Literal | Shown] = []
            for each in objects.get((thing, properties[column.property]), ()):
                term = terms[each]
                if isinstance(term, Literal):
                    own.append(term)
                elif each in shown:
                    own.append(shown[each])
            found[iri, column.property] = own[: column.limit or None]
    return found


def properties_of(names: Names, asking: Asking, class_: str, limit: int) -> list[int]:
    """The properties that things of a class have, the most frequent first, as ids.

    Without a class, those of all things.
    """
    if not class_:
        rows = asking.rows(_ALL_PROPERTIES, {"limit": limit})
    else:
        types = Types(names, asking)
        classes = types.below([class_])[class_]
        given = {"type": types.type, "classes": list(classes), "limit": limit}
        rows = asking.rows(_PROPERTIES.format(most=_LOOKED_AT), given)
    return [p for (p,) in rows]
