"""What reasoning adds to a project's files, as triples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kgtool.project.checking import read_sources
from kgtool.project.folder import Project
from kgtool.project.sources import Triple, unique_triples
from kgtool.rdf.syntax import ntriples_term
from kgtool.reason import PROFILES, Inference
from kgtool.reason.inference import vocabulary
from kgtool.reason.memory import TERMS, TRIPLES, MemoryGraph


@dataclass(frozen=True, slots=True)
class Inferred:
    """The triples that are added, in a stable order, how many by each rule, and prefixes."""

    triples: list[Triple]
    counts: Mapping[str, int]
    prefixes: Mapping[str, str]


def infer_project(project: Project, entailment: str) -> Inferred:
    """What follows from a project's ontology and facts under a regime.

    Raises InconsistencyError where they contradict each other.
    """
    sources = read_sources(project)
    if entailment == "none":
        return Inferred([], {}, sources.prefixes)
    profile = PROFILES[entailment]
    graph = MemoryGraph(list(unique_triples(sources.asserted)), vocabulary(profile))
    inference = Inference(graph.connection, TRIPLES, TERMS, profile)
    inference.run()
    inference.raise_clashes()
    terms = {id_: term for term, id_ in graph.ids.items()}
    rows = inference.facts.rows("SELECT s, p, o FROM inferred")
    triples = [(terms[s], terms[p], terms[o]) for s, p, o in rows]
    counts = inference.counts()
    graph.close()
    triples.sort(key=lambda triple: tuple(map(ntriples_term, triple)))
    return Inferred(triples, counts, sources.prefixes)
