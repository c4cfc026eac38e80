"""A constraint → the pattern of its violations, over all focus nodes at once.

A shape within another (sh:node, sh:not, sh:or, a qualified value shape …) becomes a test of a
node: no constraint of it has a violation there. So there are two ways to compile a constraint,
and both are the same pattern: with the table of the focus nodes, or within an EXISTS whose
surroundings bind the node.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kgtool.rdf.terms import IRI, Literal
from kgtool.shacl import shapes as s
from kgtool.shacl.constraints import sets, values
from kgtool.shacl.constraints.place import (
    FALSE,
    INSTANCES,
    TRUE,
    UNIT,
    Names,
    Place,
    Tables,
    all_of,
    any_of,
    call,
    fails,
    joined,
    same_term,
)
from kgtool.shacl.rewriting import focused, renamed
from kgtool.sparql import algebra as a

_TESTS: dict[type, Callable[[Any, a.Variable, Tables], a.Expression]] = {
    s.Class: values.instance,
    s.Datatype: values.datatype,
    s.NodeKind: values.node_kind,
    s.Range: values.range_,
    s.MinLength: values.min_length,
    s.MaxLength: values.max_length,
    s.Pattern: values.pattern,
    s.LanguageIn: values.language_in,
    s.In: values.in_,
}
_SETS: dict[type, Callable[[Any, Place, a.Variable], a.Pattern]] = {
    s.MinCount: sets.min_count,
    s.MaxCount: sets.max_count,
    s.UniqueLang: sets.unique_lang,
    s.HasValue: sets.has_value,
    s.Equals: sets.equals,
    s.LessThan: sets.less_than,
    s.LessThanOrEquals: sets.less_than_or_equals,
    s.Closed: sets.closed,
}
#: Of one focus node: results have no value (3.6.2.4).
WITHOUT_VALUE = (
    s.MinCount, s.MaxCount, s.UniqueLang, s.HasValue, s.QualifiedMin, s.QualifiedMax,
)  # fmt: skip


def violations(constraint: s.Constraint, place: Place, value: a.Variable) -> a.Pattern:
    """The violations of a constraint: they bind ``place.this``, and mostly ``value``.

    ``value`` is ``place.this`` in a node shape. What a constraint says of value and path
    otherwise it binds to ?value and ?path. Raises UnsupportedError for SPARQL that does not
    compile for many focus nodes at once.
    """
    match constraint:
        case s.QualifiedMin() | s.QualifiedMax():
            return _qualified(constraint, place)
        case s.Select(query):
            if place.focus == UNIT:
                return renamed(query.pattern, {"this": place.this})  # type: ignore[no-any-return]
            return focused(query.pattern, place.focus)
        case s.Property(shape):
            inner = conforms(shape, value, place.names, place.tables)
            return a.Filter(fails(inner), place.each_value(value))
    if type(constraint) in _SETS:
        return _SETS[type(constraint)](constraint, place, value)
    test = _test(constraint, place, value)
    return a.Filter(fails(test), place.each_value(value))


def conforms(shape: s.Shape, node: a.Variable, names: Names, tables: Tables) -> a.Expression:
    """Whether a node that the pattern around binds conforms to a shape (SHACL, 3.4)."""
    if shape.deactivated:
        return TRUE
    place = Place(node, UNIT, shape.path, names, tables)
    tests: list[a.Expression] = []
    for constraint in shape.constraints:
        if shape.path is None and _is_test(constraint):
            tests.append(a.Coalesce((_test(constraint, place, node), FALSE)))
        else:
            found = violations(constraint, place, place.value())
            tests.append(a.Not(a.Exists(found)))
    return all_of(tests)


def _is_test(constraint: s.Constraint) -> bool:
    return type(constraint) in _TESTS or isinstance(
        constraint, s.Disjoint | s.Not | s.All | s.Any | s.One | s.Node | s.Ask
    )


def _test(constraint: s.Constraint, place: Place, value: a.Variable) -> a.Expression:
    """What is true of the values that keep a constraint."""

    def fits(shape: s.Shape) -> a.Expression:
        return conforms(shape, value, place.names, place.tables)

    match constraint:
        case s.Disjoint(property_):
            return a.Not(a.Exists(a.BGP((a.TriplePattern(place.this, property_, value),))))
        case s.Not(shape):
            return a.Not(fits(shape))
        case s.Node(shape):
            return fits(shape)
        case s.All(shapes):
            return all_of([fits(shape) for shape in shapes])
        case s.Any(shapes):
            return any_of([fits(shape) for shape in shapes])
        case s.One(shapes) if classes := _classes(shapes):
            return _of_one_class(classes, value, place.names)
        case s.One(shapes):
            # A mark for each shape that fits: the engine has no sums over EXISTS.
            marks = [a.If(fits(shape), Literal("x"), Literal("")) for shape in shapes]
            return a.Compare("=", call("CONCAT", *marks), Literal("x"))
        case s.Ask(query):
            names = {"this": place.this, "value": value}
            return a.Exists(renamed(query.pattern, names))
    return _TESTS[type(constraint)](constraint, value, place.tables)


def _classes(shapes: tuple[s.Shape, ...]) -> tuple[IRI, ...]:
    """The classes, no two the same, where each shape asks for nothing but one."""
    found: list[IRI] = []
    for shape in shapes:
        match shape:
            case s.Shape(path=None, constraints=(s.Class(cls),), deactivated=False):
                found.append(cls)
            case _:
                return ()
    return tuple(found) if len(set(found)) == len(found) else ()


def _of_one_class(classes: tuple[IRI, ...], value: a.Variable, names: Names) -> a.Expression:
    """Of one class and of no second: two tests, however many classes there are."""
    one, other = names.fresh(), names.fresh()

    def instance(cls: a.Variable) -> a.Pattern:
        return a.Filter(a.In(cls, classes), a.Table(INSTANCES, (cls, value)))

    both = a.Filter(a.Not(same_term(one, other)), a.Join(instance(one), instance(other)))
    return a.And(a.Exists(instance(one)), a.Not(a.Exists(both)))


def _qualified(constraint: s.QualifiedMin | s.QualifiedMax, place: Place) -> a.Pattern:
    """The focus nodes with too few or too many values that conform (4.7.3)."""
    value = place.names.fresh()
    fits = conforms(constraint.shape, value, place.names, place.tables)
    tests = [fits, *(
        a.Not(conforms(other, value, place.names, place.tables)) for other in constraint.others
    )]  # fmt: skip
    if isinstance(constraint, s.QualifiedMax):
        found = a.Filter(all_of(tests), joined(place.focus, place.reach(value)))
        if constraint.count == 0:
            return a.Distinct(a.Project(found, (place.this,)))
        return sets.counted(place, value, found, ">", constraint.count)
    found = a.Filter(all_of(tests), place.reach(value))
    if constraint.count == 1:
        return a.Filter(a.Not(a.Exists(found)), place.focus)
    alone = replace(place, focus=UNIT)
    enough = sets.counted(alone, value, found, ">=", constraint.count)
    return a.Filter(a.Not(a.Exists(enough)), place.focus)
