"""``kgtool load``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.engines import EngineOptions, engine_options
from kgtool.cli.limits import memory_option
from kgtool.cli.options import GRAPH_FORMATS, StoreName, entailment_option, talk_options
from kgtool.errors import UsageError


@click.command()
@click.argument("files", nargs=-1, required=True, type=StoreName(), metavar="FILE ...")
@click.option(
    "--store", required=True, metavar="PATH", type=StoreName(),
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
@engine_options
@click.option(
    "--strict", is_flag=True,
    help="With Spark: refuse lines that are no statements, instead of setting them apart.",
)  # fmt: skip
@memory_option
@talk_options
@click.pass_obj
def load(
    console: Console,
    files: tuple[Path | str, ...],
    store: Path | str,
    format_: str | None,
    metadata: Path | None,
    entailment: str,
    strict: bool,
    memory_limit: str | None,
    running: EngineOptions,
) -> None:
    """Loads RDF files of any syntax, and tables, also .gz, .bz2 and .zst, into a store of its own.

    CSV and TSV files are read as a description of their columns says, which is CSV on the
    Web: TABLE.csv-metadata.json, or csv-metadata.json in the folder.

    A store is a file, or a folder of Parquet files (parquet:DIR), which DuckDB and Spark read.
    With Spark, files and store may be on HDFS or in an object store; lines that are no statements
    are then in the store's table "malformed".

    \b
    Examples:
      kgtool load dump.nt.gz --store dump.duckdb
      kgtool load a.ttl b.trig c.jsonld --store all.duckdb
      kgtool load ontology.ttl facts.nt --store closed.duckdb --entailment owl-rl
      kgtool load people.csv --store people.duckdb
      kgtool load 1943.csv 1944.csv --metadata events.json --store events.duckdb
      kgtool load dump.nt.gz --store parquet:dump
      kgtool load --engine spark hdfs://host/dump.nt.bz2 --store hdfs://host/dump
      kgtool query -e 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }' --store dump.duckdb
    """
    if running.is_spark:
        if metadata is not None:
            raise UsageError("Spark loads no tables", expected="no --metadata")
        _load_on_spark(console, files, str(store), format_, entailment, strict, running)
        return
    from kgtool.project.load import load_files

    if strict:
        raise UsageError("DuckDB always refuses what is no statement", expected="--engine spark")
    if isinstance(store, Path) and store.is_dir():
        raise UsageError(f"{store} is a folder", expected="a file, or parquet:DIR")
    with console.progress() as step:
        report = load_files(
            [Path(file) for file in files], store, format_, step,
            memory_limit=memory_limit, entailment=entailment, metadata=metadata,
        )  # fmt: skip
    console.note(
        f"loaded {report.quads:,} triples of {report.terms:,} terms into {store} "
        f"({report.bytes / 1e6:.1f} MB, {report.seconds:.1f} s)"
    )


def _load_on_spark(
    console: Console,
    files: tuple[Path | str, ...],
    store: str,
    format_: str | None,
    entailment: str,
    strict: bool,
    running: EngineOptions,
) -> None:
    from kgtool.project.load import load_files_on_spark

    with console.progress() as step:
        report = load_files_on_spark(
            running.session, list(map(str, files)), store, format_, step,
            strict=strict, entailment=entailment,
        )  # fmt: skip
    console.note(
        f"loaded {report.quads:,} triples of {report.terms:,} terms into {store} "
        f"({report.seconds:.1f} s)"
    )
    if report.malformed:
        console.note(
            f"lines that are no statements: {report.malformed:,}, in the store's table "
            f"{store.removeprefix('parquet:')}/malformed"
        )
