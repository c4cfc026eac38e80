"""A mapping between an ontology and a Wikibase, as values (read by ``mapping_reading``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

from kgtool.rdf.terms import IRI
from kgtool.wikibase.model import NO_UNIT, is_id


class Property(NamedTuple):
    """A property of the Wikibase, with its datatype as JSON names it."""

    id: str
    datatype: str


class Step(NamedTuple):
    """One step of a path: along a property, or against it."""

    predicate: IRI
    inverse: bool = False

    def sparql(self) -> str:
        return f"^{self.predicate}" if self.inverse else str(self.predicate)


#: From a node to a value; the empty path is the node itself.
Path: TypeAlias = tuple[Step, ...]


class Part(NamedTuple):
    """Where the value of a snak stands; ``unit`` is the item in which a quantity is given."""

    property: Property
    value: Path
    unit: str = NO_UNIT


@dataclass(frozen=True, slots=True)
class DirectRule:
    """A triple with this predicate is a statement."""

    predicate: IRI
    main: Part


@dataclass(frozen=True, slots=True)
class NodeRule:
    """A node of this class is a statement; ``subject`` leads to what it is about."""

    node_class: IRI
    subject: Step
    main: Part
    qualifiers: tuple[Part, ...] = ()


Rule: TypeAlias = DirectRule | NodeRule


class Circa(NamedTuple):
    """The qualifier of a time that is approximate: ``property`` with ``item``.

    With us ``predicate`` has the time as EDTF, with a tilde.
    """

    property: Property
    item: str
    predicate: IRI


class Concepts(NamedTuple):
    """The concept base of a Wikibase: what stands before paths such as entity/Q1."""

    base: str

    @property
    def entities(self) -> str:
        return self.base + "entity/"

    @property
    def statements(self) -> str:
        return self.base + "entity/statement/"

    def iri(self, id_: str) -> str:
        return self.entities + id_

    def prefixes(self) -> dict[str, str]:
        """Of entities, statements and references."""
        return {
            "wd": self.entities,
            "wds": self.statements,
            "wdref": f"{self.base}reference/",
        }

    def id_of(self, iri: str) -> str | None:
        """The id in the IRI of an entity; None in another."""
        local = iri.removeprefix(self.entities)
        return local if local != iri and is_id(local) else None


@dataclass(frozen=True)
class MappingRules:
    """What a mapping says. ``terms`` has the predicates of labels, descriptions and aliases."""

    concepts: Concepts
    label: IRI
    exact_match: IRI
    description: IRI | None = None
    alias: IRI | None = None
    cites: IRI | None = None
    pin_class: IRI | None = None
    instance_of: Property | None = None
    circa: Circa | None = None
    item_classes: tuple[IRI, ...] = ()
    classes: Mapping[IRI, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    reference_class: IRI | None = None
    reference: tuple[Part, ...] = ()
    unmapped: Mapping[IRI, str] = field(default_factory=dict)

    @cached_property
    def direct(self) -> dict[IRI, DirectRule]:
        """By predicate."""
        return {r.predicate: r for r in self.rules if isinstance(r, DirectRule)}

    @cached_property
    def nodes(self) -> tuple[NodeRule, ...]:
        return tuple(r for r in self.rules if isinstance(r, NodeRule))

    @cached_property
    def by_property(self) -> dict[str, Rule]:
        """By the id of the main property."""
        return {r.main.property.id: r for r in self.rules}

    @cached_property
    def class_of(self) -> dict[str, IRI]:
        """Our class, by the item that stands for it there."""
        return {item: class_ for class_, item in self.classes.items()}

    def datatypes(self) -> dict[str, str]:
        """The datatype of each property that the mapping uses, by its id."""
        parts = [*self.reference, *(rule.main for rule in self.rules)]
        parts += [part for rule in self.nodes for part in rule.qualifiers]
        properties = [part.property for part in parts]
        properties += [self.circa.property] if self.circa else []
        properties += [self.instance_of] if self.instance_of else []
        return {property_.id: property_.datatype for property_ in properties}

    def mentioned(self) -> Iterator[IRI]:
        """The classes and predicates of ours that have a meaning there."""
        single = (self.label, self.description, self.alias, self.exact_match, self.cites)
        yield from (
            term for term in (*single, self.pin_class, self.reference_class) if term is not None
        )
        yield from self.classes
        if self.circa is not None:
            yield self.circa.predicate
        for part in self.reference:
            yield from (step.predicate for step in part.value)
        for rule in self.rules:
            if isinstance(rule, DirectRule):
                yield rule.predicate
                continue
            yield rule.node_class
            yield rule.subject.predicate
            for part in (rule.main, *rule.qualifiers):
                yield from (step.predicate for step in part.value)
