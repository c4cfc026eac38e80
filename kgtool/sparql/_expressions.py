"""Expressions (rules 107 to 128, section 17)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal as Choice

from kgtool.errors import QuerySyntaxError, UnsupportedError, did_you_mean
from kgtool.rdf.terms import IRI, Literal
from kgtool.sparql import algebra as a
from kgtool.sparql._lexer import Token
from kgtool.sparql._terms import Terms
from kgtool.sparql._vocabulary import AGGREGATES, BUILT_INS, FUNCTION_WORDS, SYNONYMS

_COMPARISONS: dict[str, Choice["=", "!=", "<", "<=", ">", ">="]] = {
    "=": "=",
    "!=": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
_FACTORS: dict[str, Choice["*", "/"]] = {"*": "*", "/": "/"}
_SUMMANDS: dict[str, Choice["+", "-"]] = {"+": "+", "-": "-"}


@dataclass(slots=True)
class Level:
    """One query level: its aggregates, and the variables used outside of them."""

    aggregates: dict[a.Aggregate, a.Variable] = field(default_factory=dict)
    uses: list[tuple[Token, a.Variable]] = field(default_factory=list)


class Expressions(Terms):
    #: Where aggregates are collected; None where none may stand, for the reason given.
    level: Level | None = None
    no_aggregates = "A FILTER after the grouping is HAVING; a subquery can group first."

    def group_graph_pattern(self) -> a.Pattern:
        raise NotImplementedError

    # Operators, the loosest first -------------------------------------------------------

    def expression(self) -> a.Expression:
        left = self._conjunction()
        while self.key == "||":
            self.advance()
            left = a.Or(left, self._conjunction())
        return left

    def _conjunction(self) -> a.Expression:
        left = self._relation()
        while self.key == "&&":
            self.advance()
            left = a.And(left, self._relation())
        return left

    def _relation(self) -> a.Expression:
        left = self._sum()
        key = self.key
        if key in _COMPARISONS:
            self.advance()
            return a.Compare(_COMPARISONS[key], left, self._sum())
        if key == "IN":
            self.advance()
            return a.In(left, self._arguments())
        if key == "NOT":
            self.advance()
            self.expect("IN")
            return a.Not(a.In(left, self._arguments()))
        return left

    def _sum(self) -> a.Expression:
        left = self._product(self._unary())
        while True:
            if self.key in _SUMMANDS:
                operator = _SUMMANDS[self.advance().key]
                left = a.Arithmetic(operator, left, self._product(self._unary()))
            elif self.key == "number" and self.token.text[0] in _SUMMANDS:
                # The sign belongs to the number token: ?x -1 is ?x, then -1 (rule 116).
                operator = _SUMMANDS[self.token.text[0]]
                left = a.Arithmetic(operator, left, self._product(self._unsigned()))
            else:
                return left

    def _unsigned(self) -> Literal:
        number = self.literal()
        assert number is not None
        return Literal(number.lexical[1:], number.datatype)

    def _product(self, left: a.Expression) -> a.Expression:
        while self.key in _FACTORS:
            left = a.Arithmetic(_FACTORS[self.advance().key], left, self._unary())
        return left

    def _unary(self) -> a.Expression:
        key = self.key
        if key == "!":
            self.advance()
            return a.Not(self._primary())
        if key == "-":
            self.advance()
            return a.UnaryMinus(self._primary())
        if key == "+":
            self.advance()
            return a.UnaryPlus(self._primary())
        return self._primary()

    def _primary(self) -> a.Expression:
        key = self.key
        if key == "var":
            return self._use()
        if key == "(":
            return self.bracketed()
        literal = self.literal()
        if literal is not None:
            return literal
        if key == "iri" or key == "pname":
            return self._iri_or_call()
        if key.isupper():
            return self._built_in()
        raise self.unexpected("an expression")

    def _use(self) -> a.Variable:
        token = self.advance()
        variable = self.variable_of(token)
        if self.level is not None:
            self.level.uses.append((token, variable))
        return variable

    def bracketed(self) -> a.Expression:
        """BrackettedExpression ::= '(' Expression ')'"""
        opened = self.expect("(")
        expression = self.expression()
        self.close(opened)
        return expression

    def constraint(self, after: str) -> a.Expression:
        """Constraint ::= BrackettedExpression | BuiltInCall | FunctionCall"""
        if self.key == "(":
            return self.bracketed()
        if self.key in ("iri", "pname"):
            call = self._iri_or_call()
            if isinstance(call, IRI):
                raise self.unexpected("(")
            return call
        if self.key.isupper() and self.key not in ("TRUE", "FALSE"):
            return self._built_in()
        raise self.unexpected("(", "a function call", hint=f"Write {after} (expression).")

    # Calls ------------------------------------------------------------------------------

    def _arguments(self) -> tuple[a.Expression, ...]:
        """ExpressionList ::= NIL | '(' Expression (',' Expression)* ')'"""
        opened = self.expect("(")
        found: list[a.Expression] = []
        if self.key != ")":
            found.append(self.expression())
            while self.accept(","):
                found.append(self.expression())
        self.close(opened, ",")
        return tuple(found)

    def _iri_or_call(self) -> a.Expression:
        name = self.advance()
        iri = self.iri_of(name)
        if self.key != "(":
            return iri
        if self.following().key == "DISTINCT":
            # DISTINCT in a call by IRI is the mark of a custom aggregate (section 11.2).
            where = self.position(name)
            raise UnsupportedError(
                f"custom aggregates such as {name.text}(DISTINCT …) are not supported",
                location=self.source.location(where),
                expected=f"one of {', '.join(AGGREGATES)}",
            )
        return a.FunctionCall(iri, self._arguments(), position=self.position(name))

    def _built_in(self) -> a.Expression:
        key = self.key
        if key in AGGREGATES:
            return self._aggregate()
        if key == "EXISTS":
            self.advance()
            return a.Exists(self._exists_pattern())
        if key == "NOT":
            self.advance()
            if self.key in ("var", "("):
                raise self.unexpected("EXISTS", hint="The logical not of SPARQL is !.")
            self.expect("EXISTS")
            return a.Not(a.Exists(self._exists_pattern()))
        if key not in BUILT_INS:
            raise self._unknown_word()
        name = self.advance()
        if key == "BOUND":
            return self._bound()
        arguments = self._arguments()
        self._check_arity(name, len(arguments))
        if key == "IF":
            return a.If(*arguments)
        if key == "COALESCE":
            return a.Coalesce(arguments)
        return a.FunctionCall(SYNONYMS.get(key, key), arguments, position=self.position(name))

    def _bound(self) -> a.Bound:
        opened = self.expect("(")
        if self.key != "var":
            raise self.unexpected("var")
        variable = self._use()
        self.close(opened)
        return a.Bound(variable)

    def _check_arity(self, name: Token, count: int) -> None:
        least, most = BUILT_INS[name.key]
        if count < least or (most is not None and count > most):
            takes = f"{least} or {most}" if most != least else str(least)
            plural = "argument" if takes == "1" else "arguments"
            raise self.error(name, f"{name.text} takes {takes} {plural}, not {count}")

    def _unknown_word(self) -> QuerySyntaxError:
        if self.following().key != "(":
            hint = did_you_mean(self.token.text, ("EXISTS",))
            return self.unexpected("an expression", hint=hint)
        hint = did_you_mean(self.token.text, FUNCTION_WORDS)
        return self.error(self.token, f"unknown function {self.token.text!r}", hint=hint)

    def _exists_pattern(self) -> a.Pattern:
        level, self.level = self.level, None
        try:
            return self.group_graph_pattern()
        finally:
            self.level = level

    # Aggregates (rule 127) --------------------------------------------------------------

    def _aggregate(self) -> a.Variable:
        """An aggregate; what is returned is the variable that holds its value."""
        name = self.token
        level, reason = self.level, self.no_aggregates
        if level is None:
            raise self.error(name, f"{name.text} cannot stand here", hint=reason)
        self.level, self.no_aggregates = None, "Aggregates cannot stand inside one another."
        try:
            aggregate = self._aggregate_call()
        finally:
            self.level, self.no_aggregates = level, reason
        variable = level.aggregates.get(aggregate)
        if variable is None:
            variable = level.aggregates[aggregate] = self.fresh_variable("agg")
        return variable

    def _aggregate_call(self) -> a.Aggregate:
        function = AGGREGATES[self.advance().key]
        opened = self.expect("(")
        distinct = self.accept("DISTINCT")
        if function == "COUNT" and self.accept("*"):
            self.close(opened)
            return a.Aggregate("COUNT", None, distinct)
        operand = self.expression()
        separator = " "
        if function == "GROUP_CONCAT" and self.accept(";"):
            self.expect("SEPARATOR")
            self.expect("=")
            separator = self.string()
        elif function == "GROUP_CONCAT" and self.key == ",":
            raise self.unexpected(";", ")", hint='Write GROUP_CONCAT(?x; SEPARATOR = ", ").')
        self.close(opened)
        return a.Aggregate(function, operand, distinct, separator)
