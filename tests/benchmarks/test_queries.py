"""The benchmark's queries: all run, and ask for something that the data has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.generate import make_file
from benchmarks.generators import GENERATORS
from benchmarks.peers.report import SHAPES
from benchmarks.stored import bench_queries, queries_with_sql
from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.plan import run_query

LEAST = {"war": 24, "statements": 8, "catalogue": 8}


@pytest.mark.parametrize("dataset", GENERATORS)
def test_every_query_has_rows(dataset: str, tmp_path: Path) -> None:
    data, path = tmp_path / "data.nt", tmp_path / "store"
    make_file(data, 60_000, dataset)
    with StoreWriter(path) as writer:
        writer.add(Source(data))
        writer.commit({})
    queries = bench_queries(dataset)
    assert len(queries) >= LEAST[dataset]
    with Store.open(path) as store:
        empty = [
            query.name
            for query in queries
            if not any(any(True for _ in run_query(store, text).raw()) for text in query.texts)
        ]
    assert not empty


def test_every_shape_of_the_war_is_there_twice() -> None:
    shapes = [query.shape for query in bench_queries()]
    assert {shape for shape in SHAPES if shapes.count(shape) < 2} == set()
    assert set(shapes) <= set(SHAPES)


def test_values_are_filled_in_step() -> None:
    months = next(query for query in bench_queries() if query.name == "bombardments-of-month")
    assert len(months.texts) == 4
    assert '>= "1940-03-01"^^xsd:date && ?date < "1940-04-01"' in months.texts[1]
    assert not [query.name for query in bench_queries() if re.search(r"\$\w", query.texts[0])]


def test_sql_by_hand_is_for_the_first_values() -> None:
    assert len(queries_with_sql()) == 12
    unit = next(query for query in queries_with_sql() if query.name == "facts-of-unit")
    assert "id:unit-17" in unit.sparql
    assert "id:unit-17" in unit.sql
