"""The patterns inside expressions: those of EXISTS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from kgtool.federation.services import has_service
from kgtool.sparql import algebra as a

Change: TypeAlias = Callable[[a.Pattern], a.Pattern]


def with_patterns(expression: a.Expression, change: Change) -> a.Expression:
    """An expression whose EXISTS have another pattern where theirs asks a service."""

    def of(inner: a.Expression) -> a.Expression:
        return with_patterns(inner, change)

    if not has_service(expression):
        return expression
    match expression:
        case a.Exists(pattern):
            return a.Exists(change(pattern))
        case a.And() | a.Or() | a.Compare() | a.Arithmetic():
            return replace(expression, left=of(expression.left), right=of(expression.right))
        case a.Not(operand):
            return a.Not(of(operand))
        case a.If(condition, then, otherwise):
            return a.If(of(condition), of(then), of(otherwise))
        case a.Coalesce(choices):
            return a.Coalesce(tuple(map(of, choices)))
        case a.FunctionCall(_, arguments):
            return replace(expression, arguments=tuple(map(of, arguments)))
    return expression
