"""``kgtool test``"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.console import Console
from kgtool.cli.options import complete_query, find, open_graph, project_option, talk_options

if TYPE_CHECKING:
    from kgtool.project.folder import Project
    from kgtool.project.outcome import Outcome


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|FILE ...]", shell_complete=complete_query)
@click.option("--update", is_flag=True, help="Write what the queries answer as expected.")
@click.option(
    "--junit", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the outcomes to FILE, too, as the XML of JUnit.",
)  # fmt: skip
@project_option
@talk_options
@click.pass_obj
def test(
    console: Console,
    names: tuple[str, ...],
    update: bool,
    junit: Path | None,
    project_folder: Path | None,
) -> int:
    """Asks stored queries, and compares with what is expected.

    The cases of queries/tests/ say what is expected of a query, or a shape, where a few triples
    are given. The files queries/expected/NAME.csv or .ttl say what a query answers of the whole
    graph. NAMEs are queries, FILEs are files of cases; without either, all is tested.

    A difference is shown as rows missing (-) and added (+). The order of rows counts
    where the query has ORDER BY; names of blank nodes never do.

    \b
    Examples:
      kgtool test
      kgtool test things
      kgtool test queries/tests/things.yaml
      kgtool test --update things
    """
    project = find(project_folder)
    queries, files = _split(project, names)
    if update and files:
        from kgtool.errors import UsageError

        raise UsageError("--update writes expected answers", expected="NAMEs of queries, or none")
    cases, answers = [], []
    if not update:
        cases = [_shown(o, console) for o in _cases(project, queries, files)]
    if queries or not files:
        answers = [_shown(o, console) for o in _answers(project, queries, update, console)]
    counts = [_count(answers)] if queries or not files else []
    counts += [f"cases: {_count(cases)}"] if cases else []
    click.echo("; ".join(counts) or "no cases")
    if junit is not None:
        _write_junit(junit, [*cases, *answers])
    return _exit_code(o for o in [*cases, *answers] if not o.passed)


def _split(project: Project, names: Iterable[str]) -> tuple[list[str], list[Path]]:
    """The names of queries, and the files of cases. Raises NotFoundError for one that is not."""
    from kgtool.errors import NotFoundError
    from kgtool.project.folder import CASE_ENDINGS
    from kgtool.project.stored import StoredQueries

    stored = StoredQueries(project)
    queries, files = [], []
    for name in names:
        if not name.lower().endswith(CASE_ENDINGS):
            queries.append(name.removesuffix(".rq"))
        elif Path(name).is_file():
            files.append(Path(name).resolve())
        else:
            raise NotFoundError(f"there is no file {name}")
    for name in queries:
        stored.require(name)
    return queries, files


def _cases(project: Project, queries: list[str], files: list[Path]) -> Iterator[Outcome]:
    if not files and not project.case_files():
        return
    from kgtool.project.cases import run_cases

    if files:
        yield from run_cases(project, files=files)
    if queries or not files:
        yield from run_cases(project, queries)


def _answers(
    project: Project, queries: list[str], update: bool, console: Console
) -> Iterator[Outcome]:
    from kgtool.project.testing import run_tests

    with open_graph(project.root, None, console) as graph:
        yield from run_tests(graph, queries, update=update)


def _shown(outcome: Outcome, console: Console) -> Outcome:
    """Says what came of a test, and hands it on."""
    if not outcome.passed:
        click.echo(f"FAILED {outcome.title}")
        for line in outcome.lines:
            click.echo(f"  {line}")
    elif outcome.updated:
        console.note(f"written {outcome.title}")
    else:
        console.detail(f"passed {outcome.title}")
    return outcome


def _count(outcomes: list[Outcome]) -> str:
    failed = sum(not o.passed for o in outcomes)
    updated = sum(o.updated for o in outcomes)
    words = [f"{len(outcomes) - failed} passed", f"{failed} failed"]
    return ", ".join(words + ([f"{updated} written"] if updated else []))


def _write_junit(path: Path, outcomes: Iterable[Outcome]) -> None:
    from kgtool.project.files import replace_file
    from kgtool.project.junit import junit_xml

    replace_file(path.resolve(), junit_xml(outcomes))


def _exit_code(failed: Iterable[Outcome]) -> int:
    """1 where something differs; where it could only not be asked, what that means."""
    codes = [o.error.exit_code if o.error else 1 for o in failed]
    return min(codes, default=0)
