"""``kgtool infer``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.options import entailment_option, find, output_option, project_option, talk_options


@click.command()
@entailment_option("owl-rl")
@output_option
@project_option
@talk_options
@click.pass_obj
def infer(
    console: Console, entailment: str, output: Path | None, project_folder: Path | None
) -> None:
    """Writes what reasoning adds to the ontology and the facts, as Turtle.

    How many triples each rule added goes to the standard error. Triples that are true of every
    graph are left out, such as that everything is the same as itself; a contradiction is an
    error that names the triples that clash.

    \b
    Examples:
      kgtool infer
      kgtool infer -o inferred.ttl
      kgtool infer --entailment rdfs
    """
    from kgtool.cli.output import output_stream
    from kgtool.project.inferring import infer_project
    from kgtool.rdf.writing import triples_text

    with console.progress() as step:
        step("reasoning")
        found = infer_project(find(project_folder), entailment)
    with output_stream(output) as out:
        for chunk in triples_text(found.triples, "turtle", found.prefixes):
            out.write(chunk.encode())
    for rule, number in found.counts.items():
        console.note(f"{number:>9,}  {rule}")
    console.note(f"{len(found.triples):>9,}  inferred triples")
