"""Options that several commands have, each defined once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from kgtool.cli.console import Console
    from kgtool.federation.run import Services
    from kgtool.project.folder import Project
    from kgtool.project.graph import Graph

Command = TypeVar("Command", bound=Callable[..., Any])

RESULT_FORMATS = (
    "table",
    "csv",
    "tsv",
    "json",
    "xml",
    "markdown",
    "turtle",
    "ntriples",
    "jsonld",
    "trig",
    "nquads",
    "rdfxml",
    "parquet",
)
#: The syntaxes of RDF, to read and to write.
GRAPH_FORMATS = ("turtle", "trig", "ntriples", "nquads", "jsonld", "rdfxml")


def _set_verbosity(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    console: Console | None = ctx.find_root().obj
    if console is not None and value:
        is_quiet = param.name == "quiet"
        console.set_verbosity(0 if is_quiet else int(value), is_quiet)


def talk_options(command: Command) -> Command:
    """-v and -q after the command's name, where most people write them."""
    command = click.option(
        "-q", "--quiet", is_flag=True, expose_value=False, callback=_set_verbosity,
        help="Say nothing but answers and errors.",
    )(command)  # fmt: skip
    return click.option(
        "-v", "--verbose", count=True, expose_value=False, callback=_set_verbosity,
        help="Say more; -vv shows tracebacks.",
    )(command)  # fmt: skip


def triple_options(shown: str) -> Callable[[Command], Command]:
    """The argument and the options of a command about one triple; ``shown`` is its text form."""

    def decorated(command: Command) -> Command:
        command = output_option(project_option(talk_options(command)))
        command = click.option(
            "-f", "--format", "format_", type=click.Choice(["text", "json"]), default="text",
            show_default=True, help=f"{shown} for people, or JSON.",
        )(command)  # fmt: skip
        return click.argument("triple", nargs=-1, required=True, metavar="'S P O'")(command)

    return decorated


def entailment_option(default: str) -> Callable[[Command], Command]:
    """--entailment; ``default`` is the regime without it."""
    return click.option(
        "--entailment", type=click.Choice(["none", "rdf", "rdfs", "owl-rl"]), default=default,
        show_default=True, help="The rules by which triples follow.",
    )  # fmt: skip


def project_option(command: Command) -> Command:
    return click.option(
        "--project", "project_folder", metavar="DIR", type=click.Path(path_type=Path),
        help="The project's folder; else it is looked for from here upwards.",
    )(command)  # fmt: skip


class StoreName(click.Path):
    """The name of a store: a path, or with a scheme (parquet:DIR, s3a://…) as it is written."""

    def __init__(self, dir_okay: bool = True) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from kgtool.engine.places import is_uri

        if isinstance(value, str) and is_uri(value):
            return value
        return super().convert(value, param, ctx)


def store_option(command: Command) -> Command:
    return click.option(
        "--store", metavar="PATH", type=StoreName(),
        help="A store that `kgtool load` made, instead of the project's.",
    )(command)  # fmt: skip


def require_file(store: Path | str | None, command: str) -> None:
    """Raises UsageError for a store in Parquet, where ``command`` reads those in files alone."""
    if isinstance(store, str):
        from kgtool.errors import UsageError

        raise UsageError(
            f"{command} takes a store in a file, and {store} is none",
            expected="--store FILE",
            hint="Load its sources into a file, or take its triples to one: `kgtool slice "
            f"--query 'CONSTRUCT WHERE {{ ?s ?p ?o }}' --store {store} --to FILE`.",
        )


def output_option(command: Command) -> Command:
    return click.option(
        "-o", "--output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
        help="Write to FILE instead of the screen.",
    )(command)  # fmt: skip


def parameter_option(command: Command) -> Command:
    return click.option(
        "-p", "--parameter", "parameters", metavar="NAME=VALUE", multiple=True,
        help="A parameter of the query; may be given several times.",
    )(command)  # fmt: skip


def complete_query(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The stored queries whose names start so, for shells."""
    from kgtool.errors import KgtoolError
    from kgtool.project.stored import StoredQueries

    try:
        names = StoredQueries(find(ctx.params.get("project_folder"))).names()
    except KgtoolError:
        return []
    return [name for name in names if name.startswith(incomplete)]


def query_options(command: Command) -> Command:
    """What query and explain share: what is asked, of what."""
    for option in (
        click.option(
            "--default-graph", type=click.Choice(["union", "strict"]), default="union",
            show_default=True,
            help="What patterns outside GRAPH see: all graphs, or the unnamed one.",
        ),
        store_option,
        project_option,
        parameter_option,
        click.option("-e", "--expression", metavar="SPARQL", help="A query given directly."),
        click.argument("query", required=False, metavar="[NAME|FILE.rq|-]",
            shell_complete=complete_query,
        ),
    ):  # fmt: skip
        command = option(command)
    return command


class ServiceOptions(NamedTuple):
    """What the command line says of endpoints."""

    federate: str | None
    record: Path | None
    replay: Path | None
    allow_service: tuple[str, ...]
    service_cache: bool

    def services(self, project: Project | None) -> Services | None:
        """How endpoints are asked; None where nothing is said, which a query without SERVICE needs
        not know."""
        if self == _NONE:
            return None
        from kgtool.federation.run import Services
        from kgtool.project.services import project_endpoints

        return Services(
            project_endpoints(project, self.allow_service),
            cache=project.products / "services" if project and self.service_cache else None,
            record=self.record,
            replay=self.replay,
            over=tuple(name.strip() for name in (self.federate or "").split(",") if name.strip()),
        )


_NONE = ServiceOptions(None, None, None, (), True)


def allow_service_option(command: Command) -> Command:
    return click.option(
        "--allow-service", metavar="URL", multiple=True,
        help="An endpoint that SERVICE may ask though it is on this machine or network.",
    )(command)  # fmt: skip


def service_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options, handed on together as ``asking``."""

    @wraps(command)
    def packed(*arguments: Any, **options: Any) -> Any:
        own = {name: options.pop(name) for name in ServiceOptions._fields}
        return command(*arguments, asking=ServiceOptions(**own), **options)

    found: Callable[..., Any] = packed
    for option in (
        click.option(
            "--service-cache/--no-service-cache", default=True,
            help="Take answers of endpoints that were kept, as their settings say, or not.",
        ),
        allow_service_option,
        click.option(
            "--replay", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
            help="Take the answers of endpoints from a recording.",
        ),
        click.option(
            "--record", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
            help="Write requests to endpoints and their answers to FILE.",
        ),
        click.option(
            "--federate", metavar="NAME,…",
            help="Ask these endpoints too, as if their graphs and this one were one.",
        ),
    ):  # fmt: skip
        found = option(found)
    return found


def find(folder: Path | None) -> Project:
    """The project that --project names, or the one this folder is in."""
    from kgtool.project.folder import find_project

    return find_project(folder, upwards=False) if folder else find_project()


def parse_parameters(pairs: tuple[str, ...]) -> dict[str, object]:
    """``-p name=value`` options as a mapping."""
    from kgtool.errors import ParameterError

    given: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ParameterError(f"-p {pair}: no value", expected="-p NAME=VALUE")
        if name in given:
            raise ParameterError(f"the parameter {name!r} is given twice")
        given[name.removeprefix("$")] = value
    return given


def open_graph(
    folder: Path | None,
    store: Path | str | None,
    console: Console,
    memory_limit: str | None = None,
) -> Graph:
    """The store that --store names, or the project's, built first where it is stale."""
    from kgtool.project.graph import open_project, open_store

    if store is not None:
        return open_store(store, memory_limit=memory_limit)
    project = find(folder)
    refresh(project, console)
    return open_project(project, memory_limit=memory_limit)


def refresh(project: Project, console: Console) -> None:
    """Builds a project whose files have changed since its last build."""
    from kgtool.project.fingerprint import is_fresh

    if not is_fresh(project):
        from kgtool.project.build import ensure_built

        with console.progress() as step:
            ensure_built(project, step)
