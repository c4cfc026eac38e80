"""The options about endpoints, and what is said of them after a query."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from kgtool.cli.console import Console
    from kgtool.federation.report import Report
    from kgtool.federation.run import Services
    from kgtool.project.folder import Project


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
        click.option(
            "--allow-service", metavar="URL", multiple=True,
            help="An endpoint that SERVICE may ask though it is on this machine or network.",
        ),
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


def tell(report: Report, console: Console) -> None:
    """Warnings, and with --verbose what each service has cost."""
    for warning in report.warnings:
        console.note(f"warning: {warning}")
    for line in cost_lines(report):
        console.detail(line)


def cost_lines(report: Report) -> list[str]:
    """Requests, rows and seconds of each service."""
    lines = []
    for cost in report.costs:
        kept = f" ({cost.kept} of them kept)" if cost.kept else ""
        sent = f", {cost.bindings:,} bindings" if cost.bindings else ""
        requests = cost.requests + cost.kept
        lines.append(
            f"{cost.endpoint}: {requests:,} requests{kept}{sent}, {cost.rows:,} rows, "
            f"{cost.seconds:.2f} s"
        )
    return lines
