"""What one compilation knows and collects: the store, names, constants, CTEs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from sqlglot import exp

from kgtool.engine import ids
from kgtool.engine.statistics import Statistics
from kgtool.plan import sql
from kgtool.plan.trace import NO_RECORD, NoRecord
from kgtool.plan.value import LOCAL, Form, Value, mask
from kgtool.rdf.terms import Term, lexical_form, term_type
from kgtool.sparql.algebra import Variable


class TermIndex(Protocol):
    """What the compiler asks of a store."""

    @property
    def statistics(self) -> Statistics: ...

    def ids(self, terms: Iterable[Term]) -> dict[Term, int]: ...

    def predicates_of(self, position: str, node: int) -> list[int]: ...

    def accepts_pattern(self, pattern: str) -> bool: ...


class TableShape(NamedTuple):
    """What the compiler knows of a table of ids: the tags of each column, whether a column may
    have NULL, and whether no row is in it twice."""

    tags: tuple[int, ...]
    nullable: bool = False
    distinct: bool = True


class Page(NamedTuple):
    """A part of the rows of an answer: ``limit`` of them behind the first ``offset``.

    The order is that of the query, and among rows that it leaves equal one that depends on
    nothing but the store, so that the pages of one version together are the answer.
    """

    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class ActiveGraph:
    """The graph that triple patterns match (SPARQL 1.1, 13).

    ``default`` and ``named`` are the dataset's graph ids: None is the store's own, that is
    the union of all graphs, and every named graph. ``without`` are graphs that the union
    leaves out; they are behind all others, so that no triple of another is marked as a
    duplicate of theirs. ``name`` is the graph of the enclosing GRAPH: an id, or the hidden
    variable which every scan below it binds; None outside.
    """

    default: tuple[int, ...] | None = None
    named: tuple[int, ...] | None = None
    name: int | str | None = None
    without: tuple[int, ...] = ()


@dataclass(slots=True)
class Context:
    """The state of one compilation.

    ``tables`` are those that a Table of the algebra may name. A caller that compiles several
    statements over them hands the ids of terms, known and local, from one to the next.
    ``dictionary`` is a table of the local terms, where there are too many for a statement.
    ``record`` is told what comes from which part of the query. ``page`` is the part of the answer
    that is asked for, if not all.
    """

    store: TermIndex
    base: str | None = None
    known_ids: dict[Term, int | None] = field(default_factory=dict)
    local_ids: dict[Term, int] = field(default_factory=dict)
    ctes: list[tuple[str, exp.Query, bool]] = field(default_factory=list)
    reads_constants: bool = False
    tables: Mapping[str, TableShape] = field(default_factory=dict)
    dictionary: str | None = None
    record: NoRecord = NO_RECORD
    page: Page | None = None
    _counter: int = 0
    _sql_names: dict[str, str] = field(default_factory=dict)
    _used_names: set[str] = field(default_factory=set)

    @property
    def statistics(self) -> Statistics:
        return self.store.statistics

    def fresh(self, stem: str) -> str:
        """A new SQL alias."""
        self._counter += 1
        alias = f"{stem}{self._counter}"
        self.record.named(alias)
        return alias

    def fresh_variable(self) -> Variable:
        self._counter += 1
        return Variable(f"_:p{self._counter}")

    def sql_name(self, variable: str) -> str:
        """The column name of a variable; DuckDB's names ignore case, SPARQL's do not."""
        known = self._sql_names.get(variable)
        if known is None:
            known, number = variable, 1
            while known.lower() in self._used_names:
                number += 1
                known = f"{variable}~{number}"
            self._used_names.add(known.lower())
            self._sql_names[variable] = known
        return known

    def resolve(self, terms: Iterable[Term]) -> None:
        """Looks up the ids of all constants of a query in one go."""
        missing = {t for t in terms if t not in self.known_ids}
        found = self.store.ids(missing)
        self.known_ids.update({t: found.get(t) for t in missing})

    def stored_id(self, term: Term) -> int | None:
        """The id of a term of the store (or an inline one); None where it has none."""
        if term not in self.known_ids:
            self.resolve([term])
        return self.known_ids[term]

    def constant(self, term: Term) -> Value:
        """A constant as an id; one of its own where the store does not hold the term."""
        id_ = self.stored_id(term)
        tags = 0
        if id_ is None:
            id_ = self.local_ids.get(term)
            if id_ is None:
                payload = ids.LOCAL_BIT | len(self.local_ids)
                id_ = ids.make_id(ids.dictionary_tag(term), payload)
                self.local_ids[term] = id_
            tags = LOCAL
        tags |= mask(ids.tag_of(id_))
        return Value(Form.ID, sql.number(id_), tags, False, term)

    def dictionary_table(self, value: Value) -> str:
        """The table that decodes ``value``: constants of the query are not in ``terms``."""
        if not value.tags & LOCAL:
            return "terms"
        self.reads_constants = True
        return "all_terms"

    def add_cte(self, stem: str, query: exp.Query, recursive: bool = False) -> str:
        """Names a query that the statement evaluates once."""
        name = self.fresh(stem)
        self.ctes.append((name, query, recursive))
        return name

    def finish(self, query: exp.Query) -> exp.Query:
        """The whole statement: the query with its CTEs and the dictionary of its constants."""
        ctes = list(self.ctes)
        if self.reads_constants:
            ctes.insert(0, ("all_terms", self._all_terms(), False))
        if not ctes:
            return query
        recursive = any(r for _, _, r in ctes)
        expressions = [
            exp.CTE(
                this=tree,
                alias=exp.TableAlias(this=exp.Identifier(this=name, quoted=False)),
                materialized=None if is_recursive or name == "all_terms" else True,
            )
            for name, tree, is_recursive in ctes
        ]
        query.set("with_", exp.With(expressions=expressions, recursive=recursive))
        return query

    def _all_terms(self) -> exp.Query:
        fields = ("id", "type", "lex", "dec", "dbl", "micros", "tz")
        stored = exp.Select(expressions=[sql.column("t", f) for f in fields])
        stored = stored.from_(sql.table("terms", "t"), copy=False)
        if self.dictionary is None:
            local = self._own_terms(fields[1:])
        else:
            local = exp.Select(expressions=[sql.column("l", f) for f in fields])
            local = local.from_(sql.table(self.dictionary, "l"), copy=False)
        return exp.Union(this=stored, expression=local, distinct=False)

    def _own_terms(self, fields: tuple[str, ...]) -> exp.Select:
        rows = [
            exp.Tuple(
                expressions=[
                    sql.number(id_),
                    sql.struct(type=sql.text(term_type(t)), lex=sql.text(lexical_form(t))),
                ]
            )
            for t, id_ in self.local_ids.items()
        ]
        values = exp.Values(
            expressions=rows,
            alias=exp.TableAlias(this=sql.name("l"), columns=[sql.name("id"), sql.name("t")]),
        )
        value = exp.Select(
            expressions=[
                sql.column("l", "id"),
                sql.alias(sql.call("kg_term_val", sql.column("l", "t")), "v"),
            ]
        ).from_(values, copy=False)
        return exp.Select(
            expressions=[
                sql.column("l", "id"),
                *(sql.field(sql.column("l", "v"), f) for f in fields),
            ]
        ).from_(sql.subquery(value, "l"), copy=False)
