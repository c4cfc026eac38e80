"""``kgtool wikidata``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.console import Console
from kgtool.cli.options import find, open_graph, output_option, project_option, talk_options
from kgtool.cli.wikidata_edits import apply, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgtool.wikibase.exporting import Export
    from kgtool.wikibase.mapping import Concepts

EXPORT_FORMATS = ("quickstatements", "quickstatements-csv", "wikibase-json", "wikibase-rdf")
_EDITS = EXPORT_FORMATS[:2]
#: The problems, and kinds of what is not mapped, that are shown without --verbose.
_SHOWN = 20


@click.group()
@talk_options
def wikidata() -> None:
    """Exchanges statements with Wikidata, or another Wikibase, through the project's mapping.

    \b
    Examples:
      kgtool wikidata unmapped
      kgtool wikidata export --dry-run
    """


@wikidata.command()
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text",
    show_default=True, help="A table for people, or JSON.",
)  # fmt: skip
@project_option
@talk_options
@click.pass_obj
def unmapped(console: Console, format_: str, project_folder: Path | None) -> None:
    """Lists what the mapping does not reach: classes, properties, and things without an item.

    \b
    Examples:
      kgtool wikidata unmapped
      kgtool wikidata unmapped --format json
    """
    from kgtool.rdf.names import Names
    from kgtool.wikibase.settings import project_mapping
    from kgtool.wikibase.unmapped import find_unmapped

    mapping = project_mapping(find(project_folder))
    with open_graph(project_folder, None, console) as graph:
        found = find_unmapped(graph.store, mapping).names
        names = Names(graph.prefixes)
    if format_ == "json":
        import json

        keys = ("kind", "name", "uses", "reason")
        rows = [dict(zip(keys, row, strict=True)) for row in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for kind, name, uses, reason in found:
        line = f"{kind:<8}  {uses:>6,}  {names.short(name) or name}"
        click.echo(line + (f"  ({reason})" if reason else ""))


@wikidata.command()
@click.option(
    "-f", "--format", "format_", type=click.Choice(EXPORT_FORMATS), default="quickstatements",
    show_default=True, help="Edits for QuickStatements, or whole entities.",
)  # fmt: skip
@click.option(
    "--only", metavar="CLASS|QUERY",
    help="Only the members of a class (ww2:Battle), or the first column of a query: the name of "
    "a stored one, or SPARQL.",
)  # fmt: skip
@click.option("--new-only", is_flag=True, help="Only what the Wikibase does not have yet.")
@click.option(
    "--terms", type=click.Choice(["new", "all"]), default=None,
    help="Labels, descriptions and aliases of new items only, as edits have them, or of all, as "
    "entities have them.",
)  # fmt: skip
@click.option("--comment", metavar="TEXT", help="The summary of each edit, in QuickStatements.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and no more.")
@output_option
@project_option
@talk_options
@click.pass_obj
def export(
    console: Console,
    format_: str,
    only: str | None,
    new_only: bool,
    terms: str | None,
    comment: str | None,
    dry_run: bool,
    output: Path | None,
    project_folder: Path | None,
) -> None:
    """Writes what the graph says, as a Wikibase takes it; a summary goes to stderr first.

    \b
    Examples:
      kgtool wikidata export --dry-run -v
      kgtool wikidata export --only ww2:Battle -o battles.qs
      kgtool wikidata export --format wikibase-json --new-only -o new.json
      kgtool wikidata export --only 'SELECT ?e { ?e ww2:atPlace id:anzio }'
    """
    from kgtool.cli.output import output_stream
    from kgtool.rdf.names import Names
    from kgtool.rdf.sink import write_chunks
    from kgtool.wikibase.exporting import export_entities
    from kgtool.wikibase.selection import chosen
    from kgtool.wikibase.settings import project_mapping
    from kgtool.wikibase.summary import loss_line, shortener, summary_lines

    _check_comment(comment, format_)
    mapping = project_mapping(find(project_folder))
    with open_graph(project_folder, None, console) as graph:
        pattern = None if only is None else chosen(graph, only)
        found = export_entities(graph.store, mapping, only=pattern, new_only=new_only)
        short = shortener(Names({**graph.prefixes, "wd": mapping.concepts.entities}).short)
    for line in summary_lines(found):
        console.note(line)
    for loss in found.losses:
        console.detail(loss_line(loss, short))
    if dry_run:
        return
    terms = terms or ("new" if format_ in _EDITS else "all")
    with output_stream(output) as out:
        write_chunks(_chunks(found, format_, mapping.concepts, terms, comment), out)


def _chunks(
    found: Export, format_: str, concepts: Concepts, terms: str, comment: str | None
) -> Iterator[str]:
    from kgtool.wikibase.exporting import with_terms

    entities = with_terms(found.entities, terms)
    if format_ in _EDITS:
        from kgtool.wikibase.quickstatements import write_commands, write_csv

        write = write_commands if format_ == "quickstatements" else write_csv
        return write(entities, comment=comment)
    if format_ == "wikibase-json":
        from kgtool.wikibase.json_format import write_entities

        return write_entities(entities, concepts)
    from kgtool.wikibase.rdf_writing import write_rdf

    return write_rdf(entities, concepts)


def _check_comment(comment: str | None, format_: str) -> None:
    from kgtool.errors import UsageError

    if comment is not None and format_ not in _EDITS:
        raise UsageError(f"{format_} has no comments", expected=" or ".join(_EDITS))
    if comment is not None and ("*/" in comment or not comment.isprintable()):
        raise UsageError("the comment cannot be written", expected="one line of text without */")


@wikidata.command(name="import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE ..."
)
@click.option("--known", is_flag=True, help="Only entities that are things of the graph already.")
@click.option("--strict", is_flag=True, help="Stop at the first thing that is wrong.")
@click.option(
    "-f", "--format", "format_", type=click.Choice(["turtle", "ntriples"]), default="turtle",
    show_default=True, help="N-Triples are written while the files are read.",
)  # fmt: skip
@output_option
@project_option
@talk_options
@click.pass_obj
def import_(
    console: Console,
    files: tuple[Path, ...],
    known: bool,
    strict: bool,
    format_: str,
    output: Path | None,
    project_folder: Path | None,
) -> None:
    """Turns entities of a Wikibase into triples of the project's ontology.

    A file has entities as JSON (one, a list, or a dump with one on a line), or Wikibase RDF; it
    may be compressed (.gz, .bz2, .zst). What is not mapped, and what is wrong, is counted on
    stderr.

    \b
    Examples:
      kgtool wikidata import Q696844.json -o triples/anzio.ttl
      kgtool wikidata import latest-all.json.bz2 --known --format ntriples -o known.nt
    """
    from kgtool.cli.output import output_stream
    from kgtool.rdf.sink import write_chunks
    from kgtool.rdf.writing import triples_text
    from kgtool.wikibase.facts import read_names
    from kgtool.wikibase.files import read_entities
    from kgtool.wikibase.importing import Importer
    from kgtool.wikibase.problems import ImportReport
    from kgtool.wikibase.settings import project_mapping

    mapping = project_mapping(find(project_folder))
    with open_graph(project_folder, None, console) as graph:
        names = read_names(graph.store, mapping)
        prefixes = {**graph.prefixes, **mapping.concepts.prefixes()}
    report = ImportReport(strict)
    entities = (
        (entity, place)
        for path in files
        for entity, place in read_entities(path, mapping, report, names.by_id if known else None)
        if not known or names.of(entity)
    )
    with output_stream(output) as out:
        triples = Importer(mapping, names, report).triples(entities)
        write_chunks(triples_text(triples, format_, prefixes), out)
    for problem in report.problems[:_SHOWN]:
        console.note(str(problem))
    for problem in report.problems[_SHOWN:]:
        console.detail(str(problem))
    for line in report.lines(None if console.verbosity > 0 else _SHOWN):
        console.note(line)


wikidata.add_command(plan)
wikidata.add_command(apply)
