"""Looks for what is stale or rotten in a project: `kgtool lint`.

A rule is a function over a shared view of the project that yields findings.
"""

from __future__ import annotations

from kgtool.project.lint.report import LintReport, lint_project

__all__ = ["LintReport", "lint_project"]
