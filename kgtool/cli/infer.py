"""``kgtool infer``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.options import find, output_option, project_option, talk_options


@click.command()
@output_option
@project_option
@talk_options
@click.pass_obj
def infer(console: Console, output: Path | None, project_folder: Path | None) -> None:
    """Writes what reasoning adds to the ontology and the facts, as Turtle.

    The rules are those of OWL 2 RL. Triples that are true of every graph are left out,
    such as that everything is the same as itself.

    \b
    Examples:
      kgtool infer
      kgtool infer -o inferred.ttl
    """
    from kgtool.cli.output import output_stream
    from kgtool.project.checking import read_sources
    from kgtool.project.sources import unique_triples
    from kgtool.rdf.writing import triples_text
    from kgtool.reason import default_reasoner

    with console.progress() as step:
        sources = read_sources(find(project_folder))
        step("reasoning")
        inferred = default_reasoner().infer(unique_triples(sources.asserted))
    with output_stream(output) as out:
        for chunk in triples_text(inferred, "turtle", sources.prefixes):
            out.write(chunk.encode())
    console.note(f"{len(inferred):,} inferred triples")
