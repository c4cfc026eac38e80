"""Graph patterns (rules 17, 53 to 68 and 74)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, TypeAlias

from kgtool.errors import QuerySyntaxError, UnsupportedError, did_you_mean
from kgtool.rdf.terms import IRI, Literal
from kgtool.sparql import algebra as a
from kgtool.sparql import wikibase
from kgtool.sparql._group import GroupTranslation
from kgtool.sparql._lexer import Token
from kgtool.sparql._paths import PatternPart
from kgtool.sparql._source import Source
from kgtool.sparql._triples import NODE_STARTS, Triples
from kgtool.sparql.scope import in_scope

_ELEMENTS = ("FILTER", "OPTIONAL", "BIND", "VALUES", "GRAPH", "MINUS", "SERVICE", "UNION")


class Patterns(Triples):
    """``remote`` counts the groups for other endpoints that the parser is inside of, and
    ``named`` are the subqueries that INCLUDE may name."""

    remote = 0
    has_local_service = False

    def __init__(
        self, source: Source, tokens: list[Token], prefixes: Mapping[str, str], base: str | None
    ) -> None:
        super().__init__(source, tokens, prefixes, base)
        self.named: dict[str, a.Pattern] = {}

    def sub_select(self) -> a.Pattern:
        raise NotImplementedError

    def group_graph_pattern(self) -> a.Pattern:
        """GroupGraphPattern ::= '{' (SubSelect | GroupGraphPatternSub) '}'"""
        return self._group().finish()

    def _group(self) -> GroupTranslation:
        opened = self.expect("{")
        # An aggregate belongs to the clauses of a query level, never to its patterns.
        scope, level, reason = self.scope, self.level, self.no_aggregates
        self.level, self.no_aggregates = None, Patterns.no_aggregates
        self.new_scope()
        group = GroupTranslation()
        if self.key == "SELECT":
            group.join(self.sub_select())
            self.close(opened)
        else:
            self._elements(group, opened)
        self.scope, self.level, self.no_aggregates = scope, level, reason
        return group

    def _elements(self, group: GroupTranslation, opened: Token) -> None:
        while self.key != "}":
            if self.key in NODE_STARTS:
                group.triples(self._without_hints(self.triples_block()))
                continue
            element = self._parsers.get(self.key)
            if element is None:
                raise self._no_element(opened)
            element(self, group)
            if self.key == ".":
                self.advance()
        self.advance()

    def _no_element(self, opened: Token) -> QuerySyntaxError:
        if self.key == "end":
            self.close(opened)
        if self.key == ".":
            return self.unexpected("a graph pattern", "}", hint="One '.' is enough.")
        in_triples = self._tokens[self._index - 1].key not in (".", "{", "}", ")")
        ends = (".", ";") if in_triples else ()
        return self.unexpected("a triple pattern", *_ELEMENTS, *ends, "}")

    def _without_hints(self, parts: list[PatternPart]) -> list[PatternPart]:
        kept = [part for part in parts if not wikibase.is_hint(part)]
        if len(kept) < len(parts):
            self.notes[wikibase.HINT_NOTE] = None
        return kept

    # Elements ---------------------------------------------------------------------------

    def _filter(self, group: GroupTranslation) -> None:
        self.advance()
        group.filter(self.constraint("FILTER"))

    def _optional(self, group: GroupTranslation) -> None:
        self.advance()
        group.optional(self._group())
        self.new_scope()

    def _minus(self, group: GroupTranslation) -> None:
        self.advance()
        group.minus(self.group_graph_pattern())
        self.new_scope()

    def _bind(self, group: GroupTranslation) -> None:
        self.advance()
        opened = self.expect("(")
        expression = self.expression()
        self.expect("AS")
        token = self.token
        variable = self.variable()
        self.close(opened)
        if variable in in_scope(group.pattern):
            raise self.error(
                token,
                f"BIND cannot assign {token.text}: the group has bound it already",
                hint="Choose another name, or compare the two in a FILTER.",
            )
        group.bind(variable, expression)
        self.new_scope()

    def _alternatives(self, group: GroupTranslation) -> None:
        pattern = self.group_graph_pattern()
        while self.accept("UNION"):
            pattern = a.Union(pattern, self.group_graph_pattern())
        group.join(pattern)
        self.new_scope()

    def _graph(self, group: GroupTranslation) -> None:
        self.advance()
        name = self.variable_or_iri()
        group.join(a.Graph(name, self.group_graph_pattern()))
        self.new_scope()

    def _service(self, group: GroupTranslation) -> None:
        position = self.position(self.advance())
        silent = self.accept("SILENT")
        name = self.token
        endpoint = self.variable_or_iri()
        start = self.token.start
        here = wikibase.is_local(endpoint)
        if endpoint in wikibase.ELSEWHERE and not self.remote:
            raise UnsupportedError(
                f"the service {name.text} is one of Wikidata's own servers",
                location=self.source.location(position),
                hint="Send the pattern around it there: SERVICE <wikidata> { … }.",
            )
        self.remote += not here
        pattern = self.group_graph_pattern()
        self.remote -= not here
        self.has_local_service |= here and not self.remote
        text = self.source.text[start : self._tokens[self._index - 1].start + 1]
        group.join(a.Service(endpoint, pattern, silent, text, position))
        self.new_scope()

    def _values(self, group: GroupTranslation) -> None:
        self.advance()
        group.join(self.data_block())
        self.new_scope()

    def _include(self, group: GroupTranslation) -> None:
        self.advance()
        token = self.expect("named")
        pattern = self.named.get(token.text)
        if pattern is None:
            hint = did_you_mean(token.text, self.named)
            raise self.error(token, f"no WITH has named {token.text}", hint=hint)
        group.join(pattern)
        self.new_scope()

    _Element: TypeAlias = Callable[["Patterns", GroupTranslation], None]
    _parsers: ClassVar[dict[str, _Element]] = {
        "FILTER": _filter,
        "OPTIONAL": _optional,
        "MINUS": _minus,
        "BIND": _bind,
        "{": _alternatives,
        "GRAPH": _graph,
        "SERVICE": _service,
        "INCLUDE": _include,
        "VALUES": _values,
    }

    # Inline data ------------------------------------------------------------------------

    def data_block(self) -> a.Values:
        """DataBlock ::= InlineDataOneVar | InlineDataFull"""
        one = self.key == "var"
        variables = (self.variable(),) if one else self._data_variables()
        rows: list[tuple[IRI | Literal | None, ...]] = []
        opened = self.expect("{")
        while self.key not in ("}", "end"):
            rows.append((self._data_value(),) if one else self._data_row(len(variables)))
        self.close(opened)
        return a.Values(variables, tuple(rows))

    def _data_variables(self) -> tuple[a.Variable, ...]:
        opened = self.expect("(", "var")
        variables: list[a.Variable] = []
        while self.key == "var":
            token = self.token
            variable = self.variable()
            if variable in variables:
                raise self.error(token, f"{token.text} stands twice in VALUES")
            variables.append(variable)
        self.close(opened, "var")
        return tuple(variables)

    def _data_row(self, width: int) -> tuple[IRI | Literal | None, ...]:
        opened = self.expect("(")
        row: list[IRI | Literal | None] = []
        while self.key not in (")", "end"):
            row.append(self._data_value())
        self.close(opened)
        if len(row) != width:
            raise self.error(
                opened,
                f"this row of VALUES has {_count(len(row), 'value')}",
                expected=_count(width, "value"),
                hint="Write UNDEF where a row has no value.",
            )
        return tuple(row)

    def _data_value(self) -> IRI | Literal | None:
        if self.accept("UNDEF"):
            return None
        if self.key in ("iri", "pname"):
            return self.iri()
        literal = self.literal()
        if literal is None:
            raise self.unexpected("an IRI", "a literal", "UNDEF")
        return literal


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
