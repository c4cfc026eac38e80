"""Lines about differences of random graphs, with blank nodes in circles and broken lists."""

from __future__ import annotations

import os
from random import Random

import pytest

from kgtool.engine.store import Store
from kgtool.project.diff.formats import diff_json, diff_markdown, diff_text
from kgtool.project.diff.lines import parts_of
from kgtool.project.diff.model import Change, GraphDiff, Side
from kgtool.project.diff.places import VersionPlaces
from kgtool.project.diff.terms import TermText
from kgtool.project.diff.triples import Compared, diff_triples
from kgtool.project.folder import Project
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import BlankNode
from tests.engine.test_difference import changed, random_quads, write


def as_lists(quads: list[str]) -> list[str]:
    """The same with the properties of lists."""
    return [
        q.replace("<urn:p0>", f"<{RDF.first}>").replace("<urn:p1>", f"<{RDF.rest}>") for q in quads
    ]


def _written(change: Change) -> str:
    text = TermText({})
    _, p, o = change.triple
    return f"{text.predicate(p)} {text.term(o)}"


@pytest.mark.parametrize("lists", [False, True])
@pytest.mark.parametrize("seed", range(int(os.environ.get("KGTOOL_FUZZ", "600")) // 30))
def test_every_change_is_shown(seed, lists, tmp_path):
    random = Random(seed)
    old = random_quads(random)
    new = changed(old, random)
    if lists:
        old, new = as_lists(old), as_lists(new)
    paths = write(tmp_path / "old", old), write(tmp_path / "new", new)
    with Store.open(paths[0]) as was, Store.open(paths[1]) as now:
        compared = Compared(was, now)
        nowhere = VersionPlaces(Project(tmp_path))
        found = diff_triples(compared, {"old": nowhere, "new": nowhere}, inferred=True)
    diff = GraphDiff(Side("old", "1"), Side("new", None), found)
    lines = [line for part in parts_of(diff) for line in part.lines]
    assert bool(diff) == any(line[0] in "+-" for line in lines)
    for change in (change for s in found.asserted.subjects for change in s.changes):
        if not any(isinstance(term, BlankNode) for term in change.triple):
            sign = "+" if change.added else "-"
            assert any(line.startswith(f"{sign}   {_written(change)}") for line in lines)
    assert diff_text(diff).count("\n") > len(lines)
    assert len(diff_markdown(diff)) < 65_536
    assert diff_json(diff).endswith("}\n")
