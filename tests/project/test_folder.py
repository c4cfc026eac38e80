from __future__ import annotations

from pathlib import Path

import pytest

from kgtool.errors import NotFoundError, UsageError
from kgtool.project.folder import Project, file_of_graph, find_project
from kgtool.project.skeleton import new_project


def test_a_project_is_found_from_inside(project):
    assert find_project(project.root / "queries" / "expected") == project


def test_upwards_can_be_switched_off(project):
    with pytest.raises(NotFoundError):
        find_project(project.root / "queries", upwards=False)


def test_no_project_is_an_error_that_says_what_one_is(tmp_path):
    with pytest.raises(NotFoundError, match="kgtool new DIR"):
        find_project(tmp_path)


def test_files_are_sorted_and_the_shapes_stand_apart(project):
    (project.root / "triples" / "b.nt").write_text("")
    (project.root / "triples" / "notes.txt").write_text("")
    (project.root / "triples" / ".hidden.ttl").write_text("")
    assert [p.name for p in project.triples_files()] == ["b.nt", "example.ttl"]
    assert [p.name for p in project.ontology_files()] == ["ontology.ttl"]
    assert project.shapes is not None


def test_each_file_has_a_graph_whose_name_leads_back_to_it():
    project = Project(Path("/p"))
    graph = project.graph_of(Path("/p/triples/a b.ttl"))
    assert graph == "urn:x-kgtool:file:triples/a%20b.ttl"
    assert file_of_graph(graph) == "triples/a b.ttl"
    assert file_of_graph("urn:other") is None


def test_a_new_project_does_not_overwrite(project):
    with pytest.raises(UsageError, match="not empty"):
        new_project(project.root)
    assert (project.root / ".gitignore").is_file()
