"""``kgtool export``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kgtool.cli.console import Console
from kgtool.cli.options import (
    GRAPH_FORMATS,
    open_graph,
    output_option,
    project_option,
    store_option,
    talk_options,
)


@click.command()
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(GRAPH_FORMATS),
    default=None,
    help="Else by the ending of the output file, else Turtle.",
)
@click.option(
    "--graphs", type=click.Choice(["asserted", "inferred", "all"]), default="asserted",
    show_default=True, help="What the files say, what reasoning adds, or both.",
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
    output: Path | None,
    store: Path | None,
    project_folder: Path | None,
) -> None:
    """Writes the graph in an RDF syntax.

    TriG and N-Quads keep each file's triples in a graph of their own, and the inferred
    ones in another.

    \b
    Examples:
      kgtool export -o graph.ttl
      kgtool export --format nquads --graphs all | gzip > graph.nq.gz
    """
    from kgtool.cli.output import output_stream
    from kgtool.project.export import write_graph

    name = format_ or _format_of(output)
    with open_graph(project_folder, store, console) as graph, output_stream(output) as out:
        write_graph(graph, out, name, graphs)


def _format_of(output: Path | None) -> str:
    from kgtool.errors import UsageError
    from kgtool.results import format_named

    if output is None or not output.suffix:
        return "turtle"
    try:
        name = format_named(output.suffix, "graph").name
    except UsageError:
        name = ""
    if name not in GRAPH_FORMATS:
        raise UsageError(
            f"the name {str(output)!r} does not tell which RDF syntax to write",
            expected="an ending such as .ttl, .trig, .nt, .nq, .jsonld or .rdf",
            hint="Or say it: --format " + "|".join(GRAPH_FORMATS),
        )
    return name
