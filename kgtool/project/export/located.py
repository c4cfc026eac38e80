"""Things that have a place on a map, in a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kgtool.project.export import geometry as shapes
from kgtool.project.export.facts import Facts, Pairs, is_thing
from kgtool.project.export.geometry import Geometry, GeometryError
from kgtool.project.export.things import Reader, Thing, counted
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.syntax import iri_text
from kgtool.rdf.terms import IRI, Literal, Term

#: So many coordinates that cannot be read are told one by one.
_TOLD = 5


class Feature(NamedTuple):
    """A thing with its geometry."""

    thing: Thing
    geometry: Geometry


@dataclass(slots=True)
class Tally:
    """What became of the resources: written, or without a place; ``bad`` could not be read."""

    written: int = 0
    without: int = 0
    bad: list[str] = field(default_factory=list)

    def notes(self, what: str) -> Iterator[str]:
        """What is to be told of an export; ``what`` is what one of the written is called."""
        yield from self.bad[:_TOLD]
        if len(self.bad) > _TOLD:
            yield f"… and {len(self.bad) - _TOLD:,} more coordinates that cannot be read"
        placeless = counted(self.without, "resource")
        yield f"wrote {counted(self.written, what)}; {placeless} without coordinates"


class Map:
    """The located things of an export.

    A thing is where its own coordinates are, or those of its geometry; else where the place is
    that it is at. Iterate, then read ``tally``. The coordinates of the graph are held in memory.
    """

    def __init__(self, facts: Facts, reader: Reader) -> None:
        self._facts = facts
        self._reader = reader
        self.tally = Tally()
        aligned = reader.alignment
        self._latitude = aligned.playing("latitude")
        self._longitude = aligned.playing("longitude")
        self._geometry = aligned.playing("geo")
        self._place = aligned.playing("location")
        #: Properties that the geometry of a feature stands for.
        self.spoken_for = self._latitude | self._longitude | self._geometry

    def __iter__(self) -> Iterator[Feature]:
        own = self._coordinates()
        links = list(self._facts.about(self._geometry))
        shaped = dict(own)
        for subject, _, node in links:
            if subject not in own and node in own:
                shaped.setdefault(subject, []).extend(own[node])
        nodes = {node for _, _, node in links if node in own}
        restriction = "" if self._facts.chosen is not None else self._restriction()
        for subject, pairs in self._facts.things(restriction):
            if subject in nodes:
                continue
            found = shaped.get(subject) or [
                each for p, o in pairs if p in self._place for each in shaped.get(o, ())
            ]
            if found:
                self.tally.written += 1
                yield Feature(self._reader.thing(subject, pairs), shapes.together(found))
        self.tally.without = self._all(nodes) - self.tally.written

    def _coordinates(self) -> dict[Term, list[Geometry]]:
        """The geometries of all nodes that have coordinates themselves.

        What is said in words of geometry counts more than a pair of numbers, which may be less.
        """
        found: dict[Term, list[Geometry]] = {}
        for subject, literal in self._facts.rows(_LITERALS):
            assert isinstance(literal, Literal)
            read = shapes.from_wkt if literal.datatype == shapes.WKT else shapes.from_geojson
            try:
                found.setdefault(subject, []).append(read(literal.lexical))
            except GeometryError as error:
                self._refuse(subject, str(literal), error)
        for subject, pairs in self._positions().items():
            if subject not in found and len(pairs) == 2:
                try:
                    found[subject] = [shapes.point(*pairs)]
                except GeometryError as error:
                    self._refuse(subject, " ".join(pairs), error)
        return {subject: each for subject, each in found.items() if each}

    def _positions(self) -> dict[Term, tuple[str, ...]]:
        """The latitude and the longitude of each node; the first of several."""
        latitudes: dict[Term, str] = {}
        longitudes: dict[Term, str] = {}
        for s, p, o in self._facts.about(self._latitude | self._longitude):
            if isinstance(o, Literal):
                (latitudes if p in self._latitude else longitudes).setdefault(s, o.lexical)
        return {s: (latitudes[s], longitudes[s]) for s in latitudes if s in longitudes}

    def _restriction(self) -> str:
        names = " ".join(map(iri_text, sorted(self.spoken_for | self._place)))
        return (
            f"{{ VALUES ?c {{ {names} }} ?s ?c ?x }} UNION "
            f"{{ ?s ?c ?x FILTER(DATATYPE(?x) IN ({_TYPES})) }}"
        )

    def _all(self, nodes: set[Term]) -> int:
        """How many resources there were to write."""
        if self._facts.chosen is not None:
            return len(self._facts.chosen)
        kinds: dict[Term, Pairs] = {}
        for s, p, o in self._facts.about({RDF.type}):
            if isinstance(s, IRI) and s not in nodes:
                kinds.setdefault(s, []).append((p, o))
        return max(sum(map(is_thing, kinds.values())), self.tally.written)

    def _refuse(self, subject: Term, text: str, error: GeometryError) -> None:
        self.tally.bad.append(f"{subject}: {text} is left out: {error}")


_TYPES = f"<{shapes.WKT}>, <{shapes.GEOJSON}>"
_LITERALS = (
    f"SELECT DISTINCT ?s ?o {{ ?s ?p ?o FILTER(DATATYPE(?o) IN ({_TYPES})) }} ORDER BY ?s ?o"
)
