"""Runs a query with SERVICE: local parts first, bindings sent on, answers into the engine.

Each SERVICE becomes a table of its solutions, and the query over tables is one plan again. A
service is asked with the bindings that its neighbours already have, so that only what can join
comes back (bound join: Haas et al., Optimizing Queries across Diverse Data Sources, 1997; as
VALUES: FedX, Schwarte et al., 2011). That leaves out rows which no join would keep, and no others.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count as counting
from typing import TYPE_CHECKING, Any, TypeAlias

from kgtool.errors import KgtoolError, LimitError
from kgtool.federation.answers import ask_endpoint
from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.federation.exchanges import Source
from kgtool.federation.http import ServiceError
from kgtool.federation.services import (
    Request,
    certain,
    has_service,
    may_be_sent,
    names,
    selectivity,
    values_of,
)
from kgtool.plan.inspection import variables_of
from kgtool.plan.session import Session
from kgtool.rdf.terms import IRI, BlankNode, Term, make_term
from kgtool.results import AskResult
from kgtool.sparql import algebra as a

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.plan.run import DefaultGraph

#: Requests at a time, to all endpoints together.
_WORKERS = 16
#: Rows that may wait for the engine.
_WAITING = 64
#: Seconds: a request that takes less may send more bindings the next time.
_QUICK = 0.5
_UNIT = a.BGP(())


@dataclass(slots=True)
class Cost:
    """What one SERVICE has cost: requests and those that a cache answered, bindings that were sent,
    rows that came, seconds from the first request to the last row."""

    endpoint: str
    text: str
    requests: int = 0
    kept: int = 0
    bindings: int = 0
    rows: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Report:
    """What a federated query has done; ``warnings`` name endpoints that failed under SILENT."""

    costs: list[Cost] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


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
    """Replaces the SERVICE patterns of a query by tables of their solutions."""

    def __init__(
        self,
        store: Store,
        source: Source,
        endpoints: Endpoints,
        default_graph: DefaultGraph = "union",
        timeout: float | None = None,
    ) -> None:
        self.session = Session(store, default_graph, "the federated query")
        self.session.keep_dictionary()
        self.report = Report()
        self._source = source
        self._endpoints = endpoints
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._dataset: a.Dataset | None = None
        self._graph: IRI | a.Variable | None = None
        self._labels = counting()
        self._certain: dict[str, frozenset[str]] = {}

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
                return self._join(list(_operands(pattern)), context, needs)
            case a.LeftJoin(left, right, condition):
                own = needs.reading(names(right)).reading(_read(condition))
                first = self._resolved(left, context, replace(own, conditions=needs.conditions))
                inner = needs.reading(names(left)).reading(_read(condition))
                # What is joined later may only choose among the solutions of the left side: one
                # that goes on without the right side would be another.
                known = _joined(context, self._here(first))
                seen = None if known is None else _projected(known, certain(first, self._certain))
                second = self._resolved(
                    right, seen, replace(inner, conditions=_conjuncts(condition))
                )
                return a.LeftJoin(first, second, self._in_expression(condition, first))
            case a.Union(left, right):
                return a.Union(
                    self._resolved(left, context, needs), self._resolved(right, context, needs)
                )
            case a.Minus(left, right):
                first = self._resolved(left, context, needs.reading(names(right)))
                return a.Minus(first, self._resolved(right, self._here(first), _ALL))
            case a.Filter(condition, inner):
                own = needs.reading(variables_of(condition))
                more = (*needs.conditions, *_conjuncts(condition))
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
                seen = None if context is None else _projected(context, visible)
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
        if not isinstance(inner.endpoint, IRI) or {v.name for v in variables} - bound:
            return None
        limit = pattern.offset + pattern.limit
        request = Request(inner.pattern, variables, (), order, limit, distinct)
        table = self._run([_Task(inner, request)])[0]
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
        local = [o for o in operands if not has_service(o)]
        services = [o for o in operands if isinstance(o, a.Service)]
        others = [o for o in operands if has_service(o) and not isinstance(o, a.Service)]
        done: a.Pattern | None = None
        for part in local:
            done = _joined(done, part)
        while services:
            known = _joined(context, self._here(done))
            group = _next(services, frozenset() if known is None else names(known))
            rest = [o for o in (*local, *others, *services) if o not in group]
            tasks = [self._task(each, known, _outside(each, group, rest, needs)) for each in group]
            for table in self._run(tasks):
                done = _joined(done, table)
            services = [each for each in services if each not in group]
        for part in others:
            outside = needs.reading(n for o in operands if o is not part for n in names(o))
            known = _joined(context, self._here(done))
            done = _joined(done, self._resolved(part, known, outside))
        return done or _UNIT

    def _task(self, service: a.Service, known: a.Pattern | None, needs: Needs) -> _Task:
        """What one service is asked, with the bindings that are known of its variables."""
        visible = names(service.pattern)
        wanted = visible if needs.variables is None else visible & needs.variables
        bound = visible | _endpoint_names(service)
        shared = sorted(bound & names(known)) if known is not None else []
        wanted |= visible & frozenset(shared)
        kept = tuple(c for c in needs.conditions if may_be_sent(c, certain(service.pattern)))
        variables = tuple(map(a.Variable, sorted(wanted)))
        request = Request(service.pattern, variables, kept)
        if not shared or known is None:
            return _Task(service, request)
        variables, bindings = self._bindings(known, tuple(map(a.Variable, shared)))
        return _Task(service, request, variables, bindings if variables else None)

    def _bindings(
        self, known: a.Pattern, variables: tuple[a.Variable, ...]
    ) -> tuple[tuple[a.Variable, ...], list[tuple[Term | None, ...]]]:
        """The distinct values of those variables that all solutions bind, in a stable order.

        With UNDEF among them, several bindings would bring the same solution.
        """
        pattern = a.Distinct(a.Project(known, variables))
        compiled = self.session.compile(pattern, "ids", self._dataset)
        found = self.session.rows(compiled.sql)
        rows = sorted(map(_terms, self.session.texts(compiled, found)), key=str) if found else []
        kept = [i for i in range(len(variables)) if all(row[i] is not None for row in rows)]
        if len(kept) < len(variables):
            distinct = dict.fromkeys(tuple(row[i] for i in kept) for row in rows)
            return tuple(variables[i] for i in kept), list(distinct)
        return variables, rows

    # Asking -----------------------------------------------------------------------------

    def _run(self, tasks: Sequence[_Task]) -> list[a.Pattern]:
        """Asks services at the same time; a table for each, with all of its solutions."""
        runs = [run for task in tasks for run in self._runs(task)]
        rows: _Queue = queue.Queue(_WAITING)
        stop = threading.Event()
        waiting = iter(runs)
        lock = threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    run = next(waiting, None)
                if run is None:
                    return
                self._ask(run, rows, stop)

        for _ in range(min(_WORKERS, len(runs))):
            # Daemons: nobody waits for an endpoint whose answer is no longer wanted.
            threading.Thread(target=work, daemon=True, name="kgtool-service").start()
        try:
            for _ in runs:
                self._take(rows)
        finally:
            stop.set()
        return [self._table(task, [run for run in runs if run.task is task]) for task in tasks]

    def _take(self, rows: _Queue) -> None:
        """Hands rows to the engine until one more run has ended."""
        while True:
            try:
                wait = None if self._deadline is None else self._deadline - time.monotonic()
                run, found = rows.get(timeout=None if wait is None else max(wait, 0))
            except queue.Empty:
                raise LimitError(
                    "the query was stopped while endpoints were asked",
                    hint="Give it more time with --timeout, or narrow the query.",
                ) from None
            if found is None:
                return
            if not isinstance(found, BaseException):
                self.session.append(run.table, found)
            elif run.task.service.silent and isinstance(found, ServiceError):
                self.report.warnings.append(f"{found.message} (SILENT)")
                run.failed = True
            else:
                raise found

    def _runs(self, task: _Task) -> Iterator[_Run]:
        """A run for each endpoint; a variable one has those that are bound."""
        endpoint = task.service.endpoint
        if isinstance(endpoint, IRI):
            if task.bindings is None or task.bindings:
                yield self._new_run(task, endpoint, task.bindings)
            return
        if endpoint not in task.shared:
            raise ServiceError(
                f"SERVICE ?{endpoint.name} has no endpoint: nothing binds the variable",
                expected="a pattern beside it that does",
            )
        place = task.shared.index(endpoint)
        by_endpoint: dict[Term, list[tuple[Term | None, ...]]] = {}
        for row in task.bindings or ():
            if isinstance(iri := row[place], IRI):
                by_endpoint.setdefault(iri, []).append(row[:place] + row[place + 1 :])
        for iri, found in by_endpoint.items():
            assert isinstance(iri, IRI)
            yield self._new_run(task, iri, found)

    def _new_run(
        self, task: _Task, iri: IRI, bindings: list[tuple[Term | None, ...]] | None
    ) -> _Run:
        own = [v for v in task.shared if v != task.service.endpoint]
        if not own:
            bindings = None  # only the endpoint was bound
        table = self.session.fresh("service")
        self._certain[table] = certain(task.service.pattern)
        self.session.create_rows(table, len(task.request.variables))
        endpoint = self._endpoints.of(iri.value)
        text = replace(task.request, values=values_of(own, []) if own else None)
        cost = Cost(endpoint.title, _shape(text))
        self.report.costs.append(cost)
        return _Run(task, iri, endpoint, tuple(own), bindings, table, cost)

    def _ask(self, run: _Run, rows: _Queue, stop: threading.Event) -> None:
        """Sends one request after the other, each with as many bindings as went well before."""
        started = time.monotonic()
        last: BaseException | None = None
        try:
            for request in _requests(run, self._source.steady):
                for batch in self._answer(run, request):
                    _put(rows, (run, batch), stop)
        except BaseException as error:
            last = error
        run.cost.seconds = time.monotonic() - started
        if last is not None:
            _put(rows, (run, last), stop)
        _put(rows, (run, None), stop)

    def _answer(self, run: _Run, request: Request) -> Iterator[list[tuple[Term | None, ...]]]:
        def count() -> None:
            run.cost.requests += 1

        started = time.monotonic()
        label = next(self._labels)
        with ask_endpoint(self._source, run.endpoint, request.text(), count) as (result, kept):
            if isinstance(result, AskResult):
                raise ServiceError(f"the endpoint {run.endpoint.title} answers as to an ASK")
            run.cost.kept += kept
            places = [
                result.variables.index(v.name) if v.name in result.variables else None
                for v in request.variables
            ]
            batch: list[tuple[Term | None, ...]] = []
            for flat in result.raw():
                terms = _terms(flat, label)
                batch.append(tuple(None if p is None else terms[p] for p in places))
                if len(batch) == 1_000:
                    run.cost.rows += len(batch)
                    yield batch
                    batch = []
            run.cost.rows += len(batch)
            yield batch
        run.last_seconds = time.monotonic() - started

    def _table(self, task: _Task, runs: Sequence[_Run]) -> a.Pattern:
        """The solutions of a service as a pattern."""
        variables = task.request.variables
        result: a.Pattern | None = None
        for run in runs:
            pattern: a.Pattern = a.Table(run.table, variables)
            if run.failed:
                pattern = _UNIT  # SILENT: as if it had one solution, that binds nothing
            if isinstance(task.service.endpoint, a.Variable):
                pattern = a.Extend(pattern, task.service.endpoint, run.iri)
            result = pattern if result is None else a.Union(result, pattern)
        return result if result is not None else a.Values((*variables, *_own(task.service)), ())


@dataclass(slots=True, eq=False)
class _Task:
    """A service and its request; ``bindings`` of the ``shared`` variables, None without any."""

    service: a.Service
    request: Request
    shared: tuple[a.Variable, ...] = ()
    bindings: list[tuple[Term | None, ...]] | None = None


@dataclass(slots=True, eq=False)
class _Run:
    """A task at one endpoint."""

    task: _Task
    iri: IRI
    endpoint: Endpoint
    shared: tuple[a.Variable, ...]
    bindings: list[tuple[Term | None, ...]] | None
    table: str
    cost: Cost
    failed: bool = False
    last_seconds: float = 0.0


_Queue: TypeAlias = "queue.Queue[tuple[_Run, list[tuple[Term | None, ...]] | BaseException | None]]"


def _put(rows: _Queue, item: Any, stop: threading.Event) -> None:
    """Waits for a place, but not once the query has ended."""
    while not stop.is_set():
        with suppress(queue.Full):
            rows.put(item, timeout=0.1)
            return


def _requests(run: _Run, steady: bool) -> Iterator[Request]:
    """The requests of a run. Bindings double while answers are quick, unless all is ``steady``."""
    if run.bindings is None:
        yield run.task.request
        return
    size, at = run.endpoint.bindings, 0
    while at < len(run.bindings):
        chosen = run.bindings[at : at + size]
        values = values_of(run.shared, chosen)
        if values.rows:
            run.cost.bindings += len(values.rows)
            yield replace(run.task.request, values=values)
        at += size
        if steady:
            size = run.endpoint.most_bindings
        elif run.last_seconds < _QUICK:
            size = min(size * 4, run.endpoint.most_bindings)
        elif run.last_seconds > 8 * _QUICK:
            size = max(size // 2, 1)


def _next(services: Sequence[a.Service], known: frozenset[str]) -> list[a.Service]:
    """The services to ask now: those that what is known binds, else those that need no other.

    Among services that share a variable which is not known yet, the one whose constants say the
    most goes first, and the others get its bindings.
    """
    ready = [s for s in services if _endpoint_names(s) <= known] or list(services)
    bound = [s for s in ready if names(s.pattern) & known]
    chosen: list[a.Service] = []
    taken: set[str] = set()
    for service in sorted(bound or ready, key=lambda s: -selectivity(s.pattern)):
        fresh = names(service.pattern) - known
        if not fresh & taken:
            chosen.append(service)
            taken |= fresh
    return chosen


def _outside(
    service: a.Service, group: Sequence[a.Service], rest: Sequence[a.Pattern], needs: Needs
) -> Needs:
    others = [o for o in (*group, *rest) if o is not service]
    return needs.reading(n for other in others for n in names(other))


def _operands(pattern: a.Pattern) -> Iterator[a.Pattern]:
    if isinstance(pattern, a.Join):
        yield from _operands(pattern.left)
        yield from _operands(pattern.right)
    elif pattern != _UNIT:
        yield pattern


def _joined(left: a.Pattern | None, right: a.Pattern | None) -> a.Pattern | None:
    if left is None or right is None:
        return right if left is None else left
    return a.Join(left, right)


def _projected(pattern: a.Pattern, visible: frozenset[str]) -> a.Pattern | None:
    shared = sorted(names(pattern) & visible)
    return a.Project(pattern, tuple(map(a.Variable, shared))) if shared else None


def _conjuncts(condition: a.Expression | None) -> tuple[a.Expression, ...]:
    if condition is None:
        return ()
    if isinstance(condition, a.And):
        return _conjuncts(condition.left) + _conjuncts(condition.right)
    return (condition,)


def _read(condition: a.Expression | None) -> set[str]:
    return set() if condition is None else variables_of(condition)


def _endpoint_names(service: a.Service) -> frozenset[str]:
    return frozenset(v.name for v in _own(service))


def _own(service: a.Service) -> tuple[a.Variable, ...]:
    return (service.endpoint,) if isinstance(service.endpoint, a.Variable) else ()


def _terms(flat: Sequence[str | None], scope: int | None = None) -> tuple[Term | None, ...]:
    """The terms of a flat row; blank nodes of an answer are no others'."""
    found: list[Term | None] = []
    for type_, lex in zip(flat[::2], flat[1::2], strict=True):
        term = None if type_ is None or lex is None else make_term(type_, lex)
        if isinstance(term, BlankNode) and scope is not None:
            term = BlankNode(f"service{scope}_{term.label}")
        found.append(term)
    return tuple(found)


def _shape(request: Request) -> str:
    """A request's text as an explanation shows it."""
    with suppress(KgtoolError, ValueError):
        return request.text()
    return ""
