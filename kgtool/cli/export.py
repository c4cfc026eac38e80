"""``kgtool export``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kgtool.cli.console import Console
from kgtool.cli.options import (
    GRAPH_FORMATS,
    complete_query,
    open_graph,
    output_option,
    parameter_option,
    parse_parameters,
    project_option,
    store_option,
    talk_options,
)
from kgtool.project.export import OTHER_FORMATS


@click.command()
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice((*GRAPH_FORMATS, *OTHER_FORMATS)),
    default=None,
    help="Else by the ending of the output file, else Turtle.",
)
@click.option(
    "--graphs", type=click.Choice(["asserted", "inferred", "all"]), default="asserted",
    show_default=True, help="What the files say, what reasoning adds, or both.",
)  # fmt: skip
@click.option(
    "--query", metavar="NAME|FILE.rq|-", shell_complete=complete_query,
    help="Only the resources that a SELECT answers with, or the triples of a CONSTRUCT.",
)  # fmt: skip
@click.option("-e", "--expression", metavar="SPARQL", help="The same, with a query given directly.")
@parameter_option
@click.option(
    "--language", metavar="TAG", default="en", show_default=True,
    help="The language of labels and texts, where there are several.",
)  # fmt: skip
@click.option(
    "--frame", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="The frame of jsonld-framed; else ontology/frame.json, else one for schema.org.",
)  # fmt: skip
@output_option
@store_option
@project_option
@talk_options
@click.pass_obj
def export(
    console: Console,
    format_: str | None,
    graphs: Any,
    query: str | None,
    expression: str | None,
    parameters: tuple[str, ...],
    language: str,
    frame: Path | None,
    output: Path | None,
    store: Path | None,
    project_folder: Path | None,
) -> None:
    """Writes the graph, or what a query chooses of it, in a syntax of RDF or for other tools.

    TriG and N-Quads keep each file's triples in a graph of their own, and the inferred
    ones in another. GeoJSON and KML have what has coordinates, or is at a place that has;
    GraphML has things and their relations; framed JSON-LD is translated to schema.org.

    \b
    Examples:
      kgtool export -o graph.ttl
      kgtool export --format nquads --graphs all | gzip > graph.nq.gz
      kgtool export -o map.geojson
      kgtool export -o battles.kml -e 'SELECT ?b { ?b a :Battle }'
      kgtool export -o network.graphml --graphs all --language de
      kgtool export --format jsonld-framed -e 'SELECT $thing {}' -p thing=id:first
    """
    from kgtool.cli.asking import asked
    from kgtool.cli.output import output_stream
    from kgtool.project.export.writing import Request, write_export

    name = format_ or _format_of(output)
    given = parse_parameters(parameters)
    if query is None and expression is None:
        graph, chosen = open_graph(project_folder, store, console), None
    else:
        graph, chosen = asked(query, expression, project_folder, store, given, console)
    request = Request(name, graphs, chosen, given, language, frame)
    with graph, output_stream(output) as out:
        notes = write_export(graph, out, request)
    for note in notes:
        console.note(note)


def _format_of(output: Path | None) -> str:
    from kgtool.errors import UsageError
    from kgtool.results import format_named

    if output is None or not output.suffix:
        return "turtle"
    for name, ending in OTHER_FORMATS.items():
        if output.name.lower().endswith(ending):
            return name
    try:
        name = format_named(output.suffix, "graph").name
    except UsageError:
        name = ""
    if name not in GRAPH_FORMATS:
        raise UsageError(
            f"the name {str(output)!r} does not tell which format to write",
            expected="an ending such as .ttl, .trig, .nt, .nq, .jsonld, .rdf, .geojson or .kml",
            hint="Or say it: --format " + "|".join((*GRAPH_FORMATS, *OTHER_FORMATS)),
        )
    return name
