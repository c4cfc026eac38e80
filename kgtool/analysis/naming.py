"""Column names that say which FROM item they are of, so that the engine's plan does too.

The engine's plan names the columns that a step reads, but not the aliases they are qualified
with, and every scan of triples has columns s, p and o. So the statement that is analysed gives
each alias column names of its own: ``pos AS t1("t1.s", "t1.p", …)``. Nothing else differs from
the statement that a query runs.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from sqlglot import exp

from kgtool.plan import sql


def named(
    statement: exp.Query, aliases: Container[str], columns_of: Callable[[str], Sequence[str]]
) -> exp.Query:
    """The statement with such names for the FROM items of ``aliases``.

    ``columns_of`` gives the columns of a table of the store.
    """
    statement = statement.copy()
    ctes = {cte.alias: cte.this for cte in statement.find_all(exp.CTE)}
    fields: dict[str, list[str]] = {}
    items = [i for i in statement.find_all(exp.Table, exp.Subquery) if i.alias in aliases]
    for item in items:
        if isinstance(item, exp.Subquery):
            fields[item.alias] = _outputs(item.this)
        else:
            known = ctes.get(item.name)
            fields[item.alias] = _outputs(known) if known else [*columns_of(item.name)]
    for column in statement.find_all(exp.Column):
        if column.name in fields.get(column.table, ()):
            column.set("this", sql.name(f"{column.table}.{column.name}"))
    for item in items:
        own = [sql.name(f"{item.alias}.{field}") for field in fields[item.alias]]
        item.args["alias"].set("columns", own)
    return statement


def _outputs(query: exp.Expr) -> list[str]:
    """The names of a query's columns."""
    while isinstance(query, exp.Union):
        query = query.this
    if isinstance(query.expressions[0], exp.Star):  # of inline data
        columns = query.args["from_"].this.args["alias"].columns
        return [column.name for column in columns]
    return [column.alias_or_name for column in query.expressions]
