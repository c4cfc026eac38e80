"""``kgtool completion``"""

from __future__ import annotations

import click

from kgtool.cli.options import talk_options


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@talk_options
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Prints the script that completes kgtool's commands and options in a shell.

    \b
    Examples:
      kgtool completion bash >> ~/.bashrc
      kgtool completion zsh >> ~/.zshrc
      kgtool completion fish > ~/.config/fish/completions/kgtool.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, f"click knows {shell}"
    script = found(ctx.find_root().command, {}, "kgtool", "_KGTOOL_COMPLETE")
    click.echo(script.source())
