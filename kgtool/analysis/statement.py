"""What the statement itself tells: its FROM items, and whose its conditions and columns are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from kgtool.analysis.operators import Operator, Operators
from kgtool.plan.relation import Source
from kgtool.plan.trace import Record

#: What costs nothing to compute.
_PLAIN = exp.Column | exp.Literal | exp.Null | exp.Boolean
_TEXT = re.compile(r"'(?:[^']|'')*'")
_WORD = re.compile(r"(?<![\w.~#])[a-z]+(?![\w.(])")
_COLUMN = re.compile(r"(?<![\w.~])([a-z]+[0-9]+)\.([^\s(),;]+)")


@dataclass(frozen=True, slots=True)
class FromItem:
    """A FROM item, or a CTE: its table, where it is one, and what its columns meet.

    ``constants`` are (column, number); ``read`` the aliases whose columns its ON condition
    names; ``inside`` the aliases that a derived table is made of; ``groups`` says that it has
    fewer rows than those, because alike ones are put together.
    """

    table: str
    constants: frozenset[tuple[str, str]]
    read: frozenset[str]
    inside: frozenset[str]
    groups: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A condition or expression by the columns that it reads ("t1.s"), and whose it is.

    ``computes`` says that it is more than a comparison.
    """

    columns: frozenset[str]
    operator: Operator
    computes: bool


def columns_in(text: str) -> frozenset[str]:
    """The columns, with their aliases, that an expression of the engine's plan names."""
    found = _COLUMN.findall(_TEXT.sub("''", text))
    return frozenset(f"{alias}.{field.partition('::')[0]}" for alias, field in found)


def words_in(text: str) -> frozenset[str]:
    """The names, without aliases, in an expression of the engine's plan."""
    return frozenset(_WORD.findall(_TEXT.sub("''", text)))


def aliases_in(text: str) -> frozenset[str]:
    """The aliases of those columns."""
    return frozenset(column.partition(".")[0] for column in columns_in(text))


def aliases_of(tree: exp.Expr) -> frozenset[str]:
    """The FROM items whose columns a part of the statement reads."""
    return frozenset(column.partition(".")[0] for column in _columns(tree))


def from_items(statement: exp.Query) -> dict[str, FromItem]:
    """The FROM items of a statement by alias, and its CTEs by name."""
    constants: dict[str, set[tuple[str, str]]] = {}
    for equality in statement.find_all(exp.EQ):
        column, number = equality.this, equality.expression
        if isinstance(column, exp.Column) and isinstance(number, exp.Literal):
            constants.setdefault(column.table, set()).add((column.name, number.name))
    ctes = {cte.alias: cte.this for cte in statement.find_all(exp.CTE)}
    found: dict[str, FromItem] = {}
    for item in statement.find_all(exp.Table, exp.Subquery):
        if item.alias:
            table = item.name if isinstance(item, exp.Table) else ""
            query = ctes.get(table) if table else item.this
            found[item.alias] = _item(
                table, query, frozenset(constants.get(item.alias, ())), _read_by_join(item)
            )
    return found | {name: _item("", query) for name, query in ctes.items()}


def _item(
    table: str,
    query: exp.Expr | None,
    constants: frozenset[tuple[str, str]] = frozenset(),
    read: frozenset[str] = frozenset(),
) -> FromItem:
    inside = query.find_all(exp.Table, exp.Subquery) if query else ()
    aliases = frozenset(item.alias for item in inside if item.alias)
    return FromItem(table, constants, read, aliases, query is not None and groups(query))


def _read_by_join(item: exp.Expr) -> frozenset[str]:
    join = item.parent
    on = join.args.get("on") if isinstance(join, exp.Join) else None
    if on is None:
        return frozenset()
    return frozenset(c.table for c in on.find_all(exp.Column) if c.table != item.alias)


def groups(query: exp.Expr) -> bool:
    """Whether a query puts rows together that are alike."""
    if isinstance(query, exp.Union):
        return bool(query.args.get("distinct")) or groups(query.this) or groups(query.expression)
    if query.args.get("group") or query.args.get("distinct"):
        return True
    functions = (f for column in query.expressions for f in column.find_all(exp.AggFunc))
    return any(True for _ in functions)


def conditions(record: Record, operators: Operators) -> list[Claim]:
    """All conditions of a statement."""
    claimed = {id(piece.part) for piece in record.pieces}
    found = []
    for piece in record.pieces:
        operator = operators.of(piece.node)
        if operator is None:
            continue
        trees: list[exp.Expr] = []
        if isinstance(piece.part, Source):
            # What the sides of a LEFT JOIN ask for themselves is theirs.
            on = conjuncts(piece.part.on) if piece.part.on is not None else ()
            trees += [tree for tree in on if id(tree) not in claimed]
        elif piece.clause == "WHERE":
            trees.append(piece.part)
        found += [Claim(_columns(t), operator, t.find(exp.Func) is not None) for t in trees]
    return found


def expressions(record: Record, operators: Operators) -> list[Claim]:
    """All computed columns of a statement."""
    return [
        Claim(_columns(piece.part), operator, True)
        for piece in record.pieces
        if piece.clause == "SELECT"
        and not isinstance(piece.part, Source)
        and (operator := operators.of(piece.node))
    ]


def conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of a conjunction, without the brackets around them."""
    inner = tree.this if isinstance(tree, exp.Paren) else tree
    if isinstance(inner, exp.And):
        yield from conjuncts(inner.this)
        yield from conjuncts(inner.expression)
    else:
        yield inner


def _columns(tree: exp.Expr) -> frozenset[str]:
    """Those of FROM items; the parameters of lambdas have a ~ in their names."""
    columns = tree.find_all(exp.Column)
    return frozenset(f"{c.table}.{c.name}" for c in columns if "~" not in c.table)


def computed(
    statement: exp.Query, record: Record, operators: Operators
) -> Mapping[str, tuple[Operator, ...]]:
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
