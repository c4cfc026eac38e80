from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reconcile.conftest import DATA as NAMES
from tests.server.reconciling import Client
from tests.server.serving import TOKEN, Running, running, store_of
from tests.server.site import make_site


@pytest.fixture(scope="module")
def readable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that changes nothing, for all tests of a module."""
    with running(store_of(tmp_path_factory.mktemp("server") / "store.duckdb")) as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return store_of(tmp_path / "store.duckdb")


@pytest.fixture
def writable(store: Path) -> Iterator[Running]:
    """A server whose store may be changed."""
    with running(store, token=TOKEN, default_graph="strict") as server:
        yield server


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of a small project with pages of all kinds."""
    project = make_site(tmp_path_factory.mktemp("site"))
    with running(project.store_path, project=project) as server:
        yield server


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of the reconciliation service for a small store of names."""
    with running(store_of(tmp_path_factory.mktemp("names") / "store.duckdb", NAMES)) as server:
        yield Client(server)
