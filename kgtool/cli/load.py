"""``kgtool load``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.limits import memory_option
from kgtool.cli.options import GRAPH_FORMATS, entailment_option, talk_options


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE ..."
)
@click.option(
    "--store", required=True, metavar="PATH", type=click.Path(path_type=Path, dir_okay=False),
    help="The store to write; one that exists is replaced when all has been read.",
)  # fmt: skip
@click.option(
    "-f",
    "--format",
    "format_",
    type=click.Choice(GRAPH_FORMATS),
    help="The syntax of all the files; else by each file's name.",
)
@click.option(
    "--metadata", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="What the columns of tables mean (CSVW); else FILE-metadata.json beside each.",
)  # fmt: skip
@entailment_option("none")
@memory_option
@talk_options
@click.pass_obj
def load(
    console: Console,
    files: tuple[Path, ...],
    store: Path,
    format_: str | None,
    metadata: Path | None,
    entailment: str,
    memory_limit: str | None,
) -> None:
    """Loads RDF files of any syntax, and tables, also .gz, .bz2 and .zst, into a store of its own.

    CSV and TSV files are read as a description of their columns says, which is CSV on the
    Web: TABLE.csv-metadata.json, or csv-metadata.json in the folder.

    \b
    Examples:
      kgtool load dump.nt.gz --store dump.duckdb
      kgtool load a.ttl b.trig c.jsonld --store all.duckdb
      kgtool load ontology.ttl facts.nt --store closed.duckdb --entailment owl-rl
      kgtool load people.csv --store people.duckdb
      kgtool load 1943.csv 1944.csv --metadata events.json --store events.duckdb
      kgtool query -e 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }' --store dump.duckdb
    """
    from kgtool.project.load import load_files

    with console.progress() as step:
        report = load_files(
            list(files), store, format_, step,
            memory_limit=memory_limit, entailment=entailment, metadata=metadata,
        )  # fmt: skip
    console.note(
        f"loaded {report.quads:,} triples of {report.terms:,} terms into {store} "
        f"({report.bytes / 1e6:.1f} MB, {report.seconds:.1f} s)"
    )
