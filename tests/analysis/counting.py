"""How many solutions another engine finds for a part of a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph

from kgtool.analysis.measured import Measured
from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a
from kgtool.sparql.writing import to_sparql

_NUMBER = a.Variable("number_of_solutions")


def solutions(store: pyoxigraph.Store, each: Measured, query: a.Query) -> int | None:
    """The solutions of an operator; None for what is no pattern with a syntax of its own."""
    node = each.operator.node
    if each.operator.parent is None or isinstance(node, a.Exists):
        return None
    pattern = _closed(a.BGP((node,)) if isinstance(node, a.TriplePattern) else node)
    around = (o.node for o in each.operator.above() if o is not each.operator and o.kind == "Graph")
    graph = next(around, None)
    if graph is not None:
        name = graph.name if isinstance(graph.name, IRI) else a.Variable("its_graph")
        pattern = a.Graph(name, pattern)
    text = to_sparql(_counting(pattern, query.dataset, query.prefixes))
    (row,) = store.query(text)
    return int(row[0].value)


def _counting(
    pattern: a.Pattern, dataset: a.Dataset | None, prefixes: Mapping[str, str]
) -> a.Query:
    counted = a.Variable("_:counted")
    group = a.Group(pattern, (), ((counted, a.Aggregate("COUNT", None)),))
    projected = a.Project(a.Extend(group, _NUMBER, counted), (_NUMBER,))
    return a.SelectQuery(pattern=projected, dataset=dataset, prefixes=prefixes)


def _closed(pattern: a.Pattern) -> a.Pattern:
    """The pattern as a subquery where it is a grouping or a modifier, which stand in one."""
    inner = pattern
    extended = []
    while isinstance(inner, a.Extend | a.Filter | a.OrderBy | a.Slice):
        if isinstance(inner, a.Extend):
            extended.append(inner.variable)
        inner = inner.pattern
    if isinstance(inner, a.Group):
        number = a.Variable("group")
        shown = a.Extend(pattern, number, _of_group(inner)) if not extended else pattern
        return a.Project(shown, (*inner.keys, *(reversed(extended) if extended else [number])))
    if isinstance(pattern, a.OrderBy | a.Slice) and not isinstance(inner, a.Project | a.Distinct):
        return a.Project(pattern, tuple(dict.fromkeys(_variables(pattern))))
    return pattern


def _of_group(group: a.Group) -> a.Expression:
    return next((variable for variable, _ in group.aggregates), a.IRI("urn:x"))


def _variables(node: object) -> Iterator[a.Variable]:
    if isinstance(node, a.Variable):
        if node.projectable:
            yield node
    elif isinstance(node, tuple):
        for child in node:
            yield from _variables(child)
    elif hasattr(node, "__dataclass_fields__"):
        for name in node.__dataclass_fields__:
            yield from _variables(getattr(node, name))
