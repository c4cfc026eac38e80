"""Runs a query that asks endpoints."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kgtool.errors import UsageError
from kgtool.federation.endpoints import Endpoints
from kgtool.federation.exchanges import Cache, Network, Recording, Replay, Source
from kgtool.federation.report import Report
from kgtool.federation.resolution import Federation

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.plan.run import DefaultGraph
    from kgtool.results import Result
    from kgtool.sparql.algebra import Query


@dataclass(frozen=True, slots=True)
class Services:
    """How endpoints are asked: which, and where answers are kept, recorded or replayed from."""

    endpoints: Endpoints = field(default_factory=Endpoints)
    cache: Path | None = None
    record: Path | None = None
    replay: Path | None = None


def run_federated(
    store: Store,
    query: Query,
    services: Services,
    *,
    default_graph: DefaultGraph = "union",
    timeout: float | None = None,
    max_rows: int | None = None,
) -> tuple[Result, Report]:
    """The result of a query with SERVICE, and what asking the endpoints has cost.

    Endpoints have been asked when this returns; ``timeout`` is in seconds for that, and again for
    what is left to do here. Raises ServiceError for an endpoint that fails, RefusedError for an
    address that may not be asked, LimitError.
    """
    if services.record and services.replay:
        raise UsageError("a recording is made or replayed", expected="--record or --replay")
    if services.replay is not None:
        return _run(
            store, query, services, Replay(services.replay), default_graph, timeout, max_rows
        )
    from kgtool.federation.http import Client

    client = Client()
    try:
        source: Source = Network(client)
        if services.record is not None:
            recording = Recording(source)
            found = _run(store, query, services, recording, default_graph, timeout, max_rows)
            recording.save(services.record)
            return found
        if services.cache is not None:
            source = Cache(source, services.cache)
        return _run(store, query, services, source, default_graph, timeout, max_rows)
    finally:
        client.close()


def _run(
    store: Store,
    query: Query,
    services: Services,
    source: Source,
    default_graph: DefaultGraph,
    timeout: float | None,
    max_rows: int | None,
) -> tuple[Result, Report]:
    federation = Federation(store, source, services.endpoints, default_graph, timeout)
    try:
        resolved = federation.resolve(query)
        return federation.session.execute(resolved, timeout, max_rows), federation.report
    except BaseException:
        federation.close()
        raise
