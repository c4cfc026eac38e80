"""Writes a graph, or what a query chooses of it, in any format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kgtool.errors import UsageError
from kgtool.project.export import OTHER_FORMATS
from kgtool.project.export.facts import Facts, selected
from kgtool.project.export.syntaxes import Selection, write_graph
from kgtool.rdf.sink import Output, write_chunks

if TYPE_CHECKING:
    from kgtool.project.graph import Graph
    from kgtool.project.stored import StoredQuery


@dataclass(frozen=True, slots=True)
class Request:
    """What to export: a format, which triples, and of those what a query chooses.

    ``language`` is that of labels. ``frame`` is a file, for framed JSON-LD.
    """

    format: str
    graphs: Selection = "asserted"
    query: StoredQuery | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    language: str = "en"
    frame: Path | None = None


def write_export(graph: Graph, out: Output, request: Request) -> list[str]:
    """Writes what is asked for, and gives what is to be told of it.

    Raises UsageError for what does not go together, DataError for a frame that is wrong.
    """
    if request.frame is not None and request.format != "jsonld-framed":
        raise UsageError("--frame is for jsonld-framed", expected="--format jsonld-framed")
    if request.query is None and request.format not in OTHER_FORMATS:
        write_graph(graph, out, request.format, request.graphs)
        return []
    scope = request.graphs
    if scope == "inferred":
        raise UsageError(
            f"what is inferred alone does not make a {request.format} file"
            if request.format in OTHER_FORMATS
            else "what is inferred alone cannot be chosen from",
            expected="--graphs asserted or all",
        )
    with selected(graph, scope, request.query, dict(request.parameters)) as facts:
        if request.format not in OTHER_FORMATS:
            return _write_triples(graph, out, request.format, facts)
        return _write(graph, out, request, facts)


def _write(graph: Graph, out: Output, request: Request, facts: Facts) -> list[str]:
    if request.format == "jsonld-framed":
        from kgtool.project.export.framed import BUILT_IN, Frame, Framing

        own = graph.project.frame if graph.project else None
        framing = Framing(facts, Frame.read(request.frame or own or BUILT_IN), request.language)
        write_chunks(framing.text(), out)
        return list(framing.notes())
    from kgtool.project.export.things import Reader

    reader = Reader(facts, dict(graph.prefixes), request.language)
    if request.format == "graphml":
        from kgtool.project.export.graphml import Network

        network = Network(facts, reader)
        write_chunks(network.text(), out)
        return list(network.notes())
    from kgtool.project.export.located import Map

    features = Map(facts, reader)
    if request.format == "kml":
        from kgtool.project.export.kml import kml_text

        write_chunks(kml_text(features, reader), out)
        return list(features.tally.notes("placemark"))
    from kgtool.project.export.geojson import geojson_text

    write_chunks(geojson_text(features, reader), out)
    return list(features.tally.notes("feature"))


def _write_triples(graph: Graph, out: Output, format: str, facts: Facts) -> list[str]:
    from kgtool.rdf.lines import Triple
    from kgtool.rdf.terms import IRI
    from kgtool.rdf.writing import triples_text

    def triples() -> Iterator[Triple]:
        for subject, pairs in facts.subjects():
            yield from ((subject, IRI(p), o) for p, o in pairs)

    write_chunks(triples_text(triples(), format, graph.prefixes), out)
    return []
