"""Edits of a store: quads come and go, and nobody sees half of it."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest

from kgtool.engine import editor as editing
from kgtool.engine import statistics, tables
from kgtool.engine.editor import Change, StoreEditor
from kgtool.engine.store import Store
from kgtool.errors import NotFoundError, StoreError
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal
from tests.engine.edited import assert_sound
from tests.engine.loading import load, quads

A, B, P, Q, G = (IRI(f"urn:x:{name}") for name in "abpqg")
ONE, TEXT = Literal("1", XSD.integer), Literal("two", XSD.string)
LINES = '<urn:x:a> <urn:x:p> <urn:x:b> .\n<urn:x:b> <urn:x:p> "x"@en .\n'


@pytest.fixture(params=["sorted", "appended", "own tables, sorted", "own tables, appended"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of two triples, whose edits are sorted in at the end, or stay appended."""
    if "own tables" in request.param:
        monkeypatch.setattr(statistics, "OWN_TRIPLES", 2)
        monkeypatch.setattr(tables, "FEW_PREDICATES", 1)
    if "appended" in request.param:
        monkeypatch.setattr(editing, "_SMALL", 0)
        monkeypatch.setattr(editing, "_SHARE", 0)
    load(tmp_path, LINES).close()
    return tmp_path / "graph.db"


def test_insert_and_delete(path: Path) -> None:
    with StoreEditor(path) as editor:
        quad = (A, Q, TEXT, G)
        assert editor.insert([quad, quad, (A, P, ONE, None), (A, P, B, None)]) == Change(2, 0)
        assert editor.delete([(B, P, Literal("x", "", "en"), None), (B, P, B, None)]) == Change(
            0, 1
        )
        assert_sound(editor.store)
        store = editor.commit()
    with store:
        assert_sound(store)
        assert quads(store) == {(A, P, B, None), (A, P, ONE, None), (A, Q, TEXT, G)}
        kinds = {graph.kind: graph.triples for graph in store.statistics.graphs}
        assert kinds == {"default": 2, "named": 1}


def test_a_triple_in_several_graphs(path: Path) -> None:
    with StoreEditor(path) as editor:
        editor.insert([(A, P, B, G), (A, P, B, Q)])
        assert_sound(editor.store)
        assert editor.store.statistics.triples == 2
        assert editor.store.statistics.quads == 4
        editor.delete([(A, P, B, None), (A, P, B, Q)])
        assert_sound(editor.store)
        editor.commit().close()
    with Store.open(path) as store:
        assert_sound(store)
        assert not store.statistics.has_duplicates


def test_blank_nodes_keep_their_labels(path: Path) -> None:
    node = BlankNode("here")
    with StoreEditor(path) as editor:
        editor.insert([(node, P, node, None)])
        assert editor.delete([(node, P, node, None)]) == Change(0, 1)
        editor.insert([(node, Q, A, None)])
        store = editor.commit()
    with store:
        assert node in store.ids([node])


def test_many_terms_are_found_again(path: Path) -> None:
    numbers = [Literal(f"n{n:05}", XSD.string) for n in range(3000)]
    with StoreEditor(path) as editor:
        editor.insert([(A, Q, number, None) for number in numbers])
        assert_sound(editor.store)
        editor.commit().close()
    with StoreEditor(path) as editor:
        # More of them, so that some stand behind the sorted ones and some do not.
        editor.insert([(B, Q, Literal(f"n{n:05}x", XSD.string), None) for n in range(50)])
        assert_sound(editor.store)
        store = editor.commit()
    with store:
        assert_sound(store)
        assert store.statistics.triples == 3052


def test_without_commit_nothing_changes(path: Path) -> None:
    before = path.read_bytes()
    with StoreEditor(path) as editor:
        editor.insert([(A, Q, TEXT, G)])
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir() if "building" in each.name] == []


def test_readers_keep_what_they_have(path: Path) -> None:
    with Store.open(path) as reader:
        with StoreEditor(path) as editor:
            editor.insert([(A, Q, TEXT, None)])
            editor.commit().close()
        assert len(quads(reader)) == 2
    with Store.open(path) as store:
        assert len(quads(store)) == 3


def test_the_fingerprint_changes(path: Path) -> None:
    seen = set()
    with StoreEditor(path) as editor:
        seen.add(editor.store.fingerprint)
        editor.insert([(A, Q, TEXT, None)])
        seen.add(editor.store.fingerprint)
        with editor.commit() as store:
            seen.add(store.fingerprint)
    assert len(seen) == 3


def test_created_graphs_stay_and_forgotten_ones_go(path: Path) -> None:
    with StoreEditor(path) as editor:
        editor.create_graph(G)
        editor.create_graph(Q)
        (second,) = editor.store.ids([Q]).values()
        editor.forget_graphs([second])
        store = editor.commit()
    with store:
        names = store.terms(graph.id for graph in store.statistics.graphs if graph.id)
        assert list(names.values()) == [G]


def test_there_must_be_a_store(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no store"):
        StoreEditor(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("not a database")
    with pytest.raises(StoreError):
        StoreEditor(tmp_path / "text.db")


def _hold(path: Path, seconds: float) -> None:
    with StoreEditor(path) as editor:
        editor.insert([(A, Q, Literal("first", XSD.string), None)])
        time.sleep(seconds)
        editor.commit().close()


def test_one_editor_waits_for_another(path: Path) -> None:
    other = multiprocessing.get_context("spawn").Process(target=_hold, args=(path, 0.5))
    other.start()
    waiting = time.monotonic() + 30
    while not list(path.parent.glob("*.building")) and time.monotonic() < waiting:
        time.sleep(0.01)
    with StoreEditor(path) as editor:
        editor.insert([(A, Q, Literal("second", XSD.string), None)])
        store = editor.commit()
    other.join()
    with store:
        assert store.statistics.triples == 4


def test_an_editor_does_not_wait_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "_PATIENCE", 0.05)
    with StoreEditor(path), pytest.raises(StoreError, match="someone else"):
        StoreEditor(path)
    StoreEditor(path).close()
