"""The ``kgtool`` command: finds the module of a subcommand, and turns errors into words.

Only the module of the command that runs is imported, and each imports what it needs
inside its function: most of the time of a short command is imports.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import click

from kgtool import __version__
from kgtool.cli.console import Console
from kgtool.errors import KgtoolError, UsageError

#: command → module and name of the click command, in the order of the help.
COMMANDS = {
    "new": "new:new",
    "build": "build:build",
    "query": "query:query",
    "queries": "queries:queries",
    "explain": "explain:explain",
    "check": "check:check",
    "test": "test:test",
    "lint": "lint:lint",
    "fmt": "fmt:fmt",
    "infer": "infer:infer",
    "why": "why:why",
    "blame": "blame:blame",
    "diff": "diff:diff",
    "export": "export:export",
    "load": "load:load",
    "slice": "slice:slice_",
    "update": "update:update",
    "wikidata": "wikidata:wikidata",
    "serve": "serve:serve",
    "reconcile": "reconcile:reconcile",
    "stats": "stats:stats",
    "completion": "completion:completion",
}
EXIT_CODES = """\b
Exit codes:
  0  fine
  1  the answer is no: a shape is violated, an expected answer is missed, lint
     has a warning, ASK is false with --exit-code, a limit was hit
  2  wrong use: a command, an option, a query or a parameter
  3  bad data: a file that does not parse, a damaged store, a contradiction
"""
DATA_ERROR = 3
#: A bug of ours (EX_SOFTWARE of sysexits.h).
INTERNAL_ERROR = 70
INTERRUPTED = 130
#: Seconds after Ctrl-C in which a command may come to an end by itself.
_GRACE = 3.0


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"kgtool.cli.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from kgtool.errors import did_you_mean

        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            hint = did_you_mean(args[0], COMMANDS) or "`kgtool --help` lists the commands."
            raise UsageError(f"there is no command {args[0]!r}", hint=hint)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would exit with 1
            _close_stdout()
            return 0

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **extra)  # type: ignore[call-overload]
        console = Console()
        try:
            code = super().main(  # type: ignore[call-overload]
                *args, standalone_mode=False, obj=console, **extra
            )
            sys.stdout.flush()
        except BaseException as error:
            sys.exit(_report(error, console))
        sys.exit(code if isinstance(code, int) else 0)


def _report(error: BaseException, console: Console) -> int:
    """Says what went wrong on stderr and returns the exit code."""
    if console.verbosity > 1 and not isinstance(error, SystemExit):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    if isinstance(error, click.ClickException):
        console.error(_usage_words(error))
        return error.exit_code
    if isinstance(error, KgtoolError):
        from kgtool.diagnostics.excerpt import error_text

        console.error(error_text(error))
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        console.error("interrupted")
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        _close_stdout()
        return 0
    return _report_foreign(error, console)


def _usage_words(error: click.ClickException) -> str:
    """What click says, in the form of our own messages."""
    message = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    if context is None or context.command is cli:
        return message
    return f"{message}\n`{context.command_path} --help` shows what can stand there."


def _report_foreign(error: BaseException, console: Console) -> int:
    """Errors of the machine, and bugs."""
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        console.error(f"{where}{error.strerror}")
        return DATA_ERROR
    if isinstance(error, MemoryError):
        console.error("there is not enough memory for this")
        return 1
    words = str(error).strip().splitlines()
    console.error(
        f"a bug in kgtool ({type(error).__name__}{': ' + words[0] if words else ''})\n"
        "Run the command again with `kgtool -vv …` for the traceback, and report it."
    )
    return INTERNAL_ERROR


def _close_stdout() -> None:
    """The reader of a pipe has gone (``kgtool query … | head``): that is no mistake.

    Python would complain when it flushes stdout at the end.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=LazyGroup,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("-v", "--verbose", count=True, help="Say more; -vv shows tracebacks.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but answers and errors.")
@click.version_option(__version__, "--version", prog_name="kgtool")
@click.pass_obj
def cli(console: Console | None, verbose: int, quiet: bool) -> None:
    """Cargo for knowledge graphs: builds, checks, asks and exports a graph kept as text.

    A project is a folder with ontology/, triples/ and queries/. Commands find it from
    the current folder upwards.

    \b
    Examples:
      kgtool new my-graph
      kgtool build
      kgtool query NAME -p name=value --format csv
      kgtool query -e 'SELECT * { ?s ?p ?o } LIMIT 10'
    """
    if console is not None:
        console.set_verbosity(verbose, quiet)


def _end_when_interrupted() -> None:
    """Lets Ctrl-C end the process even where the engine does not look up from its work.

    DuckDB sees an interrupt between two tasks, and the product of a few small tables is one
    task that may take hours; Python's handlers wait for it. Who ends by other rules, as
    ``kgtool serve``, takes the wakeup descriptor away.
    """
    if os.name != "posix":
        return
    import signal

    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def wait() -> None:
        while os.read(reading, 1) != bytes([signal.SIGINT]):
            pass
        threading.Event().wait(_GRACE)
        os.write(2, b"error: interrupted\n")
        os._exit(INTERRUPTED)

    threading.Thread(target=wait, name="interrupted", daemon=True).start()


def main() -> NoReturn:
    """The console script."""
    _end_when_interrupted()
    code: Any = 0
    try:
        cli.main(prog_name="kgtool")
    except SystemExit as error:
        code = error.code
    # Here the frames of an error are gone, and what they held is closed.
    _leave(code if isinstance(code, int) else 0)


def _leave(code: int) -> NoReturn:
    """Ends the process without taking down each object that it made, as Python would.

    That takes 10 ms, a tenth of a short command. Files and stores are closed where they
    were opened; who registered for the end is called.
    """
    others = [each for each in threading.enumerate() if not each.daemon]
    if len(others) > 1 or sys.getprofile() or sys.gettrace():
        sys.exit(code)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, or not there at all
            stream.flush()
    os._exit(code)
