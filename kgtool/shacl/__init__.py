"""Checking: whether the data keep the rules that SHACL shapes state."""

from __future__ import annotations

from kgtool.shacl.base import Triple, Validator
from kgtool.shacl.report import Finding, ValidationReport

__all__ = ["Finding", "Triple", "ValidationReport", "Validator", "default_validator"]


def default_validator() -> Validator:
    """The validator that builds use."""
    from kgtool.shacl.pyshacl import PyshaclValidator

    return PyshaclValidator()
