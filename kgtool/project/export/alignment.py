"""What the classes and properties of an ontology are in a vocabulary that others know.

Nothing here knows an ontology: it says itself how it is aligned, by rdfs:subClassOf,
rdfs:subPropertyOf, owl:equivalentClass, owl:equivalentProperty, skos:exactMatch, skos:closeMatch
and skos:broadMatch. Links lead to schema.org at once, or by way of vocabularies that are in
``well-known.ttl``. So it is known which property has the date that something begins on, say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kgtool.rdf.namespaces import OWL, RDFS, WELL_KNOWN_PREFIXES
from kgtool.rdf.syntax import escape_string, iri_text

if TYPE_CHECKING:
    from kgtool.project.export.facts import Facts
    from kgtool.rdf.terms import IRI

SCHEMA = "https://schema.org/"
_OLD_SCHEMA = "http://schema.org/"
_SKOS = WELL_KNOWN_PREFIXES["skos"]
_WELL_KNOWN = Path(__file__).with_name("well-known.ttl")

_HIERARCHY = (RDFS.subClassOf, RDFS.base + "subPropertyOf")
_EQUIVALENCE = (OWL.base + "equivalentClass", OWL.base + "equivalentProperty")
_MATCHES = tuple(_SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch"))

Link = tuple[str, str]


class Alignment:
    """The links of an ontology that lead to a vocabulary, by its namespace."""

    def __init__(self, facts: Facts, vocabulary: str = SCHEMA) -> None:
        self._facts = facts
        self._vocabulary = vocabulary

    def playing(self, part: str) -> frozenset[str]:
        """The properties that are this one of schema.org, such as ``startDate``."""
        wanted = SCHEMA + part
        aligned = (p for p in self._links if wanted in self._nearest(p, wanted.__eq__))
        return frozenset({wanted, _OLD_SCHEMA + part, *aligned})

    def translated(self, iri: str) -> tuple[str, ...]:
        """What a class or property is in the vocabulary: itself, or the nearest in its hierarchy.

        Empty where there is nothing.
        """
        return self._nearest(iri, lambda name: name.startswith(self._vocabulary))

    def _nearest(self, iri: str, is_wanted: Callable[[str], bool]) -> tuple[str, ...]:
        level = [_today(iri)]
        seen = set(level)
        while level:
            if found := sorted(filter(is_wanted, level)):
                return tuple(found)
            level = [other for name in level for other in self._links.get(name, ())]
            level = [name for name in dict.fromkeys(level) if name not in seen]
            seen.update(level)
        return ()

    @cached_property
    def _links(self) -> dict[str, list[str]]:
        links: dict[str, set[str]] = {}
        for own, other in (*_well_known(), *self._read()):
            links.setdefault(own, set()).add(_today(other))
        return {own: sorted(others) for own, others in links.items()}

    def _read(self) -> Iterator[Link]:
        """Links within the ontology, and those of the matches that lead where it matters.

        A graph may have millions of matches between things.
        """
        starts = " || ".join(
            f'STRSTARTS(STR(?other), "{escape_string(namespace)}")'
            for namespace in dict.fromkeys((self._vocabulary, SCHEMA, _OLD_SCHEMA))
        )
        waypoints = _names(sorted({own for own, _ in _well_known()}), ", ")
        matter = f"&& (?other IN ({waypoints}) || {starts})"
        for links, condition in (((*_HIERARCHY, *_EQUIVALENCE), ""), (_MATCHES, matter)):
            text = (
                f"SELECT ?own ?link ?other {{ VALUES ?link {{ {_names(links, ' ')} }}"
                f" ?own ?link ?other FILTER(isIRI(?own) && isIRI(?other) {condition}) }}"
            )
            rows = cast("Iterator[tuple[IRI, IRI, IRI]]", self._facts.schema_rows(text))
            for own, link, other in rows:
                yield own.value, other.value
                if link.value in _EQUIVALENCE:
                    yield other.value, own.value


@cache
def _well_known() -> tuple[Link, ...]:
    from kgtool.rdf.reading import parse_file

    return tuple((q.subject.value, q.object.value) for q in parse_file(_WELL_KNOWN))  # type: ignore[union-attr]


def _names(iris: Iterable[str], between: str) -> str:
    return between.join(map(iri_text, iris))


def _today(iri: str) -> str:
    """A name of schema.org with https, as it is written today."""
    return SCHEMA + iri[len(_OLD_SCHEMA) :] if iri.startswith(_OLD_SCHEMA) else iri
