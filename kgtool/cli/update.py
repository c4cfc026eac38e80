"""``kgtool update``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgtool.cli.asking import request_text
from kgtool.cli.console import Console
from kgtool.cli.limits import memory_option, timeout_option
from kgtool.cli.options import open_graph, project_option, store_option, talk_options

if TYPE_CHECKING:
    from kgtool.project.graph import Graph


@click.command()
@click.argument("file", required=False, metavar="[FILE.ru|-]")
@click.option("-e", "--expression", metavar="SPARQL", help="A request given directly.")
@project_option
@store_option
@click.option(
    "--default-graph", type=click.Choice(["union", "strict"]), default="strict",
    show_default=True,
    help="What patterns outside GRAPH see: all graphs, or the unnamed one.",
)  # fmt: skip
@click.option(
    "--allow-load", "folders", multiple=True, metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Let LOAD read the files in DIR; may be given several times.",
)  # fmt: skip
@timeout_option
@memory_option
@talk_options
@click.pass_obj
def update(
    console: Console,
    file: str | None,
    expression: str | None,
    project_folder: Path | None,
    store: Path | None,
    default_graph: Any,
    folders: tuple[Path, ...],
    timeout: float | None,
    memory_limit: str | None,
) -> None:
    """Changes a store by SPARQL Update: the whole request, or nothing of it.

    A project's store is built from its files, so a change of it lasts until they change,
    or until `kgtool build`; put into the files what is to stay. A store of `kgtool load`
    keeps its changes.
    Readers see the store as it was until the request is through.

    \b
    Examples:
      kgtool update -e 'INSERT DATA { <urn:a> <urn:b> 1 }' --store dump.duckdb
      kgtool update changes.ru --store dump.duckdb
      kgtool update -e 'LOAD <more.ttl> INTO GRAPH <urn:more>' --allow-load . --store dump.duckdb
    """
    text, name = request_text(file, expression)
    with open_graph(project_folder, store, console) as graph:
        change = graph.update(
            text,
            default_graph=default_graph,
            load_from=folders,
            timeout=timeout,
            memory_limit=memory_limit,
            file=name,
        )
        console.note(
            f"added {change.added:,} and removed {change.removed:,} triples in {graph.store.path}"
        )
        if not change.added and not change.removed:
            _point_to_graphs(graph, console)
        elif store is None:
            console.note("The next build replaces this store: put into files what is to stay.")


def _point_to_graphs(graph: Graph, console: Console) -> None:
    """Where all triples are in named graphs, patterns that name none find nothing."""
    graphs = {each.id for each in graph.store.statistics.graphs if each.triples}
    if graphs and 0 not in graphs:
        names = sorted(str(term) for term in graph.store.terms(graphs).values())
        console.note(
            "All triples are in named graphs; write WITH or GRAPH and one of "
            + ", ".join(names[:5])
            + (" …" if len(names) > 5 else "")
        )
