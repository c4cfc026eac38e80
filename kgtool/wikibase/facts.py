"""What a mapping reads of a store: a few queries for all things, none for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from kgtool.engine.store import Store
from kgtool.plan.run import run_query
from kgtool.rdf.lines import Triple
from kgtool.rdf.namespaces import RDF, RDFS
from kgtool.rdf.terms import IRI, Literal, Term, lexical_form, make_term
from kgtool.results import SelectResult
from kgtool.wikibase.mapping import MappingRules, NodeRule, Part, Path, Step
from kgtool.wikibase.model import Entity

_KEPT = 1 << 16

_TYPE = IRI(RDF.type)


@dataclass(slots=True)
class NodeFacts:
    """A node that is a statement about ``subject``: its values, by the number of the part."""

    node: Term
    subject: Term
    values: defaultdict[int, list[Term]] = field(default_factory=lambda: defaultdict(list))
    cited: list[Term] = field(default_factory=list)
    texts: list[Term] = field(default_factory=list)


@dataclass(slots=True)
class Pin:
    """Nodes that say for one triple what it rests on."""

    nodes: list[Term] = field(default_factory=list)
    cited: list[Term] = field(default_factory=list)


@dataclass(slots=True)
class Facts:
    """The things asked for, and what is said of them, of all that has a meaning there."""

    things: list[Term] = field(default_factory=list)
    #: The ids of things, by their IRIs: all of the graph, not only those asked for.
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    about: defaultdict[Term, defaultdict[IRI, list[Term]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    pins: dict[Triple, Pin] = field(default_factory=lambda: defaultdict(Pin))
    nodes: dict[NodeRule, list[NodeFacts]] = field(default_factory=dict)
    #: The values of what is cited, by the number of the part.
    references: defaultdict[Term, defaultdict[int, list[Term]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )


def read_facts(store: Store, mapping: MappingRules, only: str | None = None) -> Facts:
    """The asserted facts; ``only`` is a graph pattern that says which ?s are asked for."""
    return _Reader(store, mapping, only).read()


def matched_ids(store: Store, mapping: MappingRules) -> Iterator[tuple[str, str]]:
    """The things that are matched to entities: IRI and id."""
    text = f"""SELECT DISTINCT ?s ?item {{ ?s {mapping.exact_match} ?item
        FILTER(STRSTARTS(STR(?item), {Literal(mapping.concepts.entities)})) }}"""
    for thing, item in ask(store, text):
        id_ = mapping.concepts.id_of(item.value) if isinstance(item, IRI) else None
        if id_ is not None and isinstance(thing, IRI):
            yield thing.value, id_


@dataclass(slots=True)
class ThingNames:
    """Our IRIs of entities: by id, and of those that have none by their labels."""

    by_id: dict[str, str]
    by_labels: dict[frozenset[tuple[str, str]], set[str]] = field(default_factory=dict)

    def of(self, entity: Entity) -> str | None:
        """The name of an entity; None where it is new here, or several things have its labels."""
        if entity.id is not None:
            return self.by_id.get(entity.id)
        found = self.by_labels.get(frozenset(entity.labels.items()), set()) if entity.labels else ()
        return next(iter(found)) if len(found) == 1 else entity.iri


def read_names(store: Store, mapping: MappingRules) -> ThingNames:
    """The names of a store's things; of two that are matched to one entity the first in order."""
    by_id = {id_: thing for thing, id_ in sorted(matched_ids(store, mapping), reverse=True)}
    labels: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    asked = of_class("?s", mapping.item_classes)
    text = f"SELECT DISTINCT ?s ?name {{ {asked} ?s {mapping.label} ?name FILTER isIRI(?s) }}"
    for subject, name in ask(store, text):
        if isinstance(name, Literal) and name.language:
            labels[lexical_form(subject)].add((name.language.lower(), name.lexical))
    names = ThingNames(by_id)
    for thing, texts in labels.items():
        names.by_labels.setdefault(frozenset(texts), set()).add(thing)
    return names


def ask(store: Store, text: str) -> Iterator[tuple[Term, ...]]:
    """The rows of a query over what is asserted."""
    result = run_query(store, text, default_graph="asserted")
    term = lru_cache(_KEPT)(make_term)  # most terms come many times
    for row in cast(SelectResult, result).raw():
        cells = cast("Sequence[str]", row)
        yield tuple(map(term, cells[::2], cells[1::2]))


def of_class(variable: str, classes: Iterable[IRI], own: str = "c") -> str:
    """The pattern of things of some classes, or of narrower ones; ``own`` names its variables."""
    names = " ".join(map(str, classes))
    return (
        f"{variable} a ?{own} . ?{own} <{RDFS.subClassOf}>* ?{own}_wide . "
        f"VALUES ?{own}_wide {{ {names} }}"
    )


class _Reader:
    def __init__(self, store: Store, mapping: MappingRules, only: str | None) -> None:
        self._store = store
        self._mapping = mapping
        asked = of_class("?s", mapping.item_classes)
        self._asked = f"{{ SELECT DISTINCT ?s {{ {asked} . {only or ''} FILTER isIRI(?s) }} }}"
        self._facts = Facts()

    def read(self) -> Facts:
        facts, mapping = self._facts, self._mapping
        facts.things = [row[0] for row in ask(self._store, f"SELECT ?s {{ {self._asked} }}")]
        for thing, id_ in matched_ids(self._store, mapping):
            facts.ids[thing].append(id_)
        self._read_direct()
        if mapping.pin_class is not None and mapping.cites is not None:
            self._read_pins(mapping.pin_class, mapping.cites)
        for rule in mapping.nodes:
            self._read_nodes(rule)
        if mapping.cites is not None and mapping.reference:
            self._read_references(mapping.cites)
        return facts

    def _read_direct(self) -> None:
        mapping = self._mapping
        wanted = [mapping.label, mapping.description, mapping.alias, mapping.cites]
        wanted += [mapping.circa.predicate if mapping.circa else None, *mapping.direct]
        wanted += [_TYPE] if mapping.classes and mapping.instance_of else []
        names = " ".join(str(iri) for iri in dict.fromkeys(wanted) if iri is not None)
        text = f"SELECT ?s ?p ?o {{ {self._asked} VALUES ?p {{ {names} }} ?s ?p ?o }}"
        for s, p, o in ask(self._store, text):
            self._facts.about[s][cast(IRI, p)].append(o)

    def _read_pins(self, class_: IRI, cites: IRI) -> None:
        names = " ".join(map(str, self._mapping.direct))
        text = f"""SELECT ?s ?p ?o ?node ?cited {{ {self._asked} VALUES ?p {{ {names} }}
            ?node <{RDF.base}subject> ?s ; <{RDF.base}predicate> ?p ; <{RDF.base}object> ?o ;
                  {cites} ?cited ; a {class_} }}"""
        for s, p, o, node, cited in ask(self._store, text):
            pin = self._facts.pins[s, p, o]
            pin.nodes += [node] if node not in pin.nodes else []
            pin.cited += [cited] if cited not in pin.cited else []

    def _read_nodes(self, rule: NodeRule) -> None:
        mapping = self._mapping
        parts = [_branch(i, part.value) for i, part in enumerate(node_parts(rule)) if part.value]
        if mapping.cites is not None:
            parts.append(_branch(-1, (Step(mapping.cites),)))
        if mapping.circa is not None:
            parts.append(_branch(-2, (Step(mapping.circa.predicate),)))
        text = f"""SELECT ?n ?s ?part ?v {{ {self._asked} ?n {rule.subject.sparql()} ?s .
            {{ SELECT DISTINCT ?n {{ {of_class("?n", [rule.node_class])} }} }}
            {" UNION ".join(parts)} }}"""
        found: dict[tuple[Term, Term], NodeFacts] = {}
        for node, subject, part, value in ask(self._store, text):
            facts = found.setdefault((node, subject), NodeFacts(node, subject))
            number = int(cast(Literal, part).lexical)
            kept = {-1: facts.cited, -2: facts.texts}.get(number)
            (facts.values[number] if kept is None else kept).append(value)
        self._facts.nodes[rule] = list(found.values())

    def _read_references(self, cites: IRI) -> None:
        parts = self._mapping.reference
        branches = [_branch(i, part.value) for i, part in enumerate(parts) if part.value]
        if not branches:
            return
        text = f"""SELECT DISTINCT ?n ?part ?v {{ {{ SELECT DISTINCT ?n {{ ?x {cites} ?n }} }}
            {" UNION ".join(branches)} }}"""
        for node, part, value in ask(self._store, text):
            self._facts.references[node][int(cast(Literal, part).lexical)].append(value)


def node_parts(rule: NodeRule) -> tuple[Part, ...]:
    """The parts of a rule, numbered in this order."""
    return (rule.main, *rule.qualifiers)


def _branch(number: int, path: Path) -> str:
    steps = "/".join(step.sparql() for step in path)
    return f"{{ ?n {steps} ?v BIND({number} AS ?part) }}"
