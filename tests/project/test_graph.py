"""The Python API."""

from __future__ import annotations

import subprocess
import sys

import pytest

import kgtool
from kgtool.errors import NotFoundError, ParameterError
from kgtool.rdf.terms import Literal

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def test_open_builds_and_asks_by_name_and_by_text(project):
    with kgtool.open(project.root / "queries") as graph:
        (row,) = graph.query("things")
        assert row.label == Literal.tagged("the first thing", "en")
        assert list(graph.query("things", language="de")) == []
        assert list(graph.query("things", {"language": "de"})) == []
        assert graph.query(COUNT).scalar() == 6
        assert graph.query("ASK { id:first a ?c }")
        assert [q.name for q in graph.queries] == ["things"]
        assert "FROM" in graph.explain("things").sql


def test_mistakes_are_errors(project):
    with pytest.raises(NotFoundError, match="kgtool build"):
        kgtool.open(project.root, build=False)
    with kgtool.open(project.root) as graph:
        with pytest.raises(NotFoundError, match="Did you mean 'things'"):
            graph.query("thing")
        with pytest.raises(ParameterError, match="no parameter 'langage'"):
            graph.query("things", langage="de")


def test_load_makes_a_store_of_its_own(tmp_path):
    data, store = tmp_path / "a.ttl", tmp_path / "a.duckdb"
    data.write_text("@prefix x: <urn:x:> . x:a x:b [] , 5 .")
    with kgtool.load(data, store) as graph:
        assert graph.query(COUNT).scalar() == 2
        assert graph.query("SELECT ?o { x:a x:b ?o FILTER isNumeric(?o) }").scalar() == 5
        with pytest.raises(NotFoundError, match="no project"):
            graph.query("things")
    with kgtool.open(store) as graph:
        assert graph.query(COUNT).scalar() == 2


def test_blank_nodes_of_facts_and_of_inferences_are_the_same(project):
    (project.root / "triples" / "more.ttl").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "<urn:p> a owl:SymmetricProperty . <urn:a> <urn:p> [ <urn:name> 'b' ] ."
    )
    with kgtool.open(project.root) as graph:
        text = "SELECT ?name { ?b <urn:p> <urn:a> ; <urn:name> ?name }"
        assert graph.query(text).scalar() == "b"


def test_importing_kgtool_imports_nothing_heavy():
    code = "import sys, kgtool; print(kgtool.__version__, *sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"duckdb", "click", "rdflib", "kgtool.project.graph"} & set(out.stdout.split())
    assert set(kgtool.__all__) == set(dir(kgtool))
    with pytest.raises(AttributeError):
        _ = kgtool.nothing
