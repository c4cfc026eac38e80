"""References of statements as nodes that these cite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kgtool.rdf.lines import Triple
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, Term
from kgtool.wikibase.mapping import MappingRules, Part
from kgtool.wikibase.model import Snak
from kgtool.wikibase.naming import reference_iri
from kgtool.wikibase.problems import ImportReport, Place
from kgtool.wikibase.terms import Terms, along


class Citations:
    """Turns references into triples; what of them is not mapped is counted."""

    def __init__(self, mapping: MappingRules, terms: Terms, report: ImportReport) -> None:
        self._mapping = mapping
        self._terms = terms
        self._report = report
        self._parts = {part.property.id: part for part in mapping.reference}

    def of(
        self, node: IRI, references: Iterable[tuple[Snak, ...]], place: Place
    ) -> Iterator[Triple]:
        """What a node cites, and what is said of that; nothing where nothing of it is mapped."""
        class_, cites = self._mapping.reference_class, self._mapping.cites
        if class_ is None or cites is None:
            return
        for reference in references:
            said = list(self._said(reference, place))
            if said:
                source = self._name(reference, said)
                yield node, cites, source
                yield source, IRI(RDF.type), class_
                yield from (along(source, part.value[0], t) for part, t in said if part.value)

    def _said(self, reference: tuple[Snak, ...], place: Place) -> Iterator[tuple[Part, Term]]:
        for snak in reference:
            part = self._parts.get(snak.property)
            if part is None:
                self._report.unmapped["parts of references", snak.property] += 1
            elif (term := self._terms.tried(snak, part, place)) is not None:
                yield part, term

    def _name(self, reference: tuple[Snak, ...], said: list[tuple[Part, Term]]) -> IRI:
        """The reference's own address, the first if it has several; else made of what it says."""
        own = [
            (part.property.id, term)
            for part, term in said
            if not part.value and isinstance(term, IRI)
        ]
        for property_, _ in own[1:]:
            self._report.unmapped["second addresses in references", property_] += 1
        return own[0][1] if own else IRI(reference_iri(reference, self._mapping.concepts))
