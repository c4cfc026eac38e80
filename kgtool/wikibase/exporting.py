"""From a graph to entities of a Wikibase, through a mapping."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from kgtool.engine.store import Store
from kgtool.rdf.edtf import is_approximate
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, Literal, Term, lexical_form
from kgtool.rdf.timevalues import TimeValue
from kgtool.wikibase.facts import Facts, NodeFacts, node_parts, read_facts
from kgtool.wikibase.mapping import MappingRules, NodeRule, Part
from kgtool.wikibase.model import Entity, ItemValue, Snak, Statement, id_order
from kgtool.wikibase.values import Inexpressible, is_rounded, value_of

#: The longest label, description or alias that Wikibase takes.
LONGEST_TERM = 250
_TYPE = IRI(RDF.type)


class Loss(NamedTuple):
    """What the Wikibase cannot have, or not yet: of which thing, in which property, and why.

    ``value`` is None where the whole statement is meant.
    """

    thing: Term
    property: str
    value: Term | None
    reason: str


@dataclass(slots=True)
class Export:
    """Entities in order of their ids, new ones last, in order of their IRIs."""

    entities: list[Entity] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


def export_entities(
    store: Store, mapping: MappingRules, *, only: str | None = None, new_only: bool = False
) -> Export:
    """The things of a store's item classes as entities, with what cannot be said of them there.

    ``only`` is a graph pattern that says which ?s are meant, ``new_only`` leaves out those that
    the Wikibase has. What reasoning adds is no part of it.
    """
    return _Exporter(read_facts(store, mapping, only), mapping).export(new_only)


class _Exporter:
    def __init__(self, facts: Facts, mapping: MappingRules) -> None:
        self._facts = facts
        self._mapping = mapping
        self._losses: list[Loss] = []
        self._nodes: defaultdict[Term, list[tuple[NodeRule, NodeFacts]]] = defaultdict(list)
        for rule, nodes in facts.nodes.items():
            for node in nodes:
                self._nodes[node.subject].append((rule, node))
        #: A reference is the same wherever it is cited, and so are its losses.
        self._references: dict[Term, tuple[Snak, ...]] = {}

    def export(self, new_only: bool) -> Export:
        chosen = [pair for pair in self._chosen() if pair[0] is None or not new_only]
        chosen.sort(key=lambda pair: (pair[0] is None, id_order(pair[0] or ""), str(pair[1])))
        entities = [self._entity(thing, id_) for id_, thing in chosen]
        losses = sorted(set(self._losses), key=lambda loss: tuple(map(str, loss)))
        return Export(entities, losses)

    def _chosen(self) -> Iterator[tuple[str | None, Term]]:
        """The things, each with the id that it alone has, or with none."""
        taken: dict[str, Term] = {}
        for thing in sorted(self._facts.things, key=str):
            try:
                id_ = self._id_of(lexical_form(thing))
            except Inexpressible as error:
                self._lose(thing, "", None, str(error))
                continue
            if id_ is not None and taken.setdefault(id_, thing) != thing:
                self._lose(thing, "", None, f"has the item {id_}, which {taken[id_]} has")
                continue
            yield id_, thing

    def _id_of(self, iri: str) -> str | None:
        """Of two ids it is not known which to take."""
        ids = self._facts.ids.get(iri)
        if ids and len(ids) > 1:
            raise Inexpressible(f"has two items, {' and '.join(sorted(ids, key=id_order))}")
        return ids[0] if ids else self._mapping.concepts.id_of(iri)

    def _entity(self, thing: Term, id_: str | None) -> Entity:
        labels, descriptions = (
            {language: texts[0] for language, texts in self._texts(thing, predicate, True)}
            for predicate in (self._mapping.label, self._mapping.description)
        )
        aliases = {
            language: tuple(texts)
            for language, texts in self._texts(thing, self._mapping.alias, False)
        }
        statements = _united([*self._direct(thing), *self._classes(thing), *self._of_nodes(thing)])
        return Entity(
            id_, labels, descriptions, aliases, tuple(sorted(statements, key=statement_order)),
            lexical_form(thing),
        )  # fmt: skip

    def _texts(
        self, thing: Term, predicate: IRI | None, single: bool
    ) -> Iterator[tuple[str, list[str]]]:
        """The texts of labels, descriptions or aliases, by language."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for term in self._about(thing, predicate):
            name = predicate.value if predicate else ""
            if not isinstance(term, Literal) or not term.language:
                self._lose(thing, name, term, "has no language")
            elif len(term.lexical) > LONGEST_TERM:
                self._lose(thing, name, term, f"is longer than {LONGEST_TERM} characters")
            elif term.lexical != " ".join(term.lexical.split()) or not term.lexical:
                self._lose(thing, name, term, "has line breaks or too many spaces")
            elif single and found[term.language.lower()]:
                self._lose(thing, name, term, "is a second one in its language")
            else:
                found[term.language.lower()].append(term.lexical)
        return iter(sorted((language, texts) for language, texts in found.items() if texts))

    # Statements -------------------------------------------------------------------------

    def _direct(self, thing: Term) -> Iterator[Statement]:
        texts = self._about(thing, self._mapping.circa.predicate if self._mapping.circa else None)
        for predicate, rule in self._mapping.direct.items():
            for term in self._about(thing, predicate):
                main = self._snak(thing, rule.main, term)
                if main is None:
                    continue
                pin = self._facts.pins.get((thing, predicate, term))
                cited = pin.cited if pin else self._about(thing, self._mapping.cites)
                yield Statement(
                    main,
                    self._circa(thing, [(main, term)], texts),
                    self._references_of(thing, cited),
                    id=self._statement_id(*pin.nodes) if pin else None,
                )

    def _classes(self, thing: Term) -> Iterator[Statement]:
        property_ = self._mapping.instance_of
        if property_ is not None:
            for class_ in self._about(thing, _TYPE):
                item = self._mapping.classes.get(class_) if isinstance(class_, IRI) else None
                if item is not None:
                    cited = self._about(thing, self._mapping.cites)
                    main = Snak(property_.id, property_.datatype, ItemValue(item))
                    yield Statement(main, (), self._references_of(thing, cited))

    def _of_nodes(self, thing: Term) -> Iterator[Statement]:
        for rule, facts in self._nodes[thing]:
            parts = node_parts(rule)
            mains = [self._snak(facts.node, rule.main, term) for term in facts.values[0]]
            said = [
                (snak, term)
                for number, part in enumerate(parts[1:], 1)
                for term in _ordered(facts.values[number])
                if (snak := self._snak(facts.node, part, term)) is not None
            ]
            qualifiers = tuple(dict.fromkeys(snak for snak, _ in said))
            qualifiers += self._circa(facts.node, said, facts.texts)
            references = self._references_of(facts.node, facts.cited)
            for main in mains:
                if main is not None:
                    id_ = self._statement_id(facts.node)
                    yield Statement(main, qualifiers, references, id=id_)

    def _circa(
        self, thing: Term, said: Sequence[tuple[Snak, Term]], texts: Sequence[Term]
    ) -> tuple[Snak, ...]:
        """The qualifier for times that are approximate, of which a statement has all or none."""
        circa = self._mapping.circa
        times = [pair for pair in said if isinstance(pair[0].value, TimeValue)]
        vague = {lexical_form(text) for text in texts}
        found = [is_approximate(term) or f"{lexical_form(term)}~" in vague for _, term in times]
        rounded = [is_rounded(term, snak.datatype) for snak, term in times]
        if circa is None or not any(found) or any(rounded):
            return ()  # of an hour that is approximate the day may be exact
        if not all(found):
            self._lose(thing, circa.property.id, None, "only some of its times are approximate")
            return ()
        return (Snak(circa.property.id, circa.property.datatype, ItemValue(circa.item)),)

    def _references_of(self, thing: Term, cited: Sequence[Term]) -> tuple[tuple[Snak, ...], ...]:
        found = [self._reference(node) for node in _ordered(cited)]
        return tuple(dict.fromkeys(snaks for snaks in found if snaks))

    def _reference(self, node: Term) -> tuple[Snak, ...]:
        if node not in self._references:
            values = self._facts.references[node]
            self._references[node] = tuple(
                snak
                for number, part in enumerate(self._mapping.reference)
                for term in (_ordered(values[number]) if part.value else [node])
                if (snak := self._snak(node, part, term)) is not None
            )
        return self._references[node]

    def _snak(self, thing: Term, part: Part, term: Term) -> Snak | None:
        property_ = part.property
        try:
            value = value_of(term, property_.datatype, self._id_of, part.unit)
        except Inexpressible as error:
            self._lose(thing, property_.id, term, str(error))
            return None
        if is_rounded(term, property_.datatype):
            self._lose(thing, property_.id, term, "is said to the day")
        return Snak(property_.id, property_.datatype, value)

    def _statement_id(self, *nodes: Term) -> str | None:
        """The id of a statement that came from the Wikibase, by the name of its node."""
        for node in nodes:
            local = lexical_form(node).removeprefix(self._mapping.concepts.statements)
            if local != lexical_form(node) and "-" in local:
                return local.replace("-", "$", 1)
        return None

    def _about(self, thing: Term, predicate: IRI | None) -> Sequence[Term]:
        if predicate is None or thing not in self._facts.about:
            return ()
        return _ordered(self._facts.about[thing].get(predicate, ()))

    def _lose(self, thing: Term, property_: str, value: Term | None, reason: str) -> None:
        self._losses.append(Loss(thing, property_, value, reason))


def _ordered(terms: Sequence[Term]) -> Sequence[Term]:
    """In the order of their texts; most often there is one."""
    return sorted(terms, key=str) if len(terms) > 1 else terms


def with_terms(entities: Iterable[Entity], terms: str) -> Iterator[Entity]:
    """Entities with the labels, descriptions and aliases of all, or of new ones only."""
    for entity in entities:
        if terms == "all" or entity.id is None:
            yield entity
        else:
            yield replace(entity, labels={}, descriptions={}, aliases={})


def _united(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Statements that say the same become one, with the references of all."""
    found: dict[tuple[object, ...], Statement] = {}
    for each in statements:
        key = (each.main, each.qualifiers, each.id)
        known = found.get(key)
        if known is not None:
            both = tuple(dict.fromkeys(known.references + each.references))
            each = replace(known, references=both)
        found[key] = each
    return iter(found.values())


def statement_order(statement: Statement) -> tuple[object, ...]:
    """A sort key: by property, and then by what is said."""
    return (
        id_order(statement.main.property), str(statement.main.value), str(statement.qualifiers),
        statement.id or "",
    )  # fmt: skip
