"""``kgtool slice``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.engines import EngineOptions, engine_options
from kgtool.cli.limits import memory_option, timeout_option
from kgtool.cli.options import (
    StoreName,
    parameter_option,
    parse_parameters,
    project_option,
    store_option,
    talk_options,
)


@click.command("slice")
@click.option(
    "--query", "query", required=True, metavar="CONSTRUCT|NAME|FILE.rq",
    help="What the slice is to have: CONSTRUCT or DESCRIBE, as text, by name or in a file.",
)  # fmt: skip
@click.option(
    "--to", "target", required=True, metavar="PATH", type=StoreName(dir_okay=False),
    help="The store to write, a file or parquet:DIR; one that exists is replaced.",
)  # fmt: skip
@parameter_option
@store_option
@project_option
@engine_options
@timeout_option
@memory_option
@talk_options
@click.pass_obj
def slice_(
    console: Console,
    query: str,
    target: Path | str,
    parameters: tuple[str, ...],
    store: Path | str | None,
    project_folder: Path | None,
    timeout: float | None,
    memory_limit: str | None,
    running: EngineOptions,
) -> None:
    """Takes the triples that a query makes to a store of their own.

    So a part of a graph that is on a cluster comes to this machine, where DuckDB asks it.

    \b
    Examples:
      kgtool slice --query 'CONSTRUCT WHERE { ?s a <https://example.org/Battle> }' --to b.duckdb
      kgtool slice --query part.rq --engine spark --store hdfs://host/dump --to part.duckdb
    """
    from kgtool.cli.asking import asked
    from kgtool.project.load import check_target
    from kgtool.project.slice import write_slice

    check_target(target)
    given = parse_parameters(parameters)
    is_text = any(c.isspace() for c in query)
    name, text = (None, query) if is_text else (query, None)
    graph, stored = asked(name, text, project_folder, store, given, console, memory_limit, running)
    with graph, console.progress() as step:
        report = write_slice(graph, stored, given, target, timeout, step, memory_limit)
    console.note(f"{report.quads:,} triples of {report.terms:,} terms are in {target}")
