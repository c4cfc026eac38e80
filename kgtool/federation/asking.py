"""Asks services: several at a time, each with bindings in batches, their rows into the engine."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count as counting
from typing import Any, TypeAlias

from kgtool.errors import KgtoolError, ServiceError
from kgtool.federation.answers import ask_endpoint
from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.federation.exchanges import Source
from kgtool.federation.patience import Patience, Rows
from kgtool.federation.report import Cost, Report
from kgtool.federation.services import Request, certain, endpoint_variables, values_of
from kgtool.plan.session import Session
from kgtool.rdf.terms import IRI, BlankNode, Term, make_term
from kgtool.results import AskResult
from kgtool.sparql import algebra as a

#: Requests at a time, to all endpoints together.
_WORKERS = 16
#: Batches of rows that may wait for the engine.
_WAITING = 64
#: Seconds: after a request that takes less, the next has more bindings, and after one that takes
#: longer, fewer.
_QUICK, _SLOW = 0.5, 4.0
_UNIT = a.BGP(())
_Row: TypeAlias = tuple[Term | None, ...]


@dataclass(slots=True, eq=False)
class Task:
    """A service and its request; ``bindings`` of the ``shared`` variables, None without any."""

    service: a.Service
    request: Request
    shared: tuple[a.Variable, ...] = ()
    bindings: list[_Row] | None = None


@dataclass(slots=True, eq=False)
class _Run:
    """A task at one endpoint."""

    task: Task
    iri: IRI
    endpoint: Endpoint
    shared: tuple[a.Variable, ...]
    bindings: list[_Row] | None
    table: str
    cost: Cost
    failed: bool = False
    last_seconds: float = 0.0


#: Rows of a run, what it failed with, or None at its end.
_Found: TypeAlias = tuple[_Run, list[_Row] | BaseException | None]


class Asker:
    """Fills tables of a session with the solutions of services."""

    def __init__(
        self,
        session: Session,
        source: Source,
        endpoints: Endpoints,
        report: Report,
        patience: Patience,
    ) -> None:
        self.report = report
        #: The variables that all rows of a table bind.
        self.certain: dict[str, frozenset[str]] = {}
        self._session = session
        self._source = source
        self._endpoints = endpoints
        self._patience = patience
        self._labels = counting()

    def run(self, tasks: Sequence[Task]) -> list[a.Pattern]:
        """Asks services at the same time; a table for each, with all of its solutions."""
        runs = [run for task in tasks for run in self._runs(task)]
        rows: Rows[_Found] = queue.Queue(_WAITING)
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
            with self._patience.taking(rows) as take:
                for _ in runs:
                    self._store(take)
        finally:
            stop.set()
        return [self._table(task, [run for run in runs if run.task is task]) for task in tasks]

    def _store(self, take: Callable[[], _Found]) -> None:
        """Hands rows to the engine until one more run has ended."""
        while True:
            run, found = take()
            if found is None:
                return
            if not isinstance(found, BaseException):
                self._session.append(run.table, found)
            elif run.task.service.silent and isinstance(found, ServiceError):
                self.report.warnings.append(f"{found.message} (SILENT)")
                run.failed = True
            else:
                raise found

    def _runs(self, task: Task) -> Iterator[_Run]:
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
        by_endpoint: dict[Term, list[_Row]] = {}
        for row in task.bindings or ():
            if isinstance(iri := row[place], IRI):
                by_endpoint.setdefault(iri, []).append(row[:place] + row[place + 1 :])
        for iri, found in by_endpoint.items():
            assert isinstance(iri, IRI)
            yield self._new_run(task, iri, found)

    def _new_run(self, task: Task, iri: IRI, bindings: list[_Row] | None) -> _Run:
        own = [v for v in task.shared if v != task.service.endpoint]
        if not own:
            bindings = None  # only the endpoint was bound
        table = self._session.fresh("service")
        self.certain[table] = certain(task.service.pattern)
        self._session.create_rows(table, len(task.request.variables))
        endpoint = self._endpoints.of(iri.value)
        text = replace(task.request, values=values_of(own, []) if own else None)
        cost = Cost(endpoint.title, _shape(text))
        self.report.costs.append(cost)
        return _Run(task, iri, endpoint, tuple(own), bindings, table, cost)

    def _ask(self, run: _Run, rows: Rows[_Found], stop: threading.Event) -> None:
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

    def _answer(self, run: _Run, request: Request) -> Iterator[list[_Row]]:
        def count() -> None:
            run.cost.requests += 1

        started = time.monotonic()
        label = next(self._labels)
        sent = request.named()
        with ask_endpoint(self._source, run.endpoint, sent.text(), count) as (result, kept):
            if isinstance(result, AskResult):
                raise ServiceError(f"the endpoint {run.endpoint.title} answers as to an ASK")
            run.cost.kept += kept
            places = [
                result.variables.index(v.name) if v.name in result.variables else None
                for v in sent.variables
            ]
            batch: list[_Row] = []
            for flat in result.raw():
                terms = terms_of(flat, label)
                batch.append(tuple(None if p is None else terms[p] for p in places))
                if len(batch) == 1_000:
                    run.cost.rows += len(batch)
                    yield batch
                    batch = []
            run.cost.rows += len(batch)
            yield batch
        run.last_seconds = time.monotonic() - started

    def _table(self, task: Task, runs: Sequence[_Run]) -> a.Pattern:
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
        own = tuple(map(a.Variable, endpoint_variables(task.service)))
        return result if result is not None else a.Values((*variables, *own), ())


def _put(rows: Rows[_Found], item: Any, stop: threading.Event) -> None:
    """Waits for a place, but not once the query has ended."""
    while not stop.is_set():
        with suppress(queue.Full):
            rows.put(item, timeout=0.1)
            return


def _requests(run: _Run, steady: bool) -> Iterator[Request]:
    """The requests of a run. Each has four times the bindings of the last while answers are quick,
    and half of them when one was slow, unless all is ``steady``."""
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
        elif run.last_seconds > _SLOW:
            size = max(size // 2, 1)


def terms_of(flat: Sequence[str | None], scope: int | None = None) -> tuple[Term | None, ...]:
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
        return request.named().text()
    return ""
