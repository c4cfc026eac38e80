"""owl:imports among the ontologies of a project."""

from __future__ import annotations

import pytest

from kgtool.errors import DataError
from kgtool.project.build import build_project
from kgtool.project.skeleton import new_project

HEAD = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix : <urn:o:> .\n"


@pytest.fixture
def project(tmp_path):
    return new_project(tmp_path / "project")


def write(project, name, text):
    (project.root / "ontology" / name).write_text(HEAD + text)


def test_an_import_of_an_ontology_that_is_there(project):
    write(project, "a.ttl", ":a a owl:Ontology ; owl:imports :b .")
    write(project, "b.ttl", ":b a owl:Ontology .")
    build_project(project)


@pytest.mark.parametrize(
    ("files", "place", "words"),
    [
        ({"a.ttl": ":a a owl:Ontology ;\n    owl:imports :bb .", "b.ttl": ":b a owl:Ontology ."},
         "ontology/a.ttl:4:17", "is imported, and no file of ontology/ is that ontology"),
        ({"a.ttl": ":a a owl:Ontology ; owl:imports :b .",
          "b.ttl": ":b a owl:Ontology ; owl:imports :c .",
          "c.ttl": ":c a owl:Ontology ; owl:imports :a ."},
         "ontology/a.ttl:3:33", "imports itself"),
        ({"a.ttl": ":a a owl:Ontology ; owl:imports :a ."},
         "ontology/a.ttl:3:33", "imports itself"),
    ],
)  # fmt: skip
def test_an_import_that_is_missing_or_circular(project, files, place, words):
    build_project(project)
    before = project.store_path.read_bytes()
    for name, text in files.items():
        write(project, name, text)
    with pytest.raises(DataError) as caught:
        build_project(project)
    assert str(caught.value).startswith(f"{place}: ")
    assert words in str(caught.value)
    assert project.store_path.read_bytes() == before
