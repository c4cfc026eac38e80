"""Entities from Wikibase RDF: the reverse of ``rdf_writing``.

A statement's parts may stand anywhere in a file, so a file is read as a whole.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from kgtool.errors import Location, RdfSyntaxError, UsageError
from kgtool.rdf.convert import from_oxigraph
from kgtool.rdf.files import Format, format_of
from kgtool.rdf.namespaces import RDF, RDFS, WIKIBASE, wikibase_prefixes
from kgtool.rdf.reading import Parser
from kgtool.rdf.terms import IRI, BlankNode, Literal, Term, lexical_form
from kgtool.rdf.timevalues import TimeValue
from kgtool.wikibase.mapping import MappingRules
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
    id_order,
)
from kgtool.wikibase.problems import ImportReport, Place
from kgtool.wikibase.values import amount, decimal_text, degrees
from kgtool.wikibase.vocabulary import ONE, PROV, SCHEMA, SKOS, wikibase

_About: TypeAlias = "dict[IRI, list[Term]]"

_TYPE = IRI(RDF.type)
_RANKS = {wikibase(f"{rank.value.capitalize()}Rank"): rank for rank in Rank}
_DATATYPES = {WIKIBASE.base + local: name for name, local in DATATYPES.items()}
_POINT = re.compile(r"(?:<([^>]*)>\s*)?POINT\s*\(\s*(\S+)\s+(\S+?)\s*\)", re.I)


def read_rdf(
    path: Path, mapping: MappingRules, report: ImportReport
) -> Iterator[tuple[Entity, Place]]:
    """The items of a file in any RDF syntax, in order of their ids.

    A file that is cut short gives what stands before. Raises NotFoundError, and UsageError for a
    file whose name tells no syntax.
    """
    about: defaultdict[Term, _About] = defaultdict(lambda: defaultdict(list))
    syntax = format_of(path)
    if syntax is Format.TABLE:
        raise UsageError(
            f"{path} is a table", expected="entities as JSON, or Wikibase RDF such as .ttl or .nt"
        )
    try:
        for quad in Parser(path, syntax):
            predicate = IRI(quad.predicate.value)
            about[from_oxigraph(quad.subject)][predicate].append(from_oxigraph(quad.object))
    except RdfSyntaxError as error:
        report.problem("cut short", Place(error.location or Location(str(path))), error.message)
    yield from _Reader(about, mapping, Place(Location(str(path))), report).entities()


class _Reader:
    def __init__(
        self,
        about: defaultdict[Term, _About],
        mapping: MappingRules,
        place: Place,
        report: ImportReport,
    ) -> None:
        self._all = about
        self._mapping = mapping
        self._place = place
        self._report = report
        self._prefixes = wikibase_prefixes(mapping.concepts.base)
        self._known = mapping.datatypes()

    def entities(self) -> Iterator[tuple[Entity, Place]]:
        found: list[tuple[str | None, IRI]] = []
        for subject, about in self._all.items():
            if not isinstance(subject, IRI):
                continue
            id_ = self._mapping.concepts.id_of(subject.value)
            if wikibase("Item") in about.get(_TYPE, ()) or (id_ and id_.startswith("Q")):
                found.append((id_, subject))
        for id_, subject in sorted(
            found, key=lambda pair: (id_order(pair[0] or "~"), pair[1].value)
        ):
            entity = self._entity(id_, subject)
            if entity is not None:
                yield entity, self._place._replace(entity=id_ or subject.value)

    def _entity(self, id_: str | None, subject: IRI) -> Entity | None:
        about = self._all[subject]
        labels = self._texts(about, RDFS.label)
        statements = tuple(self._statements(subject, id_ or subject.value))
        if wikibase("Item") not in about.get(_TYPE, ()) and not labels and not statements:
            return None  # it is only mentioned
        return Entity(
            id_,
            {language: texts[0] for language, texts in labels.items()},
            {k: v[0] for k, v in self._texts(about, SCHEMA + "description").items()},
            self._texts(about, SKOS + "altLabel"),
            statements,
            subject.value,
        )

    def _texts(self, about: _About, predicate: str) -> dict[str, tuple[str, ...]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for term in about.get(IRI(predicate), ()):
            if isinstance(term, Literal) and term.language:
                found[term.language].append(term.lexical)
        return {language: tuple(sorted(found[language])) for language in sorted(found)}

    # Statements -------------------------------------------------------------------------

    def _statements(self, subject: IRI, entity: str) -> Iterator[Statement]:
        about = self._all[subject]
        place = self._place._replace(entity=entity)
        for property_, nodes in self._by_property(about, "p"):
            if property_ not in self._known:
                self._report.unmapped["statements of", property_] += len(nodes)
                continue
            for node in nodes:
                if not isinstance(node, IRI) or node not in self._all:
                    message = f"{property_}: the statement {node} is not in the file"
                    self._report.problem("malformed", place, message)
                    continue
                try:
                    yield self._statement(property_, node)
                except ValueError as error:
                    self._report.problem("malformed", place, f"{property_}: {error}")

    def _statement(self, property_: str, node: IRI) -> Statement:
        about = self._all[node]
        ranks = [_RANKS[r] for r in about.get(wikibase("rank"), ()) if r in _RANKS]
        mains = list(self._snaks(about, "ps", "psv", "statements of"))
        if not mains and self._iri("wdno", property_) in about.get(_TYPE, ()):
            mains = [Snak(property_, self._datatype(property_), NoValue.NONE)]
        if len(mains) != 1:
            raise ValueError(f"the statement {node} has {len(mains)} values")
        references = [
            tuple(self._snaks(self._all[source], "pr", "prv", "parts of references"))
            for source in sorted(about.get(IRI(PROV + "wasDerivedFrom"), ()), key=str)
            if source in self._all
        ]
        local = node.value.removeprefix(self._mapping.concepts.statements)
        return Statement(
            mains[0],
            tuple(self._snaks(about, "pq", "pqv", "qualifiers")),
            tuple(references),
            ranks[0] if ranks else Rank.NORMAL,
            local.replace("-", "$", 1) if local != node.value and "-" in local else None,
        )

    def _by_property(self, about: _About, prefix: str) -> list[tuple[str, list[Term]]]:
        """What is said with the predicates of a prefix, by the id of the property."""
        base = self._prefixes[prefix]
        found = [
            (local, sorted(terms, key=str))
            for predicate, terms in about.items()
            if predicate.value.startswith(base)
            and re.fullmatch(r"P\d+", local := predicate.value[len(base) :])
        ]
        return sorted(found, key=lambda pair: id_order(pair[0]))

    def _snaks(self, about: _About, plain: str, full: str, what: str) -> Iterator[Snak]:
        """The snaks of a node; those that are not mapped are counted."""
        for property_, terms in self._by_property(about, plain):
            if property_ not in self._known:
                self._report.unmapped[what, property_] += len(terms)
                continue
            datatype = self._datatype(property_)
            nodes = about.get(self._iri(full, property_), [])
            values = [self._all[node] for node in sorted(nodes, key=str) if node in self._all]
            unknown = [t for t in terms if self._is_unknown(t)]
            for _ in unknown:
                yield Snak(property_, datatype, NoValue.UNKNOWN)
            if values and len(values) == len(terms) - len(unknown):
                yield from (Snak(property_, datatype, self._full(value)) for value in values)
                continue
            for term in terms:
                if term not in unknown:
                    yield Snak(property_, datatype, self._simple(term, datatype))

    def _is_unknown(self, term: Term) -> bool:
        """Whether a term stands for a value that is not known."""
        genid = f"{self._mapping.concepts.base}.well-known/genid/"
        return isinstance(term, BlankNode) or lexical_form(term).startswith(genid)

    def _datatype(self, property_: str) -> str:
        """As the file says, else as the mapping does."""
        declared = self._all.get(IRI(self._mapping.concepts.iri(property_)), {})
        types = [lexical_form(t) for t in declared.get(wikibase("propertyType"), ())]
        if types:
            return _DATATYPES.get(types[0], types[0].removeprefix(WIKIBASE.base))
        return self._known.get(property_, "")

    def _simple(self, term: Term, datatype: str) -> Value:
        if isinstance(term, IRI):
            id_ = self._mapping.concepts.id_of(term.value)
            return StringValue(term.value) if datatype == "url" or not id_ else ItemValue(id_)
        assert isinstance(term, Literal)
        if term.language:
            return MonolingualValue(term.lexical, term.language)
        if datatype == "quantity":
            return QuantityValue(amount(term.lexical))
        if datatype == "globe-coordinate" and (point := _POINT.fullmatch(term.lexical)):
            globe, longitude, latitude = point.groups()
            return CoordinatesValue(_degrees(latitude), _degrees(longitude), None, globe or EARTH)
        if datatype == "time":
            raise ValueError(f"the precision of {term} is not in the file")
        return StringValue(term.lexical)

    def _full(self, about: _About) -> Value:
        def one(name: str) -> str:
            terms = about.get(wikibase(name), ())
            if len(terms) != 1:
                raise ValueError(f"a value has {len(terms)} times wikibase:{name}")
            return lexical_form(terms[0])

        if wikibase("timeValue") in about:
            precision = int(one("timePrecision"))
            return TimeValue.of_date_time(one("timeValue"), precision, one("timeCalendarModel"))
        if wikibase("quantityAmount") in about:
            unit = one("quantityUnit")
            bounds = [
                amount(one(name)) if wikibase(name) in about else None
                for name in ("quantityLowerBound", "quantityUpperBound")
            ]
            id_ = NO_UNIT if unit == ONE else self._mapping.concepts.id_of(unit)
            if id_ is None:
                raise ValueError(f"{unit} is no unit")
            return QuantityValue(amount(one("quantityAmount")), id_, *bounds)
        known = wikibase("geoPrecision") in about
        return CoordinatesValue(
            _degrees(one("geoLatitude")),
            _degrees(one("geoLongitude")),
            _degrees(one("geoPrecision")) if known else None,
            one("geoGlobe"),
        )

    def _iri(self, prefix: str, local: str) -> IRI:
        return IRI(self._prefixes[prefix] + local)


def _degrees(text: str) -> str:
    return decimal_text(degrees(text))
