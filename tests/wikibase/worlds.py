"""Small graphs, the mapping of this folder, and exports and imports of both; used by its tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path

import pyoxigraph

from kgtool.engine.store import Store
from kgtool.engine.writer import Source, StoreWriter
from kgtool.rdf.convert import to_oxigraph
from kgtool.rdf.files import Format
from kgtool.rdf.lines import Triple
from kgtool.rdf.terms import IRI, BlankNode, Term
from kgtool.wikibase.exporting import Export, export_entities
from kgtool.wikibase.facts import ThingNames, read_names
from kgtool.wikibase.files import read_entities
from kgtool.wikibase.importing import Importer
from kgtool.wikibase.mapping import MappingRules
from kgtool.wikibase.mapping_reading import read_mapping
from kgtool.wikibase.problems import ImportReport

BASE = "https://wiki.example/"
EX = "https://kg.example/"
MAPPING = Path(__file__).parent / "mapping.ttl"
PREFIXES = f"""
@prefix : <{EX}> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wb: <{BASE}entity/> .
@prefix wbs: <{BASE}entity/statement/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
#: Classes of the ontology, in every world.
CLASSES = """
:Battle rdfs:subClassOf :Thing .
:City rdfs:subClassOf :Thing .
"""


@cache
def mapping() -> MappingRules:
    return read_mapping(MAPPING, MAPPING.name, BASE)


@contextmanager
def stored(files: Iterable[Path]) -> Iterator[Store]:
    """A store with what files say, and nothing more."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "world.duckdb"
        with StoreWriter(path) as writer:
            for file in files:
                writer.add(Source(file, Format.TURTLE, base=BASE))
            writer.commit()
        with Store.open(path) as store:
            yield store


@contextmanager
def world(turtle: str = "", triples: Iterable[Triple] = ()) -> Iterator[Store]:
    """A store with a graph, and with the classes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "world.ttl"
        lines = "".join(" ".join(map(str, triple)) + " .\n" for triple in triples)
        file.write_text(PREFIXES + CLASSES + turtle + lines, encoding="utf-8")
        with stored([file]) as store:
            yield store


def exported(turtle: str = "", triples: Iterable[Triple] = (), **options: object) -> Export:
    with world(turtle, triples) as store:
        return export_entities(store, mapping(), **options)  # type: ignore[arg-type]


def imported(store: Store, *files: Path, strict: bool = False) -> tuple[set[Triple], ImportReport]:
    rules, report = mapping(), ImportReport(strict)
    entities = (pair for file in files for pair in read_entities(file, rules, report))
    return set(Importer(rules, _names(store), report).triples(entities)), report


@lru_cache(maxsize=1)
def _names(store: Store) -> ThingNames:
    return read_names(store, mapping())


def comparable(triples: Iterable[Triple], unnamed: Iterable[str] = ()) -> set[str]:
    """A graph as canonical lines, in which nodes whose names begin so have none."""
    starts = tuple(unnamed)

    def plain(term: Term) -> Term:
        if isinstance(term, IRI) and term.value.startswith(starts):
            return BlankNode("".join(c if c.isalnum() else "z" for c in term.value))
        return term

    dataset = pyoxigraph.Dataset(
        pyoxigraph.Quad(*(to_oxigraph(plain(term)) for term in triple))  # type: ignore[arg-type]
        for triple in triples
    )
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}
