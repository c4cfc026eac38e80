"""``kgtool blame``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.options import find, triple_options


@click.command()
@triple_options("Lines")
@click.pass_obj
def blame(
    console: Console,
    triple: tuple[str, ...],
    format_: str,
    output: Path | None,
    project_folder: Path | None,
) -> None:
    """Tells where a triple stands, which commit wrote that line, and which source it cites.

    Terms are written as in SPARQL, with the prefixes of the project.

    \b
    Examples:
      kgtool blame 'id:liberation-of-rome a ww2:Battle'
      kgtool blame 'id:rome ww2:locatedIn id:italy' --format json
    """
    import json

    from kgtool.cli.output import output_stream
    from kgtool.project.blame import blame_triple, lines

    found = blame_triple(find(project_folder), " ".join(triple))
    if format_ == "json":
        text = json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n"
    else:
        text = "".join(f"{line}\n" for line in lines(found))
    with output_stream(output) as out:
        out.write(text.encode())
