"""Where SERVICE stands in a query, and what an endpoint is asked for there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from kgtool.plan.inspection import variables_of, walk
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term
from kgtool.sparql import algebra as a
from kgtool.sparql.scope import in_scope
from kgtool.sparql.writing import to_sparql

#: Built-ins that mean the same everywhere; a filter of these may be left to an endpoint.
_SHARED = frozenset((
    "STR", "LANG", "LANGMATCHES", "DATATYPE", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL",
    "ISNUMERIC", "REGEX", "STRLEN", "SUBSTR", "UCASE", "LCASE", "STRSTARTS", "STRENDS",
    "CONTAINS", "STRBEFORE", "STRAFTER", "ABS", "ROUND", "CEIL", "FLOOR", "YEAR", "MONTH", "DAY",
    "HOURS", "MINUTES", "SAMETERM",
))  # fmt: skip
_TYPE = IRI(RDF.type)
#: The selectivity of a pattern with a subject or an object that is given.
NARROW = 4


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for at one SERVICE: a pattern, and what may be done with it there.

    ``variables`` are those that the rest of the query reads; ``conditions`` are filters of the
    query about these alone; ``limit`` and ``order`` are the query's where it has nothing else.
    """

    pattern: a.Pattern
    variables: tuple[a.Variable, ...]
    conditions: tuple[a.Expression, ...] = ()
    order: tuple[a.OrderCondition, ...] = ()
    limit: int | None = None
    distinct: bool = False
    values: a.Values | None = None

    def named(self) -> Request:
        """The same with variables that a text can name, where it shares others with the query."""
        sent = {*self.variables, *(self.values.variables if self.values else ())}
        hidden = sorted(v.name for v in sent if not v.projectable)
        new = {name: a.Variable(f"kgtool_{number}") for number, name in enumerate(hidden)}
        found: Request = renamed(self, new) if new else self
        return found

    def text(self) -> str:
        """The query to send, of a request whose variables a text can name."""
        pattern = self.pattern
        if self.values is not None:
            pattern = a.Join(self.values, pattern)
        for condition in self.conditions:
            pattern = a.Filter(condition, pattern)
        if self.order:
            pattern = a.OrderBy(pattern, self.order)
        pattern = a.Project(pattern, self.variables)
        if self.distinct:
            pattern = a.Distinct(pattern)
        if self.limit is not None:
            pattern = a.Slice(pattern, 0, self.limit)
        return to_sparql(a.SelectQuery(pattern=pattern))


def renamed(node: Any, names: Mapping[str, a.Variable]) -> Any:
    """An algebra node with other variables in it."""
    match node:
        case a.Variable(name):
            return names.get(name, node)
        case tuple():
            return tuple(renamed(child, names) for child in node)
        case IRI() | BlankNode() | Literal():
            return node
    if not is_dataclass(node) or isinstance(node, type):
        return node
    return replace(
        node,
        **{f.name: renamed(getattr(node, f.name), names) for f in fields(node) if f.init},
    )


def services_in(node: object) -> Iterator[a.Service]:
    """The outermost SERVICE patterns of a pattern or an expression."""
    if isinstance(node, a.Service):
        yield node
    else:
        for child in _children(node):
            yield from services_in(child)


def has_service(node: object) -> bool:
    return next(services_in(node), None) is not None


def _children(node: object) -> Iterator[object]:
    if isinstance(node, tuple):
        yield from node
    elif hasattr(node, "__dataclass_fields__") and not isinstance(
        node, IRI | BlankNode | Literal | a.Variable
    ):
        for name in node.__dataclass_fields__:
            child = getattr(node, name)
            if isinstance(child, tuple) or hasattr(child, "__dataclass_fields__"):
                yield child


def certain(
    pattern: a.Pattern, tables: Mapping[str, frozenset[str]] | None = None
) -> frozenset[str]:
    """The variables that every solution of a pattern binds; ``tables`` says those of tables."""

    def of(inner: a.Pattern) -> frozenset[str]:
        return certain(inner, tables)

    match pattern:
        case a.BGP(triples):
            return frozenset(n.name for t in triples for n in walk(t) if isinstance(n, a.Variable))
        case a.PathPattern(subject, _, object_):
            return frozenset(n.name for n in (subject, object_) if isinstance(n, a.Variable))
        case a.Table(name, _):
            return (tables or {}).get(name, frozenset())
        case a.Join(left, right):
            return of(left) | of(right)
        case a.LeftJoin(left, _, _) | a.Minus(left, _):
            return of(left)
        case a.Union(left, right):
            return of(left) & of(right)
        case a.Graph(name, inner):
            return of(inner) | ({name.name} if isinstance(name, a.Variable) else set())
        case a.Service(_, inner, silent):
            # One that fails silently has a solution that binds nothing else.
            return endpoint_variables(pattern) | (frozenset() if silent else of(inner))
        case a.Values(variables, rows):
            return frozenset(
                v.name for i, v in enumerate(variables) if all(row[i] is not None for row in rows)
            )
        case a.Project(inner, variables):
            return of(inner) & {v.name for v in variables}
        case a.Filter() | a.OrderBy() | a.Distinct() | a.Reduced() | a.Slice() | a.Extend():
            return of(pattern.pattern)
    return frozenset()


def names(pattern: a.Pattern) -> frozenset[str]:
    """The variables in scope of a pattern, those that stand for blank nodes too."""
    return frozenset(v.name for v in in_scope(pattern, blank=True))


def endpoint_variables(part: a.Pattern) -> frozenset[str]:
    """The variable that names the endpoint of a service, where one does."""
    endpoint = part.endpoint if isinstance(part, a.Service) else None
    return frozenset({endpoint.name}) if isinstance(endpoint, a.Variable) else frozenset()


def selectivity(pattern: a.Pattern) -> int:
    """How much the constants of a pattern narrow it: the more, the fewer solutions it may have.

    A subject or an object says more than a class, and that more than a property.
    """
    weight = 0
    for node in walk(pattern):
        if isinstance(node, a.TriplePattern):
            is_type = node.predicate == _TYPE
            weight += NARROW * (not isinstance(node.subject, a.Variable))
            weight += (1 if is_type else NARROW) * (not isinstance(node.object, a.Variable))
        elif isinstance(node, a.PathPattern):
            weight += NARROW * sum(
                not isinstance(n, a.Variable) for n in (node.subject, node.object)
            )
        elif isinstance(node, a.Values):
            # Those of a variable that no query can name are endpoints, not bindings.
            weight += NARROW * any(v.projectable for v in node.variables)
        elif isinstance(node, a.Filter):
            weight += 1
    return weight


def may_be_sent(condition: a.Expression, bound: frozenset[str]) -> bool:
    """Whether an endpoint judges a condition as we do, knowing the variables ``bound`` alone."""
    if not variables_of(condition) or not variables_of(condition) <= bound:
        return False
    for node in walk(condition):
        if isinstance(node, a.Exists | a.Lookup | a.If | a.Coalesce | a.Arithmetic):
            return False
        if isinstance(node, a.FunctionCall) and node.function not in _SHARED:
            return False
    return True


def values_of(variables: Sequence[a.Variable], rows: Sequence[tuple[Term | None, ...]]) -> a.Values:
    """Bindings to send: those with a blank node, which no other endpoint knows, are left out."""
    sendable = tuple(row for row in rows if not any(isinstance(term, BlankNode) for term in row))
    return a.Values(tuple(variables), sendable)  # type: ignore[arg-type]
