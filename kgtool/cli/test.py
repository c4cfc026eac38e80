"""``kgtool test``"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.console import Console
from kgtool.cli.options import complete_query, find, open_graph, project_option, talk_options

if TYPE_CHECKING:
    from kgtool.project.testing import Outcome


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME ...]", shell_complete=complete_query)
@click.option("--update", is_flag=True, help="Write what the queries answer as expected.")
@project_option
@talk_options
@click.pass_obj
def test(
    console: Console, names: tuple[str, ...], update: bool, project_folder: Path | None
) -> int:
    """Compares the answers of stored queries with queries/expected/NAME.csv or .ttl.

    A difference is shown as rows missing (-) and added (+). The order of rows counts
    where the query has ORDER BY; names of blank nodes never do.

    \b
    Examples:
      kgtool test
      kgtool test things
      kgtool test --update things
    """
    from kgtool.project.testing import run_tests

    with open_graph(find(project_folder).root, None, console) as graph:
        outcomes = [_shown(o, console) for o in run_tests(graph, names, update=update)]
    failed = [o for o in outcomes if not o.passed]
    updated = sum(o.updated for o in outcomes)
    words = [f"{len(outcomes) - len(failed)} passed", f"{len(failed)} failed"]
    click.echo(", ".join(words + ([f"{updated} written"] if updated else [])))
    return _exit_code(failed)


def _shown(outcome: Outcome, console: Console) -> Outcome:
    """Says what came of a query, and hands it on."""
    if not outcome.passed:
        click.echo(f"FAILED {outcome.name}")
        for line in outcome.lines:
            click.echo(f"  {line}")
    elif outcome.updated:
        console.note(f"written {outcome.name}")
    else:
        console.detail(f"passed {outcome.name}")
    return outcome


def _exit_code(failed: Iterable[Outcome]) -> int:
    """1 where an answer differs; where queries could only not be asked, what that means."""
    failed = list(failed)
    codes = [o.error.exit_code if o.error else 1 for o in failed]
    return min(codes, default=0)
