"""``kgtool check``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.options import find, output_option, project_option, talk_options


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE ...]")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "turtle", "json"]), default="text",
    show_default=True, help="Turtle is the standard SHACL report.",
)  # fmt: skip
@output_option
@project_option
@talk_options
@click.pass_obj
def check(
    console: Console,
    files: tuple[Path, ...],
    format_: str,
    output: Path | None,
    project_folder: Path | None,
) -> int:
    """Checks the facts against ontology/shapes.ttl; exit code 1 where one is violated.

    Shapes look at what is asserted, together with the ontology, not at what reasoning
    adds. With FILEs, those are checked instead of the files of triples/.

    \b
    Examples:
      kgtool check
      kgtool check draft.ttl
      kgtool check --format json -o report.json
    """
    from kgtool.cli.output import output_stream
    from kgtool.project.checking import check_project

    project = find(project_folder)
    with console.progress() as step:
        step("checking shapes")
        report = check_project(project, files or None)
    text = {"text": report.to_text, "turtle": report.to_turtle, "json": report.to_json}[format_]()
    with output_stream(output) as out:
        out.write(text.encode())
    return int(not report.passed)
