"""``kgtool build``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.options import find, project_option, talk_options


@click.command()
@click.option("--force", is_flag=True, help="Build anew, even where nothing has changed.")
@click.option("--no-infer", is_flag=True, help="Leave out what reasoning would add.")
@click.option("--no-check", is_flag=True, help="Build even where shapes are violated.")
@project_option
@talk_options
@click.pass_obj
def build(
    console: Console, force: bool, no_infer: bool, no_check: bool, project_folder: Path | None
) -> int:
    """Builds the graph: reads ontology/ and triples/, checks the shapes, reasons, stores.

    The store is replaced only when all of this succeeds; until then the one from before
    stays whole. Where no file has changed nothing is done.

    \b
    Examples:
      kgtool build
      kgtool build --force -v
      kgtool build --no-infer --no-check
    """
    from kgtool.project.fingerprint import Options, is_fresh

    project = find(project_folder)
    options = Options(infer=not no_infer, check=not no_check)
    if not force and is_fresh(project, options):
        console.note("up to date")
        return 0
    from kgtool.project.build import ViolationError, build_project

    try:
        with console.progress() as step:
            report = build_project(project, options, step, anew=force)
    except ViolationError as error:
        click.echo(error.report.to_text(), nl=False, err=True)
        raise
    console.note(str(report))
    return 0
