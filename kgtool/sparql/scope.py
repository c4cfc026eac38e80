"""The variables in scope of a pattern (section 18.2.1), and those of an expression."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from kgtool.sparql import algebra as a

_Part: TypeAlias = a.Node | a.Pattern | a.TriplePattern


def in_scope(pattern: a.Pattern, *, blank: bool = False) -> tuple[a.Variable, ...]:
    """The variables a pattern may bind, in order of appearance; with ``blank`` those that stand
    for blank nodes, too."""
    found: dict[a.Variable, None] = {}
    # A list of what is left, not recursion: a UNION of a thousand branches is a thousand deep.
    left: list[_Part] = [pattern]
    while left:
        part = left.pop()
        if isinstance(part, a.Variable):
            if blank or part.projectable:
                found[part] = None
        else:
            left.extend(reversed(tuple(_parts(part))))
    return tuple(found)


def _parts(part: _Part) -> Iterator[_Part]:
    match part:
        case a.TriplePattern(subject, predicate, object_):
            yield from (subject, predicate, object_)
        case a.PathPattern(subject, _, object_):
            yield from (subject, object_)
        case a.BGP(triples):
            yield from triples
        case a.Table(_, nodes):
            yield from nodes
        case a.Join(left, right) | a.LeftJoin(left, right) | a.Union(left, right):
            yield from (left, right)
        case a.Minus(left, _):
            yield left
        case a.Graph(name, pattern) | a.Service(name, pattern):
            yield from (name, pattern)
        case a.Extend(pattern, variable, _):
            yield from (pattern, variable)
        case a.Values(variables, _) | a.Project(_, variables):
            yield from variables
        case a.Group(_, keys, aggregates):
            yield from keys
            yield from (variable for variable, _ in aggregates)
        case a.Filter(_, pattern):
            yield pattern
        case a.OrderBy() | a.Distinct() | a.Reduced() | a.Slice():
            yield part.pattern
        case _:
            return


def variables_in(expression: a.Expression) -> tuple[a.Variable, ...]:
    """The variables that an expression reads; those of a pattern in it may be among them."""
    found: dict[a.Variable, None] = {}

    def seen(variable: a.Variable) -> a.Variable:
        found[variable] = None
        return variable

    replace_variables(expression, seen)
    return tuple(found)


def replace_variables(
    expression: a.Expression, replacement: Callable[[a.Variable], a.Expression]
) -> a.Expression:
    """The expression with its variables replaced; those inside EXISTS stand in a pattern
    and stay."""

    def new(part: a.Expression) -> a.Expression:
        return replace_variables(part, replacement)

    match expression:
        case a.Variable():
            return replacement(expression)
        case a.And() | a.Or() | a.Compare() | a.Arithmetic():
            return replace(expression, left=new(expression.left), right=new(expression.right))
        case a.Not() | a.UnaryMinus() | a.UnaryPlus():
            return replace(expression, operand=new(expression.operand))
        case a.In(operand, choices):
            return a.In(new(operand), tuple(map(new, choices)))
        case a.Bound(variable):
            found = replacement(variable)
            return a.Bound(found) if isinstance(found, a.Variable) else expression
        case a.If(condition, then, otherwise):
            return a.If(new(condition), new(then), new(otherwise))
        case a.Coalesce(choices):
            return a.Coalesce(tuple(map(new, choices)))
        case a.FunctionCall(_, arguments):
            return replace(expression, arguments=tuple(map(new, arguments)))
        case _:
            return expression
