"""Relations: the solutions of a graph pattern as a SELECT that is still open.

A relation keeps its FROM items, conditions and columns apart, so that joins, filters and
dictionary look-ups of one group end as one flat SELECT whose joins DuckDB may order
freely. What must be a unit (DISTINCT, LIMIT, GROUP BY, UNION) is *closed*: it becomes a
single derived table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlglot import exp

from kgtool.engine import ids
from kgtool.plan import sql
from kgtool.plan.context import Context
from kgtool.plan.conversion import as_term, term
from kgtool.plan.sql import SQL
from kgtool.plan.value import (
    BNODES,
    IN_DICTIONARY,
    IRIS,
    LOCAL,
    STRINGS,
    TAGGED,
    DictionaryRow,
    Form,
    Scope,
    Value,
)


@dataclass(slots=True)
class Source:
    """One FROM item; ``on`` is None for the comma join, else it is a LEFT or INNER JOIN."""

    item: SQL
    kind: str = ""
    on: SQL | None = None


@dataclass(slots=True)
class OrderKey:
    tree: SQL
    descending: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A dictionary row reached through a join."""

    alias: str

    def field(self, name: str) -> SQL:
        return sql.column(self.alias, name)


@dataclass(frozen=True, slots=True)
class EitherRow:
    """The dictionary row of COALESCE(left, right), where both sides have been joined."""

    first: DictionaryRow
    second: DictionaryRow

    def field(self, name: str) -> SQL:
        return sql.coalesce(self.first.field(name), self.second.field(name))


@dataclass(slots=True)
class Relation:
    """Solutions: ``columns`` maps a variable's name to its value over ``sources``.

    It is also the scope of expressions over these solutions; ``outer`` is that of the
    group around an EXISTS. No two solutions agree in all of ``unique``, where that is known.
    """

    context: Context
    sources: list[Source] = field(default_factory=list)
    where: list[SQL] = field(default_factory=list)
    columns: dict[str, Value] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    order: list[OrderKey] = field(default_factory=list)
    empty: bool = False
    outer: Scope | None = None
    correlated: bool = False  # whether anything here names a column of ``outer``
    unique: frozenset[str] | None = None

    # Scope ------------------------------------------------------------------------------

    def sorted_tags(self, value: Value) -> int:
        """The tags of ``value`` whose ids are in the order of lexical forms."""
        statistics = self.context.statistics
        if not statistics.ids_are_sorted:
            return 0
        one_language = value.type is not None or statistics.languages <= 1
        return BNODES | IRIS | STRINGS | (TAGGED if one_language else 0)

    def lookup(self, variable: str) -> Value | None:
        return self.with_outer(variable, self.columns.get(variable), self)

    def with_outer(self, variable: str, value: Value | None, scope: Scope) -> Value | None:
        """The binding of a variable, which ``scope`` has, or that of the group around an EXISTS.

        All of a group has what is bound there in the place of the variable (SPARQL 1.1, 18.6).
        """
        if self.outer is None or (value is not None and not value.nullable):
            return value
        outer = self.outer.lookup(variable)
        if outer is None:
            return value
        self.correlated = True
        return outer if value is None else merged(outer, self.outer, value, scope)

    def agree_with_outer(self, variables: Iterable[str]) -> None:
        """Keeps solutions that agree in these with the group around an EXISTS."""
        if self.outer is None:
            return
        for variable in variables:
            outer = self.outer.lookup(variable)
            if outer is not None:
                self.where.append(compatible(outer, self.outer, self.columns[variable], self))
                self.correlated = True

    def owns(self, value: Value) -> bool:
        return any(own.sql is value.sql for own in self.columns.values())

    def row(self, value: Value) -> DictionaryRow:
        """Joins the dictionary for an id, once."""
        if self.outer is not None and not self.owns(value):
            owner = _owner(self.outer, value)
            if owner is not None:
                return owner.row(value)
        key = sql.to_text(value.sql)
        alias = self.rows.get(key)
        if alias is None:
            alias = self.context.fresh("d")
            certain = not value.nullable and value.only(IN_DICTIONARY)
            on = _dictionary_row(value, alias, self.context.statistics.rows_are_numbered)
            item = sql.table(self.context.dictionary_table(value), alias)
            self.sources.append(Source(item, "INNER" if certain else "LEFT", on))
            self.rows[key] = alias
        return Row(alias)

    # Building ---------------------------------------------------------------------------

    def select(self, expressions: list[SQL], distinct: bool = False) -> exp.Select:
        """SELECT expressions FROM this relation, with its conditions, without its order."""
        query = exp.Select(expressions=expressions)
        if distinct:
            query.set("distinct", exp.Distinct())
        conditions = [sql.FALSE] if self.empty else self.where
        set_from(query, self.sources)
        if conditions:
            query.set("where", exp.Where(this=sql.conjunction(conditions)))
        return query

    def closed(self, query: exp.Query, columns: dict[str, Value]) -> Relation:
        """A relation whose one source is ``query``, which names a column per variable."""
        alias = self.context.fresh("q")
        renamed = {
            name: replace(value, sql=sql.column(alias, self.context.sql_name(name)))
            for name, value in columns.items()
        }
        order = [
            OrderKey(sql.column(alias, f"order~{i}"), key.descending)
            for i, key in enumerate(self.order)
        ]
        return Relation(
            self.context,
            [Source(sql.subquery(query, alias))],
            [],
            renamed,
            order=order,
            empty=self.empty,
            outer=self.outer,
            correlated=self.correlated,
        )

    def exports(self, columns: dict[str, Value] | None = None) -> list[SQL]:
        """The select list that :meth:`closed` expects: variables, then order keys."""
        chosen = self.columns if columns is None else columns
        named = [sql.alias(v.sql, self.context.sql_name(n)) for n, v in chosen.items()]
        keys = [sql.alias(key.tree, f"order~{i}") for i, key in enumerate(self.order)]
        return (named + keys) or [sql.alias(sql.number(1), "unit")]

    def close(self) -> Relation:
        return self.closed(self.select(self.exports()), self.columns)

    def materialize(self) -> Relation:
        """The same solutions, computed once for all that read them."""
        self.order = []
        name = self.context.add_cte("m", self.select(self.exports()))
        alias = self.context.fresh("q")
        result = self.closed(exp.Select(), self.columns)
        result.columns = {
            n: replace(v, sql=sql.column(alias, self.context.sql_name(n)))
            for n, v in self.columns.items()
        }
        result.sources = [Source(sql.table(name, alias))]
        return result

    def ordering(self) -> exp.Order | None:
        """ORDER BY; unbound comes first (SPARQL 1.1, 15.1)."""
        keys = self._sort_keys()
        return exp.Order(expressions=keys) if keys else None

    def ordered(self, query: exp.Select) -> exp.Select:
        """The query in this relation's order, in which a page leaves no two rows equal."""
        keys = self._sort_keys()
        if self.context.page is not None:
            keys += sql.by_all_columns(query)
        if keys:
            query.set("order", exp.Order(expressions=keys))
        return query

    def _sort_keys(self) -> list[exp.Ordered]:
        return [
            exp.Ordered(this=k.tree, desc=k.descending, nulls_first=not k.descending)
            for k in self.order
            if not _is_constant(k.tree)
        ]

    def is_plain(self) -> bool:
        """Whether every column is NULL where the relation has no row to offer."""
        return all(isinstance(v.sql, exp.Column) for v in self.columns.values())


def unit(context: Context, outer: Scope | None = None) -> Relation:
    """The one empty solution."""
    return Relation(context, outer=outer, unique=frozenset())


def nothing(context: Context, variables: Iterable[str]) -> Relation:
    """No solution."""
    columns = {v: Value(Form.ID, sql.cast(sql.NULL, "BIGINT"), 0, True) for v in variables}
    return Relation(context, columns=columns, empty=True)


def set_from(query: exp.Select, sources: list[Source]) -> None:
    """Puts the FROM items in place. What the first needs of a LEFT JOIN is a row to join."""
    if not sources:
        return
    first, *rest = ordered = _outer_joins_last(sources)
    if first.on is not None:
        first, rest = Source(_one_row()), ordered
    query.set("from_", exp.From(this=first.item))
    query.set("joins", [_join(source) for source in rest])


def _outer_joins_last(sources: list[Source]) -> list[Source]:
    """The same join, with every LEFT JOIN behind the inner ones.

    DuckDB 2.0.0 may make an inner join of a LEFT JOIN that inner joins follow, where a
    disjunction stands over both. An inner join that reads what a LEFT JOIN brought is a
    look-up of a term that exists, and may as well be one itself.
    """
    inner: list[Source] = []
    outer: list[Source] = []
    brought: set[str] = set()
    for source in sources:
        needs = source.on is not None and any(
            c.table in brought for c in source.on.find_all(exp.Column)
        )
        if source.kind != "LEFT" and not needs:
            inner.append(source)
            continue
        outer.append(Source(source.item, "LEFT", source.on))
        brought |= {a.name for a in source.item.find_all(exp.TableAlias)}
    return inner + outer


def join_tree(sources: list[Source]) -> SQL:
    """FROM items as one parenthesised item, whose aliases stay visible."""
    if len(sources) == 1:
        return sources[0].item
    select = exp.Select()
    set_from(select, sources)
    first = select.args["from_"].this
    # Other statements may hold the same FROM item; only this one gets joins.
    item = type(first)(**first.args)
    item.set("joins", select.args["joins"])
    return exp.Subquery(this=item) if isinstance(item, exp.Table) else exp.Paren(this=item)


def _is_constant(tree: SQL) -> bool:
    """Whether a sort key is the same for all rows: DuckDB takes such a key for a mistake."""
    while isinstance(tree, exp.Cast | exp.Paren | exp.Not | exp.Neg):
        tree = tree.this
    return isinstance(tree, exp.Literal | exp.Boolean | exp.Null)


def _join(source: Source) -> exp.Join:
    if source.on is None:
        return exp.Join(this=source.item, kind="CROSS")
    if source.kind == "LEFT":
        return exp.Join(this=source.item, side="LEFT", on=source.on)
    return exp.Join(this=source.item, kind="INNER", on=source.on)


def _one_row() -> SQL:
    return sql.subquery(exp.Select(expressions=[sql.alias(sql.number(1), "unit")]), "one")


def _dictionary_row(value: Value, alias: str, by_number: bool) -> SQL:
    """Whether a row of the dictionary is that of an id.

    The row's number, which is in the id, lets the engine read the vectors of these rows alone.
    """
    if not by_number or value.may_be(LOCAL):  # a constant of the query has no row
        return sql.eq(sql.column(alias, "id"), value.sql)
    row = sql.binary(exp.BitwiseAnd, value.sql, sql.number(ids.ROW_MASK))
    if not value.only(IN_DICTIONARY):
        stored = sql.binary(exp.LT, value.sql, sql.number(ids.make_id(ids.INLINE_TAG, 0)))
        row = sql.case([(stored, row)])
    return sql.eq(sql.column(alias, "rowid"), row)


def _owner(scope: Scope, value: Value) -> Scope | None:
    if not isinstance(scope, Relation):
        return scope
    if scope.owns(value):
        return scope
    return _owner(scope.outer, value) if scope.outer is not None else None


@dataclass(frozen=True, slots=True)
class Projected:
    """The scope of the group around an EXISTS in a subquery, which shows it what it projects."""

    outer: Scope
    names: frozenset[str]

    def sorted_tags(self, value: Value) -> int:
        return self.outer.sorted_tags(value)

    def lookup(self, variable: str) -> Value | None:
        return self.outer.lookup(variable) if variable in self.names else None

    def row(self, value: Value) -> DictionaryRow:
        return self.outer.row(value)


# Equality of columns --------------------------------------------------------------------

_COMPARABLE = frozenset({Form.INTEGER, Form.WHOLE, Form.STRING, Form.BOOLEAN})


def same_form(left: Value, right: Value) -> bool:
    """Whether equal SQL values are equal terms, and unequal ones unequal."""
    return left.form is right.form and (left.form is Form.ID or left.form in _COMPARABLE)


def same_term(left: Value, left_scope: Scope, right: Value, right_scope: Scope) -> SQL:
    """Equality of terms; NULL where either is unbound."""
    if same_form(left, right):
        return sql.eq(left.sql, right.sql)
    return sql.eq(term(left, left_scope), term(right, right_scope))


def same_binding(left: Value, left_scope: Scope, right: Value, right_scope: Scope) -> SQL:
    """Whether a variable has one and the same term in both, or is unbound in both."""
    same = same_term(left, left_scope, right, right_scope)
    if not (left.nullable or right.nullable):
        return same
    return sql.disjunction([same, sql.conjunction([sql.is_null(v.sql) for v in (left, right)])])


def compatible(left: Value, left_scope: Scope, right: Value, right_scope: Scope) -> SQL:
    """Whether two bindings of one variable are compatible (SPARQL 1.1, 18.3)."""
    parts = [same_term(left, left_scope, right, right_scope)]
    parts += [sql.is_null(v.sql) for v in (left, right) if v.nullable]
    return sql.disjunction(parts)


def merged(left: Value, left_scope: Scope, right: Value, right_scope: Scope) -> Value:
    """The binding of a variable that both sides of a join may bind."""
    if not left.nullable:
        return _narrowed(left, right)
    if not right.nullable:
        return _narrowed(right, left)
    tags = left.tags | right.tags
    constant = left.constant if left.constant == right.constant else None
    if left.form is not right.form:
        left, right = as_term(left, left_scope), as_term(right, right_scope)
    return Value(left.form, sql.coalesce(left.sql, right.sql), tags, True, constant)


def _narrowed(chosen: Value, other: Value) -> Value:
    """Both sides are equal where both are bound, so what one side rules out is ruled out."""
    if chosen.form is not Form.ID or other.form is not Form.ID or other.nullable:
        return chosen
    common = chosen.tags & other.tags & ~LOCAL
    local = chosen.tags & other.tags & LOCAL
    constant, type_ = chosen.constant or other.constant, chosen.type or other.type
    return Value(Form.ID, chosen.sql, common | local, False, constant, type_)


def comparable(value: Value, scope: Scope) -> Value:
    """The value in a form whose SQL equality is that of terms, for DISTINCT and GROUP BY."""
    return value if value.form is Form.ID or value.form in _COMPARABLE else as_term(value, scope)
