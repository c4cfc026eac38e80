"""What reasoning adds to a project's files, as triples."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kgtool.engine.store import Store
from kgtool.project.build import write_closed
from kgtool.project.checking import Sources, read_sources
from kgtool.project.folder import INFERRED_GRAPH, Project
from kgtool.project.rules import read_rules
from kgtool.project.sources import Triple
from kgtool.rdf.syntax import ntriples_term
from kgtool.rdf.terms import IRI
from kgtool.reason import OWL_RL, PROFILES, Profile
from kgtool.reason.own import OwnRule


@dataclass(frozen=True, slots=True)
class Inferred:
    """The triples that are added, in a stable order, how many by each rule, and prefixes."""

    triples: list[Triple]
    counts: Mapping[str, int]
    prefixes: Mapping[str, str]


def infer_project(project: Project, entailment: str) -> Inferred:
    """What follows from a project's files by a regime and the project's own rules.

    The project's store stays as it is. Raises InconsistencyError where the files contradict
    each other, LimitError for rules that do not end.
    """
    sources = read_sources(project)
    if entailment == "none":
        return Inferred([], {}, sources.prefixes)
    rules = read_rules(project, sources.prefixes)
    return infer_sources(project, sources, rules, PROFILES[entailment])


def infer_sources(
    project: Project, sources: Sources, rules: list[OwnRule], regime: Profile = OWL_RL
) -> Inferred:
    """What follows from files of a project, as a build finds it; see ``infer_project``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        counts = write_closed(project, sources, rules, regime=regime, path=path)
        with Store.open(path) as store:
            triples = _inferred(store)
    order = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Inferred(triples, dict(order), sources.prefixes)


def _inferred(store: Store) -> list[Triple]:
    graph = store.ids([IRI(INFERRED_GRAPH)]).get(IRI(INFERRED_GRAPH), -1)
    rows = store.connection.execute("SELECT s, p, o FROM pso WHERE g = ?", [graph]).fetchall()
    terms = store.terms(x for row in rows for x in row)
    triples = [(terms[s], terms[p], terms[o]) for s, p, o in rows]
    return sorted(triples, key=lambda triple: tuple(map(ntriples_term, triple)))
