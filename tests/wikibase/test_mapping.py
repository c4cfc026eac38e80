"""Mappings as data: what is wrong in one, and the shipped one."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from kgtool.errors import DataError, NotFoundError, UsageError
from kgtool.project.folder import Project
from kgtool.project.sources import read_file
from kgtool.rdf.namespaces import OWL, RDF
from kgtool.rdf.terms import IRI
from kgtool.wikibase.mapping_reading import read_mapping
from kgtool.wikibase.settings import project_mapping, wikibase_settings
from tests.wikibase.worlds import BASE, MAPPING, mapping

ROOT = Path(__file__).parents[2]
#: The table of identifiers beside the repository, where it is at hand.
TABLE = ROOT.parent / "shared" / "wikidata-ids.csv"


def test_rules_know_their_datatypes_and_units() -> None:
    rules = mapping()
    assert rules.by_property["P8"].main.unit == "Q903"
    assert rules.datatypes()["P31"] == "wikibase-item"
    assert len(rules.datatypes()) == 22
    assert [part.property.id for part in rules.reference] == ["P5", "P50", "P51", "P52"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("wbm:alias", "wbm:aliases", "mappings have no such term"),
        ("a wbm:Mapping ;", "", "this is no mapping"),
        (
            "ex:key wbm:property wb:P4",
            "ex:key wbm:property wb:P3",
            "P3 is the property of two rules",
        ),
        ("ex:key wbm:property wb:P4", "ex:key wbm:property ex:P4", "no entity of this Wikibase"),
        ("ex:key wbm:property wb:P4", "ex:key wbm:property wb:Q4", "Q4 is no property"),
        ("ex:key wbm:property wb:P4", "ex:key wbm:property wb:P4, wb:P5", "said 2 times"),
        ("wb:P4 wikibase:propertyType wikibase:ExternalId .", "", "datatype of P4 is not given"),
        ("wikibase:ExternalId", "wikibase:Math", "does not know the datatype of P4"),
        ("wbm:value ex:holder ;", "wbm:value ( ex:holder ex:x ) ;", "a property of its node"),
        ("wbm:value ex:holder ;", "wbm:value ex:x, ex:y ;", "wbm:value is said 2 times"),
        ("( ex:replaces ex:holder )", "( ex:replaces ex:x )", "P31 cannot be followed backwards"),
        ("wbm:value ex:section", "wbm:value ( ex:x ex:y )", "P51 cannot be followed backwards"),
        ("wbm:value ex:section", "wbm:value [ sh:inversePath ex:x ]", "P51 has no values that are"),
        ("wbm:value ex:section", 'wbm:value "x"', "this is no path"),
        ("wbm:subject ex:commandOf", "wbm:subject ( ex:x ex:y )", "is one step away"),
        ("wbm:label rdfs:label ;", "", "wbm:label is said 0 times"),
    ],
)
def test_what_is_wrong_has_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = MAPPING.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    (tmp_path / "mapping.ttl").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=re.escape(words)) as caught:
        read_mapping(tmp_path / "mapping.ttl", "mapping.ttl", BASE)
    assert caught.value.location is not None
    assert caught.value.location.file == "mapping.ttl"
    assert words == "this is no mapping" or caught.value.location.line


def project(folder: Path, settings: str = "") -> Project:
    for name in ("ontology", "triples", "queries"):
        (folder / name).mkdir()
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    return Project(folder)


def test_a_project_says_which_wikibase(tmp_path: Path) -> None:
    made = project(
        tmp_path, f'[tool.kgtool.wikidata]\nmapping = "ontology/own.ttl"\nbase = "{BASE}"\n'
    )
    (tmp_path / "ontology/own.ttl").write_bytes(MAPPING.read_bytes())
    assert project_mapping(made) == mapping()


def test_a_project_without_a_mapping(tmp_path: Path) -> None:
    made = project(tmp_path)
    assert wikibase_settings(made).mapping == "ontology/wikidata.ttl"
    with pytest.raises(NotFoundError, match=r"there is no ontology/wikidata\.ttl"):
        project_mapping(made)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('mappings = "x"', "unknown key 'mappings'"),
        ("mapping = 3", "the value of 'mapping' is no text"),
        ('base = "wiki.example"', "this is no concept base"),
    ],
)
def test_settings_that_are_none(tmp_path: Path, line: str, words: str) -> None:
    made = project(tmp_path, f"[tool.kgtool.wikidata]\n{line}\n")
    with pytest.raises(UsageError, match=words) as caught:
        wikibase_settings(made)
    assert caught.value.location is not None
    assert caught.value.location.line == 2


# The shipped mapping --------------------------------------------------------------------


def shipped_ids() -> set[str]:
    text = (ROOT / "ontology/wikidata.ttl").read_text(encoding="utf-8")
    return set(re.findall(r"\bwd:([PQ]\d+)", text))


def test_the_shipped_mapping_is_read() -> None:
    rules = project_mapping(Project(ROOT))
    assert rules.concepts.base == "http://www.wikidata.org/"
    assert {"P361", "P585", "P710", "P1590", "P4791", "P625"} <= set(rules.by_property)


def test_the_shipped_mapping_maps_terms_of_the_ontology() -> None:
    """A term that is misspelt here would never be found in the graph."""
    declared = {
        s
        for s, p, o in read_file(ROOT / "ontology/ww2.ttl", "ww2.ttl").triples
        if p == IRI(RDF.type) and isinstance(o, IRI) and o.value.startswith(OWL.base)
    }
    rules = project_mapping(Project(ROOT))
    own = {t for t in rules.mentioned() if t.value.startswith("https://w3id.org/ww2-kg/")}
    assert own <= declared
    assert set(rules.unmapped) <= declared
    assert not set(rules.unmapped) & own


@pytest.mark.skipif(not TABLE.is_file(), reason="the table of identifiers is not beside the clone")
def test_only_verified_identifiers_are_used() -> None:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        verified = {row["id"] for row in csv.DictReader(stream) if row["verified"] == "yes"}
    assert shipped_ids() <= verified
