"""``kgtool diff``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.limits import Seconds
from kgtool.cli.options import find, output_option, project_option, talk_options

#: Changes of each kind that people are shown.
_SHOWN = 50


@click.command()
@click.argument("old", required=False, default="HEAD", metavar="[REV]")
@click.argument("new", required=False, metavar="[REV2]")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "markdown", "json"]), default="text",
    show_default=True, help="Text for people, Markdown for a pull request, or JSON.",
)  # fmt: skip
@click.option(
    "--only", type=click.Choice(["triples", "shapes", "queries"]), multiple=True,
    help="Compare only these; may be given several times.",
)  # fmt: skip
@click.option(
    "--max-rows", type=click.IntRange(min=1), metavar="N",
    help="Show N changes of each kind of triples, each shape and each query; all are counted. "
    f"Default: {_SHOWN}, in JSON all.",
)  # fmt: skip
@click.option(
    "--timeout", type=Seconds(), default=10.0, show_default=True, metavar="SECONDS",
    help="What each stored query may take on each side.",
)  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 1 where there is a difference.")
@output_option
@project_option
@talk_options
@click.pass_obj
def diff(
    console: Console,
    old: str,
    new: str | None,
    format_: str,
    only: tuple[str, ...],
    max_rows: int | None,
    timeout: float,
    exit_code: bool,
    output: Path | None,
    project_folder: Path | None,
) -> int:
    """Tells what has changed in the graph, in what its shapes find, and in the answers.

    Compares a git revision (HEAD, if none is named) with the files as they are, or two
    revisions; A..B and A...B are as git has them. Formatting, the order of statements, names
    of blank nodes and moves between files are no changes. Revisions are built once, and kept
    in .kgtool/revisions.

    \b
    Examples:
      kgtool diff
      kgtool diff HEAD~3 --only queries
      kgtool diff main...HEAD --format markdown -o diff.md
      kgtool diff v1 v2 --format json --exit-code
    """
    from kgtool.cli.output import output_stream
    from kgtool.project.diff import TOPICS, diff_revisions
    from kgtool.project.diff.formats import diff_json, diff_markdown, diff_text

    most = max_rows if max_rows or format_ == "json" else _SHOWN
    with console.progress() as step:
        found = diff_revisions(
            find(project_folder), old, new,
            only=only or TOPICS, max_rows=most, timeout=timeout, step=step,
        )  # fmt: skip
    write = {"text": diff_text, "markdown": diff_markdown, "json": diff_json}[format_]
    text = write(found)
    with output_stream(output) as out:
        out.write((_coloured(text) if format_ == "text" and output is None else text).encode())
    return int(exit_code and bool(found))


def _coloured(text: str) -> str:
    """The text with the colours that git has, where a terminal shows them."""
    from kgtool.cli.console import use_color

    if not use_color(stdout=True):
        return text
    colours = {"+": "green", "-": "red"}
    lines = (
        click.style(line, fg=colours[line[0]]) if line[:1] in colours else line
        for line in text.splitlines(keepends=True)
    )
    return "".join(lines)
