"""The compiled reports are those of pyshacl, on random shapes and on the shipped graph."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kgtool.project.checking import check_project, read_sources
from kgtool.project.folder import Project
from kgtool.project.sources import unique_triples
from kgtool.shacl.pyshacl import validate_with_pyshacl
from tests.shacl.checking import difference, results
from tests.shacl.random_shapes import Generator

ROOT = Path(__file__).parents[2]
#: More in `make fuzz`.
SEEDS = int(os.environ.get("KGTOOL_FUZZ", "250")) // 10


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_shapes_find_what_pyshacl_finds(seed):
    generator = Generator(seed)
    assert difference(generator.shapes(), generator.data()) is None


def test_the_shipped_graph_with_mistakes_is_found_wrong_as_by_pyshacl(tmp_path):
    """Mistakes of many kinds, so that most shapes find something."""
    mistakes = tmp_path / "mistakes.ttl"
    mistakes.write_text(
        """@prefix ww2: <https://w3id.org/ww2-kg/ontology#> .
        @prefix id: <https://w3id.org/ww2-kg/id/> .
        @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        id:e a ww2:Battle , ww2:Person ; rdfs:label "one"@en , "two"@en , "three" ;
            ww2:begin "1944-06-06"^^xsd:date ; ww2:end "1944-06-05"^^xsd:date ;
            ww2:before id:e ; ww2:partOf id:e ; ww2:atPlace id:nowhere .
        id:p a ww2:Passage ; ww2:line 0 ; ww2:charBegin 9 ; ww2:charEnd 5 ; ww2:inSource id:e .
        id:f a ww2:CasualtyFigure ; ww2:count -1 , "many" ; ww2:inEvent id:p .
        id:s a ww2:Statement ; rdf:subject id:e ; rdf:predicate ww2:cites ; rdf:object id:p .
        id:d a ww2:Decision ; ww2:chose id:e ; ww2:date "1944-06-06T10:00:00"^^xsd:dateTime .
        """
    )
    project = Project(ROOT)
    files = [*project.triples_files(), mistakes]
    sources = read_sources(project, files)
    expected = validate_with_pyshacl(unique_triples(sources.asserted), sources.shapes.triples)
    with check_project(project, files) as report:
        assert report.count > 25
        assert results(report) == results(expected)
