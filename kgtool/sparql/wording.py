"""Terms, paths and expressions as SPARQL text, with no more brackets than it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kgtool.rdf.names import Names
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.syntax import bnode_text, iri_text
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.rdf.turtle import literal_text
from kgtool.sparql import algebra as a

#: How tightly the operators of expressions and of paths bind.
_OR, _AND, _RELATION, _SUM, _PRODUCT, _UNARY, _PRIMARY = range(1, 8)
_ALTERNATIVE, _SEQUENCE, _STEP, _ELEMENT, _PATH_PRIMARY = range(1, 6)


class Words:
    """Writes the parts of a query that are no patterns; ``prefixes`` shorten IRIs.

    ``aggregates`` has what stands for the variables of aggregates. Patterns inside EXISTS
    are left to :meth:`group`.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.names = Names(prefixes)
        self.aggregates: dict[a.Variable, a.Aggregate] = {}

    def group(self, pattern: a.Pattern) -> str:
        """A pattern in braces, on one line."""
        raise NotImplementedError

    # Modifiers --------------------------------------------------------------------------

    def order(self, condition: a.OrderCondition) -> str:
        written = self.expression(condition.expression)
        if condition.descending:
            return f"DESC({written})"
        return written if isinstance(condition.expression, a.Variable) else f"ASC({written})"

    def limits(self, node: a.Slice) -> str:
        limit = [] if node.limit is None else [f"LIMIT {node.limit}"]
        offset = [f"OFFSET {node.offset}"] if node.offset or node.limit is None else []
        return " ".join(limit + offset)

    # Terms and triples ------------------------------------------------------------------

    def node(self, node: a.Node) -> str:
        match node:
            case a.Variable(name):
                return f"?{name}" if node.projectable else name
            case IRI(value):
                return self.iri(value)
            case BlankNode(label):
                return bnode_text(label)
            case Literal():
                return literal_text(node, self.names)

    def iri(self, iri: str) -> str:
        return self.names.short(iri) or iri_text(iri)

    def triple(self, part: a.TriplePattern | a.PathPattern) -> str:
        """``subject verb object``, without the dot."""
        verb = part.path if isinstance(part, a.PathPattern) else part.predicate
        written = self.node(verb) if isinstance(verb, a.Variable) else self.path(verb)
        return f"{self.node(part.subject)} {written} {self.node(part.object)}"

    # Paths ------------------------------------------------------------------------------

    def path(self, path: a.Path, least: int = _ALTERNATIVE) -> str:
        """A path, in brackets where it binds less tightly than ``least``."""
        text, own = self._path(path)
        return f"({text})" if own < least else text

    def _path(self, path: a.Path) -> tuple[str, int]:
        match path:
            case IRI(value):
                return "a" if value == RDF.type else self.iri(value), _PATH_PRIMARY
            case a.Alternative(left, right):
                sides = self.path(left, _ALTERNATIVE), self.path(right, _SEQUENCE)
                return "|".join(sides), _ALTERNATIVE
            case a.Sequence(left, right):
                return f"{self.path(left, _SEQUENCE)}/{self.path(right, _STEP)}", _SEQUENCE
            case a.Inverse(inner):
                return f"^{self.path(inner, _ELEMENT)}", _STEP
            case a.ZeroOrMore(inner):
                return f"{self.path(inner, _PATH_PRIMARY)}*", _ELEMENT
            case a.OneOrMore(inner):
                return f"{self.path(inner, _PATH_PRIMARY)}+", _ELEMENT
            case a.ZeroOrOne(inner):
                return f"{self.path(inner, _PATH_PRIMARY)}?", _ELEMENT
            case a.NegatedPropertySet(forward, inverse):
                members = [self.path(p) for p in forward] + [f"^{self.path(p)}" for p in inverse]
                return f"!({'|'.join(members)})", _PATH_PRIMARY

    # Expressions ------------------------------------------------------------------------

    def expression(self, node: a.Expression, least: int = _OR) -> str:
        """An expression, in brackets where it binds less tightly than ``least``."""
        text, own = self._expression(node)
        return f"({text})" if own < least else text

    def list(self, nodes: Iterable[a.Expression]) -> str:
        return ", ".join(map(self.expression, nodes))

    def constraint(self, node: a.Expression) -> str:
        """What may follow FILTER."""
        exists = isinstance(node, a.Exists) or (
            isinstance(node, a.Not) and isinstance(node.operand, a.Exists)
        )
        return self.expression(node) if exists else f"({self.expression(node)})"

    def _expression(self, node: a.Expression) -> tuple[str, int]:
        match node:
            case a.Variable() if node in self.aggregates:
                return self.aggregate(self.aggregates[node]), _PRIMARY
            case a.Variable() | IRI() | Literal() | BlankNode():
                return self.node(node), _PRIMARY
            case a.Or(left, right):
                return self._binary("||", left, right, _OR)
            case a.And(left, right):
                return self._binary("&&", left, right, _AND)
            case a.Compare(operator, left, right):
                sides = self.expression(left, _SUM), self.expression(right, _SUM)
                return f" {operator} ".join(sides), _RELATION
            case a.In(operand, choices):
                return f"{self.expression(operand, _SUM)} IN ({self.list(choices)})", _RELATION
            case a.Not(a.In(operand, choices)):
                return f"{self.expression(operand, _SUM)} NOT IN ({self.list(choices)})", _RELATION
            case a.Arithmetic(operator, left, right):
                return self._binary(operator, left, right, _SUM if operator in "+-" else _PRODUCT)
            case a.Not(a.Exists(pattern)):
                return f"NOT EXISTS {self.group(pattern)}", _PRIMARY
            case a.Exists(pattern):
                return f"EXISTS {self.group(pattern)}", _PRIMARY
            case a.Lookup(aggregate, pattern):  # for people: SPARQL has no words for it
                return f"(SELECT {self.aggregate(aggregate)} {self.group(pattern)})", _PRIMARY
            case a.Not(operand):
                return f"!{self.expression(operand, _PRIMARY)}", _UNARY
            case a.UnaryMinus(operand) | a.UnaryPlus(operand):
                sign = "-" if isinstance(node, a.UnaryMinus) else "+"
                # A sign before a number would become a part of it.
                number = isinstance(operand, Literal)
                inner = self.expression(operand, _PRIMARY)
                return f"{sign}({inner})" if number else f"{sign}{inner}", _UNARY
            case _:
                return self._call(node), _PRIMARY

    def _binary(
        self, operator: str, left: a.Expression, right: a.Expression, own: int
    ) -> tuple[str, int]:
        """An operator that associates to the left."""
        sides = self.expression(left, own), self.expression(right, own + 1)
        return f" {operator} ".join(sides), own

    def _call(self, node: a.Expression) -> str:
        match node:
            case a.Bound(variable):
                return f"BOUND({self.node(variable)})"
            case a.If(condition, then, otherwise):
                return f"IF({self.list((condition, then, otherwise))})"
            case a.Coalesce(choices):
                return f"COALESCE({self.list(choices)})"
            case a.FunctionCall(function, arguments):
                name = self.iri(function.value) if isinstance(function, IRI) else function
                return f"{name}({self.list(arguments)})"
        raise AssertionError(f"no such expression: {type(node).__name__}")

    def aggregate(self, node: a.Aggregate) -> str:
        operand = "*" if node.operand is None else self.expression(node.operand)
        distinct = "DISTINCT " if node.distinct else ""
        separator = ""
        if node.function == "GROUP_CONCAT" and node.separator != " ":
            separator = f"; SEPARATOR = {literal_text(Literal(node.separator), self.names)}"
        return f"{node.function}({distinct}{operand}{separator})"
