"""Functions on points: those of GeoSPARQL 1.1 (8.8) that query.wikidata.org has as well.

A point is a geo:wktLiteral such as ``Point(12.49 41.89)``: longitude first, in degrees on the
earth, or with the IRI of another globe before it.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from kgtool.plan import sql
from kgtool.plan.conversion import lex, type_
from kgtool.plan.functions.registry import Function
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL
from kgtool.plan.value import OTHERS, Form, Scope, Value, make_iri, native, unbound
from kgtool.rdf.terms import IRI

_POINT = "http://www.opengis.net/ont/geosparql#wktLiteral"
_BASE = "http://www.opengis.net/def/function/geosparql/"
_UNITS = "http://www.opengis.net/def/uom/OGC/1.0/"
#: How many of a unit a kilometre has.
_PER_KILOMETRE = {IRI(f"{_UNITS}metre"): 1000.0, IRI(f"{_UNITS}kilometre"): 1.0}
_NOWHERE = sql.cast(sql.NULL, "VARCHAR")


def _point(value: Value, scope: Scope) -> SQL:
    """A point as the engine holds it, whose fields are empty for all else."""
    if not value.may_be(OTHERS):
        return sql.call("kg_point", _NOWHERE)
    is_point = sql.eq(type_(value, scope), sql.text(_POINT))
    return sql.call("kg_point", sql.case([(is_point, lex(value, scope))]))


def _distance(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
    """geof:distance: in kilometres, or in the unit that the third argument names."""
    points = [_point(each, scope) for each in arguments[:2]]
    tree = sql.let(points, lambda a, b: sql.call("kg_distance", a, b))
    if len(arguments) > 2:
        unit = arguments[2].constant
        factor = _PER_KILOMETRE.get(unit) if isinstance(unit, IRI) else None
        if factor is None:
            return unbound()
        tree = sql.binary(exp.Mul, tree, sql.cast(sql.text(str(factor)), "DOUBLE"))
    return native(Form.DOUBLE, tree)


def _of_point(macro: str, made: Callable[[SQL], Value]) -> Function:
    def compiled(arguments: list[Value], scope: Scope, frame: Frame) -> Value:
        return made(sql.let([_point(arguments[0], scope)], lambda p: sql.call(macro, p)))

    return compiled


def _double(tree: SQL) -> Value:
    return native(Form.DOUBLE, tree)


FUNCTIONS: dict[str, Function] = {
    f"{_BASE}distance": _distance,
    f"{_BASE}latitude": _of_point("kg_latitude", _double),
    f"{_BASE}longitude": _of_point("kg_longitude", _double),
    f"{_BASE}globe": _of_point("kg_globe", make_iri),
}
#: How many arguments each takes, at least and at most.
ARITIES = {name: (2, 3) if name.endswith("distance") else (1, 1) for name in FUNCTIONS}
