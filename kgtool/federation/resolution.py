"""Runs a query with SERVICE: local parts first, bindings sent on, answers into the engine.

Each SERVICE becomes a table of its solutions, and the query over tables is one plan again. A
service is asked with the bindings that its neighbours already have, so that only what can join
comes back (bound join: Haas et al., Optimizing Queries across Diverse Data Sources, 1997; as
VALUES: FedX, Schwarte et al., 2011). That leaves out rows which no join would keep, and no others.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

from kgtool.federation.asking import Asker, Task, terms_of
from kgtool.federation.closures import END, START, Closure
from kgtool.federation.endpoints import Endpoints
from kgtool.federation.exchanges import Source
from kgtool.federation.joins import (
    UNIT,
    branches,
    connected,
    joined,
    next_parts,
    operands,
    projected,
)
from kgtool.federation.report import Report
from kgtool.federation.services import (
    Request,
    certain,
    endpoint_variables,
    has_service,
    may_be_sent,
    names,
    values_of,
)
from kgtool.plan.inspection import conjuncts, variables_of
from kgtool.plan.session import Session
from kgtool.rdf.terms import IRI, Term
from kgtool.sparql import algebra as a
from kgtool.sparql.scope import in_scope

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.plan.run import DefaultGraph

#: Bindings that may be sent with each batch of others.
_MOST_ALONGSIDE = 200
_Bindings: TypeAlias = tuple[tuple[a.Variable, ...], list[tuple[Term | None, ...]]]


@dataclass(frozen=True, slots=True)
class Needs:
    """What the query around a pattern wants of it.

    ``variables`` are read outside (None: all); ``conditions`` are filters on its solutions.
    """

    variables: frozenset[str] | None = None
    conditions: tuple[a.Expression, ...] = ()

    def reading(self, more: Iterable[str]) -> Needs:
        if self.variables is None:
            return self
        return replace(self, variables=self.variables | frozenset(more))


_ALL = Needs()


class Federation:
    """Replaces the SERVICE patterns of a query by tables of their solutions.

    ``closures`` are paths over several sources, by the IRI that stands for an endpoint of theirs.
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        endpoints: Endpoints,
        report: Report,
        default_graph: DefaultGraph = "union",
        timeout: float | None = None,
        closures: Mapping[str, Closure] | None = None,
    ) -> None:
        self.session = Session(store, default_graph, "the federated query")
        self.session.keep_dictionary()
        deadline = None if timeout is None else time.monotonic() + timeout
        self._asker = Asker(self.session, source, endpoints, report, deadline)
        self._closures = dict(closures or {})
        self._dataset: a.Dataset | None = None
        self._graph: IRI | a.Variable | None = None

    def close(self) -> None:
        self.session.close()

    def resolve(self, query: a.Query) -> a.Query:
        """The same query without SERVICE, over tables of the session."""
        self._dataset = getattr(query, "dataset", None)
        return replace(query, pattern=self._resolved(query.pattern, None, _ALL))

    # Patterns ---------------------------------------------------------------------------

    def _resolved(self, pattern: a.Pattern, context: a.Pattern | None, needs: Needs) -> a.Pattern:
        """A pattern without SERVICE; ``context`` is what it will be joined with."""
        if not has_service(pattern):
            return pattern
        match pattern:
            case a.Service() | a.Join():
                return self._join(list(operands(pattern)), context, needs)
            case a.LeftJoin(left, right, condition):
                own = needs.reading(names(right)).reading(_read(condition))
                first = self._resolved(left, context, replace(own, conditions=needs.conditions))
                inner = needs.reading(names(left)).reading(_read(condition))
                kept = () if condition is None else tuple(conjuncts(condition))
                # What is joined later may only choose among the solutions of the left side: one
                # that goes on without the right side would be another.
                known = joined(context, self._here(first))
                bound = certain(first, self._asker.certain)
                seen = None if known is None else projected(known, bound)
                second = self._resolved(right, seen, replace(inner, conditions=kept))
                return a.LeftJoin(first, second, self._in_expression(condition, first))
            case a.Union():
                return self._union(list(branches(pattern)), context, needs)
            case a.Minus(left, right):
                first = self._resolved(left, context, needs.reading(names(right)))
                return a.Minus(first, self._resolved(right, self._here(first), _ALL))
            case a.Filter(condition, inner):
                own = needs.reading(variables_of(condition))
                more = (*needs.conditions, *conjuncts(condition))
                first = self._resolved(inner, context, replace(own, conditions=more))
                found = self._in_expression(condition, first)
                assert found is not None
                return a.Filter(found, first)
            case a.Extend(inner, _, expression):
                own = needs.reading(variables_of(expression))
                first = self._resolved(inner, context, own)
                found = self._in_expression(expression, first)
                assert found is not None
                return replace(pattern, pattern=first, expression=found)
            case a.Graph(name, inner):
                outer, self._graph = self._graph, name
                inside = replace(pattern, pattern=self._resolved(inner, context, _ALL))
                self._graph = outer
                return inside
            case a.Project(inner, variables):
                # Other variables of a subquery are not those outside of it.
                visible = frozenset(v.name for v in variables)
                seen = None if context is None else projected(context, visible)
                conditions = tuple(c for c in needs.conditions if variables_of(c) <= visible)
                own = Needs(visible, conditions)
                return replace(pattern, pattern=self._resolved(inner, seen, own))
            case a.Distinct() | a.Reduced():
                return replace(pattern, pattern=self._resolved(pattern.pattern, context, needs))
            case a.OrderBy(inner, conditions_):
                read = {n for c in conditions_ for n in variables_of(c.expression)}
                return replace(pattern, pattern=self._resolved(inner, context, needs.reading(read)))
            case a.Group(inner, keys, aggregates):
                # Bindings from outside would change what is counted.
                read = {k.name for k in keys}
                whole = any(each.operand is None and each.distinct for _, each in aggregates)
                for _, each in aggregates:
                    read |= set() if each.operand is None else variables_of(each.operand)
                own = _ALL if whole else Needs(frozenset(read))
                return replace(pattern, pattern=self._resolved(inner, None, own))
            case a.Slice(inner):
                pushed = self._sliced(pattern) if context is None else None
                return pushed or replace(
                    pattern, pattern=self._resolved(inner, None, Needs(needs.variables))
                )
        raise AssertionError(f"no such operator: {type(pattern).__name__}")

    def _union(
        self, parts: Sequence[a.Pattern], context: a.Pattern | None, needs: Needs
    ) -> a.Pattern:
        """Branches that are one service are asked for at the same time."""
        asked = [part for part in parts if self._is_asked(part)]
        tasks = [self._task(part, context, needs) for part in asked]  # type: ignore[arg-type]
        tables = iter(self._asker.run(tasks))
        found = (
            next(tables) if self._is_asked(part) else self._resolved(part, context, needs)
            for part in parts
        )
        return reduce(a.Union, found)

    def _in_expression(
        self, expression: a.Expression | None, context: a.Pattern
    ) -> a.Expression | None:
        """SERVICE inside EXISTS, with the bindings of the group around it."""
        if expression is None or not has_service(expression):
            return expression
        match expression:
            case a.Exists(pattern):
                return a.Exists(self._resolved(pattern, self._here(context), _ALL))
            case a.And() | a.Or() | a.Compare() | a.Arithmetic():
                left = self._in_expression(expression.left, context)
                right = self._in_expression(expression.right, context)
                return replace(expression, left=left, right=right)  # type: ignore[arg-type]
            case a.Not(operand):
                return a.Not(self._in_expression(operand, context))  # type: ignore[arg-type]
            case a.If(condition, then, otherwise):
                parts = (self._in_expression(e, context) for e in (condition, then, otherwise))
                return a.If(*parts)  # type: ignore[arg-type]
            case a.Coalesce(choices):
                return a.Coalesce(tuple(self._in_expression(e, context) for e in choices))  # type: ignore[misc]
            case a.FunctionCall(_, arguments):
                found = tuple(self._in_expression(e, context) for e in arguments)
                return replace(expression, arguments=found)  # type: ignore[arg-type]
        return expression

    def _sliced(self, pattern: a.Slice) -> a.Pattern | None:
        """A whole query that is one service: its endpoint sorts and cuts it."""
        order: tuple[a.OrderCondition, ...] = ()
        distinct = False
        inner = pattern.pattern
        if isinstance(inner, a.Distinct):
            inner, distinct = inner.pattern, True
        if not isinstance(inner, a.Project):
            return None
        variables, inner = inner.variables, inner.pattern
        if isinstance(inner, a.OrderBy):
            order, inner = inner.conditions, inner.pattern
        bound = names(inner.pattern) if isinstance(inner, a.Service) else frozenset()
        sortable = all(may_be_sent(c.expression, bound) for c in order)
        if not isinstance(inner, a.Service) or pattern.limit is None or not sortable:
            return None
        if not self._is_asked(inner):
            return None
        if not isinstance(inner.endpoint, IRI) or {v.name for v in variables} - bound:
            return None
        limit = pattern.offset + pattern.limit
        request = Request(inner.pattern, variables, (), order, limit, distinct)
        table = self._asker.run([Task(inner, request)])[0]
        replaced: a.Pattern = a.OrderBy(table, order) if order else table
        replaced = a.Project(replaced, variables)
        return replace(pattern, pattern=a.Distinct(replaced) if distinct else replaced)

    def _here(self, pattern: a.Pattern | None) -> a.Pattern | None:
        """A part of the query as it is asked by itself: in the graph that it stands in."""
        if pattern is None or self._graph is None:
            return pattern
        return a.Graph(self._graph, pattern)

    # Joins ------------------------------------------------------------------------------

    def _join(
        self, operands: list[a.Pattern], context: a.Pattern | None, needs: Needs
    ) -> a.Pattern:
        """Local parts as they are; services by and by, as more is known to ask them with."""
        done: a.Pattern | None = None
        for part in operands:
            if not has_service(part):
                done = joined(done, part)
        left = [o for o in operands if has_service(o)]
        while left:
            known = joined(context, self._here(done))
            group = next_parts(left, frozenset() if known is None else names(known))
            outside = {id(o): _outside(o, operands, needs) for o in group}
            asked = [o for o in group if self._is_asked(o)]
            tasks = [self._task(o, known, outside[id(o)]) for o in asked]  # type: ignore[arg-type]
            for table in self._asker.run(tasks):
                done = joined(done, table)
            for part in group:
                if not self._is_asked(part):
                    known = joined(context, self._here(done))
                    done = joined(done, self._part(part, known, outside[id(part)]))
            left = [o for o in left if o not in group]
        return done or UNIT

    def _is_asked(self, part: a.Pattern) -> bool:
        """Whether a part is asked of endpoints as it stands."""
        return isinstance(part, a.Service) and self._closure_of(part) is None

    def _part(self, part: a.Pattern, known: a.Pattern | None, needs: Needs) -> a.Pattern:
        if isinstance(part, a.Service) and (closure := self._closure_of(part)) is not None:
            return self._closed(closure, part.pattern, known)
        return self._resolved(part, known, needs)

    def _closure_of(self, service: a.Service) -> Closure | None:
        endpoint = service.endpoint
        return self._closures.get(endpoint.value) if isinstance(endpoint, IRI) else None

    def _closed(self, closure: Closure, path: a.Pattern, known: a.Pattern | None) -> a.Pattern:
        """The pairs of nodes that a path over several sources leads between, as a table."""
        assert isinstance(path, a.PathPattern)
        starts, ends = (self._nodes(node, known) for node in (path.subject, path.object))
        if starts is not None and ends is not None and len(ends) < len(starts):
            starts = None
        pairs = closure.pairs(starts, ends, self._steps)
        table = self.session.fresh("path")
        self.session.create_rows(table, 2)
        self.session.append(table, sorted(pairs, key=str))
        self._asker.certain[table] = names(path)
        return a.Table(table, (path.subject, path.object))

    def _nodes(self, node: a.Node, known: a.Pattern | None) -> frozenset[Term] | None:
        """The terms that an end of a path may be, where that is known."""
        if not isinstance(node, a.Variable):
            return frozenset([node])
        if known is None or node.name not in names(known):
            return None
        variables, rows = self._bindings(known, (node,))
        return frozenset(row[0] for row in rows if row[0] is not None) if variables else None

    def _steps(
        self, step: a.Pattern, nodes: frozenset[Term] | None, backwards: bool
    ) -> list[tuple[Term, Term]]:
        """The pairs of nodes that one step of a path leads between."""
        first, second = (END, START) if backwards else (START, END)
        context: a.Pattern | None = None
        if nodes is not None:
            table = self.session.fresh("nodes")
            self.session.create_rows(table, 1)
            self.session.append(table, [(node,) for node in sorted(nodes, key=str)])
            self._asker.certain[table] = frozenset([first.name])
            context = a.Table(table, (first,))
        # Neither end has a name that a text can have: both are read by this alone.
        ends = Needs(frozenset({START.name, END.name}))
        found = joined(context, self._resolved(step, context, ends))
        assert found is not None
        _, rows = self._bindings(found, (first, second))
        return [(row[0], row[1]) for row in rows if row[0] is not None and row[1] is not None]

    def _task(self, service: a.Service, known: a.Pattern | None, needs: Needs) -> Task:
        """What one service is asked, with the bindings that are known of its variables."""
        visible = names(service.pattern)
        wanted = frozenset(v.name for v in in_scope(service.pattern))
        if needs.variables is not None:
            wanted = visible & needs.variables
        bound = visible | endpoint_variables(service)
        shared = sorted(bound & names(known)) if known is not None else []
        wanted |= visible & frozenset(shared)
        kept = tuple(c for c in needs.conditions if may_be_sent(c, certain(service.pattern)))
        variables = tuple(map(a.Variable, sorted(wanted)))
        request = Request(service.pattern, variables, kept)
        if not shared or known is None:
            return Task(service, request)
        first, *others = self._known_bindings(known, service, shared)
        for more, rows in others:
            if more and len(rows) <= _MOST_ALONGSIDE:
                request = replace(request, pattern=a.Join(values_of(more, rows), request.pattern))
        variables, bindings = first
        if not all(rows for more, rows in (first, *others) if more):
            bindings = []  # what is known has no solution
        return Task(service, request, variables, bindings if variables else None)

    def _known_bindings(
        self, known: a.Pattern, service: a.Service, shared: Sequence[str]
    ) -> list[_Bindings]:
        """The bindings for a service, the most first, which go in batches.

        Parts of what is known that share no variable stay apart: their product may be far larger.
        """
        parts = list(operands(known))
        groups = [*connected(map(names, parts))]
        if endpoint_variables(service):
            groups = [names(known)]  # each endpoint has bindings of its own
        found = []
        for group in groups:
            seen = tuple(a.Variable(name) for name in shared if name in group)
            near = [part for part in parts if names(part) & group]
            if seen:
                found.append(self._bindings(reduce(a.Join, near), seen))
        return sorted(found, key=lambda bindings: -len(bindings[1]))

    def _bindings(self, known: a.Pattern, variables: tuple[a.Variable, ...]) -> _Bindings:
        """The distinct values of those variables that all solutions bind, in a stable order.

        With UNDEF among them, several bindings would bring the same solution.
        """
        pattern = a.Distinct(a.Project(known, variables))
        compiled = self.session.compile(pattern, "ids", self._dataset)
        found = self.session.rows(compiled.sql)
        rows = sorted(map(terms_of, self.session.texts(compiled, found)), key=str) if found else []
        kept = [i for i in range(len(variables)) if all(row[i] is not None for row in rows)]
        if len(kept) < len(variables):
            distinct = dict.fromkeys(tuple(row[i] for i in kept) for row in rows)
            return tuple(variables[i] for i in kept), list(distinct)
        return variables, rows


def _outside(part: a.Pattern, operands: Sequence[a.Pattern], needs: Needs) -> Needs:
    """What is read of a part: by the query around, and by the parts beside it."""
    return needs.reading(n for other in operands if other is not part for n in names(other))


def _read(condition: a.Expression | None) -> set[str]:
    return set() if condition is None else variables_of(condition)
