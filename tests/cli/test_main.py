from __future__ import annotations

import subprocess
import sys

import click
import pytest

from kgtool import __version__
from kgtool.cli.main import COMMANDS, cli
from kgtool.cli.options import RESULT_FORMATS
from kgtool.errors import StoreError
from kgtool.results import FORMATS


def test_the_version(run):
    assert run("--version").output == f"kgtool, version {__version__}\n"


def test_help_names_the_exit_codes_and_every_command(run):
    output = run("--help").output
    assert "Exit codes:" in output
    for command in COMMANDS:
        assert f"\n  {command} " in output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run, command):
    output = run(command, "--help").output
    assert "Example" in output
    assert f"kgtool {command}" in output
    assert "--quiet" in output


def test_every_option_has_help():
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name != "format_":
                assert parameter.help, f"{name} {parameter.name}"


def test_an_unknown_command_names_the_nearest(run):
    assert "Did you mean 'query'" in run("qurey", code=2).output


def test_an_unknown_option_is_wrong_use(run):
    assert "No such option" in run("build", "--fast", code=2).output


def test_the_formats_offered_are_those_that_exist():
    # Parquet is written by the engine, from columns.
    assert set(RESULT_FORMATS) == {*FORMATS, "parquet"}


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (StoreError("broken"), 3, "error: broken\n"),
        (OSError(28, "No space left on device", "store.duckdb"), 3, "store.duckdb: No space left"),
        (RuntimeError("oops"), 70, "a bug in kgtool (RuntimeError: oops)"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 1, "not enough memory"),
    ],
)
def test_errors_become_words_and_exit_codes(run, project, monkeypatch, error, code, message):
    def fail(*_):
        raise error

    monkeypatch.setattr("kgtool.project.folder.find_project", fail)
    assert message in run("queries", code=code).output


def test_a_traceback_is_shown_on_request(project, monkeypatch):
    from click.testing import CliRunner

    def fail(*_):
        raise RuntimeError("oops")

    monkeypatch.setattr("kgtool.project.folder.find_project", fail)
    assert "Traceback" in CliRunner().invoke(cli, ["-vv", "queries"]).output
    assert "Traceback" in CliRunner().invoke(cli, ["queries", "-vv"]).output


def test_outside_a_project_the_way_out_is_named(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in (["build"], ["check"], ["queries"], ["query", "things"], ["test"], ["infer"]):
        output = run(*command, code=2).output
        assert "there is no project" in output
        assert "kgtool new DIR" in output


def test_the_project_can_be_named(run, project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "things" in run("queries", "--project", str(project.root)).output
    assert "no project" in run("queries", "--project", str(tmp_path), code=2).output
    assert "no folder" in run("queries", "--project", str(tmp_path / "no"), code=2).output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(run, shell):
    assert "_KGTOOL_COMPLETE" in run("completion", shell).output


def test_names_of_queries_are_completed(project, monkeypatch):
    from click.shell_completion import BashComplete

    complete = BashComplete(cli, {}, "kgtool", "_KGTOOL_COMPLETE")
    assert [item.value for item in complete.get_completions(["query"], "th")] == ["things"]


def test_only_the_module_of_the_command_is_imported(spawn):
    code = "import sys, kgtool.cli.main as m; m.cli.get_command(None, 'new'); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=spawn.environment,
    )  # fmt: skip
    modules = set(done.stdout.split())
    assert "kgtool.cli.new" in modules
    heavy = {"duckdb", "rdflib", "yaml", "rich", "sqlglot", "pyoxigraph", "kgtool.cli.query"}
    assert not heavy & modules
