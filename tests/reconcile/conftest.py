from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgtool.engine.store import Store
from kgtool.plan.stop import Stop
from kgtool.reconcile.index import build_index, index_path
from kgtool.reconcile.matching import match
from kgtool.reconcile.names import Asking, Names
from kgtool.reconcile.query import Candidate, Query
from tests.server.serving import store_of

EX = "http://example.org/"
DATA = f"""
@prefix ex: <{EX}> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:City rdfs:subClassOf ex:Place ; rdfs:label "city"@en .
ex:Place a owl:Class ; rdfs:label "place"@en .
ex:bornIn a owl:ObjectProperty ; rdfs:label "place of birth"@en .

ex:clark a ex:Person ; rdfs:label "Clark"@en ; skos:altLabel "Mark W. Clark"@en ;
  ex:bornIn ex:sackets ; ex:born "1896-05-01"^^xsd:date ; ex:stars 4 .
ex:twain a ex:Person ; foaf:name "Mark Twain" ; ex:bornIn ex:florida ; ex:stars 0 .
ex:third a ex:Unit ; skos:prefLabel "3rd Infantry Division"@en ; ex:part ex:sixth .
ex:other a ex:Unit ; rdfs:label "34th Infantry Division"@en .
ex:sixth a ex:Unit ; rdfs:label "VI Corps"@en .
ex:krakow a ex:City ; rdfs:label "Kraków"@pl, "Krakau"@de ; rdfs:comment "A city."@en .
ex:lodz a ex:City ; rdfs:label "Łódź"@pl .
ex:cassino a ex:City ; schema:name "Montecassino" .
ex:sackets a ex:City ; rdfs:label "Sackets Harbor" .
ex:florida a ex:City ; rdfs:label "Florida"@en .
ex:florida-state a ex:Place ; rdfs:label "Florida"@en ; ex:stars 1 .
ex:florida-song a ex:Song ; rdfs:label "Florida"@en .
ex:battle a ex:Event ; rdfs:label "Battle of Anzio"@en .
ex:anzio a ex:Place ; rdfs:label "Anzio"@en .
ex:obrien a ex:Person ; rdfs:label "Patrick O'Brien"@en .
ex:tokyo a ex:City ; rdfs:label "\N{CJK UNIFIED IDEOGRAPH-6771}\N{CJK UNIFIED IDEOGRAPH-4EAC}"@ja .
ex:marks a ex:Thing ; rdfs:label "!!!" .
[] a ex:Person ; rdfs:label "Nobody in particular" .
"""


class World:
    """The names of a small store."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def asking(self) -> Asking:
        return self.names.asking(30, Stop())

    def match(self, *queries: Query) -> list[list[Candidate]]:
        with self.asking() as asking:
            return match(self.names, asking, queries)

    def local(self, thing: int) -> str:
        """The local name of a thing."""
        return str(self.names.store.terms([thing])[thing]).strip("<>").removeprefix(EX)

    def best(self, query: Query) -> tuple[str, bool] | None:
        """Who is the likeliest, and whether it is certain."""
        (found,) = self.match(query)
        return (self.local(found[0].thing), found[0].match) if found else None


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = store_of(tmp_path_factory.mktemp("names") / "store.duckdb", DATA)
    with Store.open(path) as store:
        build_index(store, index_path(path))
        names = Names.open(store, index_path(path))
        assert names is not None
        yield World(names)
        names.close()


@pytest.fixture
def small_store(tmp_path: Path) -> Path:
    return store_of(tmp_path / "store.duckdb", DATA)
