"""Queries with SERVICE, whose endpoints are simulated on loopback."""

from __future__ import annotations

from functools import partial
from http.server import BaseHTTPRequestHandler

from kgtool.engine.store import Store
from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.federation.run import Services, run_federated
from kgtool.results import Result, SelectResult
from kgtool.sparql import parse_query
from kgtool.sparql.algebra import Query
from tests.conformance.manifests import Case, Files
from tests.conformance.stores import stores
from tests.federation.simulated import JSON, endpoints, send


def federated(case: Case, query: Query, store: Store) -> Result:
    """The result of a case; endpoints that its manifest does not have cannot be reached."""
    names = [name for name, _ in case.services]
    with endpoints(*("" for _ in names)) as found:
        known = {n: Endpoint(e.url, n, private=True) for n, e in zip(names, found, strict=True)}
        services = Services(Endpoints(known))
        for each, (_, files) in zip(found, case.services, strict=True):
            each.answer = partial(_answer, stores.get(Files(files), "none"), services)
        result, _ = run_federated(store, query, services, default_graph="strict")
        return result.buffer() if isinstance(result, SelectResult) else result


def _answer(store: Store, services: Services, handler: BaseHTTPRequestHandler, query: str) -> bool:
    """What an endpoint answers, which may ask the others for a part of it."""
    result, _ = run_federated(store, parse_query(query), services, default_graph="strict")
    return send(handler, 200, JSON, result.serialize("json").encode())
