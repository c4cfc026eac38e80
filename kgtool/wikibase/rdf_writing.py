"""Entities as Wikibase RDF, the model of the public dumps.

https://www.mediawiki.org/wiki/Wikibase/Indexing/RDF_Dump_Format. A new item keeps our name for it.
Nodes that the Wikibase would name by a hash or a random id have a name made of what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kgtool.rdf.lines import Triple
from kgtool.rdf.namespaces import RDF, RDFS, XSD, wikibase_prefixes
from kgtool.rdf.terms import IRI, Literal, Term
from kgtool.rdf.timevalues import TimeValue
from kgtool.wikibase.mapping import Concepts
from kgtool.wikibase.model import (
    DATATYPES,
    EARTH,
    NO_UNIT,
    CoordinatesValue,
    Entity,
    ItemValue,
    MonolingualValue,
    NoValue,
    QuantityValue,
    Rank,
    Snak,
    Statement,
    StringValue,
    Value,
)
from kgtool.wikibase.naming import reference_iri, statement_iri, unknown_hash, value_hash
from kgtool.wikibase.vocabulary import ONE, PROV, SCHEMA, SKOS, WKT, wikibase

_TYPE, _LABEL = IRI(RDF.type), IRI(RDFS.label)
_DERIVED = IRI(PROV + "wasDerivedFrom")
_RANKS = {rank: wikibase(f"{rank.value.capitalize()}Rank") for rank in Rank}


def write_rdf(entities: Iterable[Entity], concepts: Concepts) -> Iterator[str]:
    """Turtle."""
    from kgtool.rdf.writing import triples_text

    prefixes = wikibase_prefixes(concepts.base) | {"schema": SCHEMA}
    return triples_text(rdf_triples(entities, concepts), "turtle", prefixes)


def rdf_triples(entities: Iterable[Entity], concepts: Concepts) -> Iterator[Triple]:
    """The triples, those of values and references once for each time that they are used."""
    writer = _Writer(concepts)
    used: set[tuple[str, str]] = set()
    for entity in entities:
        yield from writer.entity(entity)
        used |= {(s.property, s.datatype) for s in _snaks(entity)}
    for property_, datatype in sorted(used):
        yield from writer.property(property_, datatype)


def _snaks(entity: Entity) -> Iterator[Snak]:
    for statement in entity.statements:
        yield statement.main
        yield from statement.qualifiers
        for reference in statement.references:
            yield from reference


class _Writer:
    def __init__(self, concepts: Concepts) -> None:
        self._concepts = concepts
        self._prefixes = wikibase_prefixes(concepts.base)

    def entity(self, entity: Entity) -> Iterator[Triple]:
        subject = IRI(self._concepts.iri(entity.id) if entity.id else entity.iri or "")
        yield subject, _TYPE, wikibase("Item")
        for language, text in entity.labels.items():
            for predicate in (_LABEL, IRI(SKOS + "prefLabel"), IRI(SCHEMA + "name")):
                yield subject, predicate, Literal.tagged(text, language)
        for language, text in entity.descriptions.items():
            yield subject, IRI(SCHEMA + "description"), Literal.tagged(text, language)
        for language, texts in entity.aliases.items():
            for text in texts:
                yield subject, IRI(SKOS + "altLabel"), Literal.tagged(text, language)
        best = _best_ranks(entity.statements)
        for statement in entity.statements:
            is_best = statement.rank is best.get(statement.main.property)
            yield from self._statement(subject, statement, is_best)

    def property(self, id_: str, datatype: str) -> Iterator[Triple]:
        subject = IRI(self._concepts.iri(id_))
        yield subject, _TYPE, wikibase("Property")
        yield subject, wikibase("propertyType"), wikibase(DATATYPES[datatype])
        for name, prefix in _PROPERTY_LINKS.items():
            yield subject, wikibase(name), self._iri(prefix, id_)

    def _statement(self, subject: IRI, statement: Statement, is_best: bool) -> Iterator[Triple]:
        main = statement.main
        node = IRI(statement_iri(subject.value, statement, self._concepts))
        yield subject, self._iri("p", main.property), node
        yield node, _TYPE, wikibase("Statement")
        yield node, wikibase("rank"), _RANKS[statement.rank]
        if is_best:
            yield node, _TYPE, wikibase("BestRank")
            yield from self._direct(subject, main)
        yield from self._snak(node, main, "ps", "psv")
        for qualifier in statement.qualifiers:
            yield from self._snak(node, qualifier, "pq", "pqv")
        for reference in statement.references:
            source = IRI(reference_iri(reference, self._concepts))
            yield node, _DERIVED, source
            yield source, _TYPE, wikibase("Reference")
            for snak in reference:
                yield from self._snak(source, snak, "pr", "prv")

    def _direct(self, subject: IRI, snak: Snak) -> Iterator[Triple]:
        if snak.value is NoValue.NONE:
            yield subject, _TYPE, self._iri("wdno", snak.property)
        else:
            yield subject, self._iri("wdt", snak.property), self._simple(subject, snak)

    def _snak(self, node: IRI, snak: Snak, plain: str, full: str) -> Iterator[Triple]:
        """What a node says, and where the value has more to it, a node for the value."""
        if snak.value is NoValue.NONE:
            yield node, _TYPE, self._iri("wdno", snak.property)
            return
        yield node, self._iri(plain, snak.property), self._simple(node, snak)
        parts = list(self._parts(snak.value))
        if parts:
            value = self._iri("wdv", value_hash(snak.value))
            yield node, self._iri(full, snak.property), value
            for predicate, object_ in parts:
                yield value, predicate, object_

    def _simple(self, node: IRI, snak: Snak) -> Term:
        match snak.value:
            case ItemValue(id_):
                return IRI(self._concepts.iri(id_))
            case StringValue(text):
                return IRI(text) if snak.datatype == "url" else Literal(text)
            case MonolingualValue(text, language):
                return Literal.tagged(text, language)
            case QuantityValue():
                return Literal(snak.value.amount, XSD.decimal)
            case TimeValue():
                return _date_time(snak.value)
            case CoordinatesValue():
                globe = "" if snak.value.globe == EARTH else f"<{snak.value.globe}> "
                point = f"Point({snak.value.longitude} {snak.value.latitude})"
                return Literal(globe + point, WKT)
            case NoValue():  # a value that is not known is a name of its own
                name = unknown_hash(node.value, snak.property)
                return IRI(f"{self._concepts.base}.well-known/genid/{name}")

    def _parts(self, value: Value) -> Iterator[tuple[IRI, Term]]:
        match value:
            case TimeValue():
                yield _TYPE, wikibase("TimeValue")
                yield wikibase("timeValue"), _date_time(value)
                yield wikibase("timePrecision"), _integer(value.precision)
                yield wikibase("timeTimezone"), _integer(0)
                yield wikibase("timeCalendarModel"), IRI(value.calendar)
            case QuantityValue():
                yield _TYPE, wikibase("QuantityValue")
                yield wikibase("quantityAmount"), Literal(value.amount, XSD.decimal)
                if value.lower is not None and value.upper is not None:
                    yield wikibase("quantityLowerBound"), Literal(value.lower, XSD.decimal)
                    yield wikibase("quantityUpperBound"), Literal(value.upper, XSD.decimal)
                unit = ONE if value.unit == NO_UNIT else self._concepts.iri(value.unit)
                yield wikibase("quantityUnit"), IRI(unit)
            case CoordinatesValue():
                yield _TYPE, wikibase("GlobecoordinateValue")
                yield wikibase("geoLatitude"), _double(value.latitude)
                yield wikibase("geoLongitude"), _double(value.longitude)
                if value.precision is not None:
                    yield wikibase("geoPrecision"), _double(value.precision)
                yield wikibase("geoGlobe"), IRI(value.globe)

    def _iri(self, prefix: str, local: str) -> IRI:
        return IRI(self._prefixes[prefix] + local)


_PROPERTY_LINKS = {
    "claim": "p",
    "directClaim": "wdt",
    "novalue": "wdno",
    "qualifier": "pq",
    "qualifierValue": "pqv",
    "reference": "pr",
    "referenceValue": "prv",
    "statementProperty": "ps",
    "statementValue": "psv",
}


def _best_ranks(statements: Sequence[Statement]) -> dict[str, Rank]:
    """Which rank of each property is said without more ado: the best that is not deprecated."""
    found: dict[str, Rank] = {}
    for statement in statements:
        if statement.rank is Rank.PREFERRED:
            found[statement.main.property] = Rank.PREFERRED
        elif statement.rank is Rank.NORMAL:
            found.setdefault(statement.main.property, Rank.NORMAL)
    return found


def _date_time(value: TimeValue) -> Literal:
    """The Gregorian day on which the time begins; what is no date stays as it is."""
    try:
        return Literal(value.date_time(), XSD.dateTime)
    except ValueError:
        return Literal(value.text.removeprefix("+"), XSD.dateTime)


def _integer(number: int) -> Literal:
    return Literal(str(number), XSD.integer)


def _double(text: str) -> Literal:
    return Literal(text, XSD.double)
