"""docs/cli.md, written from the help of the commands:

    python -m kgtool.cli.reference > docs/cli.md

A test fails when the file differs.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from kgtool.cli.main import COMMANDS, cli

_HEAD = """\
# Commands

This page is written by `python -m kgtool.cli.reference` from the help of the commands;
`kgtool COMMAND --help` shows the same.
"""


def reference() -> str:
    """The text of docs/cli.md."""
    context = click.Context(cli, info_name="kgtool")
    lines = [_HEAD, *_help_lines(cli), *_option_lines(cli), *_exit_code_lines()]
    lines += ["", "| command | |", "|---|---|"]
    for name in COMMANDS:
        command = _command(context, name)
        lines.append(f"| [{name}](#kgtool-{name}) | {command.get_short_help_str(limit=200)} |")
    for name in COMMANDS:
        lines += ["", *_section(_command(context, name), context, name)]
    return "\n".join(lines) + "\n"


def _command(context: click.Context, name: str) -> click.Command:
    command = cli.get_command(context, name)
    assert command is not None, f"{name} is in COMMANDS"
    return command


def _section(command: click.Command, parent: click.Context, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name.rpartition(" ")[2], parent=parent)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"## kgtool {name}"
    yield ""
    yield f"    {usage}"
    yield ""
    yield from _help_lines(command)
    if any(isinstance(parameter, click.Option) for parameter in command.params):
        yield from _option_lines(command)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield ""
            yield from _section(inner, context, f"{name} {inner.name}")


def _help_lines(command: click.Command) -> Iterator[str]:
    """Paragraphs; those that click keeps as they are (``\\b``) hold examples."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    for paragraph in paragraphs:
        if paragraph.startswith("\b\n"):
            _, title, *examples = paragraph.splitlines()
            yield from (title, "", "```sh", *(line.removeprefix("  ") for line in examples), "```")
        else:
            yield from paragraph.splitlines()
        yield ""


def _option_lines(command: click.Command) -> Iterator[str]:
    yield "| option | |"
    yield "|---|---|"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield f"| {_names(parameter)} | {_words(parameter)} |"


def _names(option: click.Option) -> str:
    value = "" if option.is_flag or option.count else f" {_value(option)}"
    return ", ".join(f"`{name}{value if name.startswith('--') else ''}`" for name in option.opts)


def _value(option: click.Option) -> str:
    if option.metavar:
        return option.metavar.replace("|", "\\|")
    if isinstance(option.type, click.Choice):
        return "[" + "\\|".join(option.type.choices) + "]"
    return option.type.name.upper()


def _words(option: click.Option) -> str:
    words = (option.help or "").replace("|", "\\|")
    if option.required:
        words += " Required."
    if isinstance(option.show_default, str):
        return f"{words} Default: {option.show_default}."
    return f"{words} Default: {option.default}." if option.show_default else words


def _exit_code_lines() -> Iterator[str]:
    title, *codes = inspect.cleandoc(cli.epilog or "").removeprefix("\b\n").splitlines()
    yield from ("", title, "", "```text", *(line.removeprefix("  ") for line in codes), "```")


if __name__ == "__main__":
    click.echo(reference(), nl=False)
