"""Short names for the sqlglot trees that plans are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeAlias

from sqlglot import exp

SQL: TypeAlias = exp.Expr

NULL = exp.Null()
TRUE = exp.Boolean(this=True)
FALSE = exp.Boolean(this=False)
_TIGHT = exp.Paren | exp.Dot | exp.Exists


def name(text: str) -> exp.Identifier:
    return exp.Identifier(this=text, quoted=True)


def column(table: str, field: str) -> exp.Column:
    return exp.Column(this=name(field), table=name(table))


def number(value: int) -> SQL:
    literal = exp.Literal(this=str(abs(value)), is_string=False)
    return exp.Paren(this=exp.Neg(this=literal)) if value < 0 else literal


def text(value: str) -> SQL:
    return exp.Literal(this=value, is_string=True)


def boolean(value: bool) -> SQL:
    return exp.Boolean(this=value)


def call(function: str, *arguments: SQL) -> SQL:
    """A function or macro by its name in the engine."""
    return exp.Anonymous(this=function, expressions=list(arguments))


@cache
def _sql_type(name_: str) -> exp.DataType:
    return exp.DataType.build(name_, dialect="duckdb")


def is_longer(tree: SQL, limit: int) -> bool:
    """Whether a tree has more than ``limit`` nodes, where a macro of ours counts as 100."""
    length = 0
    for node in tree.walk():
        length += 100 if isinstance(node, exp.Anonymous) and str(node.this)[:3] == "kg_" else 1
        if length > limit:
            return True
    return False


def cast(value: SQL, type_: str) -> SQL:
    return exp.Cast(this=value, to=_sql_type(type_))


def try_cast(value: SQL, type_: str) -> SQL:
    """A cast that is NULL where the value does not fit."""
    return exp.TryCast(this=value, to=_sql_type(type_))


def binary(node: type[exp.Binary], left: SQL, right: SQL) -> SQL:
    return node(this=_operand(left), expression=_operand(right))


def eq(left: SQL, right: SQL) -> SQL:
    return binary(exp.EQ, left, right)


def in_list(value: SQL, choices: Sequence[SQL]) -> SQL:
    return exp.In(this=_operand(value), expressions=list(choices))


def is_null(value: SQL) -> SQL:
    return exp.Is(this=_operand(value), expression=exp.Null())


def _operand(value: SQL) -> SQL:
    """What binds less tightly than the operator around it needs brackets."""
    loose = isinstance(value, exp.Binary | exp.Unary | exp.In) and not isinstance(value, _TIGHT)
    return exp.Paren(this=value) if loose else value


def not_null(value: SQL) -> SQL:
    return exp.Not(this=is_null(value))


def negate(value: SQL) -> SQL:
    return exp.Not(this=exp.Paren(this=value))


def conjunction(parts: Sequence[SQL]) -> SQL:
    return _chain(exp.And, parts, TRUE)


def disjunction(parts: Sequence[SQL]) -> SQL:
    return _chain(exp.Or, parts, FALSE)


def _chain(node: type[exp.Connector], parts: Sequence[SQL], empty: SQL) -> SQL:
    if not parts:
        return empty.copy()
    result = parts[0] if len(parts) == 1 else _grouped(parts[0])
    for part in parts[1:]:
        result = node(this=result, expression=_grouped(part))
    return result


def _grouped(part: SQL) -> SQL:
    return exp.Paren(this=part) if isinstance(part, exp.Connector | exp.Not) else part


def case(branches: Sequence[tuple[SQL, SQL]], default: SQL | None = None) -> SQL:
    """CASE WHEN condition THEN value …; without a default the rest is NULL."""
    ifs = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=ifs, default=default)


def coalesce(*values: SQL) -> SQL:
    return exp.Coalesce(this=values[0], expressions=list(values[1:]))


def in_numbers(value: SQL, numbers: Sequence[int]) -> SQL:
    if len(numbers) == 1:
        return eq(value, number(numbers[0]))
    return in_list(value, [number(n) for n in numbers])


def struct(**fields: SQL) -> SQL:
    pairs = [exp.PropertyEQ(this=exp.Identifier(this=k), expression=v) for k, v in fields.items()]
    return exp.Struct(expressions=pairs)


def field(value: SQL, name_: str) -> SQL:
    return call("struct_extract", value, text(name_))


def let(values: Sequence[SQL], body: Callable[..., SQL]) -> SQL:
    """``body`` applied to ``values``, each evaluated once.

    Macros copy their arguments, so nested calls would grow exponentially; columns and
    literals are cheap to copy and are passed as they are.
    """
    if all(isinstance(v, exp.Column | exp.Literal | exp.Null | exp.Dot) for v in values):
        return body(*values)
    names = [f"v{i}" for i in range(len(values))]
    packed = exp.Array(expressions=[struct(**dict(zip(names, values, strict=True)))])
    parameter = name("n")
    fields = [exp.Column(this=exp.Identifier(this=n), table=parameter) for n in names]
    result = body(*fields)
    # A parameter hides those of the same name outside, so each level has its own; and a column
    # would hide the parameter, so no variable of SPARQL can have its name.
    parameter.set("this", f"n~{sum(1 for _ in result.find_all(exp.Lambda))}")
    function = exp.Lambda(this=result, expressions=[parameter], colon=True)
    return call("list_extract", call("list_transform", packed, function), number(1))


def alias(value: SQL, name_: str) -> SQL:
    return exp.Alias(this=value, alias=name(name_))


def table(source: str, alias_: str) -> SQL:
    return exp.Table(
        this=exp.Identifier(this=source, quoted=False), alias=exp.TableAlias(this=name(alias_))
    )


def subquery(select: exp.Query, alias_: str) -> SQL:
    return exp.Subquery(this=select, alias=exp.TableAlias(this=name(alias_)))


def by_all_columns(query: exp.Query) -> list[exp.Ordered]:
    """Sort keys that leave no two different rows of a query equal."""
    count = len(query.selects)
    return [exp.Ordered(this=number(i + 1), nulls_first=True) for i in range(count)]


def to_text(tree: SQL) -> str:
    return tree.sql(dialect="duckdb", copy=False, normalize_functions=False)
