"""The operators of a query's algebra as a tree to hang figures on, with words for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from kgtool.plan.inspection import walk
from kgtool.rdf.terms import IRI, BlankNode, Literal
from kgtool.sparql import algebra as a
from kgtool.sparql.wording import Words
from kgtool.sparql.writing import words


@dataclass(slots=True, eq=False)
class Operator:
    """A node of the algebra and what stands below it.

    ``kind`` is the specification's name of the operator, or the form of a query, which is the
    root. ``text`` is the part of the query that the operator has for itself. A basic graph
    pattern of one triple pattern is one operator; one of several has those below it.
    """

    number: int
    kind: str
    text: str
    node: Any
    parent: Operator | None = None
    children: list[Operator] = field(default_factory=list)

    def walk(self) -> Iterator[Operator]:
        """This operator and all below it, itself first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def above(self) -> Iterator[Operator]:
        """This operator and all that it stands in, itself first."""
        operator: Operator | None = self
        while operator is not None:
            yield operator
            operator = operator.parent


class Operators:
    """The operators of ``query``, numbered from 0 in the order of the tree; see ``root``."""

    def __init__(self, query: a.Query) -> None:
        self.words = words(query.prefixes)
        groups = (node for node in walk(query.pattern) if isinstance(node, a.Group))
        self.words.aggregates = {v: aggregate for g in groups for v, aggregate in g.aggregates}
        self._all: list[Operator] = []
        self._by_node: dict[int, Operator] = {}
        form = type(query).__name__.removesuffix("Query")
        text = ""
        if isinstance(query, a.DescribeQuery):
            text = " ".join(map(self.words.node, query.resources))
        self.root = self._add(None, form, text, query)
        self._pattern(query.pattern, self.root)

    def __iter__(self) -> Iterator[Operator]:
        return iter(self._all)

    def of(self, node: object) -> Operator | None:
        """The operator of a node of the algebra, as an object; None for what is none of them."""
        return self._by_node.get(id(node))

    def _add(self, parent: Operator | None, kind: str, text: str, node: Any) -> Operator:
        operator = Operator(len(self._all), kind, text, node, parent)
        self._all.append(operator)
        self._by_node[id(node)] = operator
        if parent is not None:
            parent.children.append(operator)
        return operator

    def _pattern(self, pattern: a.Pattern, parent: Operator) -> None:
        kind = "Path" if isinstance(pattern, a.PathPattern) else type(pattern).__name__
        operator = self._add(parent, kind, _text(pattern, self.words), pattern)
        if isinstance(pattern, a.BGP):
            self._triples(pattern, operator)
            return
        for name in ("left", "right", "pattern"):
            inner = getattr(pattern, name, None)
            if inner is not None:
                self._pattern(inner, operator)
        for exists in _exists(pattern):
            asked = self._add(operator, "Exists", "", exists)
            self._pattern(exists.pattern, asked)

    def _triples(self, pattern: a.BGP, operator: Operator) -> None:
        if len(pattern.triples) == 1:
            operator.text = self.words.triple(pattern.triples[0])
            self._by_node[id(pattern.triples[0])] = operator
            return
        for triple in pattern.triples:
            self._add(operator, "Triple", self.words.triple(triple), triple)


def common(operators: list[Operator]) -> Operator | None:
    """The lowest operator that all of these are in; None without any."""
    if not operators:
        return None
    first, *others = operators
    paths = [{id(o) for o in other.above()} for other in others]
    return next(o for o in first.above() if all(id(o) in path for path in paths))


def _exists(pattern: Any) -> Iterator[a.Exists]:
    """Each EXISTS in the expressions of an operator itself."""
    for each in fields(pattern):
        value = getattr(pattern, each.name)
        if each.name not in ("left", "right", "pattern", "rows", "triples"):
            yield from _exists_in(value)


def _exists_in(node: Any) -> Iterator[a.Exists]:
    if isinstance(node, a.Exists):
        yield node
    elif isinstance(node, tuple):
        for child in node:
            yield from _exists_in(child)
    elif is_dataclass(node) and not isinstance(node, type | IRI | BlankNode | Literal | a.Variable):
        for each in fields(node):
            yield from _exists_in(getattr(node, each.name))


def _text(pattern: a.Pattern, words: Words) -> str:
    match pattern:
        case a.PathPattern():
            return words.triple(pattern)
        case a.LeftJoin(_, _, condition):
            return "" if condition is None else words.constraint(condition)
        case a.Filter(condition):
            return words.constraint(condition)
        case a.Graph(name) | a.Service(name):
            return words.node(name)
        case a.Extend(_, variable, expression):
            return f"({words.expression(expression)} AS {words.node(variable)})"
        case a.Values(variables, rows):
            return f"({' '.join(map(words.node, variables))}) {{{len(rows)} rows}}"
        case a.Group(_, keys, aggregates):
            parts = [words.node(k) for k in keys] + [words.aggregate(g) for _, g in aggregates]
            return " ".join(parts)
        case a.OrderBy(_, conditions):
            return " ".join(map(words.order, conditions))
        case a.Project(_, variables):
            return " ".join(map(words.node, variables))
        case a.Slice():
            return words.limits(pattern)
    return ""


def told_apart(query: a.Query) -> a.Query:
    """A copy in which no two places hold the same object, so that each is known by its own."""
    copied: a.Query = _copied(query)
    return copied


def _copied(node: Any) -> Any:
    if isinstance(node, tuple):
        return tuple(map(_copied, node))
    if isinstance(node, type | IRI | BlankNode | Literal | a.Variable) or not is_dataclass(node):
        return node
    made: Any = type(node)
    return made(**{each.name: _copied(getattr(node, each.name)) for each in fields(node)})
