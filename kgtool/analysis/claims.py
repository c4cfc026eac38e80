"""Whose the conditions and the computed columns of a statement are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from kgtool.analysis.operators import Operator, Operators
from kgtool.analysis.statement import columns_in, columns_of
from kgtool.plan.relation import Source
from kgtool.plan.trace import Record

#: What costs nothing to compute.
_PLAIN = exp.Column | exp.Literal | exp.Null | exp.Boolean


@dataclass(frozen=True, slots=True)
class _Claim:
    """A condition or an expression by the columns that it reads ("t1.s"), and whose it is.

    ``computes`` says that it is more than a comparison.
    """

    columns: frozenset[str]
    operator: Operator
    computes: bool = True


class Claims:
    """What the operators of a query ask of the rows that a step of the engine sees."""

    def __init__(self, statement: exp.Query, operators: Operators, record: Record) -> None:
        self._conditions = list(_conditions(record, operators))
        self._expressions = list(_expressions(record, operators))
        self._columns = _columns(statement, record, operators)

    def filtering(self, columns: frozenset[str]) -> list[Operator]:
        """The operators with a condition that reads nothing but these columns."""
        claims = (c for c in self._conditions if c.columns and c.columns <= columns)
        return [claim.operator for claim in claims]

    def filtering_above(self, operator: Operator) -> list[Operator]:
        """The operators from this one upwards with a condition that computes something."""
        asking = {claim.operator.number for claim in self._conditions if claim.computes}
        return [each for each in operator.above() if each.number in asking]

    def computing(self, output: str) -> Sequence[Operator]:
        """The operators that may have asked for a column, by its name or what it is made of."""
        if "(" not in output:
            return self._columns.get(output, ())
        columns = columns_in(output)
        same = (claim for claim in self._expressions if columns and claim.columns == columns)
        return [claim.operator for claim in same]


def _conditions(record: Record, operators: Operators) -> Iterator[_Claim]:
    known = {id(piece.part) for piece in record.pieces}
    for piece in record.pieces:
        operator = operators.of(piece.node)
        if operator is None:
            continue
        trees: list[exp.Expr] = []
        if not isinstance(piece.part, Source):
            trees = [piece.part] if piece.clause == "WHERE" else []
        elif piece.part.on is not None:
            # What the sides of a LEFT JOIN ask for themselves is theirs.
            trees = [tree for tree in _conjuncts(piece.part.on) if id(tree) not in known]
        for tree in trees:
            yield _Claim(columns_of(tree), operator, tree.find(exp.Func) is not None)


def _conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of a conjunction, without the brackets around them."""
    inner = tree.this if isinstance(tree, exp.Paren) else tree
    if isinstance(inner, exp.And):
        yield from _conjuncts(inner.this)
        yield from _conjuncts(inner.expression)
    else:
        yield inner


def _expressions(record: Record, operators: Operators) -> Iterator[_Claim]:
    for piece in record.pieces:
        operator = operators.of(piece.node)
        if piece.clause == "SELECT" and not isinstance(piece.part, Source) and operator:
            yield _Claim(columns_of(piece.part), operator)


def _columns(
    statement: exp.Query, record: Record, operators: Operators
) -> Mapping[str, Sequence[Operator]]:
    """The operators that a computed column works for, by its name."""
    pieces = {
        id(piece.part): operator
        for piece in record.pieces
        if piece.clause in ("SELECT", "ORDER BY")
        and not isinstance(piece.part, exp.Column)
        and (operator := operators.of(piece.node))
    }
    found: dict[str, dict[int, Operator]] = {}
    for select in statement.find_all(exp.Select):
        owner = _owner(select, record, operators)
        for column in select.expressions:
            if not isinstance(column, exp.Alias) or isinstance(column.this, _PLAIN):
                continue
            inside = [o for node in column.walk() if (o := pieces.get(id(node))) is not None]
            for operator in inside or ([owner] if owner else []):
                found.setdefault(column.alias, {})[operator.number] = operator
    return {name: tuple(of.values()) for name, of in found.items()}


def _owner(select: exp.Select, record: Record, operators: Operators) -> Operator | None:
    """The operator whose derived table, CTE or result a SELECT is."""
    parent = select.parent
    while isinstance(parent, exp.Union):
        parent = parent.parent
    if isinstance(parent, exp.Subquery | exp.CTE):
        return operators.of(record.aliases.get(parent.alias))
    return operators.root if parent is None else None
