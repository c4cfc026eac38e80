"""Classes with those below them, and which things are of them."""

from __future__ import annotations

from collections.abc import Iterable

from kgtool.engine import ids
from kgtool.rdf.namespaces import RDF, RDFS
from kgtool.reconcile.index import known
from kgtool.reconcile.names import Asking, Names

_BELOW = """
WITH RECURSIVE below(top, class) AS (
  SELECT class, class FROM (SELECT unnest($classes::BIGINT[]) AS class)
  UNION
  SELECT top, s FROM below JOIN store.pso ON o = class WHERE p = $subclass)
SELECT top, class FROM below
"""
_TYPES = f"""
SELECT DISTINCT s, o FROM store.pso SEMI JOIN (SELECT unnest($things::BIGINT[]) AS s) USING (s)
WHERE p = $type AND o >> {ids.PAYLOAD_BITS} = {ids.IRI_TAG} ORDER BY s, o
"""


class Types:
    """The types of things, for one request."""

    def __init__(self, names: Names, asking: Asking) -> None:
        self._store = names.store
        self._asking = asking
        self.type, self._subclass = known(names.store, (RDF.type, RDFS.subClassOf))

    def below(self, classes: Iterable[str]) -> dict[str, set[int]]:
        """Each class, by its IRI, with all classes that are below it, as ids."""
        iris = list(dict.fromkeys(classes))
        if not iris:
            return {}
        tops = known(self._store, iris)
        found: dict[int, set[int]] = {top: set() for top in tops}
        given = {"classes": tops, "subclass": self._subclass}
        for top, class_ in self._asking.rows(_BELOW, given):
            found[top].add(class_)
        return {iri: found[top] for iri, top in zip(iris, tops, strict=True)}

    def of(self, things: Iterable[int]) -> dict[int, list[int]]:
        """The types of things."""
        found: dict[int, list[int]] = {thing: [] for thing in things}
        given = {"things": list(found), "type": self.type}
        for thing, class_ in self._asking.rows(_TYPES, given):
            found[thing].append(class_)
        return found
