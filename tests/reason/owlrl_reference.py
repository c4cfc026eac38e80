"""OWL 2 RL by the owlrl package, as a reference."""

from __future__ import annotations

from collections.abc import Iterable

import rdflib
from owlrl import DeductiveClosure, OWLRL_Semantics
from owlrl.Namespaces import ERRNS

from kgtool.rdf.convert import from_rdflib, to_rdflib
from kgtool.reason.memory import Triple
from tests.reason.noise_reference import says_something


def reference_closure(triples: Iterable[Triple]) -> tuple[set[Triple], bool]:
    """What follows from triples, of what says something, and whether they contradict themselves."""
    given = {(to_rdflib(s), to_rdflib(p), to_rdflib(o)) for s, p, o in triples}
    graph = rdflib.Graph()
    for triple in given:
        graph.add(triple)
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    # owlrl writes contradictions into the graph, as messages.
    errors = set(graph.subjects(ERRNS.error))
    found = [t for t in graph if t not in given and t[0] not in errors]
    entailed = {(from_rdflib(s), from_rdflib(p), from_rdflib(o)) for s, p, o in found}
    return set(filter(says_something, entailed)), bool(errors)
