"""``kgtool query``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kgtool.cli.asking import asked
from kgtool.cli.console import Console
from kgtool.cli.engines import EngineOptions, engine_options
from kgtool.cli.limits import memory_option, rows_option, timeout_option
from kgtool.cli.options import (
    RESULT_FORMATS,
    ServiceOptions,
    output_option,
    parse_parameters,
    query_options,
    service_options,
    talk_options,
)
from kgtool.errors import UsageError

if TYPE_CHECKING:
    from kgtool.project.graph import Graph
    from kgtool.project.stored import StoredQuery
    from kgtool.results import Result

#: Formats for people: the project's prefixes shorten what the query's own do not.
_WITH_PREFIXES = ("table", "markdown", "turtle", "trig")


@click.command()
@query_options
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(RESULT_FORMATS),
    metavar="FORMAT",
    help="One of " + ", ".join(RESULT_FORMATS[:9]) + "; else a table, or Turtle for graphs.",
)
@output_option
@service_options
@engine_options
@timeout_option
@memory_option
@rows_option
@click.option(
    "--why",
    is_flag=True,
    help="Show for each row the triples that it rests on, as text or --format json.",
)
@click.option(
    "--why-empty",
    is_flag=True,
    help="Show which part of a query without an answer loses the last row.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 where the answer of ASK is no.")
@talk_options
@click.pass_obj
def query(
    console: Console,
    query: str | None,
    expression: str | None,
    parameters: tuple[str, ...],
    project_folder: Path | None,
    store: Path | str | None,
    default_graph: Any,
    format_: str | None,
    output: Path | None,
    timeout: float | None,
    memory_limit: str | None,
    max_rows: int | None,
    why: bool,
    why_empty: bool,
    exit_code: bool,
    asking: ServiceOptions,
    running: EngineOptions,
) -> int:
    """Asks a stored query by its name, or SPARQL given directly.

    A project whose files have changed is built first. The prefixes of the project need
    no declaration in SPARQL given directly. A parameter is written $name in the query
    and given with -p; it is a value, never text pasted into the query.

    \b
    Examples:
      kgtool query things
      kgtool query things -p language=de --format csv -o things.csv
      kgtool query -e 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }'
      kgtool query -e 'ASK { $thing a ?class }' -p thing=id:first --exit-code
      kgtool query question.rq --store dump.duckdb --timeout 10 --memory-limit 2GB
      kgtool query question.rq --store dump.duckdb -o answer.parquet
      kgtool query question.rq --store parquet:dump
      kgtool query question.rq --engine spark --store hdfs://host/dump
      kgtool query things --why --max-rows 3
      kgtool query -e 'SELECT * { ?s a :Thingy }' --why-empty
      kgtool query -e 'SELECT * { ?s a :Thing SERVICE <wikidata> { ?s ?p ?o } }'
      echo 'DESCRIBE <https://example.org/id/first>' | kgtool query -
    """
    given = parse_parameters(parameters)
    if running.is_spark and (why or why_empty):
        raise UsageError("DuckDB alone says why", expected="--engine duckdb")
    graph, stored = asked(
        query, expression, project_folder, store, given, console, memory_limit, running
    )
    with graph:
        if why or why_empty:
            from kgtool.cli.reasons import show_empty, show_lineage

            if why and why_empty:
                raise UsageError("--why and --why-empty are two questions", expected="one of them")
            show = show_lineage if why else show_empty
            limits = {"default_graph": default_graph, "timeout": timeout}
            return show(graph, stored, given, limits, format_, output, max_rows)
        if format_ == "parquet" or (format_ is None and output and output.suffix == ".parquet"):
            from kgtool.cli.output import written_file

            if output is None or max_rows is not None:
                raise UsageError("Parquet goes to a file, as a whole", expected="-o FILE.parquet")
            columns = graph.columns(stored, given, default_graph=default_graph, timeout=timeout)
            with written_file(output) as path:
                columns.write_parquet(path)
            return 0
        result = graph.query(
            stored,
            given,
            default_graph=default_graph,
            timeout=timeout,
            max_rows=max_rows,
            services=asking.services(graph.project),
        )
        if result.report is not None:
            from kgtool.cli.services import tell

            tell(result.report, console)
        _write(graph, result, format_, output)
        for each in result.notes:
            console.note(f"note: {each}")
        _name_unknown(graph, stored, result, console)
    from kgtool.results import AskResult

    return int(exit_code and isinstance(result, AskResult) and not result)


def _write(graph: Graph, result: Result, format_: str | None, output: Path | None) -> None:
    from kgtool.cli.output import output_stream
    from kgtool.results import AskResult

    name = format_ or _default_format(result, output)
    if name in _WITH_PREFIXES and not isinstance(result, AskResult):
        result.prefixes = {**graph.prefixes, **result.prefixes}
    with output_stream(output, binary=name != "table") as out:
        result.write(out, name)


def _name_unknown(graph: Graph, query: StoredQuery, result: Result, console: Console) -> None:
    """Say which properties and classes the graph does not know, and which it does."""
    if result.unknown_names:
        from kgtool.diagnostics import written
        from kgtool.project.naming import unknown_names

        found = unknown_names(graph, query, result.unknown_names)
        console.note("".join(written(found, "text")).rstrip("\n"))


def _default_format(result: Result, output: Path | None) -> str:
    """By the ending of the output file, else what a person reads."""
    from kgtool.results import GraphResult, format_named

    if output is not None and output.suffix:
        return format_named(output.suffix).name
    return "turtle" if isinstance(result, GraphResult) else "table"
