"""Constraints on all value nodes of a focus node: how many, which, how they compare.

(SHACL, 4.2, 4.4.4, 4.5, 4.8.) Each gives a pattern whose solutions are the violations.
"""

from __future__ import annotations

from typing import Literal as Choice

from kgtool.rdf.terms import IRI, Literal
from kgtool.shacl import shapes as s
from kgtool.shacl.constraints.place import Place, call, fails, joined, number, same_term
from kgtool.sparql import algebra as a

#: Of a violation: the value that is wrong, and the path where that is not the shape's own.
VALUE = "value"
PATH = "path"


def min_count(test: s.MinCount, place: Place, value: a.Variable) -> a.Pattern:
    other = place.names.fresh()
    if test.count == 1:
        return a.Filter(a.Not(a.Exists(place.reach(other))), place.focus)
    enough = counted(place, other, place.reach(other), ">=", test.count)
    return a.Filter(a.Not(a.Exists(enough)), place.focus)


def max_count(test: s.MaxCount, place: Place, value: a.Variable) -> a.Pattern:
    other = place.names.fresh()
    if test.count == 0:
        found = joined(place.focus, place.reach(other))
        return a.Distinct(a.Project(found, (place.this,)))
    return counted(place, other, joined(place.focus, place.reach(other)), ">", test.count)


def counted(
    place: Place,
    value: a.Variable,
    pattern: a.Pattern,
    operator: Choice["<", ">", ">="],
    bound: int,
) -> a.Pattern:
    """The focus nodes that have so many values in a pattern."""
    count = place.names.fresh()
    distinct = not (place.is_set and isinstance(pattern, a.BGP | a.Join | a.Table))
    aggregate = a.Aggregate("COUNT", value if distinct else None, distinct)
    group = a.Group(pattern, (place.this,), ((count, aggregate),))
    over = a.Filter(a.Compare(operator, count, number(bound)), group)
    return a.Project(over, (place.this,))


def unique_lang(test: s.UniqueLang, place: Place, value: a.Variable) -> a.Pattern:
    """A violation for each language that several values have."""
    other, language, count = (place.names.fresh() for _ in range(3))
    tagged = a.Filter(
        a.Compare("!=", call("LANG", other), Literal("")), joined(place.focus, place.reach(other))
    )
    spoken = a.Extend(tagged, language, call("LANG", other))
    aggregate = a.Aggregate("COUNT", other, distinct=True)
    group = a.Group(spoken, (place.this, language), ((count, aggregate),))
    return a.Project(a.Filter(a.Compare(">", count, number(1)), group), (place.this,))


def has_value(test: s.HasValue, place: Place, value: a.Variable) -> a.Pattern:
    return a.Filter(a.Not(a.Exists(place.reach(test.value))), place.focus)


def equals(test: s.Equals, place: Place, value: a.Variable) -> a.Pattern:
    """What is a value but none of the property's, and the other way round (4.5.1)."""
    if place.path is None:
        return _equals_itself(test, place)
    theirs = _property(place, test.property, value)
    ours = a.Filter(a.Not(a.Exists(theirs)), place.each_value(value))
    missing = a.Filter(a.Not(a.Exists(place.reach(value))), joined(place.focus, theirs))
    return a.Union(ours, missing)


def _equals_itself(test: s.Equals, place: Place) -> a.Pattern:
    """In a node shape, whose one value is the focus node."""
    found, other = a.Variable(VALUE), place.names.fresh()
    itself = _property(place, test.property, place.this)
    absent = a.Filter(a.Not(a.Exists(itself)), place.focus)
    others = joined(place.focus, _property(place, test.property, other))
    more = a.Filter(a.Not(same_term(place.this, other)), others)
    return a.Union(a.Extend(absent, found, place.this), a.Extend(more, found, other))


def less_than(test: s.LessThan, place: Place, value: a.Variable) -> a.Pattern:
    return _ordered("<", test.property, place, value)


def less_than_or_equals(test: s.LessThanOrEquals, place: Place, value: a.Variable) -> a.Pattern:
    return _ordered("<=", test.property, place, value)


def _ordered(
    operator: Choice["<", "<="], property_: IRI, place: Place, value: a.Variable
) -> a.Pattern:
    """A violation for each pair that is not in order, or has none (4.5.3)."""
    other = place.names.fresh()
    pairs = joined(place.each_value(value), _property(place, property_, other))
    return a.Filter(fails(a.Compare(operator, value, other)), pairs)


def closed(test: s.Closed, place: Place, value: a.Variable) -> a.Pattern:
    """A violation for each triple of another predicate, which is the result's path."""
    if place.path is not None:
        focus = place.each_value(value)
        this: a.Variable = value
    else:
        focus, this = place.focus, place.this
    predicate, object_ = a.Variable(PATH), a.Variable(VALUE)
    triples = joined(focus, a.BGP((a.TriplePattern(this, predicate, object_),)))
    if not test.allowed:
        return triples
    return a.Filter(a.Not(a.In(predicate, test.allowed)), triples)


def _property(place: Place, property_: IRI, value: a.Variable) -> a.Pattern:
    return a.BGP((a.TriplePattern(place.this, property_, value),))
