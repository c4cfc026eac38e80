"""Why triples of a project hold: places and sources of what is asserted, proofs of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kgtool.diagnostics.json_format import place_json
from kgtool.errors import Location
from kgtool.project.checking import Sources, read_sources
from kgtool.project.folder import Project, file_of_graph
from kgtool.project.inferring import infer_project
from kgtool.project.notes import Notes
from kgtool.project.places import FilePlaces
from kgtool.project.rules import read_rules
from kgtool.project.sources import Triple, unique_triples
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.reason.own import OwnRule, with_rules
from kgtool.reason.profile import OWL_RL
from kgtool.sparql.algebra import TriplePattern, Variable

if TYPE_CHECKING:
    from kgtool.engine.store import Store
    from kgtool.reason.proof import Step

_TYPE = IRI(RDF.type)
#: What stands for a rule where it is not known which.
INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A triple; the rule that gives it, or None where it is asserted, then with its places and the
    sources that it rests on; and what the rule took it from."""

    triple: Triple
    rule: str | None
    places: tuple[Location, ...] = ()
    cited: tuple[Term, ...] = ()
    premises: tuple[Explanation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "triple": [str(term) for term in self.triple],
            "rule": self.rule or "asserted",
            "places": [place_json(place) for place in self.places],
            "cites": [str(term) for term in self.cited],
            "premises": [premise.to_json() for premise in self.premises],
        }


class Explainer:
    """Explains triples of a project. What proofs need is made when the first is asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.sources: Sources = read_sources(project)
        self.notes = Notes(self.sources)
        self._places = FilePlaces(self.sources.asserted)

    def explain(self, triple: Triple) -> Explanation | None:
        """The explanation of a triple; None where it neither is asserted nor follows."""
        return self.asserted(triple) or self._proofs.prove(triple)

    def asserted(self, triple: Triple) -> Explanation | None:
        """The same of a triple that stands in the files; None of any other."""
        places = self._places.of_triple(triple)
        return Explanation(triple, None, places, self.notes.cited(triple)) if places else None

    @cached_property
    def _proofs(self) -> _Proofs:
        return _Proofs(self._project, self.sources, self.asserted)

    @property
    def writer(self) -> ExplanationWriter:
        return ExplanationWriter(self.sources.prefixes, self.notes.labels)


class StoreExplainer:
    """Explains triples of a store by the graphs that they stand in; it has no files."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names = store.terms(g.id for g in store.statistics.graphs)
        self._inferred = {g.id for g in store.statistics.graphs if g.kind == "inferred"}

    def explain(self, triple: Triple) -> Explanation | None:
        ids = self._store.ids(triple)
        if any(term not in ids for term in triple):
            return None
        s, p, o = (ids[term] for term in triple)
        rows = self._store.connection.cursor().execute(
            f"SELECT DISTINCT g FROM pso WHERE s = {s} AND p = {p} AND o = {o}"
        )
        graphs = {g for (g,) in rows.fetchall()}
        if not graphs:
            return None
        asserted = sorted(self._place(g) for g in graphs - self._inferred)
        return Explanation(triple, None if asserted else INFERRED, tuple(map(Location, asserted)))

    def _place(self, graph: int) -> str:
        name = self._names.get(graph)
        if not isinstance(name, IRI):
            return "the default graph"
        return file_of_graph(name.value) or str(name)

    @property
    def writer(self) -> ExplanationWriter:
        return ExplanationWriter(self._store.prefixes, {})


class _Proofs:
    """The closure of the asserted triples, in memory, with the steps that led to each."""

    def __init__(self, project: Project, sources: Sources, asserted: Any) -> None:
        from kgtool.reason.inference import Inference, vocabulary
        from kgtool.reason.memory import TERMS, TRIPLES, MemoryGraph
        from kgtool.reason.proof import Prover

        rules = read_rules(project, sources.prefixes)
        profile = with_rules(OWL_RL, rules)
        self._explain_asserted = asserted
        self._asked = _asked(project, rules)
        given = dict.fromkeys((*unique_triples(sources.asserted), *self._asked))
        self._graph = MemoryGraph(given, vocabulary(profile))
        inference = Inference(self._graph.connection, TRIPLES, TERMS, profile, copies=True)
        inference.run()
        self._prover = Prover(inference.closure)
        self._terms = {id_: term for term, id_ in self._graph.ids.items()}

    def prove(self, triple: Triple) -> Explanation | None:
        s, p, o = map(self._graph.id_of, triple)
        step = self._prover.prove((s, p, o))
        return None if step is None else self._explained(step)

    def _explained(self, step: Step) -> Explanation:
        from kgtool.reason.proof import ASSERTED

        s, p, o = step.triple
        found = (self._terms[s], self._terms[p], self._terms[o])
        if step.rule != ASSERTED:
            premises = tuple(map(self._explained, step.premises))
            return Explanation(found, step.rule, premises=premises)
        if found in self._asked:
            return Explanation(found, self._asked[found])
        explained: Explanation = self._explain_asserted(found)
        return explained


def _asked(project: Project, rules: list[OwnRule]) -> dict[Triple, str]:
    """What the project's rules that are more than patterns may have added, by the rule's file.

    Such a rule is asked of the finished graph as a query, so there is no proof to show of it.
    """
    found: dict[Triple, str] = {}
    rest = [rule for rule in rules if rule.as_rule() is None]
    if rest:
        for triple in infer_project(project, OWL_RL.name).triples:
            for rule in rest:
                if any(_could_be(pattern, triple) for pattern in rule.query.template):
                    found.setdefault(triple, rule.file)
    return found


def _could_be(pattern: TriplePattern, triple: Triple) -> bool:
    places = (pattern.subject, pattern.predicate, pattern.object)
    return all(isinstance(x, Variable) or x == y for x, y in zip(places, triple, strict=True))


class ExplanationWriter:
    """Writes explanations for people: trees of lines, with prefixed names."""

    def __init__(self, prefixes: Mapping[str, str], labels: Mapping[Term, str]) -> None:
        from kgtool.rdf.names import Names

        self._names = Names(prefixes)
        self._labels = labels

    def lines(self, each: Explanation, lead: str = "", margin: str = "") -> Iterator[str]:
        """``lead`` stands before the first line, ``margin`` before the others."""
        from kgtool.reason.words import WORDS

        s, p, o = each.triple
        verb = "a" if p == _TYPE else self.short(p)
        yield f"{lead}{self.short(s)} {verb} {self.short(o)}"
        if each.rule is None:
            yield f"{margin}  asserted in {', '.join(map(str, each.places))}"
            for term in each.cited:
                label = self._labels.get(term)
                yield f"{margin}  cites {self.short(term)}" + (f" ({label})" if label else "")
            return
        if each.rule == INFERRED:
            yield f"{margin}  inferred"
            return
        said = WORDS.get(each.rule)
        yield f"{margin}  by {each.rule}" + (f": {said}" if said else "")
        for number, premise in enumerate(each.premises, 1):
            last = number == len(each.premises)
            branch, further = ("  └─ ", "     ") if last else ("  ├─ ", "  │  ")
            yield from self.lines(premise, margin + branch, margin + further)

    def short(self, term: Term) -> str:
        """A term as Turtle writes it, with the prefixes that are known."""
        from kgtool.rdf.turtle import literal_text

        if isinstance(term, Literal):
            return literal_text(term, self._names)
        return (isinstance(term, IRI) and self._names.short(term.value)) or str(term)
