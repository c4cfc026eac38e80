"""SPARQL algebra → SQL, and the queries that run it."""

from __future__ import annotations

from kgtool.plan.run import Explanation, explain, run_query

__all__ = ["Explanation", "explain", "run_query"]
