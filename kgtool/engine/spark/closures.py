"""Recursive queries as a loop of statements, each of which finds what the ones before did not.

Spark's WITH RECURSIVE has no UNION that drops what is known, so a circle of triples would never
end, and it goes 100 steps deep. Here each step joins the rows that are new with the triples,
takes away what has been reached (an anti-join), and is written to files. So the plan of a step
does not grow with the steps before it, and what a worker has found is not lost with it.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlglot import exp

if TYPE_CHECKING:
    from kgtool.engine.spark.store import SparkStore


class Closures:
    """The recursive queries of one statement; what they have written goes at the end."""

    def __init__(self, store: SparkStore) -> None:
        self._store = store
        self._spark = store.spark
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
                tables[cte.alias] = self._closed(_named(cte.this, tables), cte.alias, known)
            elif any(_reads(c.this, cte.alias) for c in later if _reads(c.this, c.alias)):
                # A step reads it: it is computed once, and not in each.
                query = _with(_named(cte.this, tables), known)
                tables[cte.alias] = self._written(self._spark.fresh("rows"), query)
            else:
                known.append(exp.CTE(this=_named(cte.this, tables), alias=cte.args["alias"]))
        tree.set("with_", None)
        return _with(_named(tree, tables), known)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._spark.forget(self._names)

    def _closed(self, query: exp.Query, name: str, known: list[exp.CTE]) -> str:
        """The table of all rows of a recursive query."""
        parts = _parts(query)
        base = _union([part for part in parts if not _reads(part, name)])
        steps = [part for part in parts if _reads(part, name)]
        reached = [self._written(self._spark.fresh("reach"), _with(_distinct(base), known))]
        while not self._spark.is_empty(reached[-1]):
            step = _union([_named(part, {name: reached[-1]}) for part in steps])
            before: exp.Query = _union([exp.select("*").from_(each) for each in reached])
            new = exp.Except(this=_whole(step), expression=_whole(before), distinct=True)
            reached.append(self._written(self._spark.fresh("reach"), _with(new, known)))
        everything = self._spark.fresh("reach")
        self._spark.unite(everything, reached)
        self._names.append(everything)
        return everything

    def _written(self, name: str, query: exp.Query) -> str:
        frame = self._spark.sql(self._store.statement(query))
        self._spark.write(name, frame, self._store.uri)
        self._names.append(name)
        return name


def _reads(query: exp.Expr, name: str) -> bool:
    return any(table.name == name for table in query.find_all(exp.Table))


def _named(query: exp.Query, tables: dict[str, str]) -> exp.Query:
    result = query.copy()
    for table in list(result.find_all(exp.Table)):
        if table.name in tables:
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


def _whole(query: exp.Query) -> exp.Select:
    alias = exp.TableAlias(this=exp.to_identifier("whole"))
    return exp.select("*").from_(exp.Subquery(this=query, alias=alias))


def _distinct(query: exp.Query) -> exp.Query:
    return _whole(query).distinct()
