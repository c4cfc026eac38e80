"""What the server says of itself (SPARQL 1.1 Service Description) and of its data (VoID)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from kgtool.engine.ids import DEFAULT_GRAPH
from kgtool.engine.store import Store
from kgtool.plan import run_query
from kgtool.rdf.namespaces import RDF, RDFS, XSD
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term, lexical_form, term_type
from kgtool.results import GraphResult, SelectResult
from kgtool.results.formats import FORMATS
from kgtool.server.settings import API_PATH, SPARQL_PATH, Settings

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
_PREFIXES = {"sd": _SD, "void": _VOID, "formats": _FORMATS}
#: The names that W3C gives to the formats.
_NAMES = {
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "trig": "TriG",
    "nquads": "N-Quads",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON-LD",
}
#: Classes that VoID lists, the largest first.
CLASSES = """
SELECT ?class (COUNT(DISTINCT ?s) AS ?n) { ?s a ?class FILTER isIRI(?class) }
GROUP BY ?class ORDER BY DESC(?n) ?class LIMIT 1000
"""

Triple = tuple[Term, Term, Term]


def service_description(store: Store, settings: Settings, endpoint: str) -> GraphResult:
    """The description of the service at ``endpoint``."""
    return _graph(_service(store, settings, endpoint))


def void_description(store: Store, settings: Settings, endpoint: str, own: str) -> GraphResult:
    """The description of the data, which begins with the dataset ``own`` + ``#dataset``."""
    return _graph(_dataset(store, settings, endpoint, own))


def _graph(triples: Iterator[Triple]) -> GraphResult:
    flat = [tuple(f(t) for t in triple for f in (term_type, lexical_form)) for triple in triples]
    return GraphResult(cast("list[tuple[str, str, str, str, str, str]]", flat), _PREFIXES)


def _service(store: Store, settings: Settings, endpoint: str) -> Iterator[Triple]:
    service, dataset, default = BlankNode("service"), BlankNode("dataset"), BlankNode("default")
    yield service, IRI(RDF.type), _sd("Service")
    yield service, _sd("endpoint"), IRI(endpoint)
    if settings.project is not None:
        api = endpoint.rstrip("/").removesuffix(SPARQL_PATH) + API_PATH
        yield service, IRI(RDFS.seeAlso), IRI(api)
    yield service, _sd("supportedLanguage"), _sd("SPARQL11Query")
    if settings.writable:
        yield service, _sd("supportedLanguage"), _sd("SPARQL11Update")
    if settings.default_graph == "union":
        yield service, _sd("feature"), _sd("UnionDefaultGraph")
    yield service, _sd("feature"), _sd("BasicFederatedQuery")
    for name, known in _NAMES.items():
        yield service, _sd("resultFormat"), IRI(_FORMATS + known)
        if settings.writable and FORMATS[name].module is None and name not in ("trig", "nquads"):
            yield service, _sd("inputFormat"), IRI(_FORMATS + known)
    yield service, _sd("defaultDataset"), dataset
    yield dataset, IRI(RDF.type), _sd("Dataset")
    yield dataset, _sd("defaultGraph"), default
    statistics = store.statistics
    unnamed = sum(each.triples for each in statistics.graphs if each.id == DEFAULT_GRAPH)
    yield default, IRI(RDF.type), _sd("Graph")
    union = settings.default_graph == "union"
    yield default, _void("triples"), _number(statistics.triples if union else unnamed)
    names = store.terms(each.id for each in statistics.graphs if each.id != DEFAULT_GRAPH)
    for number, each in enumerate(statistics.graphs):
        graph_name = names.get(each.id)
        if isinstance(graph_name, IRI):
            named, graph = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
            yield dataset, _sd("namedGraph"), named
            yield named, IRI(RDF.type), _sd("NamedGraph")
            yield named, _sd("name"), graph_name
            yield named, _sd("graph"), graph
            yield graph, IRI(RDF.type), _sd("Graph")
            yield graph, _void("triples"), _number(each.triples)


def _dataset(store: Store, settings: Settings, endpoint: str, own: str) -> Iterator[Triple]:
    dataset = IRI(f"{own}#dataset")
    statistics = store.statistics
    yield IRI(own), IRI(RDF.type), _void("DatasetDescription")
    yield IRI(own), IRI("http://xmlns.com/foaf/0.1/primaryTopic"), dataset
    yield dataset, IRI(RDF.type), _void("Dataset")
    yield dataset, _void("sparqlEndpoint"), IRI(endpoint)
    yield dataset, _void("triples"), _number(statistics.triples)
    yield dataset, _void("properties"), _number(len(statistics.predicates))
    for name, known in _NAMES.items():
        if FORMATS[name].module is None:
            yield dataset, _void("feature"), IRI(_FORMATS + known)
    for iri in sorted(set(store.prefixes.values())):
        yield dataset, _void("vocabulary"), IRI(iri)
    predicates = store.terms(statistics.predicates)
    for number, (id_, each) in enumerate(sorted(statistics.predicates.items())):
        part = BlankNode(f"property{number}")
        yield dataset, _void("propertyPartition"), part
        yield part, _void("property"), predicates[id_]
        yield part, _void("triples"), _number(each.triples)
        yield part, _void("distinctSubjects"), _number(each.subjects)
        yield part, _void("distinctObjects"), _number(each.objects)
    found = run_query(store, CLASSES, timeout=settings.timeout)
    assert isinstance(found, SelectResult)
    for number, row in enumerate(found):
        part = BlankNode(f"class{number}")
        yield dataset, _void("classPartition"), part
        yield part, _void("class"), cast("Term", row[0])
        yield part, _void("entities"), cast("Term", row[1])


def _number(value: int) -> Literal:
    return Literal(str(value), XSD.integer)


def _sd(name: str) -> IRI:
    return IRI(_SD + name)


def _void(name: str) -> IRI:
    return IRI(_VOID + name)
