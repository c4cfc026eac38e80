"""``kgtool new``"""

from __future__ import annotations

from pathlib import Path

import click

from kgtool.cli.console import Console
from kgtool.cli.options import talk_options


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@talk_options
@click.pass_obj
def new(console: Console, folder: Path) -> None:
    """Makes an empty project that builds and passes its own check and test.

    \b
    Example:
      kgtool new my-graph && cd my-graph && kgtool query things
    """
    from kgtool.project.skeleton import new_project

    new_project(folder)
    console.note(f"made the project {folder}\nTry: cd {folder} && kgtool query things")
