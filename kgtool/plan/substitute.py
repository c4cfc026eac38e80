"""Parameters: variables of a query replaced by RDF terms, in the algebra."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.sparql.algebra import (
    Bound,
    Distinct,
    Extend,
    Group,
    OrderBy,
    Position,
    Project,
    Query,
    Reduced,
    SelectQuery,
    Slice,
    Update,
    Values,
    Variable,
)

Q = TypeVar("Q", bound=Query | Update)


def substitute(query: Q, parameters: Mapping[str, Term]) -> Q:
    """The query or update with each named variable replaced by its term.

    A parameter that the query projects stays a column with that value; nothing of a
    parameter is ever read as SPARQL text.
    """
    if not parameters:
        return query
    replaced: Q = _replaced(query, parameters)
    if isinstance(replaced, SelectQuery) and isinstance(query, SelectQuery):
        return replace(replaced, pattern=_projected(replaced.pattern, parameters))
    return replaced


def _replaced(node: Any, parameters: Mapping[str, Term]) -> Any:
    match node:
        case Variable(name):
            return parameters.get(name, node)
        case tuple():
            return tuple(_replaced(child, parameters) for child in node)
        case IRI() | Literal() | BlankNode() | Position():
            return node
        case Project(pattern, variables):
            # The names stay: the outermost projection binds them again.
            return Project(_replaced(pattern, parameters), variables)
        case Group(pattern, keys, aggregates):
            kept = tuple(k for k in keys if k.name not in parameters)
            grouped = Group(
                _replaced(pattern, parameters),
                kept or keys,
                tuple(
                    (variable, _replaced(aggregate, parameters))
                    for variable, aggregate in aggregates
                ),
            )
            return grouped
        case Bound(variable) if variable.name in parameters:
            return Literal("true", "http://www.w3.org/2001/XMLSchema#boolean")
        case Values(variables, _):
            return node
        case _ if is_dataclass(node) and not isinstance(node, type):
            changed = {
                f.name: _replaced(getattr(node, f.name), parameters)
                for f in fields(node)
                if isinstance(getattr(node, f.name), tuple) or is_dataclass(getattr(node, f.name))
            }
            return replace(node, **changed)
    return node


def _projected(pattern: Any, parameters: Mapping[str, Term]) -> Any:
    """Binds the parameters that the outermost SELECT names."""
    match pattern:
        case Distinct(inner) | Reduced(inner):
            return type(pattern)(_projected(inner, parameters))
        case Slice(inner, offset, limit):
            return Slice(_projected(inner, parameters), offset, limit)
        case OrderBy(inner, conditions):
            return OrderBy(_projected(inner, parameters), conditions)
        case Project(inner, variables):
            for variable in variables:
                term = parameters.get(variable.name)
                if term is not None and not isinstance(term, BlankNode):
                    inner = _below_order(inner, variable, term)
            return Project(inner, variables)
    return pattern


def _below_order(inner: Any, variable: Variable, term: IRI | Literal) -> Any:
    if isinstance(inner, OrderBy):
        return OrderBy(Extend(inner.pattern, variable, term), inner.conditions)
    return Extend(inner, variable, term)
