"""What of a graph a mapping does not reach."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kgtool.engine.store import Store
from kgtool.rdf.namespaces import OWL, RDF
from kgtool.rdf.terms import IRI, lexical_form
from kgtool.wikibase.facts import ask, matched_ids, of_class
from kgtool.wikibase.mapping import MappingRules

_DECLARED = f"""SELECT DISTINCT ?name ?kind {{
  VALUES (?type ?kind) {{
    (<{OWL.base}Class> "class") (<{OWL.base}ObjectProperty> "property")
    (<{OWL.base}DatatypeProperty> "property")
  }}
  ?name a ?type FILTER isIRI(?name)
}}"""
_USED = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"
_MEMBERS = f"SELECT ?c (COUNT(*) AS ?n) {{ ?s <{RDF.type}> ?c }} GROUP BY ?c"


@dataclass(frozen=True, slots=True)
class Unmapped:
    """By kind (class, property, item): names, each with its number of uses and the reason.

    Items are things of the mapping's classes, and values where it takes items, that no entity
    is matched to.
    """

    names: list[tuple[str, str, int, str]] = field(default_factory=list)


def find_unmapped(store: Store, mapping: MappingRules) -> Unmapped:
    """The classes and properties of the ontology, and the things, that have no counterpart."""
    known = set(mapping.mentioned())
    uses = Counter(
        {
            lexical_form(name): int(lexical_form(n))
            for text in (_USED, _MEMBERS)
            for name, n in ask(store, text)
        }
    )
    found = {
        (lexical_form(kind), lexical_form(name))
        for name, kind in ask(store, _DECLARED)
        if name not in known
    }
    found |= {("property", p.value) for p in mapping.unmapped if p not in known}
    found = {
        (kind, name) for kind, name in found if ("class", name) not in found or kind == "class"
    }
    rows = [(kind, name, uses[name], mapping.unmapped.get(IRI(name), "")) for kind, name in found]
    matched = {thing for thing, _ in matched_ids(store, mapping)}
    rows += [
        ("item", thing, number, "")
        for thing, number in _items(store, mapping).items()
        if thing not in matched and mapping.concepts.id_of(thing) is None
    ]
    return Unmapped(sorted(rows))


def _items(store: Store, mapping: MappingRules) -> Counter[str]:
    """Things that have to be items, and how often they are the value of a statement."""
    found: Counter[str] = Counter()
    asked = of_class("?s", mapping.item_classes)
    for (thing,) in ask(store, f"SELECT DISTINCT ?s {{ {asked} FILTER isIRI(?s) }}"):
        found[lexical_form(thing)] = 0
    for predicate in dict.fromkeys(_item_valued(mapping)):
        text = f"SELECT ?o (COUNT(*) AS ?n) {{ ?s {predicate} ?o FILTER isIRI(?o) }} GROUP BY ?o"
        for thing, number in ask(store, text):
            found[lexical_form(thing)] += int(lexical_form(number))
    return found


def _item_valued(mapping: MappingRules) -> list[IRI]:
    parts = list(mapping.reference)
    for rule in mapping.rules:
        parts += [rule.main]
    for rule in mapping.nodes:
        parts += rule.qualifiers
    return [
        part.value[-1].predicate
        for part in parts
        if part.property.datatype == "wikibase-item" and part.value and not part.value[-1].inverse
    ]
