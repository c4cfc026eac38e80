"""The suites of reasoning: which cases there are, and what is wrong with what we make of them.

=========== =================================================================================
rdfbased-rl the test collection for OWL 2's RDF-Based Semantics, what OWL 2 RL/RDF derives
rdfbased-s  the same for RDFS
owl2-rl     entailments of the W3C's OWL 2 tests with profile RL, and non-entailments
owl2        the further OWL 2 tests with profile RL and the RDF-Based Semantics, in RDF/XML
entailment  SPARQL 1.1's queries under entailment regimes, by the regime that loads their data
=========== =================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import urldefrag
from xml.etree import ElementTree

import pyoxigraph

from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.namespaces import OWL, RDF
from kgtool.rdf.terms import IRI, BlankNode, Term
from kgtool.reason import PROFILES, Inference, entails
from kgtool.reason.inference import vocabulary
from kgtool.reason.memory import TERMS, TRIPLES, MemoryGraph, Triple
from tests.conformance.manifests import ROOT, Case, Kind, iri_of, regime_tests

_RDFBASED = ROOT / "owl2rl" / "rdfbased"
_RL = ROOT / "owl2rl" / "w3c-owl2-rl-entailment"
_ALL = ROOT / "owl2rl" / "w3c-owl2" / "all.rdf"
#: The documents that ontologies of the suites import, by their IRIs.
_IMPORTS = {
    "http://www.w3.org/2002/03owlt/imports/support011-A": _RL / "imports" / "support011-A.rdf"
}
#: The regimes of SPARQL 1.1 by ours. Our RDFS knows datatypes, so it is D, too.
_REGIMES = {"RDF": "rdf", "RDFS": "rdfs", "D": "rdfs", "OWL-RDF-Based": "owl-rl"}
_TEST = "http://www.w3.org/2007/OWL/testOntology#"
_TYPES = {
    "PositiveEntailmentTest": Kind.ENTAILED,
    "NegativeEntailmentTest": Kind.NOT_ENTAILED,
    "ConsistencyTest": Kind.CONSISTENT,
    "InconsistencyTest": Kind.INCONSISTENT,
}
_PREMISE = "rdfXmlPremiseOntology"


# Cases ----------------------------------------------------------------------------------


def entailment_cases() -> list[Case]:
    """The cases of the suites of reasoning; none where those are missing."""
    if not ROOT.is_dir():
        return []
    return [
        *_rdfbased("rdfbased-rl", "owl2rl", "owl-rl"),
        *_rdfbased("rdfbased-s", "rdfs", "rdfs"),
        *_owl2_rl(),
        *_owl2(),
        *_queries(),
    ]


def _rdfbased(suite: str, folder: str, regime: str) -> Iterator[Case]:
    for place in sorted((_RDFBASED / folder).iterdir()):
        conclusion = place / f"{place.name}.conclusiongraph.ttl"
        entailed = conclusion.is_file()
        kind = Kind.ENTAILED if entailed else Kind.INCONSISTENT
        file = place / f"{place.name}.{'premisegraph' if entailed else 'graph'}.ttl"
        yield _case(suite, place.name, kind, file, regime, conclusion if entailed else None)


def _owl2_rl() -> Iterator[Case]:
    for place in sorted((_RL / "cases").iterdir()):
        for name, kind in (("", Kind.ENTAILED), ("non-", Kind.NOT_ENTAILED)):
            conclusion = place / f"{name}conclusion.rdf"
            if conclusion.is_file():
                file = place / "premise.rdf"
                yield _case("owl2-rl", place.name, kind, file, "owl-rl", conclusion)


def _owl2() -> Iterator[Case]:
    """What of all.rdf is in neither of the other suites of OWL 2."""
    others = {place.name for place in (_RL / "cases").iterdir()}
    for name, of in sorted(_all().items()):
        if "RL" not in of.get("profile", ()) or "RDF-BASED" not in of.get("semantics", ()):
            continue
        for type_ in of["type"]:
            kind = _TYPES.get(type_)
            told = name.lower() in others and kind in (Kind.ENTAILED, Kind.NOT_ENTAILED)
            if kind and not told and _PREMISE in of:
                yield _case("owl2", name, kind, _ALL, "owl-rl")


def _queries() -> Iterator[Case]:
    for case, regimes, profiles in regime_tests():
        known = {_REGIMES[regime] for regime in regimes if regime in _REGIMES}
        if "RL" not in profiles:
            known.discard("owl-rl")
        for regime in sorted(known):
            yield replace(case, suite="entailment", category=regime, entailment=regime)


def _case(
    suite: str, name: str, kind: Kind, file: Path, regime: str, result: Path | None = None
) -> Case:
    base = iri_of(file)
    return Case(suite, kind.value, name, kind, file, base, result=result, entailment=regime)


# Judging --------------------------------------------------------------------------------


def entailment_failure(case: Case) -> str | None:
    """What is wrong with what a premise entails, or with whether it contradicts itself."""
    profile = PROFILES[case.entailment]
    premise = list(_premise_of(case))
    if case.kind in (Kind.ENTAILED, Kind.NOT_ENTAILED):
        entailed = entails(premise, _conclusion_of(case), profile)
        if entailed == (case.kind is Kind.ENTAILED):
            return None
        return "the conclusion follows" if entailed else "the conclusion does not follow"
    graph = MemoryGraph(premise, vocabulary(profile))
    inference = Inference(graph.connection, TRIPLES, TERMS, profile)
    inference.run()
    clashes = inference.clashes()
    graph.close()
    if bool(clashes) == (case.kind is Kind.INCONSISTENT):
        return None
    return f"there is a contradiction: {clashes}" if clashes else "there is no contradiction"


def _premise_of(case: Case) -> Iterable[Triple]:
    if case.file != _ALL:
        return _with_imports(_read(case.file, case.base))
    return _with_imports(_parsed(_all()[case.name][_PREMISE][0], case.name))


def _conclusion_of(case: Case) -> Iterable[Triple]:
    if case.result is not None:
        return _read(case.result, iri_of(case.result))
    word = "" if case.kind is Kind.ENTAILED else "Non"
    return _parsed(_all()[case.name][f"rdfXml{word}ConclusionOntology"][0], case.name)


def _with_imports(triples: list[Triple]) -> list[Triple]:
    found = list(triples)
    for _, p, o in triples:
        if p == IRI(f"{OWL.base}imports") and isinstance(o, IRI):
            file = _IMPORTS.get(urldefrag(o.value).url)
            found += _read(file, o.value) if file else []
    return found


def _read(file: Path, base: str) -> list[Triple]:
    return _triples(pyoxigraph.parse(path=str(file), base_iri=base), file.name)


def _parsed(text: str, name: str) -> list[Triple]:
    base = f"http://owl.semanticweb.org/id/{name}"
    parsed = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.RDF_XML, base_iri=base)
    return _triples(parsed, name)


def _triples(quads: Iterable[pyoxigraph.Quad], scope: str) -> list[Triple]:
    def term(node: object) -> Term:
        found = from_oxigraph(node)
        return BlankNode(f"{scope}{found.label}") if isinstance(found, BlankNode) else found

    return [(term(q.subject), term(q.predicate), term(q.object)) for q in quads]


@cache
def _all() -> dict[str, dict[str, list[str]]]:
    """The tests of all.rdf by their identifiers, each with what it says of itself.

    Its entities are in single quotes, which XML allows and pyoxigraph does not.
    """
    tests = {}
    for element in ElementTree.parse(_ALL).getroot().iter(f"{{{_TEST}}}TestCase"):
        of: dict[str, list[str]] = {}
        for child in element:
            value = child.get(f"{{{RDF.base}}}resource") or child.text or ""
            of.setdefault(child.tag.partition("}")[2], []).append(value.removeprefix(_TEST))
        tests[of["identifier"][0]] = of
    return tests
