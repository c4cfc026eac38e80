"""Reads a mapping from its Turtle, with the place of what is wrong in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Any, NoReturn

from kgtool.errors import DataError, Location
from kgtool.project.sources import SourceFile, read_file
from kgtool.rdf.namespaces import RDF, WIKIBASE
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.wikibase.mapping import (
    Circa,
    Concepts,
    DirectRule,
    MappingRules,
    NodeRule,
    Part,
    Path,
    Property,
    Rule,
    Step,
)
from kgtool.wikibase.model import DATATYPES, NO_UNIT
from kgtool.wikibase.vocabulary import MAPPING, SELF, wbm, wikibase

_TYPE, _FIRST, _REST, _NIL = map(IRI, (RDF.type, RDF.first, RDF.rest, RDF.nil))
_INVERSE = IRI("http://www.w3.org/ns/shacl#inversePath")
_JSON_NAMES = {WIKIBASE.base + local: name for name, local in DATATYPES.items()}
_KNOWN = frozenset(
    wbm(name)
    for name in (
        "alias", "circa", "cites", "description", "exactMatch", "instanceOf", "item", "itemClass",
        "label", "pinClass", "property", "qualifier", "reference", "statement", "subject", "unit",
        "unmapped", "value",
    )
)  # fmt: skip


def read_mapping(path: FilePath, name: str, base: str) -> MappingRules:
    """The mapping in a file; ``name`` is what messages call it, ``base`` the concept base.

    Raises RdfSyntaxError, and DataError where it is no mapping, with the place.
    """
    return _Reader(read_file(path, name), Concepts(base)).read()


class _Reader:
    def __init__(self, file: SourceFile, concepts: Concepts) -> None:
        self._file = file
        self._concepts = concepts
        self._about: defaultdict[Term, defaultdict[Term, list[Term]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for s, p, o in file.triples:
            self._about[s][p].append(o)

    def read(self) -> MappingRules:
        for triple in self._file.triples:
            predicate = triple[1]
            assert isinstance(predicate, IRI)
            if predicate.value.startswith(MAPPING) and predicate not in _KNOWN:
                names = ", ".join(sorted(f"wbm:{k.value.removeprefix(MAPPING)}" for k in _KNOWN))
                self._fail("mappings have no such term", *triple, expected=f"one of {names}")
        heads = [s for s in self._about if wbm("Mapping") in self._about[s][_TYPE]]
        if len(heads) != 1:
            raise DataError(
                f"the file has {len(heads) or 'no'} mappings" if heads else "this is no mapping",
                location=Location(self._file.name),
                expected="one node of the class wbm:Mapping",
            )
        head = heads[0]
        reference_class, reference = self._references()
        instance_of = self._optional(head, "instanceOf")
        return MappingRules(
            concepts=self._concepts,
            label=self._iri(head, "label"),
            exact_match=self._iri(head, "exactMatch"),
            description=self._optional(head, "description"),
            alias=self._optional(head, "alias"),
            cites=self._optional(head, "cites"),
            pin_class=self._optional(head, "pinClass"),
            instance_of=self._property(head, "instanceOf") if instance_of else None,
            circa=self._circa(head),
            item_classes=tuple(self._iris(head, "itemClass")),
            classes=self._classes(),
            rules=self._rules(),
            reference_class=reference_class,
            reference=reference,
            unmapped=self._reasons(),
        )

    # Rules ------------------------------------------------------------------------------

    def _rules(self) -> tuple[Rule, ...]:
        found: dict[str, Rule] = {}
        for subject in list(self._about):
            if not isinstance(subject, IRI):
                continue
            rules: list[Rule] = []
            if self._about[subject][wbm("property")]:
                rules.append(DirectRule(subject, self._part(subject, ((Step(subject)),))))
            rules += [
                self._node_rule(subject, node) for node in self._objects(subject, "statement")
            ]
            for rule in rules:
                property_ = rule.main.property.id
                if property_ in found:
                    self._fail(
                        f"{property_} is the property of two rules, which an import cannot tell "
                        "apart",
                        subject,
                        expected="one rule for each property",
                    )
                found[property_] = rule
        return tuple(found[p] for p in sorted(found, key=lambda p: int(p[1:])))

    def _node_rule(self, class_: IRI, node: Term) -> NodeRule:
        subject = self._path(node, self._one(node, "subject"))
        if len(subject) != 1:
            self._fail("the subject of a statement is one step away", node, wbm("subject"))
        qualifiers = tuple(self._part(q) for q in self._objects(node, "qualifier"))
        main = self._part(node)
        if len(main.value) != 1 or main.value[0].inverse:
            self._fail("the value of a statement is a property of its node", node, wbm("value"))
        for part in qualifiers:
            over = part.value[1:]
            if not part.value or over not in ((), main.value):
                self._fail(
                    f"{part.property.id} cannot be followed backwards", node, wbm("qualifier"),
                    expected="a property of the node, or the value of another such node",
                )  # fmt: skip
        ordered = sorted(qualifiers, key=lambda part: int(part.property.id[1:]))
        return NodeRule(class_, subject[0], main, tuple(ordered))

    def _references(self) -> tuple[IRI | None, tuple[Part, ...]]:
        found = [s for s in self._about if self._about[s][wbm("reference")]]
        if not found:
            return None, ()
        if len(found) > 1 or not isinstance(found[0], IRI):
            self._fail("references are made of one class", found[-1], wbm("reference"))
        parts = [self._part(node) for node in self._objects(found[0], "reference")]
        for part in parts:
            if len(part.value) > 1:
                message = f"{part.property.id} cannot be followed backwards"
                self._fail(message, found[0], wbm("reference"), expected="a property, or wbm:self")
        return found[0], tuple(sorted(parts, key=lambda part: int(part.property.id[1:])))

    def _circa(self, head: Term) -> Circa | None:
        nodes = self._objects(head, "circa")
        if not nodes:
            return None
        item = self._id(nodes[0], "item")
        return Circa(self._property(nodes[0], "property"), item, self._iri(nodes[0], "value"))

    def _classes(self) -> dict[IRI, str]:
        found: dict[IRI, str] = {}
        for subject in list(self._about):
            if isinstance(subject, IRI) and self._objects(subject, "item"):
                found[subject] = self._id(subject, "item")
        return found

    def _reasons(self) -> dict[IRI, str]:
        return {
            subject: reason.lexical
            for subject in list(self._about)
            for reason in self._objects(subject, "unmapped")
            if isinstance(subject, IRI) and isinstance(reason, Literal)
        }

    # Parts ------------------------------------------------------------------------------

    def _part(self, node: Term, value: Path | None = None) -> Part:
        if value is None:
            value = self._path(node, self._one(node, "value"))
        unit = self._id(node, "unit") if self._objects(node, "unit") else NO_UNIT
        property_ = self._property(node, "property")
        if any(s.inverse for s in value) and property_.datatype not in ("wikibase-item", "url"):
            message = f"{property_.id} has no values that are subjects of triples"
            self._fail(message, node, wbm("value"), expected="a path without sh:inversePath")
        return Part(property_, value, unit)

    def _path(self, node: Term, value: Term) -> Path:
        if value == SELF:
            return ()
        if _FIRST in self._about[value]:
            return tuple(step for item in self._items(value) for step in self._path(node, item))
        if isinstance(value, IRI) and value != _NIL:
            return (Step(value),)
        match self._about[value][_INVERSE]:
            case [IRI() as predicate]:
                return (Step(predicate, inverse=True),)
        self._fail(
            "this is no path", node, wbm("value"), value,
            expected="a property, a list of such, [ sh:inversePath PROPERTY ] or wbm:self",
        )  # fmt: skip

    def _items(self, head: Term) -> Iterable[Term]:
        while head != _NIL and self._about[head][_FIRST]:
            yield self._about[head][_FIRST][0]
            head = next(iter(self._about[head][_REST]), _NIL)

    def _property(self, node: Term, name: str) -> Property:
        id_ = self._id(node, name)
        if not id_.startswith("P"):
            self._fail(f"{id_} is no property", node, wbm(name), expected="the IRI of a property")
        types = self._about[IRI(self._concepts.iri(id_))][wikibase("propertyType")]
        datatype = _JSON_NAMES.get(types[0].value) if types and isinstance(types[0], IRI) else None
        if datatype is None:
            self._fail(
                f"the datatype of {id_} is not given" if not types else
                f"kgtool does not know the datatype of {id_}",
                node, wbm(name),
                expected="wikibase:propertyType with one of "
                + ", ".join(f"wikibase:{local}" for local in DATATYPES.values()),
            )  # fmt: skip
        return Property(id_, datatype)

    def _id(self, node: Term, name: str) -> str:
        iri = self._iri(node, name)
        id_ = self._concepts.id_of(iri.value)
        if id_ is None:
            self._fail(
                f"{iri} is no entity of this Wikibase", node, wbm(name), iri,
                expected=f"an IRI such as <{self._concepts.entities}Q1>",
            )  # fmt: skip
        return id_

    def _objects(self, node: Term, name: str) -> list[Term]:
        return self._about[node][wbm(name)]

    def _one(self, node: Term, name: str) -> Any:
        objects = self._objects(node, name)
        if len(objects) != 1:
            self._fail(f"wbm:{name} is said {len(objects)} times here", node, expected="it once")
        return objects[0]

    def _iri(self, node: Term, name: str) -> IRI:
        value = self._one(node, name)
        if not isinstance(value, IRI):
            self._fail(f"wbm:{name} is no IRI", node, wbm(name), value)
        return value

    def _optional(self, node: Term, name: str) -> IRI | None:
        return self._iri(node, name) if self._objects(node, name) else None

    def _iris(self, node: Term, name: str) -> list[IRI]:
        return [value for value in self._objects(node, name) if isinstance(value, IRI)]

    def _fail(self, message: str, *terms: Term, expected: str | None = None) -> NoReturn:
        place = self._file.places.nearest(*terms[:3]) or Location(self._file.name)
        raise DataError(message, location=place, expected=expected)
