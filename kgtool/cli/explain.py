"""``kgtool explain``"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgtool.cli.asking import asked
from kgtool.cli.console import Console
from kgtool.cli.limits import memory_option, timeout_option
from kgtool.cli.options import (
    ServiceOptions,
    output_option,
    parse_parameters,
    query_options,
    service_options,
    talk_options,
)
from kgtool.errors import UsageError

if TYPE_CHECKING:
    from kgtool.analysis import Analysis
    from kgtool.plan import Explanation
    from kgtool.results import Result


@click.command()
@query_options
@click.option(
    "--show", type=click.Choice(["all", "algebra", "sql", "plan"]), default="all",
    show_default=True, help="Only one of the stages.",
)  # fmt: skip
@click.option(
    "--analyze", is_flag=True,
    help="Run the query; show rows and time of each operator, with its SQL.",
)  # fmt: skip
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "json", "html"]), default="text",
    show_default=True, help="With --analyze: text, JSON, or a page with all side by side.",
)  # fmt: skip
@output_option
@timeout_option
@memory_option
@service_options
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
    analyze: bool,
    format_: str,
    output: Path | None,
    timeout: float | None,
    memory_limit: str | None,
    asking: ServiceOptions,
) -> None:
    """Shows how a query is run: the SPARQL algebra, the SQL, and the engine's plan.

    With --analyze it is run, and what it took is told for each operator of the algebra: the
    rows it has and those that were expected, the time of the steps that work for it, and
    its part of the SQL. Of a query that asks endpoints it is told which part goes where, and with
    --analyze what each has cost.

    \b
    Examples:
      kgtool explain things
      kgtool explain -e 'SELECT * { ?s a ?class }' --show sql
      kgtool explain things --analyze
      kgtool explain things -p language=de --analyze --format html -o things.html
      kgtool explain -e 'SELECT * { ?s a :Thing SERVICE <wikidata> { ?s ?p ?o } }'
    """
    if analyze and show != "all":
        raise UsageError("--show and --analyze exclude each other")
    if format_ != "text" and not analyze:
        raise UsageError(f"--format {format_} is a form of --analyze", expected="--analyze")
    given = parse_parameters(parameters)
    graph, stored = asked(query, expression, project_folder, store, given, console, memory_limit)
    stopped = None
    with graph:
        services = asking.services(graph.project)
        limits: Any = {"default_graph": default_graph, "timeout": timeout}
        parts = graph.services(stored, given, services=services, **limits)
        if parts or (services is not None and services.over):
            if show != "all" or format_ != "text":
                raise UsageError(
                    "a query that asks endpoints is explained as text, and as a whole",
                    hint="Leave out --show and --format.",
                )
            lines = [line for part in parts for line in (*part.lines(), "")]
            if analyze:
                lines += _costs(graph.query(stored, given, services=services, **limits))
            else:
                lines.append("--analyze asks the endpoints, and says what each part has cost")
            written = "\n".join(lines) + "\n"
        elif analyze:
            found = graph.analyze(stored, given, default_graph=default_graph, timeout=timeout)
            written = _analysis(found, stored.name, format_, output)
            stopped = found.stopped
        else:
            written = _stages(graph.explain(stored, given, default_graph=default_graph), show)
    from kgtool.cli.output import output_stream

    with output_stream(output) as out:
        out.write(written.encode())
    if stopped is not None:
        raise stopped


def _costs(result: Result) -> list[str]:
    """What the endpoints of a query have cost, and how many rows there are."""
    from kgtool.cli.services import cost_lines

    rows = sum(1 for _ in result) if isinstance(result, Iterable) else 1
    assert result.report is not None
    warnings = [f"warning: {warning}" for warning in result.report.warnings]
    return [*cost_lines(result.report), f"{rows:,} rows in all", *warnings]


def _stages(explanation: Explanation, show: str) -> str:
    stages = {
        "algebra": explanation.algebra,
        "sql": explanation.sql,
        "plan": explanation.plan,
    }
    if show != "all":
        return stages[show].rstrip() + "\n"
    return "".join(f"-- {title}\n\n{text.rstrip()}\n\n" for title, text in stages.items())


def _analysis(analysis: Analysis, name: str, format_: str, output: Path | None) -> str:
    if format_ == "json":
        import json

        from kgtool.analysis.data import as_data

        return json.dumps(as_data(analysis), indent=2, ensure_ascii=False) + "\n"
    if format_ == "html":
        from kgtool.analysis.page import page

        return page(analysis, name)
    from kgtool.analysis.text import text_lines

    return "\n".join(text_lines(analysis, _style(output))) + "\n"


def _style(output: Path | None) -> Any:
    """As wide as a terminal, and in its colours; a file has lines as long as they are."""
    from shutil import get_terminal_size

    from kgtool.analysis.text import Style

    if output is not None or not sys.stdout.isatty():
        return Style()
    return Style(get_terminal_size().columns, not os.environ.get("NO_COLOR"))
