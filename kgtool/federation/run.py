"""Runs a query that asks endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kgtool.engine.driver import duckdb
from kgtool.errors import UsageError
from kgtool.federation.closures import Closure
from kgtool.federation.distribution import distributed
from kgtool.federation.endpoints import Endpoints
from kgtool.federation.exchanges import Cache, Network, Recording, Replay, Source
from kgtool.federation.outline import ServicePart, outline
from kgtool.federation.patience import Patience
from kgtool.federation.report import Report
from kgtool.federation.resolution import Federation
from kgtool.federation.selection import Selection

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.plan.context import Page
    from kgtool.plan.run import DefaultGraph
    from kgtool.plan.stop import Stop
    from kgtool.results import Result
    from kgtool.sparql.algebra import Query


@dataclass(frozen=True, slots=True)
class Services:
    """How endpoints are asked: which, and where answers are kept, recorded or replayed from.

    ``over`` are names of endpoints that the patterns outside SERVICE are asked of too, as if all
    were one graph with that at hand.
    """

    endpoints: Endpoints = field(default_factory=Endpoints)
    cache: Path | None = None
    record: Path | None = None
    replay: Path | None = None
    over: tuple[str, ...] = ()


def run_federated(
    store: Store,
    query: Query,
    services: Services,
    *,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
    max_rows: int | None = None,
    page: Page | None = None,
    stop: Stop | None = None,
) -> tuple[Result, Report]:
    """The result of a query with SERVICE, and what asking the endpoints has cost.

    Endpoints have been asked when this returns; ``timeout`` is in seconds for that, and for what
    is left to do here. ``page`` is the part of the answer that is wanted. ``stop`` ends the query
    from another thread. However it ends, requests that still run are given up at once. Raises
    ServiceError for an endpoint that fails, RefusedError for an address that may not be asked,
    LimitError.
    """
    patience = Patience(timeout, stop)
    federation, resolved, report = _resolved(store, query, services, default_graph, patience)
    try:
        left = patience.left()
        seconds = None if left is None else round(left + 0.05, 1)
        result = federation.session.execute(resolved, seconds, max_rows, page=page, stop=stop)
        result.notes = query.notes
        return result, report
    except BaseException:
        federation.close()
        raise


def outlined(
    store: Store,
    query: Query,
    services: Services,
    *,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
) -> list[ServicePart]:
    """Which part of a query goes to which endpoint.

    Endpoints are asked nothing, but for what they have where the query is ``over`` several.
    """
    if not services.over:
        return outline(query, services.endpoints)
    with _source(services) as source, Patience(timeout) as patience:
        query, closures = _distributed(
            store, query, services, source, default_graph, Report(), patience
        )
    return outline(query, services.endpoints, closures)


def _distributed(
    store: Store,
    query: Query,
    services: Services,
    source: Source,
    default_graph: DefaultGraph,
    report: Report,
    patience: Patience,
) -> tuple[Query, dict[str, Closure]]:
    """The query with a SERVICE for what endpoints have of it, and paths over several of them."""
    named = [services.endpoints.of(name) for name in services.over]
    selection = Selection(store, source, named, default_graph, report, patience)
    return distributed(query, selection)


def _resolved(
    store: Store,
    query: Query,
    services: Services,
    default_graph: DefaultGraph,
    patience: Patience,
) -> tuple[Federation, Query, Report]:
    """A federation that holds what endpoints have answered, and the query over that."""
    report = Report()
    with _source(services) as source, patience:
        closures: dict[str, Closure] = {}
        if services.over:
            query, closures = _distributed(
                store, query, services, source, default_graph, report, patience
            )
        federation = Federation(
            store, source, services.endpoints, report, default_graph, patience, closures
        )
        try:
            return federation, federation.resolve(query), report
        except BaseException as error:
            federation.close()
            if isinstance(error, duckdb.InterruptException):
                patience.left()
            raise


@contextmanager
def _source(services: Services) -> Iterator[Source]:
    """Where answers come from; a recording is written when all went well."""
    if services.record and services.replay:
        raise UsageError("a recording is made or replayed", expected="--record or --replay")
    if services.replay is not None:
        yield Replay(services.replay)
        return
    from kgtool.federation.http import Client

    client = Client()
    try:
        if services.record is not None:
            recording = Recording(Network(client))
            yield recording
            recording.save(services.record)
        elif services.cache is not None:
            yield Cache(Network(client), services.cache)
        else:
            yield Network(client)
    finally:
        client.close()
