"""``kgtool reconcile``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.console import Console
from kgtool.cli.limits import Seconds, memory_option
from kgtool.cli.options import (
    open_graph,
    output_option,
    project_option,
    require_file,
    store_option,
    talk_options,
)
from kgtool.errors import UsageError

if TYPE_CHECKING:
    pass


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--column", required=True, metavar="NAME", help="The column with the names.")
@click.option(
    "--type", "types", multiple=True, metavar="CLASS",
    help="Only things of this class, or of one below it; more than once for several.",
)  # fmt: skip
@click.option(
    "--property", "properties", multiple=True, metavar="COLUMN=PROPERTY",
    help="A column with values of a property, which tell namesakes apart.",
)  # fmt: skip
@click.option(
    "--least", type=click.FloatRange(0, 100), default=0, show_default=True, metavar="SCORE",
    help="Leave out candidates of a lower score.",
)  # fmt: skip
@click.option(
    "--delimiter", metavar="CHARACTER",
    help="What stands between cells; else a tabulator in .tsv files and a comma in others.",
)  # fmt: skip
@click.option(
    "--timeout", type=Seconds(), metavar="SECONDS", default=60, show_default=True,
    help="The most that a hundred names may take.",
)  # fmt: skip
@output_option
@store_option
@project_option
@memory_option
@talk_options
@click.pass_obj
def reconcile(
    console: Console,
    file: Path,
    column: str,
    types: tuple[str, ...],
    properties: tuple[str, ...],
    least: float,
    delimiter: str | None,
    timeout: float,
    output: Path | None,
    store: Path | str | None,
    project_folder: Path | None,
    memory_limit: str | None,
) -> None:
    """Tells which things of the graph the names in a table mean.

    The table is CSV in UTF-8 with a head. It is written again with four columns more: the id of
    the likeliest thing, its name, a score up to 100, and whether it is certain. Accents, case, the
    order of words, typing errors and abbreviations do not count for much; docs/reconcile.md says
    how. Classes and properties are IRIs, or names with a prefix.

    \b
    Examples:
      kgtool reconcile people.csv --column name --type ww2:Person -o found.csv
      kgtool reconcile units.tsv --column unit --property corps=ww2:partOf --least 80
    """
    import codecs
    import csv

    from kgtool.cli.output import output_stream
    from kgtool.extras import missing_extra
    from kgtool.project.naming import known_iri

    require_file(store, "kgtool reconcile")
    try:
        from kgtool.reconcile import table
    except ImportError as error:
        raise missing_extra("kgtool reconcile", "serve", error) from None
    between = delimiter or ("\t" if file.suffix == ".tsv" else ",")
    if len(between) != 1:
        raise UsageError(f"--delimiter is {between!r}, and must be one character")
    pairs = [_pair(each) for each in properties]
    with open_graph(project_folder, store, console, memory_limit) as graph:
        classes = [known_iri(graph, each).value for each in types]
        columns = {name: known_iri(graph, each).value for name, each in pairs}
        with table.opened(graph.store, memory_limit) as names:
            rows = table.read_table(file, between)
            found = table.reconcile(names, rows, column, classes, columns, least, timeout)
            with output_stream(output) as out:
                writer = csv.writer(
                    codecs.getwriter("utf-8")(out), delimiter=between, lineterminator="\n"
                )
                writer.writerows(found.rows)
    counts = found.counts
    console.note(
        f"{counts.total():,} rows: {counts['match']:,} certain, {counts['candidate']:,} with a "
        f"candidate, {counts['none']:,} without"
    )


def _pair(text: str) -> tuple[str, str]:
    """COLUMN=PROPERTY; the name of the column may have = in it, too."""
    column, equals, name = text.rpartition("=")
    if not (column and equals and name):
        raise UsageError(f"--property is {text!r}", expected="COLUMN=PROPERTY")
    return column, name
