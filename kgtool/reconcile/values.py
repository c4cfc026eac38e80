"""The values of properties, and how well they fit what a query says of them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from kgtool.engine import ids
from kgtool.rdf.namespaces import INTEGER_RANGES, XSD
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.reconcile.index import known
from kgtool.reconcile.names import Asking, Names
from kgtool.reconcile.query import Condition, Value
from kgtool.reconcile.scoring import name_score

#: Values of one property that are looked at, and things that are taken for having a value.
_MOST_VALUES, _MOST_HOLDERS = 100, 60
_MOMENTS = frozenset((XSD.date, XSD.dateTime, XSD.gYear, XSD.gYearMonth))
_NUMBERS = frozenset((XSD.integer, XSD.decimal, XSD.float, XSD.double, *INTEGER_RANGES))
#: The datatypes whose literals may stand in no dictionary.
_INLINE = (XSD.integer, XSD.decimal, XSD.boolean, XSD.date, XSD.dateTime)

_OBJECTS = f"""
SELECT s, p, o FROM (
  SELECT DISTINCT s, p, o FROM store.pso
  SEMI JOIN (SELECT unnest($things::BIGINT[]) AS s) USING (s)
  WHERE p IN (SELECT unnest($properties::BIGINT[])))
QUALIFY row_number() OVER (PARTITION BY s, p ORDER BY o) <= {_MOST_VALUES}
"""
_NAMES = """
SELECT thing, normal FROM names.names SEMI JOIN (SELECT unnest(?::BIGINT[]) AS thing) USING (thing)
"""
#: What a text may be: a literal, or a thing of that name.
_MEANT = """
SELECT lex, id FROM store.terms SEMI JOIN (SELECT unnest($texts::VARCHAR[]) AS lex) USING (lex)
UNION ALL
SELECT text, thing FROM names.names
JOIN (SELECT unnest($texts::VARCHAR[]) AS text, unnest($normals::VARCHAR[]) AS normal)
USING (normal)
"""
_HOLDERS = f"""
SELECT p, o, s FROM (
  SELECT DISTINCT p, o, s FROM store.pso
  WHERE p IN (SELECT unnest($properties::BIGINT[])) AND o IN (SELECT unnest($objects::BIGINT[]))
    AND s >> {ids.PAYLOAD_BITS} = {ids.IRI_TAG})
QUALIFY row_number() OVER (PARTITION BY p, o ORDER BY s) <= {_MOST_HOLDERS}
"""


def objects_of(
    asking: Asking, things: Iterable[int], properties: Iterable[int]
) -> dict[tuple[int, int], list[int]]:
    """What things have for properties, all by their ids; of one property the first values."""
    found: dict[tuple[int, int], list[int]] = {}
    parameters = {"things": list(things), "properties": list(properties)}
    for s, p, o in asking.rows(_OBJECTS, parameters):
        found.setdefault((s, p), []).append(o)
    return found


class Values:
    """What the things of a store have for the properties of the conditions of a batch."""

    def __init__(self, names: Names, asking: Asking, conditions: Iterable[Condition]) -> None:
        self._store = names.store
        self._asking = asking
        self._conditions = list(conditions)
        iris = list(dict.fromkeys(each.property for each in self._conditions))
        self._properties = dict(zip(iris, known(names.store, iris), strict=True))
        self._sought = {value for each in self._conditions for value in each.values}
        self._normals = asking.normal_forms(v for v in self._sought if isinstance(v, str))
        self._objects: dict[tuple[int, int], list[int]] = {}
        self._terms: dict[int, Term] = {}
        self._names: dict[int, list[str]] = {}

    def holders(self) -> dict[Condition, set[int]]:
        """The things that have just such values, by the conditions."""
        meant = self._meant()
        objects = set().union(*meant.values())
        parameters = {"properties": list(self._properties.values()), "objects": list(objects)}
        holding: dict[tuple[int, int], set[int]] = {}
        for p, o, s in self._asking.rows(_HOLDERS, parameters):
            holding.setdefault((p, o), set()).add(s)
        return {
            each: {
                thing
                for value in each.values
                for o in meant.get(value, ())
                for thing in holding.get((self._properties[each.property], o), ())
            }
            for each in self._conditions
            if each.quantifier != "none"
        }

    def read(self, things: Iterable[int]) -> None:
        """Reads what these things have."""
        if not self._conditions:
            return
        self._objects = objects_of(self._asking, things, self._properties.values())
        objects = {o for each in self._objects.values() for o in each}
        self._terms = self._store.terms(objects)
        for thing, normal in self._asking.rows(_NAMES, [list(objects)]):
            self._names.setdefault(thing, []).append(normal)
        literals = (term for term in self._terms.values() if isinstance(term, Literal))
        self._normals |= self._asking.normal_forms(each.lexical for each in literals)

    def score(self, thing: int, condition: Condition) -> float | None:
        """How well a thing fits a condition, from 0 to 100; None where it has no such property."""
        objects = self._objects.get((thing, self._properties[condition.property]))
        if not objects:
            return None
        scores = [max(self._fit(value, o) for o in objects) for value in condition.values]
        if condition.quantifier == "all":
            return min(scores)
        return 100 - max(scores) if condition.quantifier == "none" else max(scores)

    def _fit(self, value: Value, o: int) -> float:
        term = self._terms.get(o)
        if isinstance(value, IRI):
            return 100.0 * (value == term)
        if isinstance(term, IRI):
            if term.value == value:
                return 100.0
            return max((self._alike(value, name) for name in self._names.get(o, ())), default=0.0)
        return self._literal_fit(value, term) if isinstance(term, Literal) else 0.0

    def _literal_fit(self, value: str, literal: Literal) -> float:
        if literal.lexical == value:
            return 100.0
        if literal.datatype in _NUMBERS:
            number = _number(value)
            return 100.0 * (number is not None and number == _number(literal.lexical))
        if literal.datatype in _MOMENTS:
            # A year, or a day, that the moment is in.
            return 100.0 * (len(value) >= 4 and literal.lexical.startswith(value))
        if literal.datatype == XSD.boolean:
            return 0.0
        return self._alike(value, self._normals[literal.lexical])

    def _alike(self, value: str, name: str) -> float:
        return name_score(self._normals[value], name)

    def _meant(self) -> dict[Value, set[int]]:
        """The ids of what each value may be."""
        texts = list(self._normals)
        terms: dict[Term, Value] = {v: v for v in self._sought if isinstance(v, IRI)}
        terms |= {Literal(text, each): text for text in texts for each in _INLINE}
        meant: dict[Value, set[int]] = {}
        for term, id_ in self._store.ids(terms).items():
            meant.setdefault(terms[term], set()).add(id_)
        parameters = {"texts": texts, "normals": list(self._normals.values())}
        for text, id_ in self._asking.rows(_MEANT, parameters):
            meant.setdefault(text, set()).add(id_)
        return meant


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
