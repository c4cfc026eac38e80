"""``kgtool explain``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kgtool.cli.asking import asked
from kgtool.cli.console import Console
from kgtool.cli.options import parse_parameters, query_options, talk_options


@click.command()
@query_options
@click.option(
    "--show", type=click.Choice(["all", "algebra", "sql", "plan"]), default="all",
    show_default=True, help="Only one of the stages.",
)  # fmt: skip
@talk_options
@click.pass_obj
def explain(
    console: Console,
    query: str | None,
    expression: str | None,
    parameters: tuple[str, ...],
    project_folder: Path | None,
    store: Path | None,
    default_graph: Any,
    show: str,
) -> None:
    """Shows how a query is run: the SPARQL algebra, the SQL, and the engine's plan.

    \b
    Examples:
      kgtool explain things
      kgtool explain -e 'SELECT * { ?s a ?class }' --show sql
    """
    given = parse_parameters(parameters)
    graph, stored = asked(query, expression, project_folder, store, given, console)
    with graph:
        explanation = graph.explain(stored, given, default_graph=default_graph)
    stages = {
        "algebra": explanation.algebra,
        "sql": explanation.sql,
        "plan": explanation.plan,
    }
    if show != "all":
        click.echo(stages[show].rstrip())
        return
    for title, text in stages.items():
        click.echo(f"-- {title}\n\n{text.rstrip()}\n")
