"""Stores built by the loader from text, and the same text in another engine."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pyoxigraph
import pytest

from kgtool.engine import statistics, tables
from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.plan import run_query
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import Literal, Term
from tests.plan.answers import answer_of

#: Declared in all data and all queries of these tests.
PREFIXES = {"": "http://e/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
TURTLE_PREFIXES = "\n".join(f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items())
SPARQL_PREFIXES = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items())


@pytest.fixture(scope="session")
def store_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Store]]:
    """Builds the store of a text in TriG, once for all tests that ask for the same text.

    In every other store the predicates have tables of their own, as large ones do.
    """
    folder = tmp_path_factory.mktemp("stores")
    stores: dict[str, Store] = {}
    numbers = itertools.count()

    def built(text: str) -> Store:
        if text not in stores:
            number = next(numbers)
            source, path = folder / f"{number}.trig", folder / f"{number}.duckdb"
            source.write_text(f"{TURTLE_PREFIXES}\n{text}", encoding="utf-8")
            large = statistics.OWN_TRIPLES if number % 2 else 2
            with (
                mock.patch.object(statistics, "OWN_TRIPLES", large),
                mock.patch.object(tables, "FEW_PREDICATES", 0),
                StoreWriter(path, threads=1) as writer,
            ):
                writer.add(Source(source))
                writer.commit({})
            stores[text] = Store.open(path, threads=1)
        return stores[text]

    yield built
    for store in stores.values():
        store.close()


@pytest.fixture(scope="session")
def oracle_of() -> Callable[[str], pyoxigraph.Store]:
    """The same text in pyoxigraph."""
    stores: dict[str, pyoxigraph.Store] = {}

    def loaded(text: str) -> pyoxigraph.Store:
        if text not in stores:
            stores[text] = pyoxigraph.Store()
            stores[text].load(f"{TURTLE_PREFIXES}\n{text}".encode(), pyoxigraph.RdfFormat.TRIG)
        return stores[text]

    return loaded


@pytest.fixture
def ask(store_of: Callable[[str], Store]) -> Callable[..., list[tuple[Any, ...]]]:
    """Runs a query on a text and gives its rows, in order, as tuples of terms.

    The answer of ASK is one row with a boolean.
    """

    def asked(
        data: str, query: str, parameters: dict[str, Term] | None = None, **options: Any
    ) -> list[tuple[Any, ...]]:
        text = f"{SPARQL_PREFIXES} {query}"
        result = run_query(store_of(data), text, parameters=parameters, **options)
        answer = answer_of(result)
        if answer.kind == "boolean":
            return [(Literal(str(answer.truth).lower(), XSD.boolean),)]
        return list(answer.rows)

    return asked
