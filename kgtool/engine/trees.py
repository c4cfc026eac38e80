"""What can be told of a sqlglot tree without an engine."""

from __future__ import annotations

from sqlglot import exp


def is_never_null(condition: exp.Expr) -> bool:
    """Whether a condition is true or false for certain, by its form alone."""
    match condition:
        case exp.Exists() | exp.Boolean():
            return True
        case exp.Paren() | exp.Not():
            return is_never_null(condition.this)
        case exp.Connector():
            return is_never_null(condition.this) and is_never_null(condition.expression)
        case exp.Is():
            return isinstance(condition.expression, exp.Null)
        case exp.Coalesce():
            return any(map(is_never_null, (condition.this, *condition.expressions)))
    return False
