"""What commands say beside their answers: on stderr, so that stdout is only data."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Step = Callable[[str], None]


class Console:
    """How much is said, and how. ``verbosity`` is -1 for --quiet, 0, 1 or 2."""

    def __init__(self) -> None:
        self.verbosity = 0

    def set_verbosity(self, verbose: int, quiet: bool) -> None:
        """The more of two settings counts: options stand before and after a command."""
        if quiet:
            self.verbosity = -1
        elif verbose:
            self.verbosity = max(verbose, self.verbosity)

    def note(self, text: str) -> None:
        """Something worth knowing, unless --quiet."""
        if self.verbosity >= 0:
            click.echo(text, err=True)

    def detail(self, text: str) -> None:
        """Something worth knowing with --verbose."""
        if self.verbosity >= 1:
            click.echo(text, err=True)

    def error(self, text: str) -> None:
        first, newline, rest = text.partition("\n")
        click.echo(_styled("error: ", "red") + first + newline + rest, err=True)

    @contextmanager
    def progress(self) -> Iterator[Step]:
        """A function to call at the start of each step; a terminal shows it moving."""
        if self.verbosity < 0 or not _is_terminal():
            yield self.detail
            return
        try:
            from rich.console import Console as RichConsole
        except ImportError:
            yield self.note
            return
        with RichConsole(stderr=True).status("") as status:
            yield lambda text: status.update(text)


def use_color(*, stdout: bool = False) -> bool:
    """Whether stderr, or stdout, may have colours (https://no-color.org)."""
    stream = sys.stdout if stdout else sys.stderr
    return stream.isatty() and not os.environ.get("NO_COLOR")


def _styled(text: str, color: str) -> str:
    return click.style(text, fg=color, bold=True) if use_color() else text


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
