"""The answer as columns: the same values as its terms have."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kgtool.engine.store import Store
from kgtool.errors import LimitError, UsageError
from kgtool.plan.columns import query_columns
from tests.plan.conftest import SPARQL_PREFIXES

DATA = """
:a :int 1 ; :dec 1.50 ; :flag true ; :day "1944-06-04"^^xsd:date ; :mixed "x"@en ; :dbl 1.5e0 ;
   :moment "1944-06-04T08:00:00Z"^^xsd:dateTime ; :clock "1944-06-04T08:00:00"^^xsd:dateTime .
:b :int -3 ; :dec 2.25 ; :flag false ; :day "1944-06-05"^^xsd:date ; :mixed 7 ;
   :dbl "INF"^^xsd:double ;
   :moment "1944-06-05T00:00:00Z"^^xsd:dateTime ; :clock "1944-06-05T08:00:00"^^xsd:dateTime .
:c :int 5 .
"""
_EIGHT = datetime.datetime(1944, 6, 4, 8)


def rows(store: Store, query: str, path: Path) -> tuple[list[tuple[Any, ...]], list[str]]:
    query_columns(store, f"{SPARQL_PREFIXES} {query}").write_parquet(path)
    connection = duckdb.connect()
    found = connection.execute(f"FROM '{path}'")
    return found.fetchall(), [str(column[1]) for column in found.description]


def test_each_kind_has_its_type(store_of: Callable[[str], Store], tmp_path: Path) -> None:
    query = (
        "SELECT ?s ?int ?dec ?flag ?day ?dbl ?moment ?clock ?mixed (?int + 1 AS ?next) "
        "(STR(?s) AS ?text) { ?s :int ?int ; :dec ?dec ; :flag ?flag ; :day ?day ; :dbl ?dbl ; "
        ":moment ?moment ; :clock ?clock ; :mixed ?mixed } ORDER BY DESC(?int)"
    )
    (first, second), _ = rows(store_of(DATA), query, tmp_path / "x.parquet")
    assert first == (
        "http://e/a", 1, Decimal("1.5"), True, datetime.date(1944, 6, 4), 1.5, _EIGHT, _EIGHT,
        "x", 2, "http://e/a",
    )  # fmt: skip
    assert second[1:6] == (-3, Decimal("2.25"), False, datetime.date(1944, 6, 5), float("inf"))
    assert second[8:10] == ("7", -2)


def test_what_is_unbound_is_null(store_of: Callable[[str], Store], tmp_path: Path) -> None:
    query = "SELECT ?s ?dec ?none { ?s :int ?int OPTIONAL { ?s :dec ?dec } } ORDER BY ?s"
    found, _ = rows(store_of(DATA), query, tmp_path / "x.parquet")
    assert [row[1:] for row in found] == [
        (Decimal("1.5"), None), (Decimal("2.25"), None), (None, None),
    ]  # fmt: skip


def test_only_select_has_columns(store_of: Callable[[str], Store]) -> None:
    with pytest.raises(UsageError, match="SELECT"):
        query_columns(store_of(DATA), "ASK { ?s ?p ?o }")


def test_columns_keep_to_their_time(store_of: Callable[[str], Store], tmp_path: Path) -> None:
    values = " ".join(map(str, range(300)))
    query = "SELECT * { " + " ".join(f"VALUES ?v{i} {{ {values} }}" for i in range(5)) + " }"
    with pytest.raises(LimitError, match="stopped after"):
        query_columns(store_of(DATA), query, timeout=0.2).write_parquet(tmp_path / "x.parquet")


def test_arrow(store_of: Callable[[str], Store]) -> None:
    columns = query_columns(store_of(DATA), f"{SPARQL_PREFIXES} SELECT ?n {{ ?s :int ?n }}")
    try:
        import pyarrow
    except ImportError:
        with pytest.raises(UsageError, match="pyarrow"):
            columns.arrow()
    else:
        table = columns.arrow()
        assert table.schema.field("n").type == pyarrow.int64()
        assert sorted(table.column("n").to_pylist()) == [-3, 1, 5]
