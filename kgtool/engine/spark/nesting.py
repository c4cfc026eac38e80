"""EXISTS within EXISTS, for an engine whose subqueries read columns of the next query alone.

In ``… FROM a WHERE EXISTS (… FROM b WHERE EXISTS (… FROM c WHERE c.x = a.x))`` the innermost query
reads a column from two queries further out. The query between gets the distinct values that such
columns can have as a table of its own, each row of which stands for rows of ``a``::

    … FROM a WHERE EXISTS (
        … FROM (SELECT DISTINCT a.x AS c0 FROM a) AS outer1 CROSS JOIN b
        WHERE outer1.c0 <=> a.x AND EXISTS (… FROM c WHERE c.x = outer1.c0))

So every query reads the next one. All that the query between reads of ``a`` it reads there, so that
its conditions join the table with ``b``. The right side of a LEFT JOIN cannot read ``a`` either: it
gets such a table, and the condition of the join compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from sqlglot import exp

#: Functions that give another value each time: a copy of their rows is not their rows.
_RANDOM = {"rand", "random", "uuid"}


def brought_near(tree: exp.Expr) -> exp.Expr:
    """The tree, which is changed, with no column read from further out than can be helped."""
    numbers = count(1)
    # From the root on, and what is put in is visited too: what is near now may be far below.
    for select in tree.find_all(exp.Select):
        own = _items(select)
        for exists in list(_conditions(select)):
            for place in _places(exists):
                near = [c for query in place.queries for c in _near(query, own)]
                far = [c for query in place.queries for c in _far(query, own)]
                wanted = far or (near and place.join)
                if wanted and (rows := _candidates(select, own)) is not None:
                    _bring(rows, place, near + far, f"outer{next(numbers)}")
    return tree


def _bring(rows: exp.Select, place: _Place, read: list[exp.Column], name: str) -> None:
    """Has queries in an EXISTS read a table of their own in the place of another's columns."""
    fields: dict[tuple[str, str], str] = {}
    for column in read:
        item, field, *rest = (part.name for part in column.parts)
        known = fields.setdefault((item, field), f"c{len(fields)}")
        new: exp.Expr = _column(name, known)
        for each in rest:
            new = exp.Dot(this=new, expression=exp.to_identifier(each, quoted=True))
        column.replace(new)
    rows.select(*(exp.alias_(_column(*pair), known) for pair, known in fields.items()), copy=False)
    alias = exp.TableAlias(this=exp.to_identifier(name))
    table = exp.Subquery(this=rows.distinct(), alias=alias)
    for query in place.queries:
        # It comes first, since conditions of joins read what stands before them.
        if first := query.args.get("from_"):
            query.set("joins", [exp.Join(this=first.this, kind="CROSS"), *_joins(query)])
        query.set("from_", exp.From(this=table.copy()))
        for pair, known in fields.items():
            here = _column(name, known)
            if place.join is None:
                query.where(exp.NullSafeEQ(this=here, expression=_column(*pair)), copy=False)
            else:
                query.select(exp.alias_(here, f"{name}.{known}", quoted=True), copy=False)
    if place.join is not None:
        for pair, known in fields.items():
            here = _column(place.join.this.alias, f"{name}.{known}")
            place.join.on(exp.NullSafeEQ(this=here, expression=_column(*pair)), copy=False)


class _Place(NamedTuple):
    """A query, or all that a UNION is made of where that is the right side of a LEFT JOIN."""

    queries: list[exp.Select]
    join: exp.Join | None = None


def _places(exists: exp.Exists) -> list[_Place]:
    """The query of an EXISTS and those in its FROM: all from which its next one is the next."""
    queries = [q for q in exists.find_all(exp.Select) if q.find_ancestor(exp.Exists) is exists]
    sides = [
        _Place(list(_branches(join.this.this)), join)
        for query in queries
        for join in _joins(query)
        if join.side == "LEFT" and isinstance(join.this, exp.Subquery)
    ]
    sides = [side for side in sides if all(map(_has_plain_rows, side.queries))]
    placed = {id(query) for side in sides for query in side.queries}
    return [*sides, *(_Place([query]) for query in queries if id(query) not in placed)]


def _branches(query: exp.Expr) -> Iterator[exp.Select]:
    if isinstance(query, exp.Union):
        yield from _branches(query.this)
        yield from _branches(query.expression)
    elif isinstance(query, exp.Select):
        yield query


def _has_plain_rows(query: exp.Select) -> bool:
    """Whether each row of a query is one of its FROM items, and can tell more of it."""
    grouped = any(query.args.get(key) for key in ("group", "having", "limit", "offset"))
    return not grouped and query.find(exp.Window) is None


def _near(query: exp.Select, own: set[str]) -> list[exp.Column]:
    """What a query in an EXISTS reads of the query around that."""
    return [c for c in _columns(query, own) if c.find_ancestor(exp.Select) is query]


def _far(query: exp.Select, own: set[str]) -> list[exp.Column]:
    """What the conditions of such a query read of it in an EXISTS of their own."""
    return [c for exists in _conditions(query) for c in _columns(exists, own)]


def _items(select: exp.Select) -> set[str]:
    """The names of a query's FROM items."""
    return {
        item.alias_or_name
        for part in (select.args.get("from_"), *_joins(select))
        if part is not None
        for item in part.walk(prune=lambda node: isinstance(node, exp.Select))
        if isinstance(item, exp.Table | exp.Subquery | exp.Values)
    }


def _joins(select: exp.Select) -> list[exp.Join]:
    return select.args.get("joins") or []


def _candidates(select: exp.Select, own: set[str]) -> exp.Select | None:
    """The rows of a query before its EXISTS, or more, as a query that selects nothing yet.

    None where a copy would have other rows, or would read columns of a query around it.
    """
    parts = {key: select.args.get(key) for key in ("from_", "joins")}
    rows = exp.Select(**{key: _copied(part) for key, part in parts.items() if part})
    for query in rows.find_all(exp.Select):
        if query is not rows and _can_grow(query):
            kept = [part for part in _conjuncts(query) if not _reads_around(part)]
            query.set("where", exp.Where(this=exp.and_(*kept, copy=False)) if kept else None)
    if _is_random(rows) or _reads_around(rows):
        return None
    for part in _conjuncts(select):
        local = all(column.parts[0].name in own for column in _qualified(part))
        if local and not part.find(exp.Query) and not _is_random(part):
            rows.where(part.copy(), copy=False)
    return rows


def _copied(part: exp.Expr | list[exp.Expr]) -> exp.Expr | list[exp.Expr]:
    return [each.copy() for each in part] if isinstance(part, list) else part.copy()


def _can_grow(query: exp.Select) -> bool:
    """Whether what a query is part of has no fewer rows where this one has more."""
    node: exp.Expr | None = query
    while node is not None:
        outer = isinstance(node, exp.Join) and node.side
        grouped = isinstance(node, exp.Select) and not _has_plain_rows(node)
        if outer or grouped or isinstance(node, exp.Exists):
            return False
        node = node.parent
    return True


def _conjuncts(query: exp.Select) -> list[exp.Expr]:
    where = query.args.get("where")
    if where is None:
        return []
    return list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]


def _reads_around(tree: exp.Expr) -> bool:
    """Whether a tree reads a column of none of the queries that it is part of."""
    for column in _qualified(tree):
        query = column.find_ancestor(exp.Select)
        while query is not None and column.parts[0].name not in _items(query):
            query = query.find_ancestor(exp.Select)
        if query is None:
            return True
    return False


def _conditions(select: exp.Select) -> Iterator[exp.Exists]:
    """The EXISTS that a query asks of each of its rows."""
    for key in ("where", "expressions", "having", "group", "order"):
        found = select.args.get(key) or []
        for part in found if isinstance(found, list) else [found]:
            for exists in part.find_all(exp.Exists):
                if exists.find_ancestor(exp.Select) is select:
                    yield exists


def _columns(tree: exp.Expr, own: set[str]) -> list[exp.Column]:
    """The columns of those FROM items that a tree reads."""
    return [column for column in _qualified(tree) if column.parts[0].name in own]


def _qualified(tree: exp.Expr) -> Iterator[exp.Column]:
    """The columns of FROM items in a tree, and no parameters of its lambdas."""
    for column in tree.find_all(exp.Column):
        if len(column.parts) > 1 and not _is_parameter(column):
            yield column


def _is_parameter(column: exp.Column) -> bool:
    function = column.find_ancestor(exp.Lambda)
    while function is not None:
        if column.parts[0].name in {parameter.name for parameter in function.expressions}:
            return True
        function = function.find_ancestor(exp.Lambda)
    return False


def _is_random(tree: exp.Expr) -> bool:
    return any(str(f.this).lower() in _RANDOM for f in tree.find_all(exp.Anonymous))


def _column(item: str, name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), exp.to_identifier(item, quoted=True))
