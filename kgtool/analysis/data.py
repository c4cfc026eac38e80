"""An analysis as data for JSON. Times are in milliseconds, shares of 1."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kgtool.analysis.measured import Analysis, Measured
from kgtool.analysis.operators import Operator
from kgtool.analysis.profile import Step
from kgtool.sparql.writing import to_sparql


def as_data(analysis: Analysis) -> dict[str, Any]:
    """What ``kgtool explain --analyze --format json`` writes; docs/queries.md describes it."""
    measured = {each.operator.number: each for each in analysis.measured}
    phases = {name: _ms(seconds) for name, seconds in asdict(analysis.phases).items()}
    return {
        "sparql": to_sparql(analysis.query),
        "sql": analysis.sql,
        "rows": analysis.rows,
        "stopped": analysis.stopped.message if analysis.stopped else None,
        "threads": analysis.threads,
        "phases": {**phases, "whole": _ms(analysis.phases.whole)},
        "work": _ms(analysis.work),
        "slowest": analysis.slowest.operator.number if analysis.slowest else None,
        "operators": _operator(analysis.measured[0].operator, measured, analysis),
        "shared": [
            {"operators": [o.number for o in owners], "milliseconds": _ms(seconds)}
            for owners, seconds in analysis.shared()
        ],
        "unattributed": _ms(analysis.unattributed),
        "plan": _step(analysis.plan, analysis),
    }


def _operator(
    operator: Operator, measured: dict[int, Measured], analysis: Analysis
) -> dict[str, Any]:
    each = measured[operator.number]
    return {
        "number": operator.number,
        "operator": operator.kind,
        "text": operator.text,
        "sql": each.sql,
        "rows": each.rows,
        "expected": each.estimate,
        "misestimated": each.misestimated,
        "note": each.note,
        "milliseconds": _ms(each.seconds),
        "share": round(each.seconds / analysis.work, 4) if analysis.work else 0.0,
        "steps": [step.number for step in each.steps],
        "children": [_operator(child, measured, analysis) for child in operator.children],
    }


def _step(step: Step, analysis: Analysis) -> dict[str, Any]:
    return {
        "number": step.number,
        "step": step.kind,
        "rows": step.rows,
        "expected": step.estimate,
        "milliseconds": _ms(analysis.seconds[step.number]),
        "operators": [operator.number for operator in analysis.owners[step.number]],
        "details": step.details,
        "inputs": [_step(each, analysis) for each in step.inputs],
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 6)
