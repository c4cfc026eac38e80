"""The binary operators of the algebra over relations (SPARQL 1.1, 18.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from kgtool.plan import sql
from kgtool.plan.conversion import term
from kgtool.plan.relation import (
    EitherRow,
    Relation,
    Source,
    compatible,
    join_tree,
    merged,
    nothing,
    same_term,
)
from kgtool.plan.sql import SQL
from kgtool.plan.value import DictionaryRow, Form, Scope, Value


def join(left: Relation, right: Relation) -> Relation:
    """Join(left, right): one flat relation over the sources of both."""
    if left.empty or right.empty:
        return nothing(left.context, [*left.columns, *right.columns])
    columns = dict(left.columns)
    conditions: list[SQL] = []
    for variable, value in right.columns.items():
        if variable in columns:
            own = columns[variable]
            conditions.append(compatible(own, left, value, right))
            columns[variable] = merged(own, left, value, right)
        else:
            columns[variable] = value
    return Relation(
        left.context,
        left.sources + right.sources,
        left.where + right.where + conditions,
        columns,
        {**right.rows, **left.rows},
        outer=left.outer or right.outer,
        correlated=left.correlated or right.correlated,
        unique=None if left.unique is None or right.unique is None else left.unique | right.unique,
    )


class NeedsBothSides(Exception):
    """An OPTIONAL's filter computes a term from both sides, and asks for its lexical form."""


@dataclass(slots=True)
class JoinScope:
    """The scope of an OPTIONAL's filter: both sides, which agree where both are bound."""

    left: Relation
    right: Relation

    def sorted_tags(self, value: Value) -> int:
        return self.left.sorted_tags(value)

    def lookup(self, variable: str) -> Value | None:
        own, other = self.left.columns.get(variable), self.right.columns.get(variable)
        value = own or other
        if own is not None and other is not None:
            # Only a row that finds a partner has the tags of both: its row may be missing.
            value = merged(own, self.left, other, self.right).maybe_null()
        return self.left.with_outer(variable, value, self)

    def row(self, value: Value) -> DictionaryRow:
        for side in (self.right, self.left):
            if side.owns(value):
                return side.row(value)
        parts = self._parts(value)
        if parts is None:
            raise NeedsBothSides
        return EitherRow(self.left.row(parts[0]), self.right.row(parts[1]))

    def _parts(self, value: Value) -> tuple[Value, Value] | None:
        """The two columns of a variable that either side may bind (see ``merged``)."""
        if not isinstance(value.sql, exp.Coalesce) or len(value.sql.expressions) != 1:
            return None
        trees = (value.sql.this, value.sql.expressions[0])
        first, second = (Value(value.form, tree, value.tags) for tree in trees)
        return (first, second) if self.left.owns(first) and self.right.owns(second) else None


def left_join(
    left: Relation, right: Relation, condition: Callable[[Scope], SQL] | None = None
) -> Relation:
    """LeftJoin(left, right, condition); ``condition`` compiles its filter in a scope."""
    if left.empty:
        return nothing(left.context, [*left.columns, *right.columns])
    if right.empty:
        return left
    # DuckDB evaluates a subquery in the condition of a LEFT JOIN for each row of the left.
    nested = any(part.find(exp.Exists) for part in right.where)
    if nested or not right.is_plain() or not right.sources:
        right = right.close()
    left.order = []
    left.unique = None
    on: list[SQL] = []
    columns = dict(left.columns)
    for variable, value in right.columns.items():
        if variable in columns:
            own = columns[variable]
            on.append(compatible(own, left, value, right))
            columns[variable] = merged(own, left, value.maybe_null(), right)
        else:
            # No constant any more: it is unbound where the right side has no solution.
            columns[variable] = replace(value, nullable=True, constant=None)
    if condition is not None:
        on.append(condition(JoinScope(left, right)))
    item = join_tree(right.sources)
    left.sources.append(Source(item, "LEFT", sql.conjunction(right.where + on)))
    left.columns = columns
    left.rows = {**right.rows, **left.rows}
    left.correlated = left.correlated or right.correlated
    return left


def union(branches: Sequence[Relation]) -> Relation:
    """Union of all branches; a variable keeps its form where all that bind it agree."""
    context = branches[0].context
    variables = list(dict.fromkeys(v for branch in branches for v in branch.columns))
    kept = [branch for branch in branches if not branch.empty]
    if not kept:
        return nothing(context, variables)
    if len(kept) == 1:
        return kept[0]
    columns: dict[str, Value] = {}
    for variable in variables:
        found = [b.columns[variable] for b in kept if variable in b.columns]
        columns[variable] = _unified(found, len(found) < len(kept))
    query: exp.Query | None = None
    for branch in kept:
        branch.order = []
        exports = [
            sql.alias(_aligned(branch, variable, value.form), context.sql_name(variable))
            for variable, value in columns.items()
        ] or [sql.alias(sql.number(1), "unit")]
        select = branch.select(exports)
        query = (
            select if query is None else exp.Union(this=query, expression=select, distinct=False)
        )
    assert query is not None
    correlated = any(branch.correlated for branch in kept)
    base = Relation(context, outer=kept[0].outer, correlated=correlated)
    return base.closed(query, columns)


def _unified(values: Sequence[Value], somewhere_missing: bool) -> Value:
    forms = {v.form for v in values}
    form = forms.pop() if len(forms) == 1 else Form.TERM
    tags = 0
    for value in values:
        tags |= value.tags
    return Value(form, sql.NULL, tags, somewhere_missing or any(v.nullable for v in values))


def _aligned(branch: Relation, variable: str, form: Form) -> SQL:
    value = branch.columns.get(variable)
    if value is None:
        return sql.NULL
    return value.sql if value.form is form else term(value, branch)


def minus(left: Relation, right: Relation, ignored: str | None = None) -> Relation:
    """Minus(left, right): drops solutions that a compatible one of ``right`` overlaps.

    ``ignored`` is the hidden variable of a GRAPH, which is no part of the solutions.
    """
    if left.empty or right.empty:
        return left
    shared = [v for v in right.columns if v in left.columns and v != ignored]
    if not shared:
        return left
    overlap: list[SQL] = []
    certain = False
    for variable in shared:
        own, other = left.columns[variable], right.columns[variable]
        certain = certain or not (own.nullable or other.nullable)
        both = [sql.not_null(v.sql) for v in (own, other) if v.nullable]
        overlap.append(sql.conjunction(both))
    right.outer = left
    conditions = [
        compatible(left.columns[v], left, right.columns[v], right)
        for v in (*shared, *([ignored] if ignored in right.columns else []))
        if v is not None
    ]
    if not certain:
        conditions.append(sql.disjunction(overlap))
    left.where.append(exp.Not(this=semi_join(right, conditions)))
    left.correlated = left.correlated or right.correlated
    return left


def exists(scope: Scope, inner: Relation) -> SQL:
    """EXISTS: whether ``inner`` has a solution compatible with the one in ``scope``."""
    if inner.empty:
        return sql.FALSE
    shared = [
        (own, value)
        for variable, value in inner.columns.items()
        if (own := scope.lookup(variable)) is not None
    ]
    if _meets_twice([value for _, value in shared]):
        own, value = shared[0]
        shared[0] = replace(own, sql=_hidden(own.sql)), value
    return semi_join(inner, [compatible(own, scope, value, inner) for own, value in shared])


def _meets_twice(values: Sequence[Value]) -> bool:
    """Whether the group around an EXISTS binds columns of several of its FROM items."""
    items = {v.sql.table for v in values if isinstance(v.sql, exp.Column)}
    return len(items) > 1 and all(v.form is Form.ID for v in values)


def _hidden(column: SQL) -> SQL:
    """A column as a sum, so that DuckDB goes on from the rows around an EXISTS.

    It takes an EXISTS whose conditions are plain equalities for a join of its own, computed
    for all rows that there are: of {?passage :in ?source . ?figure :from ?source}, with passage
    and figure bound outside, every pair in a source. In 6 million triples that took 17 s.
    """
    return sql.binary(exp.Add, column, sql.number(0))


def semi_join(inner: Relation, conditions: Sequence[SQL]) -> SQL:
    inner.where = [*inner.where, *conditions]
    inner.order = []
    return exp.Exists(this=inner.select([sql.number(1)]))


def project_away(relation: Relation, variable: str) -> Relation:
    relation.columns.pop(variable, None)
    return relation


def restrict(relation: Relation, variable: str, value: Value) -> Relation:
    """Keeps solutions where ``variable`` may be ``value``, and binds it."""
    own = relation.columns.get(variable)
    if own is not None:
        relation.where.append(
            compatible(own, relation, value, relation)
            if own.nullable
            else same_term(own, relation, value, relation)
        )
    relation.columns[variable] = value
    return relation
