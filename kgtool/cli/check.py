"""``kgtool check``"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.console import Console
from kgtool.cli.engines import EngineOptions, engine_options
from kgtool.cli.limits import memory_option
from kgtool.cli.options import find, output_option, project_option, store_option, talk_options

if TYPE_CHECKING:
    from kgtool.shacl import ValidationReport


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE ...]")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "turtle", "json", "github", "sarif"]),
    default="text", show_default=True,
    help="Turtle is the standard SHACL report; github annotates the files of a pull request; "
    "sarif is for code scanning.",
)  # fmt: skip
@click.option(
    "--changed", is_flag=True,
    help="Check again only what the changes since the last check can have broken.",
)  # fmt: skip
@click.option(
    "--graphs", type=click.Choice(["asserted", "all"]), default="asserted", show_default=True,
    help="Look at what is asserted, or at what reasoning adds too.",
)  # fmt: skip
@click.option(
    "--shapes", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The shapes, instead of ontology/shapes.ttl.",
)  # fmt: skip
@click.option(
    "--max-results", type=click.IntRange(min=1), metavar="N",
    help="Show the first N findings; all are counted.",
)  # fmt: skip
@output_option
@store_option
@project_option
@engine_options
@memory_option
@talk_options
@click.pass_obj
def check(
    console: Console,
    files: tuple[Path, ...],
    format_: str,
    changed: bool,
    graphs: str,
    shapes: Path | None,
    max_results: int | None,
    output: Path | None,
    store: Path | str | None,
    project_folder: Path | None,
    memory_limit: str | None,
    running: EngineOptions,
) -> int:
    """Checks the facts against ontology/shapes.ttl; exit code 1 where one is violated.

    Shapes look at what is asserted, together with the ontology, not at what reasoning
    adds, unless --graphs all or a shape's sh:entailment asks for that. With FILEs, those
    are checked instead of the files of triples/.

    \b
    Examples:
      kgtool check
      kgtool check draft.ttl
      kgtool check --changed
      kgtool check --format json -o report.json
      kgtool check --store dump.duckdb --shapes shapes.ttl --max-results 100
      kgtool check --engine spark --store hdfs://host/dump --shapes shapes.ttl
    """
    from kgtool.cli.output import output_stream
    from kgtool.project.checking import Bounds, check_loaded, check_project

    bounds = Bounds("all" if graphs == "all" else "asserted", max_results, memory_limit)
    if store is None and running.is_spark:
        raise click.UsageError("Spark checks a store in Parquet: --store URI")
    if store is not None and (files or changed):
        raise click.UsageError("--store is checked as a whole: without FILEs and --changed")
    with console.progress() as step:
        step("checking shapes")
        if store is not None:
            session = running.session if running.is_spark else None
            report = check_loaded(store, shapes, bounds, session)
        else:
            project = find(project_folder)
            report = check_project(project, files, bounds, shapes=shapes, changed=changed)
    with report, output_stream(output) as out:
        for text in _written(report, format_):
            out.write(text.encode())
    return int(not report.passed)


def _written(report: ValidationReport, format_: str) -> Iterable[str]:
    if format_ in ("json", "turtle"):
        from kgtool.shacl.formats import report_json, report_turtle

        return report_json(report) if format_ == "json" else report_turtle(report)
    from kgtool.diagnostics import written
    from kgtool.shacl.text import report_diagnostics, report_text

    if format_ == "text":
        return report_text(report)
    return written(report_diagnostics(report), format_)
