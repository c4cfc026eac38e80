"""docs/cli.md is what the commands say of themselves."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from kgtool.cli.main import COMMANDS, cli
from kgtool.cli.reference import reference

ROOT = Path(__file__).parents[2]


def command(name: str) -> click.Command:
    group, _, inner = name.partition(" ")
    found = cli.get_command(click.Context(cli), group)
    assert found is not None
    if inner:
        assert isinstance(found, click.Group)
        found = found.commands[inner]
    return found


def test_the_reference_is_up_to_date():
    written = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert written == reference(), "run: python -m kgtool.cli.reference > docs/cli.md"


def all_commands() -> list[str]:
    """The names of commands, and of those that they have."""
    names = []
    for name in COMMANDS:
        names.append(name)
        found = command(name)
        if isinstance(found, click.Group):
            names += [f"{name} {inner}" for inner in found.commands]
    return names


@pytest.mark.parametrize("name", all_commands())
def test_a_command_says_what_one_gets_with_an_example(name):
    text = command(name).help or ""
    assert text.splitlines()[0].endswith((".", ",", ":")) or "\n" in text
    assert f"  kgtool {name}" in text


@pytest.mark.parametrize("name", all_commands())
def test_every_option_has_help(name):
    lacking = [p.opts for p in command(name).params if isinstance(p, click.Option) and not p.help]
    assert lacking == []


@pytest.mark.parametrize("name", all_commands())
def test_the_reference_has_a_section(name):
    assert f"\n## kgtool {name}\n" in reference()
