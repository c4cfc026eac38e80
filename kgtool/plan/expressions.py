"""Expressions → SQL (SPARQL 1.1, 17).

An error is NULL, as is an unbound variable; SQL's three-valued logic is then SPARQL's
(17.2). What the tags rule out is not compiled.
"""

from __future__ import annotations

from sqlglot import exp

from kgtool.engine.trees import is_never_null
from kgtool.plan import sql
from kgtool.plan.comparison import compare
from kgtool.plan.conversion import as_term, boolean, lex, number
from kgtool.plan.functions import function_call
from kgtool.plan.functions.numbers import arithmetic, negative
from kgtool.plan.relation import same_form
from kgtool.plan.scan import Frame
from kgtool.plan.sql import SQL
from kgtool.plan.types import has_type, type_test
from kgtool.plan.value import LOCAL, STRINGS, Form, Scope, Value, native, unbound
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.sparql.algebra import (
    And,
    Arithmetic,
    Bound,
    Coalesce,
    Compare,
    Exists,
    Expression,
    FunctionCall,
    If,
    In,
    Lookup,
    Not,
    Or,
    UnaryMinus,
    UnaryPlus,
    Variable,
)

_BOOLEANS: dict[Term | None, Value] = {
    Literal("true", XSD.boolean): native(Form.BOOLEAN, sql.TRUE, False),
    Literal("false", XSD.boolean): native(Form.BOOLEAN, sql.FALSE, False),
}


def condition(node: Expression, scope: Scope, frame: Frame, *, as_filter: bool = False) -> SQL:
    """The effective boolean value of an expression, as a SQL condition.

    ``as_filter`` says that the caller takes an error and false for the same.
    """
    if as_filter and (test := type_test(node)) is not None:
        value = scope.lookup(test.variable.name)
        if value is not None:
            tree = has_type(test, value, scope, frame.context.statistics)
            if tree is not None:
                return tree
    if as_filter and isinstance(node, Compare):
        left, right = (expression(side, scope, frame) for side in (node.left, node.right))
        return compare(node.operator, left, right, scope, as_filter=True)
    return boolean(expression(node, scope, frame), scope)


def expression(node: Expression, scope: Scope, frame: Frame) -> Value:
    """The value of an expression for each row of ``scope``."""
    match node:
        case IRI() | Literal() | BlankNode():
            return frame.context.constant(node)
        case Variable(name):
            return scope.lookup(name) or unbound()
        case And(left, right) | Or(left, right):
            join = sql.conjunction if isinstance(node, And) else sql.disjunction
            parts = [condition(side, scope, frame) for side in (left, right)]
            return _decided(exp.Paren(this=join(parts)))
        case Not(operand):
            return _decided(sql.negate(condition(operand, scope, frame)))
        case Compare(operator, left, right):
            sides = [expression(side, scope, frame) for side in (left, right)]
            return native(Form.BOOLEAN, compare(operator, sides[0], sides[1], scope))
        case In(operand, choices):
            return _in(operand, choices, scope, frame)
        case Arithmetic(operator, left, right):
            sides = [expression(side, scope, frame) for side in (left, right)]
            return arithmetic(operator, sides[0], sides[1], scope)
        case UnaryMinus(operand):
            return negative(expression(operand, scope, frame), scope)
        case UnaryPlus(operand):
            return number(expression(operand, scope, frame), scope) or unbound()
        case Bound(variable):
            value = scope.lookup(variable.name)
            tree = sql.FALSE if value is None else sql.not_null(value.sql)
            return native(Form.BOOLEAN, tree, False)
        case Exists() | Lookup():
            return frame.subquery(node, scope, frame)
        case If(test, then, otherwise):
            return _if(test, then, otherwise, scope, frame)
        case Coalesce(choices):
            return _coalesce([expression(c, scope, frame) for c in choices], scope)
        case FunctionCall():
            arguments = [expression(a, scope, frame) for a in node.arguments]
            return function_call(node, arguments, scope, frame)
    raise AssertionError(f"no such expression: {type(node).__name__}")


def _in(operand: Expression, choices: tuple[Expression, ...], scope: Scope, frame: Frame) -> Value:
    """``x IN (a, b)`` is ``x = a || x = b`` (17.4.1.9)."""
    left = expression(operand, scope, frame)
    values = [expression(choice, scope, frame) for choice in choices]
    tests = [compare("=", left, value, scope) for value in values]
    if len(tests) > 1 and all(_is_id_test(t, left) for t in tests):
        tree: SQL = sql.in_list(left.sql, [v.sql for v in values])
    else:
        tree = exp.Paren(this=sql.disjunction(tests))
    return native(Form.BOOLEAN, tree)


def _is_id_test(test: SQL, left: Value) -> bool:
    return isinstance(test, exp.EQ) and test.this is left.sql and left.form is Form.ID


def _if(
    test: Expression, then: Expression, otherwise: Expression, scope: Scope, frame: Frame
) -> Value:
    decided = condition(test, scope, frame)
    first, second = _aligned(
        [expression(then, scope, frame), expression(otherwise, scope, frame)], scope
    )
    # An error of the test is an error of IF (17.4.1.2); where there is none, it is asked once.
    tree = (
        sql.case([(decided, first.sql)], second.sql) if is_never_null(decided)
        else sql.case([(decided, first.sql), (sql.negate(decided), second.sql)])
    )  # fmt: skip
    return Value(first.form, tree, first.tags | second.tags, True)


def _decided(tree: SQL) -> Value:
    """The value of a condition."""
    return native(Form.BOOLEAN, tree, not is_never_null(tree))


def _coalesce(values: list[Value], scope: Scope) -> Value:
    certain = next((i for i, value in enumerate(values) if not value.nullable), len(values))
    values = values[: certain + 1]  # what stands behind is never taken
    if len(values) < 2:
        return values[0] if values else unbound()
    values = _aligned(values, scope)
    tags = 0
    for value in values:
        tags |= value.tags
    nullable = all(v.nullable for v in values)
    return Value(values[0].form, sql.coalesce(*(v.sql for v in values)), tags, nullable)


def _aligned(values: list[Value], scope: Scope) -> list[Value]:
    """The values in one form, so that one SQL expression can choose among them."""
    values = _as_booleans(values)
    first = values[0]
    same = all(same_form(first, v) or first.form is v.form for v in values)
    if all(v.only(STRINGS) for v in values) and (not same or any(v.tags & LOCAL for v in values)):
        return [native(Form.STRING, lex(v, scope), v.nullable) for v in values]
    return values if same else [as_term(v, scope) for v in values]


def _as_booleans(values: list[Value]) -> list[Value]:
    """Where all are booleans in the canonical form, as conditions; else as they are.

    COALESCE(condition, false) would be made of terms otherwise, each the text of the other.
    """
    if not any(v.form is Form.BOOLEAN for v in values):
        return values
    plain = [v if v.form is Form.BOOLEAN else _BOOLEANS.get(v.constant) for v in values]
    return [v for v in plain if v] if all(plain) else values
