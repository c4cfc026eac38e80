"""Things and their relations as GraphML (http://graphml.graphdrawing.org), for Gephi.

A node is a thing; an edge is a triple between two things, named for its property. All else is
said of a thing in attributes: literals, blank nodes, and links to what the graph does not describe.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

from kgtool.project.export.facts import Facts, Pairs, is_thing
from kgtool.project.export.things import Reader, Thing, counted, joined
from kgtool.project.export.xml import DECLARATION, attributes_text, element
from kgtool.rdf.namespaces import RDF
from kgtool.rdf.terms import IRI, Term

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
#: Edges of more bytes than this wait on disk; they are copied in pieces.
_IN_MEMORY = 8 << 20
_PIECE = 1 << 20
_OF_NODES = ("label", "type", "start", "end")
_OF_EDGES = ("label", "property")


class Network:
    """The nodes and edges of an export; the IRIs of the nodes are held in memory."""

    def __init__(self, facts: Facts, reader: Reader) -> None:
        self._facts = facts
        self._reader = reader
        self.nodes = 0
        self.edges = 0

    def notes(self) -> Iterator[str]:
        yield f"wrote {counted(self.nodes, 'node')} and {counted(self.edges, 'edge')}"

    def text(self) -> Iterator[str]:
        """The text, in pieces.

        Attributes are declared before they are used, so the graph is read twice. Edges stand
        behind the nodes, and wait on disk for them.
        """
        nodes = self._nodes()
        properties = self._properties(nodes)
        self.nodes = len(nodes)
        keys = {name: f"n{i}" for i, name in enumerate((*_OF_NODES, *properties))}
        yield f'{DECLARATION}<graphml xmlns="{NAMESPACE}">\n'
        for name, key in keys.items():
            yield _key(key, "node", name, properties.get(name, "string"))
        for i, name in enumerate(_OF_EDGES):
            yield _key(f"e{i}", "edge", name, "string")
        yield '<graph edgedefault="directed">\n'
        with SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="\n") as edges:
            for thing in self._things(nodes):
                yield self._node(thing, nodes, keys)
                edges.writelines(self._edge(thing.iri, p, o) for p, o in thing.more if o in nodes)
            edges.seek(0)
            while piece := edges.read(_PIECE):
                yield piece
        yield "</graph>\n</graphml>\n"

    def _things(self, nodes: set[Term]) -> Iterator[Thing]:
        for subject, pairs in self._facts.subjects():
            if subject in nodes:
                yield self._reader.thing(subject, pairs)

    def _nodes(self) -> set[Term]:
        if self._facts.chosen is not None:
            return {subject for subject, _ in self._facts.things()}
        kinds: dict[Term, Pairs] = {}
        for s, p, o in self._facts.about({RDF.type}):
            kinds.setdefault(s, []).append((p, o))
        subjects = self._facts.rows("SELECT DISTINCT ?s { ?s ?p ?o FILTER(isIRI(?s)) }")
        return {s for (s,) in subjects if is_thing(kinds.get(s, []))}

    def _properties(self, nodes: set[Term]) -> dict[str, str]:
        """The types of all attributes by their names, in order."""
        types: dict[str, str] = {}
        for thing in self._things(nodes):
            for name, value in self._attributes(thing, nodes):
                types[name] = _wider(types.get(name), _type(value))
        return dict(sorted(types.items()))

    def _attributes(self, thing: Thing, nodes: set[Term]) -> Iterable[tuple[str, Any]]:
        return self._reader.attributes([(p, o) for p, o in thing.more if o not in nodes]).items()

    def _node(self, thing: Thing, nodes: set[Term], keys: dict[str, str]) -> str:
        known = (thing.label, joined(thing.kinds), thing.begin, thing.end)
        pairs = zip(_OF_NODES, known, strict=True)
        data = [(name, value) for name, value in pairs if value is not None]
        data += self._attributes(thing, nodes)
        inner = "".join(element("data", _text(value), key=keys[name]) for name, value in data)
        return f"<node{attributes_text({'id': thing.iri})}>{inner}</node>\n"

    def _edge(self, subject: str, predicate: str, object_: Term) -> str:
        assert isinstance(object_, IRI)
        ends = {"id": f"e{self.edges}", "source": subject, "target": object_.value}
        self.edges += 1
        label = element("data", self._reader.name_of(predicate), key="e0")
        return (
            f"<edge{attributes_text(ends)}>{label}{element('data', predicate, key='e1')}</edge>\n"
        )


def _key(key: str, kind: str, name: str, type_: str) -> str:
    attributes = {"id": key, "for": kind, "attr.name": name, "attr.type": type_}
    return f"<key{attributes_text(attributes)}/>\n"


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) and abs(value) < 2**63:
        return "long"
    return "double" if isinstance(value, float) else "string"


def _wider(known: str | None, other: str) -> str:
    """A type that holds the values of both."""
    if known is None or known == other:
        return other
    return "double" if {known, other} == {"long", "double"} else "string"


def _text(value: Any) -> str:
    """A value as text; several are told apart by bars, blank nodes are JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " | ".join(map(_text, value))
    return json.dumps(value, ensure_ascii=False)
