"""The graph in this repository builds, keeps its shapes and answers as expected."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path

import pytest

from kgtool.analysis.page import page
from kgtool.project.build import build_project
from kgtool.project.folder import Project, is_project
from kgtool.project.graph import open_project
from kgtool.project.testing import run_tests
from kgtool.results import AskResult

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


def test_every_stored_query_can_be_analyzed(graph, monkeypatch):
    """Its scans, joins, groups and sorts are all the work of some operator."""
    # Counting the parts is tested with the operators; here it would take half a minute.
    monkeypatch.setattr(import_module("kgtool.analysis.analyze"), "counted", lambda *_: {})
    told = ("TABLE_SCAN", "HASH_JOIN", "HASH_GROUP_BY", "ORDER_BY", "TOP_N", "RECURSIVE_CTE")
    for query in (query for query in graph.queries if not query.may_ask_endpoints):
        analysis = graph.analyze(query)
        result = graph.query(query)
        if not isinstance(result, AskResult):
            assert analysis.rows == sum(1 for _ in result), query.name
        unclaimed = [s for s in analysis.plan.walk() if not analysis.owners[s.number]]
        assert [s for s in unclaimed if s.kind in told] == [], query.name
        assert page(analysis, query.name).startswith("<!DOCTYPE html>")


def test_there_are_stored_queries_of_every_form(graph):
    assert len(graph.queries) >= 25
    text = " ".join(q.text.upper() for q in graph.queries)
    for word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "OPTIONAL", "NOT EXISTS", "VALUES"):
        assert word in text


def test_every_fact_is_in_the_graph_of_its_file(graph):
    files = {str(row[0].value) for row in graph.query("SELECT DISTINCT ?g { GRAPH ?g {} }")}
    assert "urn:x-kgtool:inferred" in files
    assert {graph.project.graph_of(p) for p in graph.project.triples_files()} <= files
