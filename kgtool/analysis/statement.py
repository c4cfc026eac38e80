"""What a statement tells of its FROM items, and what columns it and the engine's plan name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

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


def columns_of(tree: exp.Expr) -> frozenset[str]:
    """Those of FROM items; the parameters of lambdas have a ~ in their names."""
    columns = tree.find_all(exp.Column)
    return frozenset(f"{c.table}.{c.name}" for c in columns if "~" not in c.table)


def aliases_of(tree: exp.Expr) -> frozenset[str]:
    """The FROM items whose columns a part of the statement reads."""
    return frozenset(column.partition(".")[0] for column in columns_of(tree))


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
