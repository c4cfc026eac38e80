"""``kgtool wikidata plan`` and ``kgtool wikidata apply``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.console import Console
from kgtool.cli.options import find, open_graph, output_option, project_option, talk_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kgtool.project.folder import Project
    from kgtool.wikibase.access import Access
    from kgtool.wikibase.exporting import Export
    from kgtool.wikibase.mapping import MappingRules
    from kgtool.wikibase.model import Entity
    from kgtool.wikibase.plan import Plan

_FORMATS = ("text", "json", "quickstatements")
api_option = click.option(
    "--api", metavar="URL",
    help="The API of the Wikibase; else that of [tool.kgtool.wikidata], or Wikidata's.",
)  # fmt: skip


@click.command()
@click.option(
    "--from", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Entities as JSON that were fetched before, instead of the API.",
)  # fmt: skip
@click.option(
    "--only", metavar="CLASS|QUERY", help="Only some things, as for `kgtool wikidata export`."
)
@click.option(
    "-f", "--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True,
    help="A table, the plan for `apply`, or what is missing there for QuickStatements.",
)  # fmt: skip
@api_option
@output_option
@project_option
@talk_options
@click.pass_obj
def plan(
    console: Console,
    files: tuple[Path, ...],
    only: str | None,
    format_: str,
    api: str | None,
    output: Path | None,
    project_folder: Path | None,
) -> None:
    """Compares the graph with a Wikibase: what it has, lacks and contradicts, and would lose.

    Statements that are there as they should be are only counted; --verbose lists them, too.

    \b
    Examples:
      kgtool wikidata plan --from entities.json
      kgtool wikidata plan --only ww2:Battle --format json -o plan.json
      kgtool wikidata plan --format quickstatements -o missing.qs
    """
    from kgtool.cli.output import output_stream
    from kgtool.rdf.names import Names
    from kgtool.rdf.sink import write_chunks
    from kgtool.wikibase.exporting import export_entities
    from kgtool.wikibase.plan import make_plan, plan_text, summary
    from kgtool.wikibase.quickstatements import write_commands
    from kgtool.wikibase.selection import chosen
    from kgtool.wikibase.settings import project_mapping

    project = find(project_folder)
    mapping = project_mapping(project)
    with open_graph(project_folder, None, console) as graph:
        pattern = None if only is None else chosen(graph, only)
        found = export_entities(graph.store, mapping, only=pattern)
        names = Names({**graph.prefixes, "wd": mapping.concepts.entities})
    theirs = _theirs(console, project, mapping, found, files, api)
    made = make_plan(found, theirs, mapping.concepts.base)
    for line in summary(made):
        console.note(line)
    with output_stream(output) as out:
        if format_ == "json":
            write_chunks([plan_text(made)], out)
        elif format_ == "quickstatements":
            write_chunks(write_commands(edit.entity for edit in made.edits), out)
        else:
            show_all = console.verbosity > 0
            write_chunks(_table(made, lambda iri: names.short(iri) or iri, show_all), out)


def _theirs(
    console: Console,
    project: Project,
    mapping: MappingRules,
    found: Export,
    files: tuple[Path, ...],
    api: str | None,
) -> dict[str, Entity]:
    """The items that are compared, by their ids."""
    from kgtool.errors import Location
    from kgtool.wikibase.files import read_entities
    from kgtool.wikibase.json_reading import EntityReader
    from kgtool.wikibase.problems import ImportReport, Place

    ids = {entity.id for entity in found.entities if entity.id is not None}
    report = ImportReport()
    if files:
        pairs = (pair for path in files for pair in read_entities(path, mapping, report))
        theirs = {entity.id or "": entity for entity, _ in pairs if entity.id in ids}
    else:
        wikibase = _access(console, project, api)
        reader = EntityReader(mapping.concepts, None, report)
        read = (
            reader.entity(document, Place(Location(wikibase.api)))
            for document in wikibase.entities(sorted(ids))
        )
        theirs = {entity.id: entity for entity in read if entity is not None and entity.id}
    for problem in report.problems:
        console.note(str(problem))
    return theirs


def _access(console: Console, project: Project, api: str | None, per_minute: float = 60) -> Access:
    from kgtool.errors import UsageError
    from kgtool.wikibase.settings import wikibase_settings

    address = api or wikibase_settings(project).api
    if not address:
        raise UsageError(
            "the address of the Wikibase's API is not known",
            hint='Name it with --api, or `api = "…"` in [tool.kgtool.wikidata] of pyproject.toml.',
        )
    from kgtool.wikibase.access import Access

    return Access(address, per_minute=per_minute, note=console.note)


def _table(plan: Plan, short: Callable[[str], str], show_all: bool) -> Iterator[str]:
    rows = [
        (row.standing, row.entity or "new", short(row.thing), row.property, row.value, row.there)
        for row in plan.rows
        if show_all or row.standing != "has"
    ]
    rows += [("lost", "", short(t), p, v, reason) for t, p, v, reason in plan.losses]
    widths = [min(40, max((len(row[i]) for row in rows), default=0)) for i in range(5)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[5]]).rstrip() + "\n"


@click.command()
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before the first edit.")
@click.option(
    "--journal", type=click.Path(path_type=Path), metavar="FILE",
    help="What is done is noted there, and a run that stopped goes on from it; else PLAN.journal.",
)  # fmt: skip
@click.option(
    "--items", type=click.Path(path_type=Path), metavar="FILE",
    help="The ids of new items as Turtle; else triples/wikidata-new.ttl of the project.",
)  # fmt: skip
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), default=60, show_default=True,
    metavar="N", help="Edits a minute, at most.",
)  # fmt: skip
@click.option(
    "--summary", default="by kgtool", show_default=True, metavar="TEXT",
    help="The summary of each edit; the edit's key follows.",
)  # fmt: skip
@api_option
@project_option
@talk_options
@click.pass_obj
def apply(
    console: Console,
    plan_file: Path,
    yes: bool,
    journal: Path | None,
    items: Path | None,
    rate: float,
    summary: str,
    api: str | None,
    project_folder: Path | None,
) -> None:
    """Carries a plan out: makes new items, and writes statements that a Wikibase lacks.

    The environment has the token of a bot: KGTOOL_WIKIBASE_TOKEN, an OAuth 2 access token, or
    KGTOOL_WIKIBASE_USER and KGTOOL_WIKIBASE_PASSWORD, a bot password. What the Wikibase contradicts
    is never touched. Exit code 1: some edits were refused.

    \b
    Examples:
      kgtool wikidata apply plan.json
      kgtool wikidata apply plan.json --api https://test.wikidata.org/w/api.php --rate 30
    """
    from kgtool.errors import NotFoundError, UsageError
    from kgtool.wikibase.applying import Applying
    from kgtool.wikibase.items import write_items
    from kgtool.wikibase.journal import Journal
    from kgtool.wikibase.plan import read_plan
    from kgtool.wikibase.plan import summary as summary_lines
    from kgtool.wikibase.settings import project_mapping

    if not plan_file.is_file():
        raise NotFoundError(f"there is no plan {plan_file}")
    project = find(project_folder)
    mapping = project_mapping(project)
    plan_ = read_plan(plan_file)
    if plan_.base != mapping.concepts.base:
        raise UsageError(
            f"the plan is for another Wikibase, {plan_.base}", expected=mapping.concepts.base
        )
    with open_graph(project_folder, None, console) as graph:
        prefixes = graph.prefixes
    wikibase = _access(console, project, api, rate)
    console.note(f"{list(summary_lines(plan_))[-1]}, on {wikibase.api}")
    if not yes and not click.confirm("Go on?", err=True):
        raise click.exceptions.Exit(1)
    items = items or project.root / "triples" / "wikidata-new.ttl"
    with Journal.open(journal or plan_file.with_name(plan_file.name + ".journal"), plan_.base) as j:
        wikibase.log_in()
        try:
            outcome = Applying(plan_, wikibase, j, summary, console.note).run()
        finally:
            if j.made:
                write_items(items, j.made, mapping, prefixes)
                console.note(f"the ids of {len(j.made):,} new items are in {items}")
    console.note(
        f"{outcome.made:,} items made, {outcome.edited:,} changed, {outcome.needless:,} edits were "
        f"done already, {len(outcome.failed):,} refused"
    )
    if outcome.failed:
        raise click.exceptions.Exit(1)
