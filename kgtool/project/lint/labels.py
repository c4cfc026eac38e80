"""The rule about labels that tell too little apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kgtool.errors import Location
from kgtool.project.lint.rule import Finding, by_place
from kgtool.project.lint.view import View
from kgtool.project.sources import Triple, as_in_files
from kgtool.rdf.terms import Literal, Term

_LABELLED = "VALUES ?p { rdfs:label skos:prefLabel } ?s ?p ?label"
_SEVERAL = f"""
SELECT DISTINCT ?s ?p ?label {{
  {_LABELLED} , ?other
  FILTER (!sameTerm(?label, ?other) && LANG(?label) = LANG(?other))
}}
"""
_SHARED = f"""
SELECT DISTINCT ?s ?p ?label ?class {{
  {{ SELECT ?label ?class {{ {_LABELLED} . ?s a ?class FILTER (isIRI(?s) && isLITERAL(?label)) }}
     GROUP BY ?label ?class HAVING (COUNT(DISTINCT ?s) > 1) }}
  {_LABELLED} . ?s a ?class FILTER isIRI(?s)
}}
"""


def duplicate_labels(view: View) -> Iterator[Finding]:
    """Further labels of one thing in a language, and labels that things of a class share."""
    several: defaultdict[tuple[Term, Term, str], list[Triple]] = defaultdict(list)
    for s, p, label in view.ask_asserted(_SEVERAL):
        several[s, p, label.language].append((as_in_files(s), p, label))
    for (thing, p, _), triples in several.items():
        placed = _placed(view, triples)
        labels = " and ".join(sorted(view.show(label) for _, _, label in triples))
        for _, place in placed[1:]:
            message = f"{view.show(thing)} has {view.show(p)} {labels}, in one language"
            yield Finding(message, (place, placed[0][1]), about=thing)

    shared: defaultdict[tuple[Literal, Term], list[Triple]] = defaultdict(list)
    for s, p, label, cls in view.ask_asserted(_SHARED):
        shared[label, cls].append((s, p, label))
    # Things that share several classes are told once, with the first of these.
    once: dict[tuple[Triple, ...], Term] = {}
    for (_, cls), triples in sorted(shared.items(), key=lambda each: str(each[0][1])):
        once.setdefault(tuple(sorted(triples, key=str)), cls)
    for labelled, cls in once.items():
        placed = _placed(view, labelled)
        for (thing, _, label), place in placed[1:]:
            (known, _, _), first = placed[0]
            if thing != known:
                message = f"{view.show(thing)} has the label {label} of {view.show(known)}"
                message += f", which is a {view.show(cls)} as well"
                yield Finding(message, (place, first), about=thing)


def _placed(view: View, triples: Iterable[Triple]) -> list[tuple[Triple, Location]]:
    """Triples with their first places, in the order of these.

    A store that `kgtool update` has changed has triples without a place.
    """
    found = [(triple, place) for triple in triples for place in view.places.of_triple(triple)[:1]]
    return sorted(found, key=lambda each: by_place(each[1]))
