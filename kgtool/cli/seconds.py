"""A length of time on the command line."""

from __future__ import annotations

import click


class Seconds(click.FloatRange):
    """A number of seconds, more than none."""

    name = "number of seconds"

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)
