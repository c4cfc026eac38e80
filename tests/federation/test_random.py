"""Random queries of which parts are asked of endpoints with the same data: the same answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import Any

import pytest

from kgtool.engine.store import Store
from kgtool.federation.endpoints import Endpoint, Endpoints
from kgtool.federation.exchanges import Network
from kgtool.federation.http import Client
from kgtool.federation.report import Report
from kgtool.federation.resolution import Federation
from kgtool.plan.run import run_algebra
from kgtool.rdf.terms import IRI
from kgtool.sparql import algebra as a
from kgtool.sparql import parse_query
from tests.federation.simulated import Simulated, endpoints
from tests.plan.answers import answer_of, by_value, difference
from tests.plan.conftest import oracle_of, store_of
from tests.plan.random_queries import QueryGenerator, random_turtle

__all__ = ["oracle_of", "store_of"]

CASES = int(os.environ.get("KGTOOL_FUZZ", "200"))
GROUP = 25
#: Without blank nodes, which are others at each endpoint.
DATASETS = [
    random_turtle(Random(seed), 40, typed=seed % 2 == 1).replace("_:n", ":n") for seed in range(4)
]

Stores = Callable[[str], Store]


@pytest.fixture(scope="module")
def remote() -> Iterator[list[Simulated]]:
    """An endpoint for each dataset."""
    with endpoints(*DATASETS) as found:
        yield found


def federated(node: Any, random: Random, iri: IRI, in_graph: bool = False) -> Any:
    """Asks an endpoint for some of the patterns that match the default graph."""
    if isinstance(node, a.BGP | a.PathPattern | a.Union | a.LeftJoin) and not in_graph:
        asked = (isinstance(node, a.BGP) and node.triples) or not isinstance(node, a.BGP)
        if asked and not _is_ours(node) and random.random() < 0.4:
            return a.Service(iri, node)
    if isinstance(node, tuple):
        return tuple(federated(each, random, iri, in_graph) for each in node)
    if is_dataclass(node) and not isinstance(node, type):
        inside = in_graph or isinstance(node, a.Graph)
        changed = {
            f.name: federated(getattr(node, f.name), random, iri, inside)
            for f in fields(node)
            if isinstance(getattr(node, f.name), tuple) or is_dataclass(getattr(node, f.name))
        }
        return replace(node, **changed) if changed else node
    return node


def _is_ours(node: Any) -> bool:
    """Whether a part is to be asked here.

    Engines differ in what functions make of odd values; and nodes of a path may be shared with
    what stands beside it, as no text can have it.
    """
    if isinstance(node, a.Exists | a.FunctionCall):
        return True
    if isinstance(node, a.Variable):
        return not node.projectable
    if isinstance(node, tuple):
        return any(map(_is_ours, node))
    inside = is_dataclass(node) and not isinstance(node, type)
    return inside and any(_is_ours(getattr(node, f.name)) for f in fields(node))


@pytest.mark.parametrize("first", range(0, CASES, GROUP))
def test_random_queries(first: int, store_of: Stores, remote: list[Simulated]) -> None:
    client = Client()
    services = 0
    for seed in range(first, min(first + GROUP, CASES)):
        number = seed % len(DATASETS)
        query = parse_query(QueryGenerator(Random(seed)).query())
        if getattr(query, "dataset", None) is not None:
            continue
        iri = IRI(remote[number].url)
        asked = replace(query, pattern=federated(query.pattern, Random(seed), iri))
        services += asked != query
        store = store_of(DATASETS[number])
        known = {"here": Endpoint(iri.value, "here", private=True, bindings=3)}
        federation = Federation(
            store, Network(client), Endpoints(known), Report(), default_graph="strict"
        )
        try:
            got = answer_of(federation.session.execute(federation.resolve(asked)))
            expected = answer_of(run_algebra(store, query, default_graph="strict"))
            wrong = difference(got, expected, by_value)
            assert wrong is None, f"seed {seed}\n{asked}\n{wrong}"
        finally:
            federation.close()
    client.close()
    assert services > GROUP // 4
