"""Snaks as terms of our graph, with what is wrong in them reported."""

from __future__ import annotations

from collections.abc import Collection

from kgtool.rdf.lines import Triple
from kgtool.rdf.terms import IRI, Term
from kgtool.wikibase.facts import ThingNames
from kgtool.wikibase.mapping import Concepts, Part, Step
from kgtool.wikibase.model import ItemValue, NoValue, Snak
from kgtool.wikibase.problems import ImportReport, Place
from kgtool.wikibase.values import Inexpressible, term_of


class Terms:
    """The terms of snaks; ``names`` has our IRIs of the items that are known."""

    def __init__(self, concepts: Concepts, names: ThingNames, report: ImportReport) -> None:
        self._concepts = concepts
        self._names = names
        self._report = report
        #: Items that are values and that the graph does not know, with the first place of each.
        self._mentioned: dict[str, Place] = {}

    def of(self, snak: Snak, part: Part, place: Place) -> Term:
        """Raises Inexpressible where there is no such term, or another datatype is mapped."""
        datatype = part.property.datatype
        if snak.datatype not in ("", datatype):
            reason = f"its datatype is {snak.datatype}, the mapping says {datatype}"
            raise Inexpressible(reason, "another datatype")
        term = term_of(snak.value, datatype, self._iri_of, part.unit)
        if isinstance(snak.value, ItemValue) and snak.value.id not in self._names.by_id:
            self._mentioned.setdefault(snak.value.id, place)
        return term

    def tried(self, snak: Snak, part: Part, place: Place) -> Term | None:
        """The same; None, with a report, where there is no such term."""
        try:
            return self.of(snak, part, place)
        except Inexpressible as error:
            self.wrong(snak, error, place)
            return None

    def wrong(self, snak: Snak, error: Inexpressible, place: Place) -> None:
        """Reports what has no term; that a value is not known is no mistake."""
        if isinstance(snak.value, NoValue):
            self._report.unmapped[f"times {error} for", snak.property] += 1
        else:
            self._report.problem(error.kind, place, f"{snak.property}: {error}")

    def report_unknown(self, imported: Collection[str]) -> None:
        """Reports the items that are values, but no things of the graph or of what was imported."""
        for id_, place in self._mentioned.items():
            if id_ not in imported:
                message = f"{id_} is no thing of the graph or of the input; it keeps that name"
                self._report.problem("unknown id", place, message)

    def _iri_of(self, id_: str) -> str:
        return self._names.by_id.get(id_) or self._concepts.iri(id_)


def along(node: IRI, step: Step, term: Term) -> Triple:
    """The triple that a step of a path is."""
    return (term, step.predicate, node) if step.inverse else (node, step.predicate, term)
