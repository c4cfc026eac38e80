"""``kgtool why``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.options import find, triple_options


@click.command()
@triple_options("A tree")
@click.pass_obj
def why(
    console: Console,
    triple: tuple[str, ...],
    format_: str,
    output: Path | None,
    project_folder: Path | None,
) -> None:
    """Proves a triple: the rules it follows by, down to the files and the sources cited.

    Terms are written as in SPARQL, with the prefixes of the project.

    \b
    Examples:
      kgtool why 'id:us-fifth-army ww2:participatesIn id:liberation-of-rome'
      kgtool why 'id:liberation-of-rome a ww2:Event' --format json
    """
    import json

    from kgtool.cli.output import output_stream
    from kgtool.project.why import explain_triple

    with console.progress() as step:
        step("reasoning")
        found = explain_triple(find(project_folder), " ".join(triple))
    if format_ == "json":
        text = json.dumps(found.explanation.to_json(), ensure_ascii=False, indent=2) + "\n"
    else:
        text = "".join(f"{line}\n" for line in found.lines())
    with output_stream(output) as out:
        out.write(text.encode())
