"""The IRIs that rules name, and which of them make a triple part of the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kgtool.rdf.namespaces import OWL, RDF, RDFS
from kgtool.reason.lists import LIST_CLASSES, LIST_PROPERTIES
from kgtool.reason.rule import NUMBERS, Rule, iri, is_variable

SAME_AS = OWL.sameAs
DIFFERENT_FROM = iri("owl:differentFrom")
NOTHING = OWL.Nothing
#: The classes that everything is in.
TOP = (iri("owl:Thing"), iri("rdfs:Resource"))
#: The namespaces of terms whose triples are the vocabularies' own business.
VOCABULARIES = tuple(iri(f"{prefix}:") for prefix in ("rdf", "rdfs", "owl", "xsd"))
_FACTS = {RDF.type, SAME_AS, DIFFERENT_FROM}


def constants(rules: Iterable[Rule]) -> Iterator[str]:
    """The IRIs of the rules, and those of lists."""
    for rule in rules:
        for atom in (*rule.body, *rule.head):
            yield from (
                x for x in atom.places
                if isinstance(x, str) and not is_variable(x) and x not in NUMBERS
            )  # fmt: skip
    yield from (*LIST_PROPERTIES, *LIST_CLASSES, RDF.first, RDF.rest, RDF.nil, RDF.type, SAME_AS)


def is_membership_property(name: str) -> bool:
    """Whether an IRI is rdf:_1, rdf:_2 and so on."""
    number = name.removeprefix(f"{RDF.base}_")
    return number != name and number.isascii() and number.isdigit() and number[0] != "0"


def schema_properties(rules: Iterable[Rule]) -> set[str]:
    """The properties of which every triple is part of the schema."""
    named = {str(a.p) for rule in rules for a in rule.body if not is_variable(a.p)}
    return (named | set(LIST_PROPERTIES)) - _FACTS


def schema_classes(rules: Iterable[Rule]) -> set[str]:
    """The classes of which being one is part of the schema."""
    typed = {
        str(a.o) for rule in rules for a in rule.body if a.p == RDF.type and not is_variable(a.o)
    }
    return (typed | set(LIST_CLASSES)) - {NOTHING, RDFS.base + "Resource"}
