"""Conditions with fewer brackets, since Spark's parser pays for each within another.

Its grammar tells only behind a closing bracket what it was that was opened, and what it keeps
meanwhile grows with the depth: 37,000 characters of a nested shape took more than a gigabyte.
"""

from __future__ import annotations

from sqlglot import exp

from kgtool.engine.trees import is_never_null

#: What stands as an operand without brackets. Connectors are functions to sqlglot.
_ATOMS = (exp.Column, exp.Literal, exp.Boolean, exp.Null, exp.Dot, exp.Exists, exp.Func, exp.Paren)
#: What gives its arguments no operator, so that they need no brackets.
_FRAMES = (exp.Coalesce, exp.Anonymous, exp.If, exp.Where)


def simpler(node: exp.Expr) -> exp.Expr:
    """The node, whose operands are simple already, or one that is the same with less."""
    if isinstance(node, exp.Paren):
        return node.this if _is_atom(node.this) else node
    if isinstance(node, exp.Not):
        inner = node.this.unnest()
        return _operand(inner.this) if isinstance(inner, exp.Not) else node
    if isinstance(node, exp.And | exp.Or):
        # Both are associative, and NOT comes before AND, and AND before OR.
        tighter = (exp.Not, exp.And) if isinstance(node, exp.And) else (exp.Not, exp.And, exp.Or)
        for key in ("this", "expression"):
            side = node.args[key]
            if isinstance(side, exp.Paren) and isinstance(side.this, tighter):
                node.set(key, side.this)
    if isinstance(node, exp.Coalesce) and is_never_null(node.this):
        return _operand(node.this)
    if isinstance(node, _FRAMES):
        for key, value in list(node.args.items()):
            if isinstance(value, list):
                node.set(key, [_bare(each) for each in value])
            elif isinstance(value, exp.Paren):
                node.set(key, _bare(value))
    return node


def _bare(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.Paren) else node


def _operand(node: exp.Expr) -> exp.Expr:
    return node if _is_atom(node) else exp.Paren(this=node)


def _is_atom(node: exp.Expr) -> bool:
    return isinstance(node, _ATOMS) and not isinstance(node, exp.Connector)
