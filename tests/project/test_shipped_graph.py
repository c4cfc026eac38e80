"""The graph in this repository builds, keeps its shapes and answers as expected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kgtool.project.build import build_project
from kgtool.project.folder import Project, is_project
from kgtool.project.graph import open_project
from kgtool.project.testing import run_tests

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not is_project(ROOT), reason="the graph is not in this checkout")


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    """The shipped graph, built from nothing; a build checks the shapes."""
    folder = tmp_path_factory.mktemp("graph")
    for name in ("ontology", "triples", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    project = Project(folder)
    build_project(project)
    with open_project(project) as graph:
        yield graph


def test_every_stored_query_answers_as_expected(graph):
    failed = {o.name: o.lines for o in run_tests(graph) if not o.passed}
    assert failed == {}


def test_there_are_stored_queries_of_every_form(graph):
    assert len(graph.queries) >= 25
    text = " ".join(q.text.upper() for q in graph.queries)
    for word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "OPTIONAL", "NOT EXISTS", "VALUES"):
        assert word in text


def test_every_fact_is_in_the_graph_of_its_file(graph):
    files = {str(row[0].value) for row in graph.query("SELECT DISTINCT ?g { GRAPH ?g {} }")}
    assert "urn:x-kgtool:inferred" in files
    assert {graph.project.graph_of(p) for p in graph.project.triples_files()} <= files
