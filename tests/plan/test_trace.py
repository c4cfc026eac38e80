"""The record of a compilation: what it keeps, and that it changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from kgtool.analysis.naming import named
from kgtool.analysis.operators import told_apart
from kgtool.engine.store import Store
from kgtool.plan import sql
from kgtool.plan.context import Context
from kgtool.plan.query import compile_tree
from kgtool.plan.relation import Source
from kgtool.plan.trace import NO_RECORD, Record
from kgtool.sparql import algebra as a
from kgtool.sparql import parse_query
from tests.plan.conftest import PREFIXES
from tests.plan.random_queries import QueryGenerator, random_turtle

DATA = ":a :p :b, :c . :b :q 1 . :c :q 2 . :b :r :c . :g { :a :p :d }"


def recorded(store: Store, text: str) -> tuple[a.Query, Record, Any]:
    query = told_apart(parse_query(text, prefixes=PREFIXES))
    record = Record()
    tree, *_ = compile_tree(query, Context(store, record=record), "strict")
    return query, record, tree


def test_aliases_are_those_of_the_parts_that_made_them(store_of: Callable[[str], Store]) -> None:
    query, record, tree = recorded(
        store_of(DATA),
        "SELECT ?x (COUNT(*) AS ?n) { ?x :p ?y . ?y :q ?z OPTIONAL { ?y :r+ ?w } "
        "FILTER NOT EXISTS { ?y :r ?y } } GROUP BY ?x",
    )
    text = tree.sql(dialect="duckdb")
    by_kind: dict[str, list[str]] = {}
    for alias, node in record.aliases.items():
        assert alias in text
        by_kind.setdefault(type(node).__name__, []).append(alias)
    assert by_kind["TriplePattern"][:2] == ["t1", "t2"]
    first, second, inside = (
        node for node in record.aliases.values() if isinstance(node, a.TriplePattern)
    )
    assert (first.predicate, second.predicate, inside.predicate) == (
        a.IRI("http://e/p"),
        a.IRI("http://e/q"),
        a.IRI("http://e/r"),
    )
    assert any(alias.startswith("reach") for alias in by_kind["PathPattern"])
    assert len(by_kind["Group"]) == 1
    assert query is not None


def test_conditions_and_columns_are_kept_with_their_parts(
    store_of: Callable[[str], Store],
) -> None:
    _, record, _ = recorded(
        store_of(DATA),
        "SELECT * { ?x :p ?y . ?y :q ?z FILTER (?z > 1 && ?x != ?y) BIND (?z * 2 AS ?w) }",
    )
    kept = [
        (type(piece.node).__name__, piece.clause, piece.word)
        for piece in record.pieces
        if not isinstance(piece.part, Source)
    ]
    assert kept.count(("Filter", "WHERE", "")) == 2
    assert kept.count(("Extend", "SELECT", "w")) == 1
    assert ("BGP", "WHERE", "") in kept  # what joins its two patterns
    texts = [sql.to_text(p.part) for p in record.pieces if isinstance(p.node, a.BGP)]
    assert '"t1"."o" = "t2"."s"' in texts


def test_a_filter_before_a_bind_belongs_to_the_filter(store_of: Callable[[str], Store]) -> None:
    """It is asked where its variables are bound, inside of what stands in it."""
    query, record, _ = recorded(
        store_of(DATA),
        "SELECT * { ?x :q ?z BIND (?z + 1 AS ?y) BIND (?y + 1 AS ?w) FILTER (?z > 1) }",
    )
    filter_ = query.pattern.pattern
    assert isinstance(filter_, a.Filter)
    outer = filter_.pattern
    owners = {
        piece.word or "condition": piece.node
        for piece in record.pieces
        if piece.clause in ("SELECT", "WHERE") and not isinstance(piece.node, a.TriplePattern)
    }
    assert owners["condition"] is filter_
    assert owners["w"] is outer
    assert owners["y"] is outer.pattern


def test_what_depends_on_the_group_around_an_exists_is_known(
    store_of: Callable[[str], Store],
) -> None:
    query, record, _ = recorded(
        store_of(DATA),
        "SELECT * { ?x :q ?z FILTER EXISTS { ?y :q ?w FILTER (?w > ?z) } }",
    )
    outer = query.pattern.pattern
    inner = outer.condition.pattern
    assert id(inner) in record.correlated
    assert id(inner.pattern) not in record.correlated
    assert id(outer) not in record.correlated


@pytest.mark.parametrize("seed", range(60))
def test_a_record_changes_nothing(store_of: Callable[[str], Store], seed: int) -> None:
    """Neither the statement, nor, with names for its columns, what it gives."""
    store = store_of(random_turtle(Random(seed % 3), 30))
    text = QueryGenerator(Random(seed)).query()
    _, record, tree = recorded(store, text)
    query = parse_query(text, prefixes=PREFIXES)
    plain, *_ = compile_tree(query, Context(store, record=NO_RECORD), "strict")
    statement = plain.sql(dialect="duckdb", normalize_functions=False)
    assert tree.sql(dialect="duckdb", normalize_functions=False) == statement

    def columns_of(table: str) -> list[str]:
        described = store.connection.cursor().execute(f"SELECT * FROM {table} LIMIT 0")
        return [column[0] for column in described.description or ()]

    renamed = named(tree, record.aliases, columns_of)
    assert tree.sql(dialect="duckdb", normalize_functions=False) == statement
    if any(word in text for word in ("RAND", "UUID", "BNODE", "LIMIT", "SAMPLE", "CONCAT")):
        return  # rows that may differ from one time to the next
    rows = [
        sorted(map(str, store.connection.cursor().execute(each).fetchall()))
        for each in (statement, renamed.sql(dialect="duckdb", normalize_functions=False))
    ]
    assert rows[0] == rows[1]
