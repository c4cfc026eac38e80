"""Runs a query with SERVICE: local parts first, bindings sent on, answers into the engine.

Each SERVICE becomes a table of its solutions, and the query over tables is one plan again. A
service is asked with the bindings that its neighbours already have, so that only what can join
comes back (bound join: Haas et al., Optimizing Queries across Diverse Data Sources, 1997; as
VALUES: FedX, Schwarte et al., 2011). That leaves out rows which no join would keep, and no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, TypeGuard

from kgtool.federation.asking import Asker, Task
from kgtool.federation.bindings import Bindings
from kgtool.federation.closures import Closure
from kgtool.federation.endpoints import Endpoints
from kgtool.federation.exchanges import Source
from kgtool.federation.expressions import with_patterns
from kgtool.federation.joins import UNIT, branches, joined, next_parts, operands, projected
from kgtool.federation.needs import ALL, Needs, read_by, read_by_group
from kgtool.federation.paths import Paths
from kgtool.federation.patience import Patience
from kgtool.federation.report import Report
from kgtool.federation.services import certain, has_service, names
from kgtool.federation.slices import cut_of
from kgtool.plan.inspection import conjuncts, variables_of
from kgtool.plan.session import Session
from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.plan.run import DefaultGraph


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
        patience: Patience | None = None,
        closures: Mapping[str, Closure] | None = None,
    ) -> None:
        self.session = Session(store, default_graph, "the federated query")
        self.session.keep_dictionary()
        self._patience = patience or Patience()
        self._asker = Asker(self.session, source, endpoints, report, self._patience)
        self._closures = dict(closures or {})

    def close(self) -> None:
        self.session.close()

    def resolve(self, query: a.Query) -> a.Query:
        """The same query without SERVICE, over tables of the session.

        Raises LimitError where the query's patience ends.
        """
        resolver = _Resolver(
            self.session, self._asker, self._closures, getattr(query, "dataset", None)
        )
        with self._patience.calling(self.session.interrupt):
            return replace(query, pattern=resolver.pattern(query.pattern, None, ALL))


class _Resolver:
    """One query's patterns, from the outermost inwards."""

    def __init__(
        self,
        session: Session,
        asker: Asker,
        closures: Mapping[str, Closure],
        dataset: a.Dataset | None,
    ) -> None:
        self._asker = asker
        self._bindings = Bindings(session, dataset)
        self._paths = Paths(closures, session, asker, self._bindings, self.pattern)
        #: That of the GRAPH that is being read, or None.
        self._graph: IRI | a.Variable | None = None

    def pattern(self, pattern: a.Pattern, context: a.Pattern | None, needs: Needs) -> a.Pattern:
        """A pattern without SERVICE; ``context`` is what it will be joined with."""
        if not has_service(pattern):
            return pattern
        match pattern:
            case a.Service() | a.Join():
                return self._join(list(operands(pattern)), context, needs)
            case a.LeftJoin():
                return self._left_join(pattern, context, needs)
            case a.Union():
                return self._union(list(branches(pattern)), context, needs)
            case a.Minus(left, right):
                first = self.pattern(left, context, needs.reading(names(right)))
                # A variable that a solution there leaves unbound takes nothing away; bound to what
                # it may be joined with, it would.
                seen = projected(self._here(first) or UNIT, certain(right))
                return a.Minus(first, self.pattern(right, seen, ALL))
            case a.Filter(condition, inner):
                own = needs.reading(variables_of(condition))
                more = (*needs.conditions, *conjuncts(condition))
                first = self.pattern(inner, context, replace(own, conditions=more))
                return a.Filter(self._expression(condition, first), first)
            case a.Extend(inner, _, expression):
                first = self.pattern(inner, context, needs.reading(variables_of(expression)))
                found = self._expression(expression, first)
                return replace(pattern, pattern=first, expression=found)
            case a.Graph(name, inner):
                outer, self._graph = self._graph, name
                inside = replace(pattern, pattern=self.pattern(inner, context, ALL))
                self._graph = outer
                return inside
            case a.Project(inner, variables):
                own = needs.inside(variables)
                visible = frozenset(v.name for v in variables)
                seen = None if context is None else projected(context, visible)
                return replace(pattern, pattern=self.pattern(inner, seen, own))
            case a.Distinct() | a.Reduced():
                return replace(pattern, pattern=self.pattern(pattern.pattern, context, needs))
            case a.OrderBy(inner, conditions):
                read = {n for c in conditions for n in variables_of(c.expression)}
                return replace(pattern, pattern=self.pattern(inner, context, needs.reading(read)))
            case a.Group(inner):
                # Bindings from outside would change what is counted.
                return replace(pattern, pattern=self.pattern(inner, None, read_by_group(pattern)))
            case a.Slice(inner):
                if context is None and (cut := cut_of(pattern)) and self._is_asked(cut.service):
                    return cut.around(self._asker.run([Task(cut.service, cut.request)])[0])
                own = Needs(needs.variables)
                return replace(pattern, pattern=self.pattern(inner, None, own))
        raise AssertionError(f"no such operator: {type(pattern).__name__}")

    def _left_join(self, pattern: a.LeftJoin, context: a.Pattern | None, needs: Needs) -> a.Pattern:
        left, right, condition = pattern.left, pattern.right, pattern.condition
        own = needs.reading(names(right)).reading(read_by(condition))
        first = self.pattern(left, context, replace(own, conditions=needs.conditions))
        inner = needs.reading(names(left)).reading(read_by(condition))
        kept = () if condition is None else tuple(conjuncts(condition))
        # What is joined later may only choose among the solutions of the left side: one that goes
        # on without the right side would be another.
        known = joined(context, self._here(first))
        bound = certain(first, self._asker.certain)
        seen = None if known is None else projected(known, bound)
        second = self.pattern(right, seen, replace(inner, conditions=kept))
        found = None if condition is None else self._expression(condition, first)
        return a.LeftJoin(first, second, found)

    def _union(
        self, parts: Sequence[a.Pattern], context: a.Pattern | None, needs: Needs
    ) -> a.Pattern:
        """Branches that are one service are asked for at the same time."""
        tasks = [
            self._bindings.task(part, context, needs) for part in parts if self._is_asked(part)
        ]
        tables = iter(self._asker.run(tasks))
        found = (
            next(tables) if self._is_asked(part) else self._part(part, context, needs)
            for part in parts
        )
        return reduce(a.Union, found)

    def _join(self, parts: list[a.Pattern], context: a.Pattern | None, needs: Needs) -> a.Pattern:
        """Local parts as they are; services by and by, as more is known to ask them with."""
        done: a.Pattern | None = None
        for part in parts:
            if not has_service(part):
                done = joined(done, part)
        left = [part for part in parts if has_service(part)]
        while left:
            known = joined(context, self._here(done))
            group = next_parts(left, frozenset() if known is None else names(known))
            outside = {id(part): needs.beside(part, parts) for part in group}
            tasks = [
                self._bindings.task(part, known, outside[id(part)])
                for part in group
                if self._is_asked(part)
            ]
            for table in self._asker.run(tasks):
                done = joined(done, table)
            for part in group:
                if not self._is_asked(part):
                    known = joined(context, self._here(done))
                    done = joined(done, self._part(part, known, outside[id(part)]))
            left = [part for part in left if part not in group]
        return done or UNIT

    def _is_asked(self, part: a.Pattern) -> TypeGuard[a.Service]:
        """Whether a part is asked of endpoints as it stands."""
        return isinstance(part, a.Service) and self._paths.of(part) is None

    def _part(self, part: a.Pattern, known: a.Pattern | None, needs: Needs) -> a.Pattern:
        if isinstance(part, a.Service) and (closure := self._paths.of(part)) is not None:
            return self._paths.table(closure, part.pattern, known)
        return self.pattern(part, known, needs)

    def _expression(self, expression: a.Expression, around: a.Pattern) -> a.Expression:
        """SERVICE inside EXISTS, with the bindings of the group around it."""
        return with_patterns(expression, lambda p: self.pattern(p, self._here(around), ALL))

    def _here(self, pattern: a.Pattern | None) -> a.Pattern | None:
        """A part of the query as it is asked by itself: in the graph that it stands in."""
        if pattern is None or self._graph is None:
            return pattern
        return a.Graph(self._graph, pattern)
