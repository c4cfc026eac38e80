"""``kgtool lint``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.options import find, output_option, project_option, talk_options

#: Findings of each rule that people are shown, unless they ask for more.
_SHOWN = 20


def _complete_rule(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from kgtool.project.lint.rules import RULES

    return [name for name in RULES if name.startswith(incomplete)]


@click.command()
@click.argument("rules", nargs=-1, metavar="[RULE ...]", shell_complete=_complete_rule)
@click.option("--list", "list_", is_flag=True, help="List the rules, and look at nothing.")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "json", "github", "sarif"]),
    default="text", show_default=True,
    help="github annotates the files of a pull request; sarif is for code scanning.",
)  # fmt: skip
@click.option(
    "--max-results", type=click.IntRange(min=1), metavar="N",
    help=f"Show the first N findings of each rule; else text shows {_SHOWN}, and the others all.",
)  # fmt: skip
@output_option
@project_option
@talk_options
@click.pass_obj
def lint(
    console: Console,
    rules: tuple[str, ...],
    list_: bool,
    format_: str,
    max_results: int | None,
    output: Path | None,
    project_folder: Path | None,
) -> int:
    """Finds what is stale or rotten in a project; exit code 1 where there is more than notes.

    With RULEs, only those are asked. What is right as it is can be silenced in pyproject.toml,
    with a reason.

    \b
    Examples:
      kgtool lint
      kgtool lint unused-class unused-property
      kgtool lint unlinked-entity --max-results 1000
      kgtool lint --format sarif -o lint.sarif
    """
    if list_:
        _list()
        return 0
    from kgtool.cli.output import output_stream
    from kgtool.diagnostics import written
    from kgtool.project.lint import lint_project
    from kgtool.project.lint.rules import RULES

    project = find(project_folder)
    with console.progress() as step:
        step("looking at the files")
        report = lint_project(project, rules, step)
    most = _SHOWN if max_results is None and format_ == "text" else max_results
    descriptions = {rule.name: rule.description for rule in RULES.values()}
    with output_stream(output) as out:
        for text in written(report.first(most), format_, descriptions):
            out.write(text.encode())
    console.note("\n".join(report.lines(most)))
    return int(not report.passed)


def _list() -> None:
    from kgtool.project.lint.rules import RULES

    width = max(map(len, RULES))
    for rule in RULES.values():
        click.echo(f"{rule.name:<{width}}  {rule.level:<7}  {rule.description}")
