"""Parts of an answer: together they are the answer, whatever it is asked for and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from kgtool.engine.store import Store
from kgtool.plan import run_query
from kgtool.plan.context import Page
from kgtool.results import AskResult
from tests.plan.answers import answer_of, difference, exactly
from tests.plan.test_differential import case

Stores = Callable[[str], Store]
PEOPLE = "\n".join(
    f':p{i:02} :in :c{i % 3} ; :age {20 + i % 4} ; :name "n{i}" .' for i in range(40)
)


def flat(store: Store, text: str, page: Page | None = None) -> list[Any]:
    result = run_query(store, text, prefixes={"": "http://e/"}, page=page)
    assert not isinstance(result, AskResult)
    return list(result.raw())


def paged(store: Store, text: str, size: int) -> list[Any]:
    """All pages of that size, one behind the other."""
    rows: list[Any] = []
    for offset in count(0, size):
        part = flat(store, text, Page(offset, size))
        rows += part
        if len(part) < size:
            return rows
    raise AssertionError


@pytest.mark.parametrize("first", range(0, 80, 20))
def test_pages_of_random_queries(first: int, store_of: Stores) -> None:
    for seed in range(first, first + 20):
        data, query = case(seed)
        store = store_of(data)
        result = run_query(store, query, default_graph="strict")
        if isinstance(result, AskResult):
            continue
        whole = answer_of(result)
        size = max(1, len(whole.rows) // 3)
        rows: tuple[Any, ...] = ()
        for offset in range(0, len(whole.rows) + size, size):
            page = Page(offset, size)
            rows += answer_of(run_query(store, query, default_graph="strict", page=page)).rows
        if "LIMIT" in query:  # which rows are left is open
            assert len(rows) == len(whole.rows)
            continue
        whole = replace(whole, ordered="ORDER BY" in query.rpartition("}")[2])
        wrong = difference(replace(whole, rows=rows), whole, exactly)
        assert wrong is None, f"seed {seed}\n{query}\n{wrong}"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?age { ?p :age ?age }",
        "SELECT ?p ?age { ?p :age ?age } ORDER BY DESC(?age)",
        "SELECT DISTINCT ?c ?age { ?p :in ?c ; :age ?age } ORDER BY ?age",
        "SELECT ?c (COUNT(?p) AS ?n) { ?p :in ?c } GROUP BY ?c",
        "SELECT ?p { { SELECT ?p ?age { ?p :age ?age } ORDER BY ?age LIMIT 25 } }",
        "SELECT ?p { ?p :age ?age } ORDER BY ?age OFFSET 3 LIMIT 20",
        "SELECT * { ?p :age ?age OPTIONAL { ?p :name ?n FILTER(?age > 21) } }",
        "CONSTRUCT { ?p :is ?age ; :has [ :value ?age ] } { ?p :age ?age }",
        "DESCRIBE ?p { ?p :in :c1 }",
    ],
)
def test_pages_do_not_hang_on_their_size(text: str, store_of: Stores) -> None:
    store = store_of(PEOPLE)
    sizes = [paged(store, text, size) for size in (1000, 7, 3)]
    assert sizes[0] == sizes[1] == sizes[2]
    assert len(sizes[0]) == len(flat(store, text)) > 2


def test_a_page_keeps_the_order(store_of: Stores) -> None:
    text = "SELECT ?age ?p { ?p :age ?age } ORDER BY DESC(?age)"
    ages = [row[1] for row in paged(store_of(PEOPLE), text, 6)]
    assert ages == sorted(ages, reverse=True)


def test_a_page_behind_the_last_is_empty(store_of: Stores) -> None:
    assert flat(store_of(PEOPLE), "SELECT * { ?p :age ?age }", Page(40, 10)) == []
