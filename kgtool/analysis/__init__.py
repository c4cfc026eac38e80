"""What each operator of a query costs: its rows, its time, its part of the statement."""

from __future__ import annotations

from kgtool.analysis.analyze import Analysis, analyze

__all__ = ["Analysis", "analyze"]
