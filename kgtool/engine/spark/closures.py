"""Recursive queries as a loop of statements, each of which finds what the ones before did not.

Spark's WITH RECURSIVE has no UNION that drops what is known, so a circle of triples would never
end, and it goes 100 steps deep. Here each step joins the rows that are new with the triples,
takes away what has been reached (an anti-join), and is written to files. So the plan of a step
does not grow with the steps before it, and what a worker has found is not lost with it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlglot import exp

from kgtool.engine.spark.session import Spark


class Closures:
    """The recursive queries of one statement; what they have written goes at the end.

    ``statement`` writes a tree in Spark's SQL, and files are below ``uri``.
    """

    def __init__(self, spark: Spark, statement: Callable[[exp.Expr], str], uri: str) -> None:
        self._spark = spark
        self._statement = statement
        self._uri = uri
        self._names: list[str] = []

    def resolved(self, tree: exp.Query) -> exp.Query:
        """The statement with tables in the place of its recursive queries."""
        ctes = list(tree.ctes)
        recursive = [cte for cte in ctes if _reads(cte.this, cte.alias)]
        if not recursive:
            return tree
        tree = tree.copy()
        known: list[exp.CTE] = []
        tables: dict[str, str] = {}
        for cte in tree.ctes:
            later = ctes[[c.alias for c in ctes].index(cte.alias) :]
            if _reads(cte.this, cte.alias):
                tables[cte.alias] = self._closed(_named(cte.this, tables), cte, known)
            elif any(_reads(c.this, cte.alias) for c in later if _reads(c.this, c.alias)):
                # A step reads it: it is computed once, and not in each.
                query = _with(_named(cte.this, tables), known)
                tables[cte.alias] = self._written(self._spark.fresh("rows"), query)
            else:
                known.append(exp.CTE(this=_named(cte.this, tables), alias=cte.args["alias"]))
        tree.set("with_", None)
        return _with(_named(tree, tables), known)

    def release(self) -> list[str]:
        """Leaves what has been written to the caller, by its names."""
        names, self._names = self._names, []
        return names

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._spark.forget(self._names)

    def _closed(self, query: exp.Query, cte: exp.CTE, known: list[exp.CTE]) -> str:
        """The table of all rows of a recursive query."""
        name, columns = cte.alias, cte.args["alias"].args.get("columns")
        parts = _parts(query)
        base = _whole(_union([part for part in parts if not _reads(part, name)]), columns)
        steps = [part for part in parts if _reads(part, name)]
        reached = [self._written(self._spark.fresh("reach"), _with(base.distinct(), known))]
        while not self._spark.is_empty(reached[-1]):
            step = _union([_named(part, {name: reached[-1]}) for part in steps])
            before: exp.Query = _union([exp.select("*").from_(each) for each in reached])
            new = exp.Except(this=_whole(step, columns), expression=_whole(before), distinct=True)
            reached.append(self._written(self._spark.fresh("reach"), _with(new, known)))
        everything = self._spark.fresh("reach")
        self._spark.unite(everything, reached)
        self._names.append(everything)
        return everything

    def _written(self, name: str, query: exp.Query) -> str:
        self._spark.write(name, self._spark.sql(self._statement(query)), self._uri)
        self._names.append(name)
        return name


def _reads(query: exp.Expr, name: str) -> bool:
    return any(table.name == name for table in query.find_all(exp.Table))


def _named(query: exp.Query, tables: dict[str, str]) -> exp.Query:
    """The query with other tables; columns that name one go on naming it."""
    result = query.copy()
    for table in list(result.find_all(exp.Table)):
        if table.name in tables:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.this.set("this", tables[table.name])
    return result


def _with(query: exp.Query, ctes: list[exp.CTE]) -> exp.Query:
    read = [cte.copy() for cte in ctes]
    if read:
        query.set("with_", exp.With(expressions=read))
    return query


def _parts(query: exp.Query) -> list[exp.Query]:
    if isinstance(query, exp.Union):
        return [*_parts(query.this), *_parts(query.expression)]
    return [query]


def _union(parts: list[exp.Query]) -> exp.Query:
    result = parts[0].copy()
    for part in parts[1:]:
        result = exp.Union(this=result, expression=part.copy(), distinct=False)
    return result


def _whole(query: exp.Query, columns: list[exp.Identifier] | None = None) -> exp.Select:
    """A query as a table, with names for its columns where those have others."""
    named = [column.copy() for column in columns or ()]
    alias = exp.TableAlias(this=exp.to_identifier("whole"), columns=named)
    return exp.select("*").from_(exp.Subquery(this=query, alias=alias))
