"""The difference of two stores, against set differences and canonical forms of graphs."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pyoxigraph
import pytest

from kgtool.engine.difference import Difference, Row
from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.project.diff.triples import Compared
from kgtool.rdf.convert import to_oxigraph
from kgtool.rdf.namespaces import XSD
from kgtool.rdf.terms import BlankNode

_IRIS = [f"<urn:{i}>" for i in range(4)]
_LITERALS = [
    '"a"',
    '"a"@en',
    f'"1"^^<{XSD.integer}>',
    f'"01"^^<{XSD.integer}>',
    f'"1.50"^^<{XSD.decimal}>',
    f'"2026-01-01"^^<{XSD.date}>',
]


def random_quads(random: Random) -> list[str]:
    """Quads of two graphs, each with blank nodes of its own."""
    quads = []
    for _ in range(random.randrange(12)):
        graph = random.choice("gh")
        blanks = [f"_:{graph}{i}" for i in range(3)]
        subject = random.choice([*_IRIS, *blanks, *blanks])
        object_ = random.choice([*_IRIS, *_LITERALS, *blanks, *blanks])
        quads.append(f"{subject} <urn:p{random.randrange(2)}> {object_} <urn:{graph}> .")
    return quads


def changed(quads: list[str], random: Random) -> list[str]:
    """The same with other labels and in another order; some left out, and some new."""
    names = random.sample("xyz", 3)
    found = []
    for quad in quads:
        for graph in "gh":
            for number, name in enumerate(names):
                quad = quad.replace(f"_:{graph}{number}", f"_:{graph}{name}")
        found.append(quad)
    random.shuffle(found)
    return found[random.randrange(3) :] + random_quads(random)[: random.randrange(3)]


def write(path: Path, quads: list[str]) -> Path:
    data = path.with_suffix(".nq")
    data.write_text("\n".join(quads) + "\n")
    with StoreWriter(path, threads=1) as writer:
        writer.add(Source(data))
        writer.commit({})
    return path


def graph(quads: list[str]) -> pyoxigraph.Dataset:
    """The triples of all quads, blank nodes by canonical labels."""
    parsed = pyoxigraph.parse("\n".join(quads), format=pyoxigraph.RdfFormat.N_QUADS)
    return canonical({(q.subject, q.predicate, q.object) for q in parsed})


def canonical(triples) -> pyoxigraph.Dataset:
    dataset = pyoxigraph.Dataset(pyoxigraph.Quad(*triple) for triple in triples)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def triples(difference: Difference, rows: list[Row]):
    """Rows as triples; blank nodes that only the old store has are named for that."""
    terms = difference.terms({x for row in rows for x in row[:3]})

    def term(id_: int):
        found = terms[id_]
        if id_ < 0 and isinstance(found, BlankNode):
            found = BlankNode(f"old{found.label}")
        return to_oxigraph(found)

    return {tuple(map(term, row[:3])) for row in rows}


def all_of(store: Store):
    rows = store.connection.execute("SELECT DISTINCT s, p, o FROM pso").fetchall()
    terms = store.terms({x for row in rows for x in row})
    return {tuple(to_oxigraph(terms[x]) for x in row) for row in rows}


def grounded(triples):
    """Those without blank nodes."""
    return {t for t in triples if not any(isinstance(x, pyoxigraph.BlankNode) for x in t)}


@pytest.mark.parametrize("seed", range(int(os.environ.get("KGTOOL_FUZZ", "600")) // 20))
def test_random_graphs(seed, tmp_path):
    random = Random(seed)
    old = random_quads(random)
    new = changed(old, random)
    paths = write(tmp_path / "old", old), write(tmp_path / "new", new)
    with Store.open(paths[0]) as was, Store.open(paths[1]) as now:
        with Compared(was, now).difference as difference:
            removed, added = (
                triples(difference, difference.changes(side, inferred=False))
                for side in ("old", "new")
            )
        before, after = all_of(was), all_of(now)
    assert grounded(removed) == grounded(before) - grounded(after)
    assert grounded(added) == grounded(after) - grounded(before)
    # What was added goes, what was removed comes back: that is the old graph.
    assert added <= after
    assert canonical((after - added) | removed) == graph(old)
    assert (not removed and not added) == (graph(old) == graph(new))


def test_a_triple_that_leaves_one_of_two_graphs_has_moved(tmp_path):
    old = ['<urn:s> <urn:p> "x" <urn:g> .', '<urn:s> <urn:p> "x" <urn:h> .']
    paths = write(tmp_path / "old", old), write(tmp_path / "new", old[:1])
    with Store.open(paths[0]) as was, Store.open(paths[1]) as now:
        with Compared(was, now).difference as difference:
            assert difference.changes("old", inferred=False) == []
            ((source, target, count),) = difference.moved()
            assert (target, count) == (None, 1)
            assert str(difference.terms([source])[source]) == "<urn:h>"
        # It leaves nothing behind that a second comparison would meet.
        Compared(was, now).difference.close()
