"""The four query forms and subqueries (rules 2 to 16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a
from kgtool.sparql._expressions import Level
from kgtool.sparql._group import EMPTY
from kgtool.sparql._modifiers import Item, Modifiers, Selection, SolutionModifiers
from kgtool.sparql._triples import Kind, as_pattern
from kgtool.sparql._vocabulary import QUERY_WORDS, UPDATE_WORDS
from kgtool.sparql.scope import in_scope

_TEMPLATE = Kind("a CONSTRUCT template")
#: What may follow a WHERE clause, in this order.
_CLAUSES = ("GROUP BY", "HAVING", "ORDER BY", "LIMIT", "OFFSET", "VALUES")


class Queries(SolutionModifiers):
    def query(self) -> a.Query:
        """QueryUnit"""
        self.prologue()
        forms: dict[str, Callable[[], a.Query]] = {
            "SELECT": self._select_query,
            "ASK": self._ask_query,
            "CONSTRUCT": self._construct_query,
            "DESCRIBE": self._describe_query,
        }
        form = forms.get(self.key)
        if form is None:
            if self.key in UPDATE_WORDS:
                raise self.error(
                    self.token,
                    f"{self.key} begins an update, and a query was expected",
                    expected="SELECT, ASK, CONSTRUCT or DESCRIBE",
                    hint="`kgtool update` takes updates.",
                )
            raise self.unexpected("PREFIX", "BASE", *QUERY_WORDS)
        return form()

    def _in_force(self) -> dict[str, Any]:
        return {
            "prefixes": self.prefixes,
            "base": self.base,
            "parameters": self.parameters(),
            "notes": tuple(self.notes),
        }

    def parameters(self) -> frozenset[str]:
        """The names written with ``$``."""
        if "$" not in self.source.text:
            return frozenset()
        return frozenset(t.text[1:] for t in self._tokens if t.key == "var" and t.text[0] == "$")

    # SELECT -----------------------------------------------------------------------------

    def _select_query(self) -> a.SelectQuery:
        level = Level()
        select = self._select_clause(level)
        dataset = self.dataset("FROM")
        self._named_subqueries()
        pattern = self._rest(level, select, "FROM")
        return a.SelectQuery(pattern=pattern, dataset=dataset, **self._in_force())

    def _named_subqueries(self) -> None:
        """('WITH' '{' SubSelect '}' 'AS' '%name')*, which WHERE may INCLUDE; of Blazegraph's."""
        while self.accept("WITH"):
            opened = self.expect("{")
            pattern = self.sub_select()
            self.close(opened)
            self.expect("AS")
            self.named[self.expect("named").text] = pattern

    def sub_select(self) -> a.Pattern:
        """SubSelect ::= SelectClause WhereClause SolutionModifier ValuesClause"""
        level = Level()
        select = self._select_clause(level)
        where = self._where()
        found = self._modified(level)
        if self.key != "}":
            raise self.unexpected(*self._clauses_left(found), "}")
        return self.translated(where, level, found, select)

    def _select_clause(self, level: Level) -> Selection:
        self.expect("SELECT")
        distinct = self.accept("DISTINCT")
        reduced = not distinct and self.accept("REDUCED")
        star = self.token
        if self.accept("*"):
            return Selection(None, star, distinct, reduced)
        items: list[Item] = []
        while self.key in ("var", "("):
            items.append(self._column(level))
        if self.key == ",":
            raise self.unexpected("var", "(", "WHERE", hint="No commas between columns.")
        if not items:
            modifiers = () if distinct or reduced else ("DISTINCT", "REDUCED")
            hint = None
            if self.following().key == "(":
                hint = f"A computed column stands in brackets: ({self.token.text}(…) AS ?name)."
            raise self.unexpected("var", "(", "*", *modifiers, hint=hint)
        return Selection(items, star, distinct, reduced)

    def _column(self, level: Level) -> Item:
        token = self.token
        if self.key == "var":
            return Item(token, self.variable())
        opened = self.advance()
        self.level, level.uses = level, []
        expression = self.expression()
        self.level = None
        self.expect("AS")
        token = self.token
        variable = self.variable()
        self.close(opened)
        return Item(token, variable, expression, level.uses)

    # The other forms --------------------------------------------------------------------

    def _ask_query(self) -> a.AskQuery:
        self.advance()
        dataset = self.dataset("FROM")
        pattern = self._rest(Level(), None, "FROM")
        return a.AskQuery(pattern=pattern, dataset=dataset, **self._in_force())

    def _describe_query(self) -> a.DescribeQuery:
        self.advance()
        star = self.accept("*")
        resources: list[IRI | a.Variable] = []
        while not star and self.key in ("var", "iri", "pname"):
            resources.append(self.variable_or_iri())
        if not star and not resources:
            raise self.unexpected("var", "an IRI", "*")
        dataset = self.dataset("FROM")
        level = Level()
        where = self._where() if self.key in ("WHERE", "{") else EMPTY
        pattern = self._finish(where, level, None, *(() if where != EMPTY else ("WHERE", "{")))
        found = in_scope(pattern) if star else tuple(dict.fromkeys(resources))
        return a.DescribeQuery(
            resources=found, pattern=pattern, dataset=dataset, **self._in_force()
        )

    def _construct_query(self) -> a.ConstructQuery:
        self.advance()
        if self.key != "{":
            return self._construct_where()
        template = self._template()
        dataset = self.dataset("FROM")
        pattern = self._rest(Level(), None, "FROM")
        return a.ConstructQuery(
            template=template, pattern=pattern, dataset=dataset, **self._in_force()
        )

    def _construct_where(self) -> a.ConstructQuery:
        dataset = self.dataset("FROM")
        self.expect("WHERE", "FROM", "{")
        template = self._template()
        pattern = self._finish(as_pattern(template), Level(), None)
        return a.ConstructQuery(
            template=template, pattern=pattern, dataset=dataset, **self._in_force()
        )

    def _template(self) -> tuple[a.TriplePattern, ...]:
        opened = self.expect("{")
        template = self.triples_template(_TEMPLATE)
        self.close(opened)
        return template

    # Clauses ----------------------------------------------------------------------------

    def dataset(self, word: str) -> a.Dataset | None:
        """DatasetClause*, or UsingClause* with the word USING"""
        default: list[IRI] = []
        named: list[IRI] = []
        while self.accept(word):
            if self.accept("NAMED"):
                named.append(self.iri())
            else:
                default.append(self.iri("NAMED"))
        return a.Dataset(tuple(default), tuple(named)) if default or named else None

    def _where(self, *others: str) -> a.Pattern:
        """WhereClause ::= 'WHERE'? GroupGraphPattern"""
        if not self.accept("WHERE") and self.key != "{":
            raise self.unexpected(*others, "WHERE", "{")
        return self.group_graph_pattern()

    def _rest(self, level: Level, select: Selection | None, *others: str) -> a.Pattern:
        return self._finish(self._where(*others), level, select)

    def _modified(self, level: Level) -> Modifiers:
        found = self.modifiers(level)
        if self.accept("VALUES"):
            found.values = self.data_block()
        return found

    def _finish(
        self, where: a.Pattern, level: Level, select: Selection | None, *others: str
    ) -> a.Pattern:
        """The clauses after WHERE, up to the end of the text."""
        found = self._modified(level)
        if self.key != "end":
            raise self.unexpected(*others, *self._clauses_left(found), "end")
        return self.translated(where, level, found, select)

    def _clauses_left(self, found: Modifiers) -> tuple[str, ...]:
        seen = (found.keys, found.having, found.order, found.limit is not None, found.offset,
                found.values)  # fmt: skip
        last = max((place for place, clause in enumerate(seen) if clause), default=-1)
        return _CLAUSES[last + 1 :]
