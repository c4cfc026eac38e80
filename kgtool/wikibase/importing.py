"""From entities of a Wikibase to triples, through a mapping backwards."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kgtool.rdf.lines import Triple
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, Literal, Term, lexical_form
from kgtool.rdf.timevalues import TimeValue
from kgtool.wikibase.citing import Citations
from kgtool.wikibase.facts import ThingNames
from kgtool.wikibase.mapping import Circa, DirectRule, MappingRules, NodeRule, Step
from kgtool.wikibase.model import Entity, ItemValue, Rank, Snak, Statement
from kgtool.wikibase.naming import statement_iri
from kgtool.wikibase.problems import ImportReport, Place
from kgtool.wikibase.terms import Terms, along
from kgtool.wikibase.values import Inexpressible

_TYPE = IRI(RDF.type)
#: RFC 5646 as far as parsers of RDF check it.
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_SUBJECT, _PREDICATE, _OBJECT = (IRI(RDF.base + n) for n in ("subject", "predicate", "object"))


class _Awaited(NamedTuple):
    """A node that leads over another node of its rule, whose value is ``value``."""

    node: IRI
    rule: NodeRule
    over: Step
    value: Term
    property: str
    place: Place


class Importer:
    """Turns entities into triples; ``names`` has our IRIs of the things that are known.

    What cannot be turned is reported, and the rest goes on.
    """

    def __init__(self, mapping: MappingRules, names: ThingNames, report: ImportReport) -> None:
        self._mapping = mapping
        self._names = names
        self._report = report
        self._terms = Terms(mapping.concepts, names, report)
        self._citations = Citations(mapping, self._terms, report)
        #: The ids of what was imported and is new to the graph.
        self._imported: set[str] = set()

    def triples(self, entities: Iterable[tuple[Entity, Place]]) -> Iterator[Triple]:
        """The triples of entities, one entity after the other; some may come twice."""
        for entity, place in entities:
            yield from self._entity(entity, place)
        self._terms.report_unknown(self._imported)

    def _entity(self, entity: Entity, place: Place) -> Iterator[Triple]:
        name = self._name(entity)
        if name is None:
            self._report.problem(
                "no id", place, "the entity has no id, and no thing has its labels"
            )
            return
        self._report.entities += 1
        thing = about = IRI(name)
        if entity.id is not None:
            if entity.id not in self._names.by_id:
                self._imported.add(entity.id)
            about = IRI(self._mapping.concepts.iri(entity.id))
            if about != thing:
                yield thing, self._mapping.exact_match, about
        yield from self._texts(thing, entity, place)
        awaited: list[_Awaited] = []
        nodes: defaultdict[tuple[NodeRule, Term], list[IRI]] = defaultdict(list)
        for statement in entity.statements:
            if statement.rank is Rank.DEPRECATED:
                self._report.deprecated += 1
                continue
            node = IRI(statement_iri(about.value, statement, self._mapping.concepts))
            try:
                yield from self._statement(thing, node, statement, place, awaited, nodes)
            except Inexpressible as error:
                self._terms.wrong(statement.main, error, place)
        yield from self._led(awaited, nodes)

    def _name(self, entity: Entity) -> str | None:
        known = self._names.of(entity)
        return known or (self._mapping.concepts.iri(entity.id) if entity.id else None)

    def _texts(self, thing: IRI, entity: Entity, place: Place) -> Iterator[Triple]:
        mapping = self._mapping
        aliases = [(language, t) for language, texts in entity.aliases.items() for t in texts]
        for predicate, texts in (
            (mapping.label, entity.labels.items()),
            (mapping.description, entity.descriptions.items()),
            (mapping.alias, aliases),
        ):
            for language, text in texts:
                if not _LANGUAGE.fullmatch(language):
                    message = f"{language!r} is no language tag of RDF"
                    self._report.problem("language", place, message)
                elif predicate is not None:
                    yield thing, predicate, Literal.tagged(text, language)

    # Statements -------------------------------------------------------------------------

    def _statement(
        self,
        thing: IRI,
        node: IRI,
        statement: Statement,
        place: Place,
        awaited: list[_Awaited],
        nodes: defaultdict[tuple[NodeRule, Term], list[IRI]],
    ) -> Iterator[Triple]:
        """Raises Inexpressible where the main value has no term."""
        property_ = statement.main.property
        rule = self._mapping.by_property.get(property_)
        if self._mapping.instance_of and property_ == self._mapping.instance_of.id:
            yield from self._class(thing, statement.main, place)
        elif rule is None:
            self._report.unmapped["statements of", property_] += 1
        elif isinstance(rule, DirectRule):
            term = self._terms.of(statement.main, rule.main, place)
            self._report.statements += 1
            yield thing, rule.predicate, term
            yield from self._pinned(node, (thing, rule.predicate, term), statement, place)
            yield from self._circa(thing, [term], statement.qualifiers)
            self._count_left(statement.qualifiers, ())
        else:
            term = self._terms.of(statement.main, rule.main, place)
            self._report.statements += 1
            nodes[rule, term].append(node)
            yield node, _TYPE, rule.node_class
            yield along(node, rule.subject, thing)
            yield along(node, rule.main.value[0], term)
            yield from self._qualifiers(node, rule, statement, place, awaited)
            yield from self._citations.of(node, statement.references, place)

    def _class(self, thing: IRI, main: Snak, place: Place) -> Iterator[Triple]:
        value = main.value
        class_ = self._mapping.class_of.get(value.id) if isinstance(value, ItemValue) else None
        if class_ is not None:
            self._report.statements += 1
            yield thing, _TYPE, class_
        elif isinstance(value, ItemValue):
            self._report.unmapped[f"statements of {main.property}", value.id] += 1
        else:
            self._terms.wrong(
                main, Inexpressible("the value is no item", "another datatype"), place
            )

    def _pinned(
        self, node: IRI, triple: Triple, statement: Statement, place: Place
    ) -> Iterator[Triple]:
        """What a node says of that on which a triple rests."""
        cited = list(self._citations.of(node, statement.references, place))
        if cited and self._mapping.pin_class is not None:
            yield node, _TYPE, self._mapping.pin_class
            yield from zip((node,) * 3, (_SUBJECT, _PREDICATE, _OBJECT), triple, strict=True)
            yield from cited

    def _qualifiers(
        self, node: IRI, rule: NodeRule, statement: Statement, place: Place,
        awaited: list[_Awaited],
    ) -> Iterator[Triple]:  # fmt: skip
        parts = {part.property.id: part for part in rule.qualifiers}
        times: list[Term] = []
        for snak in statement.qualifiers:
            part = parts.get(snak.property)
            if part is None:
                continue
            term = self._terms.tried(snak, part, place)
            if term is None:
                continue
            if isinstance(snak.value, TimeValue):
                times.append(term)
            if len(part.value) == 1:
                yield along(node, part.value[0], term)
            else:
                awaited.append(_Awaited(node, rule, part.value[0], term, snak.property, place))
        yield from self._circa(node, times, statement.qualifiers)
        self._count_left(statement.qualifiers, parts)

    def _led(
        self,
        awaited: Sequence[_Awaited],
        nodes: Mapping[tuple[NodeRule, Term], list[IRI]],
    ) -> Iterator[Triple]:
        """Where a path led over another statement of the entity, leads there again."""
        for each in awaited:
            found = [node for node in nodes.get((each.rule, each.value), ()) if node != each.node]
            if len(found) == 1:
                yield along(each.node, each.over, found[0])
            else:
                message = (
                    f"{each.property}: {len(found)} other statements of the entity have the value "
                    f"{lexical_form(each.value)}, so it is not known which is meant"
                )
                self._report.problem("ambiguous qualifier", each.place, message)

    def _circa(
        self, node: IRI, times: Sequence[Term], qualifiers: Iterable[Snak]
    ) -> Iterator[Triple]:
        circa = self._mapping.circa
        if circa is not None and any(_is_circa(snak, circa) for snak in qualifiers):
            for time in times:
                yield node, circa.predicate, Literal(f"{lexical_form(time)}~")

    def _count_left(self, qualifiers: Iterable[Snak], known: Iterable[str]) -> None:
        circa = self._mapping.circa
        for snak in qualifiers:
            if snak.property not in known and not (circa and _is_circa(snak, circa)):
                self._report.unmapped["qualifiers", snak.property] += 1


def _is_circa(snak: Snak, circa: Circa) -> bool:
    return snak.property == circa.property.id and snak.value == ItemValue(circa.item)
