"""Whether the tables of a store that has been edited say what its quads are."""

from __future__ import annotations

from collections import Counter

from kgtool.engine import ids
from kgtool.engine.store import Store


def assert_sound(store: Store) -> None:
    """Both orders, duplicates, statistics and dictionary agree."""
    run = store.connection.execute
    spo = run("SELECT s, p, o, g, dup FROM spo").fetchall()
    assert sorted(spo) == sorted(run("SELECT s, p, o, g, dup FROM pos").fetchall())
    assert len({row[:4] for row in spo}) == len(spo)
    firsts: dict[tuple[int, ...], int] = {}
    for *triple, g, _ in spo:
        key = tuple(triple)
        firsts[key] = min(g, firsts.get(key, g))
    assert all(dup == (g != firsts[s, p, o]) for s, p, o, g, dup in spo)

    statistics = store.statistics
    triples = {row[:3] for row in spo}
    counted = Counter(p for _, p, _ in triples)
    assert {p: each.triples for p, each in statistics.predicates.items()} == counted
    for p, each in statistics.predicates.items():
        own = [(s, o) for s, q, o in triples if q == p]
        assert each.subjects == len({s for s, _ in own})
        assert each.objects == len({o for _, o in own})
        assert all(each.subject_tags >> ids.tag_of(s) & 1 for s, _ in own)
        assert all(each.object_tags >> ids.tag_of(o) & 1 for _, o in own)
    sizes = Counter(g for *_, g, _ in spo)
    assert {g.id: g.triples for g in statistics.graphs if g.triples} == sizes

    used = {id_ for row in spo for id_ in row[:4]} - {ids.DEFAULT_GRAPH}
    terms = store.terms(used)
    assert set(terms) == used
    assert store.ids(terms.values()) == {term: id_ for id_, term in terms.items()}
    assert len({*terms.values()}) == len(used)
