"""Why a triple of a project holds: its proof, with files and sources at the leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kgtool.errors import NotFoundError
from kgtool.project.checking import read_sources
from kgtool.project.folder import Project
from kgtool.project.inferring import infer_project
from kgtool.project.notes import Notes, parse_triple
from kgtool.project.rules import read_rules
from kgtool.project.sources import Triple, unique_triples
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, Term
from kgtool.reason.own import OwnRule, with_rules
from kgtool.reason.profile import OWL_RL
from kgtool.sparql.algebra import TriplePattern, Variable


@dataclass(frozen=True, slots=True)
class Explanation:
    """A triple; the rule that gives it, or None where it is asserted, then with its files and the
    sources that it rests on; and what the rule took it from."""

    triple: Triple
    rule: str | None
    files: tuple[str, ...] = ()
    cited: tuple[Term, ...] = ()
    premises: tuple[Explanation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "triple": [str(term) for term in self.triple],
            "rule": self.rule or "asserted",
            "files": list(self.files),
            "cites": [str(term) for term in self.cited],
            "premises": [premise.to_json() for premise in self.premises],
        }


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation, and what is needed to write it for people."""

    explanation: Explanation
    prefixes: Mapping[str, str]
    labels: Mapping[Term, str]


def explain_triple(project: Project, text: str) -> Why:
    """Why the triple ``text``, three terms as SPARQL writes them, holds in a project.

    Raises NotFoundError where it does not, UsageError where the text is no triple.
    """
    from kgtool.reason.inference import Inference, vocabulary
    from kgtool.reason.memory import TERMS, TRIPLES, MemoryGraph
    from kgtool.reason.proof import ASSERTED, Prover, Step

    sources = read_sources(project)
    triple = parse_triple(text, sources.prefixes)
    rules = read_rules(project, sources.prefixes)
    profile = with_rules(OWL_RL, rules)
    asked = _asked(project, rules)
    given = dict.fromkeys((*unique_triples(sources.asserted), *asked))
    graph = MemoryGraph(given, vocabulary(profile))
    inference = Inference(graph.connection, TRIPLES, TERMS, profile, copies=True)
    inference.run()
    sought = (graph.id_of(triple[0]), graph.id_of(triple[1]), graph.id_of(triple[2]))
    step = Prover(inference.closure).prove(sought)
    if step is None:
        raise NotFoundError(
            "the triple neither stands in the files nor follows from them",
            hint="`kgtool query -e 'SELECT * { … }'` shows what there is.",
        )
    terms = {id_: term for term, id_ in graph.ids.items()}
    notes = Notes(sources)

    def explained(step: Step) -> Explanation:
        s, p, o = step.triple
        found = (terms[s], terms[p], terms[o])
        if step.rule == ASSERTED and found in asked:
            return Explanation(found, asked[found])
        if step.rule == ASSERTED:
            return Explanation(found, None, notes.files(found), notes.cited(found))
        return Explanation(found, step.rule, premises=tuple(map(explained, step.premises)))

    why = Why(explained(step), sources.prefixes, notes.labels)
    graph.close()
    return why


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


def lines(why: Why) -> Iterator[str]:
    """The explanation as a tree of lines, with prefixed names."""
    from kgtool.rdf.names import Names
    from kgtool.reason.words import WORDS

    names = Names(why.prefixes)

    def short(term: Term) -> str:
        return (isinstance(term, IRI) and names.short(term.value)) or str(term)

    def written(each: Explanation, lead: str, margin: str) -> Iterator[str]:
        s, p, o = each.triple
        verb = "a" if p == IRI(RDF.type) else short(p)
        yield f"{lead}{short(s)} {verb} {short(o)}"
        if each.rule is None:
            yield f"{margin}  asserted in {', '.join(each.files)}"
            for term in each.cited:
                label = why.labels.get(term)
                yield f"{margin}  cites {short(term)}" + (f" ({label})" if label else "")
            return
        said = WORDS.get(each.rule)
        yield f"{margin}  by {each.rule}" + (f": {said}" if said else "")
        for number, premise in enumerate(each.premises, 1):
            last = number == len(each.premises)
            branch, further = ("  └─ ", "     ") if last else ("  ├─ ", "  │  ")
            yield from written(premise, margin + branch, margin + further)

    yield from written(why.explanation, "", "")
