"""Bounds on what a command may take: time, memory and rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]i?B)", re.IGNORECASE)


class Seconds(click.FloatRange):
    """A number of seconds, more than none."""

    name = "number of seconds"

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)


class Memory(click.ParamType[str]):
    """An amount of memory as DuckDB reads it, such as 500MB or 4GiB."""

    name = "amount of memory"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        found = _SIZE.fullmatch(str(value).strip())
        if found is None or float(found[1]) == 0:
            self.fail(f"{value!r} is not an amount of memory such as 500MB or 4GB.", param, ctx)
        return f"{found[1]}{found[2]}"


def timeout_option(command: Command) -> Command:
    return click.option(
        "--timeout", type=Seconds(), metavar="SECONDS",
        help="Stop what takes longer; exit code 1.",
    )(command)  # fmt: skip


def memory_option(command: Command) -> Command:
    return click.option(
        "--memory-limit", type=Memory(), metavar="SIZE",
        help="Use no more memory than this, such as 2GB; work that needs more goes to disk.",
    )(command)  # fmt: skip


def rows_option(command: Command) -> Command:
    return click.option(
        "--max-rows", type=click.IntRange(min=1), metavar="N",
        help="Stop with an error after N rows or triples; exit code 1.",
    )(command)  # fmt: skip
