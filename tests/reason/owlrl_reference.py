"""OWL 2 RL by the owlrl package: the reference that later reasoners are tested against."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kgtool.errors import InconsistencyError
from kgtool.extras import missing_extra
from kgtool.rdf.syntax import ntriples_term
from tests.reason.noise_reference import says_something

Triple = tuple

if TYPE_CHECKING:
    import rdflib

#: Clashes named in one message.
_SHOWN = 10


class OwlrlReasoner:
    """The closure under the OWL 2 RL/RDF rules, without axiomatic triples."""

    name = "owlrl"

    def infer(self, triples: Iterable[Triple]) -> list[Triple]:
        try:
            import rdflib
            from owlrl import DeductiveClosure, OWLRL_Semantics
        except ImportError as error:
            raise missing_extra("reasoning", "reason", error) from None
        from kgtool.rdf.convert import from_rdflib, to_rdflib

        given = {(to_rdflib(s), to_rdflib(p), to_rdflib(o)) for s, p, o in triples}
        graph = rdflib.Graph()
        for triple in given:
            graph.add(triple)
        DeductiveClosure(OWLRL_Semantics).expand(graph)
        _raise_clashes(graph)
        found = (t for t in graph if t not in given)
        entailed = ((from_rdflib(s), from_rdflib(p), from_rdflib(o)) for s, p, o in found)
        return sorted(filter(says_something, entailed), key=_sort_key)


def _raise_clashes(graph: rdflib.Graph) -> None:
    """owlrl writes the clashes that it finds into the graph, as messages."""
    from owlrl.Namespaces import ERRNS

    messages = sorted({str(o) for o in graph.objects(None, ERRNS.error)})
    if messages:
        shown = "".join(f"\n  - {message}" for message in messages[:_SHOWN])
        more = f"\n  … and {len(messages) - _SHOWN} more" if len(messages) > _SHOWN else ""
        raise InconsistencyError(
            f"the ontology and the facts contradict each other:{shown}{more}",
            hint="`kgtool build --no-infer` builds without reasoning.",
        )


def _sort_key(triple: Triple) -> tuple[str, str, str]:
    return ntriples_term(triple[0]), ntriples_term(triple[1]), ntriples_term(triple[2])
