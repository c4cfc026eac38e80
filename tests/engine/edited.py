"""Whether the tables of a store that has been edited say what its quads are."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kgtool.engine import ids, tables
from kgtool.engine.store import Store


def quads_by_object(store: Store) -> list[tuple[Any, ...]]:
    """All quads as (s, p, o, g, dup), those of large predicates from their own tables."""
    run = store.connection.execute
    rows = run("SELECT s, p, o, g, dup FROM pos").fetchall()
    for p, each in store.statistics.predicates.items():
        if each.table != "pos":
            rows += run(f"SELECT s, {p}, o, g, dup FROM {each.table}").fetchall()
    return rows


def assert_sound(store: Store) -> None:
    """Both orders, duplicates, lists of predicates, statistics and dictionary agree."""
    run = store.connection.execute
    pso = run("SELECT s, p, o, g, dup FROM pso").fetchall()
    assert sorted(pso) == sorted(quads_by_object(store))
    assert len({row[:4] for row in pso}) == len(pso)
    firsts: dict[tuple[int, ...], int] = {}
    for *triple, g, _ in pso:
        key = tuple(triple)
        firsts[key] = min(g, firsts.get(key, g))
    assert all(dup == (g != firsts[s, p, o]) for s, p, o, g, dup in pso)

    statistics = store.statistics
    triples = {row[:3] for row in pso}
    counted = Counter(p for _, p, _ in triples)
    assert {p: each.triples for p, each in statistics.predicates.items()} == counted
    for p, each in statistics.predicates.items():
        own = [(s, o) for s, q, o in triples if q == p]
        assert each.subjects == len({s for s, _ in own})
        assert each.objects == len({o for _, o in own})
        assert all(each.subject_tags >> ids.tag_of(s) & 1 for s, _ in own)
        assert all(each.object_tags >> ids.tag_of(o) & 1 for _, o in own)
    listed = "SELECT {0}, p FROM {0}p JOIN predicates USING (n)"
    subjects = {(s, p) for s, p, _ in triples} if tables.lists_subjects(store.connection) else []
    assert sorted(run(listed.format("s")).fetchall()) == sorted(subjects)
    assert sorted(run(listed.format("o")).fetchall()) == sorted({(o, p) for _, p, o in triples})
    sizes = Counter(g for *_, g, _ in pso)
    assert {g.id: g.triples for g in statistics.graphs if g.triples} == sizes

    used = {id_ for row in pso for id_ in row[:4]} - {ids.DEFAULT_GRAPH}
    terms = store.terms(used)
    assert set(terms) == used
    assert store.ids(terms.values()) == {term: id_ for id_, term in terms.items()}
    assert len({*terms.values()}) == len(used)
