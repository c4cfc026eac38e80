"""Whether one graph entails another, under a profile."""

from __future__ import annotations

from collections.abc import Iterable

from kgtool.rdf.terms import BlankNode, Term
from kgtool.reason.inference import Inference, vocabulary
from kgtool.reason.memory import TERMS, TRIPLES, MemoryGraph, Triple
from kgtool.reason.profile import OWL_RL, Profile


def entails(
    premise: Iterable[Triple], conclusion: Iterable[Triple], profile: Profile = OWL_RL
) -> bool:
    """Whether ``premise`` entails ``conclusion``, whose blank nodes stand for anything.

    A contradiction entails everything.
    """
    graph = MemoryGraph(premise, vocabulary(profile))
    inference = Inference(graph.connection, TRIPLES, TERMS, profile, complete=True)
    inference.run()
    found = bool(inference.clashes()) or _holds(graph, list(conclusion))
    graph.close()
    return found


def _holds(graph: MemoryGraph, conclusion: list[Triple]) -> bool:
    everything = "(SELECT s, p, o FROM inferred UNION ALL SELECT s, p, o FROM asserted)"
    bound: dict[Term, str] = {}
    sources, conditions = ["(SELECT 1) AS one"], ["TRUE"]
    for number, triple in enumerate(conclusion):
        sources.append(f"{everything} AS t{number}")
        for column, term in zip("spo", triple, strict=True):
            here = f"t{number}.{column}"
            if isinstance(term, BlankNode) and term not in bound:
                bound[term] = here
            else:
                known = bound.get(term) or str(graph.id_of(term))
                conditions.append(f"{here} = {known}")
    sql = f"SELECT 1 FROM {', '.join(sources)} WHERE {' AND '.join(conditions)} LIMIT 1"
    return bool(graph.connection.execute(sql).fetchone())
