"""``kgtool serve``"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from kgtool.cli.console import Console
from kgtool.cli.limits import Seconds, memory_option
from kgtool.cli.options import (
    allow_service_option,
    open_graph,
    project_option,
    require_file,
    store_option,
    talk_options,
)
from kgtool.errors import UsageError


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=7878, show_default=True,
    help="The port to listen on; 0 takes one that is free.",
)  # fmt: skip
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1", show_default=True,
    help="The address to listen on; 0.0.0.0 is all of this machine's.",
)  # fmt: skip
@click.option("--writable", is_flag=True, help="Allow updates to who has the token.")
@click.option(
    "--token-file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file with the token, for --writable.",
)  # fmt: skip
@click.option(
    "--default-graph", type=click.Choice(["union", "strict"]), default="union",
    show_default=True,
    help="What patterns outside GRAPH see: all graphs, or the unnamed one.",
)  # fmt: skip
@click.option(
    "--timeout", type=Seconds(), metavar="SECONDS", default=60, show_default=True,
    help="The most that a request may take.",
)  # fmt: skip
@click.option(
    "--max-rows", type=click.IntRange(min=1), metavar="N",
    help="The most rows or triples of an answer; else any number.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", default=4, show_default=True,
    help="Requests that are answered at a time.",
)  # fmt: skip
@click.option(
    "--queue", type=click.IntRange(min=0), metavar="N", default=64, show_default=True,
    help="Requests that wait; more are told to come back later.",
)  # fmt: skip
@click.option(
    "--processes", type=click.IntRange(min=1), metavar="N", default=1, show_default=True,
    help="Processes that share the port, to answer on several cores; not with --writable.",
)  # fmt: skip
@allow_service_option
@click.option(
    "--base", metavar="IRI",
    help="IRIs that begin so are paths of the server; else those beside most of the graph's.",
)  # fmt: skip
@store_option
@project_option
@memory_option
@talk_options
@click.pass_obj
def serve(
    console: Console,
    port: int,
    host: str,
    writable: bool,
    token_file: Path | None,
    default_graph: Any,
    timeout: float,
    max_rows: int | None,
    workers: int,
    queue: int,
    processes: int,
    allow_service: tuple[str, ...],
    base: str | None,
    store: Path | str | None,
    project_folder: Path | None,
    memory_limit: str | None,
) -> None:
    """Serves the graph as pages and as a SPARQL endpoint, until it is interrupted.

    A page of each resource, an overview at /, an editor for queries at /query. Programs ask at
    /sparql, stored queries are at /api, graphs at /graphs, a description of the data at
    /.well-known/void; OpenRefine reconciles tables at /reconcile. A build that replaces the store
    is seen by the requests that come after it. Each request is a line on stderr, but for --quiet.
    SERVICE goes to the endpoints that are known by name and to those of --allow-service, and to
    no others.

    \b
    Examples:
      kgtool serve
      kgtool serve --store dump.duckdb --port 8000 --timeout 10 --max-rows 100000
      kgtool serve --store dump.duckdb --writable --token-file token.txt
      curl http://127.0.0.1:7878/sparql --data-urlencode 'query=ASK { ?s ?p ?o }'
    """
    require_file(store, "kgtool serve")
    if writable != (token_file is not None):
        raise UsageError("--writable and --token-file go together: updates need a token")
    try:
        from kgtool.project.services import project_endpoints
        from kgtool.server.processes import serve as run
        from kgtool.server.settings import Settings, read_token
    except ImportError as error:
        from kgtool.extras import missing_extra

        raise missing_extra("kgtool serve", "serve", error) from error
    token = read_token(token_file) if token_file else None
    with open_graph(project_folder, store, console) as graph:
        path, project = graph.store.path, graph.project
    endpoints = replace(project_endpoints(project, allow_service), only_known=True)
    settings = Settings(
        path, project, token, default_graph, timeout, max_rows, workers, queue, memory_limit,
        processes, endpoints=endpoints, base=base,
    )  # fmt: skip
    said = f"{path} is at {{0}}/sparql, and for people at {{0}}/"
    run(settings, host, port, console.note, lambda url: console.note(said.format(url)))
