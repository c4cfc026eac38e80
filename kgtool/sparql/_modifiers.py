"""Solution modifiers: their syntax (rules 18 to 28) and translation (18.2.4 and 18.2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kgtool.errors import QuerySyntaxError
from kgtool.sparql import algebra as a
from kgtool.sparql import wikibase
from kgtool.sparql._expressions import Level
from kgtool.sparql._group import conjunction, filtered, join
from kgtool.sparql._lexer import Token
from kgtool.sparql._patterns import Patterns
from kgtool.sparql._vocabulary import FUNCTION_WORDS
from kgtool.sparql.scope import in_scope, replace_variables


@dataclass(slots=True)
class Item:
    """What one column of a SELECT clause is: a variable, or (expression AS variable)."""

    token: Token
    variable: a.Variable
    expression: a.Expression | None = None
    uses: list[tuple[Token, a.Variable]] = field(default_factory=list)


@dataclass(slots=True)
class Selection:
    """A SELECT clause; ``items`` None is ``*``."""

    items: list[Item] | None
    star: Token
    distinct: bool = False
    reduced: bool = False


@dataclass(slots=True)
class Key:
    """A GROUP BY condition."""

    token: Token
    expression: a.Expression
    variable: a.Variable | None


@dataclass(slots=True)
class Modifiers:
    keys: list[Key] = field(default_factory=list)
    having: list[a.Expression] = field(default_factory=list)
    order: list[a.OrderCondition] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0
    values: a.Values | None = None


class SolutionModifiers(Patterns):
    # Syntax -----------------------------------------------------------------------------

    def modifiers(self, level: Level) -> Modifiers:
        """SolutionModifier; aggregates of HAVING and ORDER BY go to ``level``."""
        found = Modifiers()
        if self.accept("GROUP"):
            self.expect("BY")
            self._group_clause(found)
        outer, self.level, level.uses = self.level, level, []
        if self.accept("HAVING"):
            found.having.append(self.constraint("HAVING"))
            while self._at_constraint():
                found.having.append(self.constraint("HAVING"))
        if self.accept("ORDER"):
            self.expect("BY")
            self._order_clause(found)
        self.level = outer
        self._limit_clauses(found)
        return found

    def _at_constraint(self) -> bool:
        return self.key in ("(", "iri", "pname") or self.key in FUNCTION_WORDS

    def _required_constraint(self, after: str, *others: str) -> a.Expression:
        if self._at_constraint() or (self.key.isupper() and self.following().key == "("):
            return self.constraint(after)
        raise self.unexpected(*others, "(", "a function call")

    def _group_clause(self, found: Modifiers) -> None:
        outer, reason = self.level, self.no_aggregates
        self.level, self.no_aggregates = None, "GROUP BY takes what is the same for a whole group."
        while True:
            found.keys.append(self._group_condition())
            if self.key != "var" and not self._at_constraint():
                break
        self.level, self.no_aggregates = outer, reason

    def _group_condition(self) -> Key:
        token = self.token
        if self.key == "var":
            return Key(token, self.variable(), None)
        if self.key != "(":
            return Key(token, self._required_constraint("GROUP BY", "var"), None)
        opened = self.advance()
        expression = self.expression()
        variable = None
        if self.accept("AS"):
            token = self.token
            variable = self.variable()
        self.close(opened, "AS")
        return Key(token, expression, variable)

    def _order_clause(self, found: Modifiers) -> None:
        while True:
            found.order.append(self._order_condition())
            if self.key not in ("var", "ASC", "DESC") and not self._at_constraint():
                return

    def _order_condition(self) -> a.OrderCondition:
        if self.key in ("ASC", "DESC"):
            descending = self.advance().key == "DESC"
            return a.OrderCondition(self.bracketed(), descending)
        if self.key == "var":
            return a.OrderCondition(self.variable())
        return a.OrderCondition(self._required_constraint("ORDER BY", "var", "ASC", "DESC"))

    def _limit_clauses(self, found: Modifiers) -> None:
        first = self.key
        if first in ("LIMIT", "OFFSET"):
            self._limit_clause(found)
            if self.key in ("LIMIT", "OFFSET") and self.key != first:
                self._limit_clause(found)

    def _limit_clause(self, found: Modifiers) -> None:
        if self.advance().key == "LIMIT":
            found.limit = self.integer()
        else:
            found.offset = self.integer()

    # Translation ------------------------------------------------------------------------

    def translated(
        self, where: a.Pattern, level: Level, found: Modifiers, select: Selection | None = None
    ) -> a.Pattern:
        """The algebra of a query level around its WHERE pattern; without ``select`` nothing
        is projected."""
        if self.has_local_service and not self.remote:
            names = (t.text[1:] for t in self._tokens if t.key == "var")
            where = wikibase.resolved(where, names, self._misused)
        items = select.items or [] if select else []
        pattern = where
        keys: tuple[a.Variable, ...] | None = None
        if found.keys or level.aggregates:
            pattern, keys = self._keyed(where, found.keys)
            if select:
                self._check_grouped(select, keys)
            _sample_ungrouped(found, level, keys, items, self)
            pattern = a.Group(pattern, keys, tuple((v, g) for g, v in level.aggregates.items()))
        pattern = filtered(pattern, conjunction(found.having))
        # After grouping only the keys are visible (section 18.2.4.4).
        visible = keys if keys is not None else in_scope(where) if select else ()
        if found.values is not None:
            pattern = join(pattern, found.values)
            visible = tuple(dict.fromkeys((*visible, *found.values.variables)))
        pattern = self._extended(pattern, items, visible)
        if found.order:
            pattern = a.OrderBy(pattern, tuple(found.order))
        if select:
            pattern = _projected(pattern, select, visible)
        if found.offset or found.limit is not None:
            pattern = a.Slice(pattern, found.offset, found.limit)
        return pattern

    def _misused(self, service: a.Service, message: str, expected: str) -> QuerySyntaxError:
        location = self.source.location(service.position) if service.position else None
        return QuerySyntaxError(message, location=location, expected=expected)

    def _keyed(
        self, pattern: a.Pattern, keys: list[Key]
    ) -> tuple[a.Pattern, tuple[a.Variable, ...]]:
        """Keys that are expressions as Extends, so that every key is a variable."""
        variables: dict[a.Variable, None] = {}
        for key in keys:
            if key.variable is None and isinstance(key.expression, a.Variable):
                variables[key.expression] = None
                continue
            variable = key.variable or self.fresh_variable("key")
            if variable in in_scope(pattern):
                raise self.error(key.token, f"{key.token.text} has a value already in this query")
            pattern = a.Extend(pattern, variable, key.expression)
            variables[variable] = None
        return pattern, tuple(variables)

    def _check_grouped(self, select: Selection, keys: Iterable[a.Variable]) -> None:
        if select.items is None:
            raise self.error(
                select.star,
                "SELECT * cannot be used with GROUP BY or aggregates",
                hint="Name the variables of GROUP BY and the aggregates one by one.",
            )
        known = set(keys)
        for item in select.items:
            used = item.uses if item.expression is not None else [(item.token, item.variable)]
            for token, variable in used:
                if variable not in known:
                    raise self.error(
                        token,
                        f"{token.text} is neither in GROUP BY nor inside an aggregate",
                        hint=f"Add it to GROUP BY, or write SAMPLE({token.text}).",
                    )
            known.add(item.variable)

    def _extended(
        self, pattern: a.Pattern, items: list[Item], visible: Iterable[a.Variable]
    ) -> a.Pattern:
        """SELECT expressions (section 18.2.4.4), in order."""
        taken = set(visible)
        for item in items:
            if item.expression is not None:
                if item.variable in taken:
                    raise self.error(
                        item.token,
                        f"{item.token.text} has a value already in this query",
                        expected="a new variable after AS",
                    )
                pattern = a.Extend(pattern, item.variable, item.expression)
            taken.add(item.variable)
        return pattern


def _projected(pattern: a.Pattern, select: Selection, visible: tuple[a.Variable, ...]) -> a.Pattern:
    if select.items is not None:
        visible = tuple(dict.fromkeys(item.variable for item in select.items))
    pattern = a.Project(pattern, visible)
    if select.distinct:
        return a.Distinct(pattern)
    return a.Reduced(pattern) if select.reduced else pattern


def _sample_ungrouped(
    found: Modifiers,
    level: Level,
    keys: tuple[a.Variable, ...],
    items: list[Item],
    parser: Patterns,
) -> None:
    """HAVING and ORDER BY after grouping: a variable that is no key is a SAMPLE of it
    (section 18.2.4.1).

    The variables of SELECT expressions are not: ORDER BY comes after them. HAVING comes
    before; there such a name would never have a value, so what it stands for is put in.
    """
    columns = {i.variable: i.expression for i in items if i.expression is not None}

    def sampled(variable: a.Variable) -> a.Expression:
        if variable in keys or not variable.projectable:
            return variable
        aggregate = a.Aggregate("SAMPLE", variable)
        if aggregate not in level.aggregates:
            level.aggregates[aggregate] = parser.fresh_variable("agg")
        return level.aggregates[aggregate]

    def in_having(variable: a.Variable) -> a.Expression:
        if variable in columns and variable not in keys:
            return replace_variables(columns[variable], in_having)
        return sampled(variable)

    def in_order(variable: a.Variable) -> a.Expression:
        return variable if variable in columns else sampled(variable)

    found.having = [replace_variables(condition, in_having) for condition in found.having]
    found.order = [
        a.OrderCondition(replace_variables(condition.expression, in_order), condition.descending)
        for condition in found.order
    ]
