"""The algebra as SPARQL text again, each piece of it with the operator it belongs to.

What comes out need not be what was written: filters stand at the end of their group,
abbreviations are spelled out, and parameters are the terms they were given. Read again it is
the same algebra, up to the names of blank nodes and of aggregates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kgtool.rdf.syntax import iri_text
from kgtool.sparql import algebra as a
from kgtool.sparql._clauses import Clauses, clauses_of, conjuncts, is_subquery, needs_braces
from kgtool.sparql.wording import Words


class Piece(NamedTuple):
    """Some text, and the node of the algebra that it stands for."""

    text: str
    node: object


def to_sparql(query: a.Query) -> str:
    """A query of the algebra as text, with the prefixes that it uses declared.

    Raises ValueError for what no syntax makes: a Table.
    """
    writer = _Writer(query.prefixes)
    body = "".join(piece.text for piece in writer.query(query))
    used = sorted(writer.names.used.items())
    return "".join(f"PREFIX {p}: {iri_text(namespace)}\n" for p, namespace in used) + body


def pieces(query: a.Query) -> list[Piece]:
    """The text of a query without declarations, piece by piece."""
    return list(_Writer(query.prefixes).query(query))


def words(prefixes: Mapping[str, str]) -> Words:
    """Writes terms, triple patterns, paths and expressions."""
    return _Writer(prefixes)


class _Writer(Words):
    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__(prefixes)
        self._depth = 0
        self._flat = False

    def query(self, query: a.Query) -> Iterator[Piece]:
        clauses = clauses_of(query.pattern, isinstance(query, a.SelectQuery))
        match query:
            case a.SelectQuery():
                head = self._select(clauses)
            case a.AskQuery():
                head = iter([Piece("ASK", query)])
            case a.ConstructQuery(template=template):
                lines = "".join(f"  {self.triple(t)} .\n" for t in template)
                head = iter([Piece(f"CONSTRUCT {{\n{lines}}}", query)])
            case a.DescribeQuery(resources=resources):
                named = " ".join(map(self.node, resources)) or "*"
                head = iter([Piece(f"DESCRIBE {named}", query)])
        yield from self._with_aggregates(clauses, head)
        yield Piece("\n", query)
        if query.dataset is not None:
            for graph in query.dataset.default:
                yield Piece(f"FROM {self.iri(graph.value)}\n", query)
            for graph in query.dataset.named:
                yield Piece(f"FROM NAMED {self.iri(graph.value)}\n", query)
        if not isinstance(query, a.DescribeQuery) or query.pattern != a.BGP(()):
            yield from self._rest(clauses, query)
            yield Piece("\n", query)

    # One level --------------------------------------------------------------------------

    def _with_aggregates(self, clauses: Clauses, written: Iterator[Piece]) -> Iterator[Piece]:
        """Aggregates are written where their variables stand, on their own level."""
        outer = self.aggregates
        self.aggregates = dict(clauses.group.aggregates) if clauses.group else {}
        found = list(written)
        self.aggregates = outer
        yield from found

    def _subquery(self, pattern: a.Pattern) -> Iterator[Piece]:
        clauses = clauses_of(pattern, True)
        yield from self._with_aggregates(clauses, self._select(clauses))
        yield self._line(clauses.project)
        yield from self._rest(clauses, clauses.project)

    def _select(self, clauses: Clauses) -> Iterator[Piece]:
        assert clauses.project is not None
        yield Piece("SELECT", clauses.project)
        if clauses.distinct is not None:
            word = "DISTINCT" if isinstance(clauses.distinct, a.Distinct) else "REDUCED"
            yield Piece(f" {word}", clauses.distinct)
        columns = {extend.variable: extend for extend in clauses.columns}
        for variable in clauses.project.variables:
            extend = columns.get(variable)
            if extend is None:
                yield Piece(f" {self.node(variable)}", clauses.project)
            else:
                yield Piece(f" {self._column(extend)}", extend)
        if not clauses.project.variables:
            yield Piece(" *", clauses.project)

    def _column(self, extend: a.Extend) -> str:
        return f"({self.expression(extend.expression)} AS {self.node(extend.variable)})"

    def _rest(self, clauses: Clauses, node: object) -> Iterator[Piece]:
        """WHERE and all that follows it."""
        yield Piece("WHERE ", node)
        yield from self._braced(clauses.where, node)
        yield from self._with_aggregates(clauses, self._modifiers(clauses))

    def _modifiers(self, clauses: Clauses) -> Iterator[Piece]:
        if clauses.group is not None and clauses.group.keys:
            yield self._line(clauses.group, "GROUP BY")
            for key in clauses.group.keys:
                extend = clauses.keys.get(key)
                written = f"({self.expression(extend.expression)})" if extend else self.node(key)
                yield Piece(f" {written}", extend or clauses.group)
        if clauses.having is not None:
            yield self._line(clauses.having, "HAVING")
            for part in conjuncts(clauses.having.condition):
                yield Piece(f" {self.constraint(part)}", clauses.having)
        if clauses.order is not None:
            keys = map(self.order, clauses.order.conditions)
            yield self._line(clauses.order, f"ORDER BY {' '.join(keys)}")
        if clauses.slice is not None:
            yield self._line(clauses.slice, self.limits(clauses.slice))
        if clauses.values is not None:
            yield self._line(clauses.values)
            yield from self._values(clauses.values)

    # Groups -----------------------------------------------------------------------------

    def group(self, pattern: a.Pattern) -> str:
        outer, self._flat = self._flat, True
        text = "".join(piece.text for piece in self._braced(pattern, pattern))
        self._flat = outer
        return text

    def _line(self, node: object, text: str = "") -> Piece:
        start = " " if self._flat else "\n" + "  " * self._depth
        return Piece(start + text, node)

    def _braced(self, pattern: a.Pattern, node: object) -> Iterator[Piece]:
        """A group; its braces belong to ``node``."""
        yield Piece("{", node)
        self._depth += 1
        inside = list(self._group(pattern))
        yield from inside
        self._depth -= 1
        yield self._line(node, "}") if inside else Piece("}", node)

    def _group(self, pattern: a.Pattern) -> Iterator[Piece]:
        if is_subquery(pattern):
            yield self._line(pattern)
            yield from self._subquery(pattern)
        elif isinstance(pattern, a.Filter):
            yield from self._elements(pattern.pattern)
            yield from self._filters(pattern, pattern.condition)
        else:
            yield from self._elements(pattern)

    def _filters(self, node: object, condition: a.Expression) -> Iterator[Piece]:
        for part in conjuncts(condition):
            inner = part.operand if isinstance(part, a.Not) else part
            if isinstance(inner, a.Exists):
                word = "EXISTS" if inner is part else "NOT EXISTS"
                yield self._line(node, f"FILTER {word} ")
                yield from self._braced(inner.pattern, inner)
            else:
                yield self._line(node, f"FILTER {self.constraint(part)}")

    def _elements(self, pattern: a.Pattern) -> Iterator[Piece]:
        """The elements of a group whose algebra is ``pattern``, which ends in no filter."""
        match pattern:
            case a.BGP(triples):
                for triple in triples:
                    yield self._line(triple, f"{self.triple(triple)} .")
            case a.PathPattern():
                yield self._line(pattern, f"{self.triple(pattern)} .")
            case a.Join(left, right):
                yield from self._elements(left)
                if needs_braces(left, right):
                    yield self._line(pattern)
                    yield from self._braced(right, pattern)
                else:
                    yield from self._elements(right)
            case a.LeftJoin(left, right, condition):
                yield from self._elements(left)
                yield self._line(pattern, "OPTIONAL ")
                yield from self._optional(pattern, right, condition)
            case a.Minus(left, right):
                yield from self._elements(left)
                yield self._line(pattern, "MINUS ")
                yield from self._braced(right, pattern)
            case a.Extend(inner, variable, expression):
                yield from self._elements(inner)
                bound = f"BIND ({self.expression(expression)} AS {self.node(variable)})"
                yield self._line(pattern, bound)
            case _:
                yield from self._element(pattern)

    def _element(self, pattern: a.Pattern) -> Iterator[Piece]:
        match pattern:
            case a.Union(left, right):
                yield from self._elements(left) if isinstance(left, a.Union) else self._block(left)
                yield Piece(" UNION ", pattern)
                yield from self._braced(right, pattern)
            case a.Graph(name, inner):
                yield self._line(pattern, f"GRAPH {self.node(name)} ")
                yield from self._braced(inner, pattern)
            case a.Values():
                yield self._line(pattern)
                yield from self._values(pattern)
            case a.Service(endpoint, inner, silent):
                word = "SERVICE SILENT" if silent else "SERVICE"
                yield self._line(pattern, f"{word} {self.node(endpoint)} ")
                yield from self._braced(inner, pattern)
            case a.Table(name, _):
                raise ValueError(f"the table {name} has no syntax in SPARQL")
            case _:
                yield from self._block(pattern)

    def _block(self, pattern: a.Pattern) -> Iterator[Piece]:
        yield self._line(pattern)
        yield from self._braced(pattern, pattern)

    def _optional(
        self, node: a.LeftJoin, right: a.Pattern, condition: a.Expression | None
    ) -> Iterator[Piece]:
        """The group of an OPTIONAL, whose own filters are the condition of the left join."""
        if condition is None and not isinstance(right, a.Filter):
            yield from self._braced(right, node)
            return
        yield Piece("{", node)
        self._depth += 1
        if isinstance(right, a.Filter) or is_subquery(right):
            yield from self._block(right)
        else:
            yield from self._elements(right)
        if condition is not None:
            yield from self._filters(node, condition)
        self._depth -= 1
        yield self._line(node, "}")

    def _values(self, node: a.Values) -> Iterator[Piece]:
        rows = [["UNDEF" if term is None else self.node(term) for term in row] for row in node.rows]
        if len(node.variables) == 1:
            cells = " ".join(cell for row in rows for cell in row)
            yield Piece(f"VALUES {self.node(node.variables[0])} {{ {cells} }}", node)
            return
        yield Piece(f"VALUES ({' '.join(map(self.node, node.variables))}) {{", node)
        for row in rows:
            yield self._line(node, f"  ({' '.join(row)})")
        yield self._line(node, "}")
