"""EXISTS within EXISTS, for an engine whose subqueries read columns of the next query alone.

In ``… FROM a WHERE EXISTS (… FROM b WHERE EXISTS (… FROM c WHERE c.x = a.x))`` the innermost query
reads a column from two queries further out. The query between gets the distinct values that such
columns can have as a table of its own, each row of which stands for rows of ``a``::

    … FROM a WHERE EXISTS (
        … FROM (SELECT DISTINCT a.x AS c0 FROM a) AS outer1 CROSS JOIN b
        WHERE outer1.c0 <=> a.x AND EXISTS (… FROM c WHERE c.x = outer1.c0))

So every query reads the next one. All that the query between reads of ``a`` it reads there, so that
its conditions join the table with ``b``. The right side of a LEFT JOIN cannot read ``a`` either: it
gets such a table, whose row the join's condition compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

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
            for between in _queries(exists):
                near = [c for c in _columns(between, own) if c.find_ancestor(exp.Select) is between]
                far = [c for e in _conditions(between) for c in _columns(e, own)]
                wanted = bool(far) or (bool(near) and _left_join(between) is not None)
                if wanted and not _is_random(_from(select)):
                    _bring(select, own, between, near + far, f"outer{next(numbers)}")
    return tree


def _bring(
    select: exp.Select, own: set[str], between: exp.Select, read: list[exp.Column], name: str
) -> None:
    """Has a query in an EXISTS read a table of its own in the place of another's columns."""
    fields: dict[tuple[str, str], str] = {}
    for column in read:
        item, field, *rest = (part.name for part in column.parts)
        known = fields.setdefault((item, field), f"c{len(fields)}")
        new: exp.Expr = _column(name, known)
        for each in rest:
            new = exp.Dot(this=new, expression=exp.to_identifier(each, quoted=True))
        column.replace(new)
    rows = _from(select).select(
        *(exp.alias_(_column(*pair), known) for pair, known in fields.items()), copy=False
    )
    for condition in _local(select, own):
        rows = rows.where(condition.copy(), copy=False)
    # It comes first, since conditions of joins read what stands before them.
    head = exp.Join(this=between.args["from_"].this, kind="CROSS")
    alias = exp.TableAlias(this=exp.to_identifier(name))
    between.set("from_", exp.From(this=exp.Subquery(this=rows.distinct(), alias=alias)))
    between.set("joins", [head, *_joins(between)])
    join = _left_join(between)
    for pair, known in fields.items():
        here, there = _column(name, known), _column(*pair)
        if join is None:
            between.where(exp.NullSafeEQ(this=here, expression=there), copy=False)
        else:
            between.select(exp.alias_(here, f"{name}.{known}", quoted=True), copy=False)
            told = _column(join.this.alias, f"{name}.{known}")
            join.on(exp.NullSafeEQ(this=told, expression=there), copy=False)


def _left_join(query: exp.Select) -> exp.Join | None:
    """The LEFT JOIN whose right side a query is; each row has to be one of its FROM items."""
    item = query.parent
    join = item.parent if isinstance(item, exp.Subquery) else None
    if not isinstance(join, exp.Join) or join.side != "LEFT":
        return None
    grouped = any(query.args.get(key) for key in ("group", "having", "limit", "offset"))
    return None if grouped or query.find(exp.Window) else join


def _queries(exists: exp.Exists) -> list[exp.Select]:
    """The query of an EXISTS and those in its FROM: all from which its next one is the next."""
    return [q for q in exists.find_all(exp.Select) if q.find_ancestor(exp.Exists) is exists]


def _items(select: exp.Select) -> set[str]:
    """The names of a query's FROM items."""
    head = select.args.get("from_")
    found = [head.this] if head is not None else []
    return {item.alias_or_name for item in (*found, *(j.this for j in _joins(select)))}


def _joins(select: exp.Select) -> list[exp.Join]:
    return select.args.get("joins") or []


def _from(select: exp.Select) -> exp.Select:
    """The FROM items of a query, as a query that selects nothing yet."""
    parts = {key: select.args.get(key) for key in ("from_", "joins")}
    return exp.Select(**{key: _copied(part) for key, part in parts.items() if part})


def _copied(part: exp.Expr | list[exp.Expr]) -> exp.Expr | list[exp.Expr]:
    return [each.copy() for each in part] if isinstance(part, list) else part.copy()


def _conditions(select: exp.Select) -> Iterator[exp.Exists]:
    """The EXISTS that a query asks of each of its rows."""
    for key in ("where", "expressions", "having", "group", "order"):
        found = select.args.get(key) or []
        for part in found if isinstance(found, list) else [found]:
            for exists in part.find_all(exp.Exists):
                if exists.find_ancestor(exp.Select) is select:
                    yield exists


def _columns(tree: exp.Expr, own: set[str]) -> list[exp.Column]:
    """The columns of those FROM items that a tree reads, and no parameters of its lambdas."""
    found = [c for c in tree.find_all(exp.Column) if len(c.parts) > 1 and not _is_parameter(c)]
    return [column for column in found if column.parts[0].name in own]


def _is_parameter(column: exp.Column) -> bool:
    function = column.find_ancestor(exp.Lambda)
    while function is not None:
        if column.parts[0].name in {parameter.name for parameter in function.expressions}:
            return True
        function = function.find_ancestor(exp.Lambda)
    return False


def _local(select: exp.Select, own: set[str]) -> Iterator[exp.Expr]:
    """The conditions of a query that its own rows decide, always alike."""
    where = select.args.get("where")
    if where is None:
        return
    for part in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
        read = {c.parts[0].name for c in part.find_all(exp.Column) if len(c.parts) > 1}
        if read <= own and part.find(exp.Query) is None and not _is_random(part):
            yield part


def _is_random(tree: exp.Expr) -> bool:
    return any(str(f.this).lower() in _RANDOM for f in tree.find_all(exp.Anonymous))


def _column(item: str, name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True), exp.to_identifier(item, quoted=True))
