"""A project in a repository, for tests of what changes in it."""

from __future__ import annotations

from pathlib import Path

from kgtool.project.folder import Project
from kgtool.project.skeleton import new_project
from tests.repository import commit, git

ONTOLOGY = """@prefix : <https://example.org/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .

:partOf a owl:TransitiveProperty .
:Person owl:disjointWith :Place .
"""
FACTS = """@prefix : <https://example.org/ontology#> .
@prefix id: <https://example.org/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

id:a a :Thing ;
    rdfs:label "A"@en ;
    :partOf id:b ;
    :address [ :street "High Street" ; :city "Rome" ; :zip "00100" ] ;
    :steps ( id:a id:b ) .
id:b a :Thing ;
    rdfs:label "B"@en ;
    :partOf id:c .
id:c a :Thing ;
    rdfs:label "C"@en .
"""


def repository(root: Path) -> Project:
    """A new project with facts and one commit."""
    project = new_project(root)
    (root / "ontology" / "parts.ttl").write_text(ONTOLOGY)
    (root / "triples" / "facts.ttl").write_text(FACTS)
    commit(root, "Begin")
    git(root, "tag", "begin")
    return project


def replace(project: Project, old: str, new: str, file: str = "triples/facts.ttl") -> None:
    """Edit a file of the project."""
    path = project.root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
