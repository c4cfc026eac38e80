"""What is said of endpoints after a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgtool.cli.console import Console
    from kgtool.federation.report import Report


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
