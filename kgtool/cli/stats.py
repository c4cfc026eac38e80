"""``kgtool stats``"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.console import Console
from kgtool.cli.options import open_graph, project_option, store_option, talk_options

if TYPE_CHECKING:
    from kgtool.project.summary import Summary


@click.command()
@click.option(
    "-f", "--format", "format_", type=click.Choice(["text", "json", "turtle"]), default="text",
    show_default=True, help="Turtle is a VoID description.",
)  # fmt: skip
@store_option
@project_option
@talk_options
@click.pass_obj
def stats(console: Console, format_: str, store: Path | None, project_folder: Path | None) -> None:
    """Counts triples, terms, classes and predicates.

    \b
    Examples:
      kgtool stats
      kgtool stats --format turtle > void.ttl
      kgtool stats --store dump.duckdb
    """
    from kgtool.project.summary import VOID, summarise, summary_json, void_triples

    with open_graph(project_folder, store, console) as graph:
        summary = summarise(graph)
        prefixes = dict(graph.prefixes)
    if format_ == "json":
        click.echo(json.dumps(summary_json(summary), ensure_ascii=False, indent=2))
    elif format_ == "turtle":
        from kgtool.rdf.writing import triples_text

        for chunk in triples_text(void_triples(summary), "turtle", {**prefixes, "void": VOID}):
            click.echo(chunk, nl=False)
    else:
        for line in _text(summary, prefixes):
            click.echo(line)


def _text(summary: Summary, prefixes: Mapping[str, str]) -> Iterator[str]:
    from kgtool.rdf.names import Names

    names = Names(prefixes)
    for title in ("triples", "terms", "subjects", "objects"):
        yield f"{getattr(summary, title):>12,}  {title}"
    for title in ("classes", "predicates", "graphs"):
        counted: tuple[tuple[str, int], ...] = getattr(summary, title)
        yield ""
        yield f"{len(counted):>12,}  {title}"
        for iri, number in counted:
            yield f"{number:>12,}    {names.short(iri) or iri}"
