"""What each operator of a query costs: its rows, its time, its part of the statement."""

from __future__ import annotations

from kgtool.analysis.analyze import analyze
from kgtool.analysis.measured import Analysis

__all__ = ["Analysis", "analyze"]
