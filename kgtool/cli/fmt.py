"""``kgtool fmt``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.options import find, project_option, talk_options


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE ...]")
@click.option("--check", is_flag=True, help="Change nothing; show what would, and exit with 1.")
@project_option
@talk_options
@click.pass_obj
def fmt(console: Console, files: tuple[Path, ...], check: bool, project_folder: Path | None) -> int:
    """Brings Turtle and TriG files into one form: small diffs, all comments kept.

    Without FILEs, all of ontology/, triples/ and queries/tests/. Prefixes are sorted and only
    those used; subjects stay where they stand, between the same comments; what is said of one
    stands in one block, with the type and the label first. A file is written whole or not at all.

    \b
    Examples:
      kgtool fmt
      kgtool fmt --check
      kgtool fmt triples/events.ttl
    """
    from kgtool.project.formatting import format_files

    project = find(project_folder) if not files or project_folder else None
    found = format_files(project, files)
    changed = [file for file in found if file.is_changed]
    for file in changed:
        if check:
            click.echo(file.difference(), nl=False)
        else:
            file.write()
            console.note(f"formatted {file.name}")
    verb = "would change" if check else "changed"
    console.note(f"{len(changed)} of {len(found)} files {verb}")
    return int(check and bool(changed))
